"""The loop over epochs: Keras fits, the journal hears of it, the weights with the lowest loss on the valid split are kept."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.training.journal import Journal
from genre_core.training.recipe import TrainConfig

Segments = tuple[tuple[np.ndarray, ...], np.ndarray]
"""Features, one array each, shape (n_segments, *feature shape), and genre indices, shape (n_segments,)."""


def fit(model: Any, train_set: Segments, valid_set: Segments, config: TrainConfig, journal: Journal) -> bool:
    """Train `model` and leave it with its best weights.

    The loss in the history is the cross-entropy [nats] without the penalties, so that it compares across runs.

    Returns
    -------
    bool
        True if somebody asked to stop.

    Raises
    ------
    TrainingError
        If no epoch gave a finite loss on the valid split.
    """
    import keras

    trainee = keras.Model(model.inputs, model.get_layer("logits").output)
    trainee.compile(
        optimizer=config.build_optimizer(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[
            keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="cross_entropy"),
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
        ],
        jit_compile=False,  # XLA is six to eight times slower for these sizes
    )
    watch = _watch(config, journal, math.ceil(len(train_set[1]) / config.batch_size))
    journal.report("training", "First epoch", epochs=config.epochs)
    trainee.fit(
        _batches(train_set, config.batch_size, seed=config.seed),
        validation_data=_batches(valid_set, 256, seed=None),
        epochs=config.epochs,
        callbacks=[watch],
        verbose=0,
    )
    if watch.best_weights is None:
        raise TrainingError("The loss became NaN or infinite in the first epoch. Train with a smaller learning rate.")
    trainee.set_weights(watch.best_weights)
    return bool(watch.stopped)


def _batches(segments: Segments, batch_size: int, *, seed: int | None) -> Any:
    """Batches over arrays in memory, without a copy of them; reshuffled each epoch where a seed is given."""
    import keras

    features, genres = segments

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.order = np.arange(len(genres))
            self.rng = None if seed is None else np.random.default_rng(seed)
            self.on_epoch_end()

        def __len__(self) -> int:
            return math.ceil(len(genres) / batch_size)

        def __getitem__(self, index: int) -> tuple[Any, np.ndarray]:
            # Sorted: order inside a batch does not matter, and reading forward is quicker.
            chosen = np.sort(self.order[index * batch_size : (index + 1) * batch_size])
            arrays = tuple(array[chosen] for array in features)
            return (arrays[0] if len(arrays) == 1 else arrays), genres[chosen]

        def on_epoch_end(self) -> None:
            if self.rng is not None:
                self.rng.shuffle(self.order)

    return Batches()


def _watch(config: TrainConfig, journal: Journal, n_batches: int) -> Any:
    import keras

    class Watch(keras.callbacks.Callback):
        """Reports, stops, and remembers the best weights."""

        def __init__(self) -> None:
            super().__init__()
            self.best_weights: list[np.ndarray] | None = None
            self.best_loss = math.inf
            self.best_epoch = 0
            self.stopped = False
            self.epoch = 0
            self.began = self.epoch_began = time.monotonic()

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch, self.epoch_began = epoch, time.monotonic()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if journal.stop_asked:
                self.stopped = self.model.stop_training = True
                return
            self._report(self.epoch, (batch + 1) / n_batches, often=True)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            entry = {
                "epoch": epoch + 1,
                "loss": float(logs["cross_entropy"]),
                "accuracy": float(logs["accuracy"]),
                "valid_loss": float(logs["val_cross_entropy"]),
                "valid_accuracy": float(logs["val_accuracy"]),
                "seconds": round(time.monotonic() - self.epoch_began, 3),
            }
            if not math.isfinite(entry["loss"]) or not math.isfinite(entry["valid_loss"]):
                self.model.stop_training = True  # NaN never heals; what was best before is kept
                return
            journal.add_epoch(entry)
            if entry["valid_loss"] < self.best_loss:
                self.best_loss, self.best_epoch = entry["valid_loss"], epoch
                self.best_weights = self.model.get_weights()
            elif epoch - self.best_epoch >= config.patience:
                self.model.stop_training = True
            if journal.stop_asked:
                self.stopped = self.model.stop_training = True
            self._report(epoch + 1, 0.0, often=False)

        def _report(self, epoch: int, share: float, *, often: bool) -> None:
            done = (epoch + share) / config.epochs
            left = (time.monotonic() - self.began) * (1 - done) / done if done else None
            message = f"Epoch {min(epoch + 1, config.epochs)} of at most {config.epochs}"
            if self.best_weights is not None:
                message += f", best so far {self.best_epoch + 1}"
            journal.report(
                "training", message, often=often, progress=min(1.0, done), seconds_left=left, epoch=epoch, epochs=config.epochs
            )

    return Watch()

"""The loop over epochs: Keras fits, the journal hears of it, the weights with the lowest loss on the valid split are kept."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.rows import StoredRows
from genre_core.errors import GenreError, TrainingError
from genre_core.jobs.journal import Journal
from genre_core.training.history import Entry, History
from genre_core.training.recipe import TrainConfig
from genre_core.training.state import STATE, TrainState

VALID_BATCH = 256


@dataclass(frozen=True, eq=False)
class Segments:
    """What a net reads: the segments of many tracks in one array a feature.

    Attributes
    ----------
    features : tuple of np.ndarray or StoredRows
        One array a feature of the model, shape (n_segments, *feature shape).
    genres : np.ndarray
        Genre index of each segment, shape (n_segments,).
    """

    features: tuple[np.ndarray | StoredRows, ...]
    genres: np.ndarray


@dataclass(frozen=True)
class Part:
    """One of the trainings that a run consists of.

    Attributes
    ----------
    name : str
        '' where the run trains once; `fold 2`, `all tracks` where it trains several times.
    fingerprint : str
        Of the tracks that are learned from and their features: a state of other data is not continued.
    share : tuple of float
        The part of the run's whole work that it is, from where to where, 0 to 1.
    """

    name: str = ""
    fingerprint: str = ""
    share: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True)
class Fitted:
    """How a training ended: whether somebody stopped it, and the epoch whose weights the model has now."""

    stopped: bool
    best_epoch: int


def fit(
    model: Any,
    segments: Segments,
    train_rows: np.ndarray,
    valid_rows: np.ndarray | None,
    config: TrainConfig,
    journal: Journal,
    *,
    part: Part | None = None,
) -> Fitted:
    """Train `model` on some rows of `segments` and leave it with its best weights.

    After each epoch its state is written beside the journal, and a call that finds such a state goes on from there. The loss in
    the history is the cross-entropy [nats] without the penalties, so that it compares across runs.

    Parameters
    ----------
    valid_rows : np.ndarray or None
        Rows that choose the epoch; without them, all epochs are trained and the last weights are kept.

    Raises
    ------
    TrainingError
        If no epoch gave a finite loss on the valid split.
    """
    import keras
    import tensorflow as tf

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
    part = part or Part()
    state = _state(journal.folder / STATE, part)
    history = History(journal.folder)
    history.cut(part.name, state.epoch)
    if state.epoch:
        state.give(trainee)
    failures: list[GenreError] = []
    batches = _batches(segments, train_rows, config.batch_size, failures)
    watch = _watch(config, journal, history, state, part, batches)
    watch.report(state.epoch, 0.0)
    if not _is_done(state, config, has_valid=valid_rows is not None):
        try:
            trainee.fit(
                batches,
                validation_data=None if valid_rows is None else _batches(segments, valid_rows, VALID_BATCH, failures),
                initial_epoch=state.epoch,
                epochs=config.epochs,
                callbacks=[watch],
                shuffle=False,  # of whole batches, by a generator that no state remembers; `batches` shuffles the segments
                verbose=0,
            )
        except tf.errors.OpError as error:
            if failures:  # TensorFlow read the batches, and tells of the error in words of its own
                raise failures[0] from error
            raise
    if not state.best:
        raise TrainingError("The loss became NaN or infinite in the first epoch. Train with a smaller learning rate.")
    trainee.set_weights(state.best)
    return Fitted(watch.stopped, state.best_epoch)


def _state(path: Path, part: Part) -> TrainState:
    """The state to go on from: the one that is stored if it is of this very part, else a new one."""
    stored = TrainState.load(path)
    if stored is not None and (stored.part, stored.fingerprint) == (part.name, part.fingerprint):
        return stored
    return TrainState(part=part.name, fingerprint=part.fingerprint)


def _is_done(state: TrainState, config: TrainConfig, *, has_valid: bool) -> bool:
    return state.epoch >= config.epochs or (has_valid and state.epoch - state.best_epoch >= config.patience)


def _batches(segments: Segments, rows: np.ndarray, batch_size: int, failures: list[GenreError]) -> Any:
    """Batches over arrays in memory or in the store, without a copy, in the order of `rows`, which may change between epochs.

    What goes wrong in reading them is noted in `failures`.
    """
    import keras

    class Batches(keras.utils.PyDataset):
        def __init__(self) -> None:
            super().__init__()
            self.rows = rows

        def __len__(self) -> int:
            return math.ceil(len(self.rows) / batch_size)

        def __getitem__(self, index: int) -> tuple[Any, np.ndarray]:
            # Sorted: order inside a batch does not matter, and reading forward is quicker.
            chosen = np.sort(self.rows[index * batch_size : (index + 1) * batch_size])
            try:
                arrays = tuple(array[chosen] for array in segments.features)
            except GenreError as error:
                failures.append(error)
                raise
            return (arrays[0] if len(arrays) == 1 else arrays), segments.genres[chosen]

    return Batches()


def _watch(config: TrainConfig, journal: Journal, history: History, state: TrainState, part: Part, batches: Any) -> Any:
    import keras

    class Watch(keras.callbacks.Callback):
        """Reports, stops, and remembers the best weights."""

        def __init__(self) -> None:
            super().__init__()
            self.stopped = False
            self.first_epoch = self.epoch = state.epoch
            self.began = self.epoch_began = time.monotonic()

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.epoch, self.epoch_began = epoch, time.monotonic()
            # The order follows from the epoch's number, so that a continued training sees what an unbroken one would.
            batches.rows = np.random.default_rng((config.seed, epoch)).permutation(np.sort(batches.rows))

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if journal.stop_asked:
                self.stopped = self.model.stop_training = True
                return
            self.report(self.epoch, (batch + 1) / len(batches), often=True)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if self.stopped and state.best:
                return  # half an epoch: it is trained again where the training goes on
            entry: Entry = {"part": part.name} if part.name else {}
            entry |= {"epoch": epoch + 1, "loss": float(logs["cross_entropy"]), "accuracy": float(logs["accuracy"])}
            if "val_accuracy" in logs:
                entry |= {"valid_loss": float(logs["val_cross_entropy"]), "valid_accuracy": float(logs["val_accuracy"])}
            entry["seconds"] = round(time.monotonic() - self.epoch_began, 3)
            judged = float(entry["valid_loss" if "valid_loss" in entry else "loss"])
            if not math.isfinite(float(entry["loss"])) or not math.isfinite(judged):
                self.model.stop_training = True  # NaN never heals; what was best before is kept
                return
            history.add(entry)
            if "valid_loss" not in entry or state.best_loss is None or judged < state.best_loss:
                state.best_loss, state.best_epoch = judged, epoch + 1
                state.best = self.model.get_weights()
            if not self.stopped:
                state.epoch = epoch + 1
                state.take(self.model)
                state.save(journal.folder / STATE)
            if _is_done(state, config, has_valid="valid_loss" in entry):
                self.model.stop_training = True
            elif journal.stop_asked:
                self.stopped = self.model.stop_training = True
            self.report(epoch + 1, 0.0)

        def report(self, epoch: int, share: float, *, often: bool = False) -> None:
            done, done_before = (epoch + share) / config.epochs, self.first_epoch / config.epochs
            elapsed = time.monotonic() - self.began
            # The first batches build the graph and tell nothing of the pace.
            left = elapsed * (1 - done) / (done - done_before) if epoch > self.first_epoch or share > 0.5 else None
            message = f"Epoch {min(epoch + 1, config.epochs)} of at most {config.epochs}"
            if part.name:
                message = f"{part.name.capitalize()}: {message.lower()}"
            if state.best and "valid_loss" in history.entries[-1]:
                message += f", best so far {state.best_epoch}"
            low, high = part.share
            if left is not None:
                left += elapsed / (done - done_before) * (1 - high) / (high - low)  # the parts to come are as long
            progress = low + (high - low) * min(1.0, done)
            journal.report(
                "training", message, often=often, progress=progress, seconds_left=left, epoch=epoch, epochs=config.epochs
            )

    return Watch()

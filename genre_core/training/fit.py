"""The loop over epochs: the net learns batch by batch, the journal hears of it, the best weights on the valid split are kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.errors import GenreError, TrainingError
from genre_core.jobs.journal import Journal
from genre_core.models.networks import ERROR, Stage
from genre_core.training.batches import Batches
from genre_core.training.history import Entry, History
from genre_core.training.optimizers import learning_rate
from genre_core.training.recipe import TrainConfig
from genre_core.training.state import STATE, TrainState
from genre_core.training.steps import Steps


@dataclass(frozen=True)
class Part:
    """One of the trainings that a run consists of.

    Attributes
    ----------
    name : str
        '' where the run trains once; `fold 2`, `all tracks`, `autoencoder` where it trains several times.
    fingerprint : str
        Of the tracks that are learned from and their features: a state of other data is not continued.
    share : tuple of float
        The part of the run's whole work that it is, from where to where, 0 to 1.
    """

    name: str = ""
    fingerprint: str = ""
    share: tuple[float, float] = (0.0, 1.0)

    def stage(self, name: str, index: int, count: int) -> Part:
        """One of the stages of this part; the part itself where there is but one."""
        if count == 1:
            return self
        low, high = self.share
        width = (high - low) / count
        return Part(
            f"{self.name}: {name}" if self.name else name,
            self.fingerprint,
            (low + index * width, low + (index + 1) * width),
        )


@dataclass(frozen=True)
class Fitted:
    """How a training ended: whether somebody stopped it, and the epoch whose weights the model has now."""

    stopped: bool
    best_epoch: int


def fit(
    model: Any,
    steps: Steps,
    train: Batches,
    valid: Batches | None,
    config: TrainConfig,
    journal: Journal,
    *,
    part: Part | None = None,
    stage: Stage | None = None,
    after_epoch: Callable[[Entry], None] | None = None,
) -> Fitted:
    """Train `model` by `steps` and leave it with its best weights.

    After each epoch its state is written beside the journal, and a call that finds such a state goes on from there. The loss in
    the history is the cross-entropy [nats] without the penalties, so that it compares across runs; for an autoencoder it is the
    mean squared error of the standardised picture.

    Parameters
    ----------
    valid : Batches or None
        What chooses the epoch; without it, all epochs are trained and the last weights are kept.
    after_epoch : callable, optional
        Called with each epoch once it is written down; what it raises ends the training.

    Raises
    ------
    TrainingError
        If no epoch gave a finite loss.
    """
    loop = _Loop(model, steps, train, valid, config, journal, part or Part(), stage or Stage(), after_epoch)
    loop.run()
    if not loop.state.best:
        raise TrainingError("The loss became NaN or infinite in the first epoch. Train with a smaller learning rate.")
    model.set_weights(loop.state.best)
    return Fitted(loop.stopped, loop.state.best_epoch)


class _Loop:
    """What one call of `fit` remembers."""

    def __init__(
        self,
        model: Any,
        steps: Steps,
        train: Batches,
        valid: Batches | None,
        config: TrainConfig,
        journal: Journal,
        part: Part,
        stage: Stage,
        after_epoch: Callable[[Entry], None] | None = None,
    ) -> None:
        self.after_epoch = after_epoch
        self.model, self.steps, self.train, self.valid = model, steps, train, valid
        self.config, self.journal, self.part, self.stage = config, journal, part, stage
        self.state = TrainState.of(journal.folder / STATE, part.name, part.fingerprint)
        self.history = History(journal.folder)
        self.history.cut(part.name, self.state.epoch)
        self.stopped = False
        self.first_epoch = self.state.epoch
        self.began = time.monotonic()

    def run(self) -> None:
        self.steps.begin()
        if self.state.epoch:
            self.state.give(self.model, self.steps.optimizer)
        self.report(self.state.epoch, 0.0)
        while not self.is_done and not self.stopped:
            if not self.one_epoch(self.state.epoch):
                return

    @property
    def is_done(self) -> bool:
        state, config = self.state, self.config
        return state.epoch >= config.epochs or (self.valid is not None and state.epoch - state.best_epoch >= config.patience)

    def one_epoch(self, epoch: int) -> bool:
        """Train and judge; False where there is nothing to go on with."""
        began = time.monotonic()
        self.steps.optimizer.learning_rate = learning_rate(self.config, epoch)
        loss, accuracy = self.learn(epoch)
        if self.stopped and self.state.best:
            return False  # half an epoch: it is trained again where the training goes on
        entry: Entry = {"part": self.part.name} if self.part.name else {}
        entry |= {"epoch": epoch + 1, **self.named(loss, accuracy)}
        judged = loss
        if self.valid is not None:
            judged, valid_accuracy = self.mean(self.valid, epoch, self.steps.judge)
            entry |= self.named(judged, valid_accuracy, "valid_")
        entry["seconds"] = round(time.monotonic() - began, 3)
        if not math.isfinite(loss) or not math.isfinite(judged):
            return False  # NaN never heals; what was best before is kept
        self.keep(entry, judged)
        self.report(epoch + 1, 0.0)
        return True

    def learn(self, epoch: int) -> tuple[float, float]:
        """One round over the train segments, broken off where somebody asks for it."""

        def after(done: int) -> bool:
            self.stopped = self.journal.stop_asked
            if not self.stopped:
                self.report(epoch, done / len(self.train), often=True)
            return self.stopped

        return self.mean(self.train, epoch, self.steps.learn, after)

    def mean(self, batches: Batches, epoch: int, step: Any, after: Any = None) -> tuple[float, float]:
        """Mean loss and accuracy of what a step says of each batch."""
        import tensorflow as tf

        total, right, count = 0.0, 0.0, 0
        try:
            for done, (arrays, targets, weights) in enumerate(batches.of(epoch), start=1):
                losses, hits = step(arrays, targets, weights)
                total, right, count = total + float(losses), right + float(hits), count + len(weights)
                if after is not None and after(done):
                    break
        except tf.errors.OpError as error:
            if batches.failures:  # TensorFlow read the batches, and tells of the error in words of its own
                failure: GenreError = batches.failures[0]
                raise failure from error
            raise
        return total / count, right / count

    def named(self, loss: float, accuracy: float, prefix: str = "") -> dict[str, float]:
        if self.stage.output == ERROR:
            return {f"{prefix}error": loss}
        return {f"{prefix}loss": loss, f"{prefix}accuracy": accuracy}

    def keep(self, entry: Entry, judged: float) -> None:
        """Write an epoch down, and its weights where they are the best so far."""
        state = self.state
        self.history.add(entry)
        if self.valid is None or state.best_loss is None or judged < state.best_loss:
            state.best_loss, state.best_epoch = judged, entry["epoch"]
            state.best = [np.array(values) for values in self.model.get_weights()]
        if not self.stopped:
            state.epoch = entry["epoch"]
            state.take(self.model, self.steps.optimizer)
            state.save(self.journal.folder / STATE)
            self.stopped = not self.is_done and self.journal.stop_asked
        if self.after_epoch is not None:
            self.after_epoch(entry)

    def report(self, epoch: int, share: float, *, often: bool = False) -> None:
        config, state, part = self.config, self.state, self.part
        done, done_before = (epoch + share) / config.epochs, self.first_epoch / config.epochs
        elapsed = time.monotonic() - self.began
        # The first batches build the graph and tell nothing of the pace.
        left = elapsed * (1 - done) / (done - done_before) if epoch > self.first_epoch or share > 0.5 else None
        message = f"Epoch {min(epoch + 1, config.epochs)} of at most {config.epochs}"
        if part.name:
            message = f"{part.name.capitalize()}: {message.lower()}"
        if state.best and self.valid is not None:
            message += f", best so far {state.best_epoch}"
        low, high = part.share
        if left is not None:
            left += elapsed / (done - done_before) * (1 - high) / (high - low)  # the parts to come are as long
        progress = low + (high - low) * min(1.0, done)
        self.journal.report(
            "training", message, often=often, progress=progress, seconds_left=left, epoch=epoch, epochs=config.epochs
        )

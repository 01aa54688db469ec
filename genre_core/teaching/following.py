"""What is kept of a training while it goes on: its scores epoch by epoch, its weights as a histogram, and which net counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from genre_core.teaching.curing import Cure, Epoch


@dataclass(eq=False)
class Following:
    """A training that is followed; it grows by an epoch at a time and keeps no net.

    Attributes
    ----------
    cure : Cure
        What it was asked.
    n_tracks : int
        How many tracks it learns from.
    train_loss, valid_loss : list of float
        Of each epoch, the untrained net first [nat].
    train_accuracy, valid_accuracy : list of float
    edges, counts : np.ndarray
        Histogram of the weights, biases left out, after the last epoch.
    near_zero : float
        Share of the weights smaller than 0.001 then.
    is_over : bool
        Whether it came to its end.
    failure : str
        Why it could not, in words; empty otherwise.
    """

    cure: Cure
    n_tracks: int
    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    valid_loss: list[float] = field(default_factory=list)
    valid_accuracy: list[float] = field(default_factory=list)
    edges: np.ndarray = field(default_factory=lambda: np.zeros(0))
    counts: np.ndarray = field(default_factory=lambda: np.zeros(0))
    near_zero: float = 0.0
    is_over: bool = False
    failure: str = ""

    def add(self, epoch: Epoch) -> None:
        """One epoch more."""
        self.train_loss.append(epoch.train_loss)
        self.train_accuracy.append(epoch.train_accuracy)
        self.valid_loss.append(epoch.valid_loss)
        self.valid_accuracy.append(epoch.valid_accuracy)
        self.edges, self.counts = epoch.histogram()
        self.near_zero = epoch.near_zero

    @property
    def n_epochs(self) -> int:
        """Epochs so far; 0 is the untrained net, -1 before it."""
        return len(self.valid_loss) - 1

    @property
    def best_epoch(self) -> int:
        """The epoch of the lowest valid loss."""
        return int(np.argmin(self.valid_loss))

    @property
    def kept_epoch(self) -> int:
        """The epoch whose net counts: the best with early stopping, else the last."""
        return self.best_epoch if self.cure.patience else self.n_epochs

    @property
    def kept_accuracy(self) -> float:
        """Valid accuracy of the net that counts."""
        return self.valid_accuracy[self.kept_epoch]

    @property
    def kept_loss(self) -> float:
        """Valid loss of the net that counts [nat]."""
        return self.valid_loss[self.kept_epoch]


def best_of(found: Sequence[Following]) -> Following | None:
    """The finished training whose net is right most often on valid tracks, of equals the one of lowest valid loss."""
    over = [entry for entry in found if entry.is_over and not entry.failure]
    return max(over, key=lambda entry: (entry.kept_accuracy, -entry.kept_loss), default=None)

"""What every learner is: it learns from segments, as often as a run asks, and gives a classifier that can be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from genre_core.jobs.journal import Journal
from genre_core.models.base import Classifier
from genre_core.training.batches import Segments
from genre_core.training.fit import Part
from genre_core.training.history import Entry
from genre_core.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Task:
    """One training of a run.

    Attributes
    ----------
    segments : Segments
        What there is to read.
    train_rows : np.ndarray
        Segments that are learned from, ascending.
    valid_rows : np.ndarray or None
        Segments that choose the epoch; None where `epochs` says it.
    part : Part
        Which of the run's trainings it is.
    epochs : mapping
        Stage of a net -> epochs to train; empty where the valid segments choose.
    after_epoch : callable or None
        Called with each epoch of a net's last stage, as the history keeps it; what it raises ends the training.
    """

    segments: Segments
    train_rows: np.ndarray
    valid_rows: np.ndarray | None
    part: Part
    epochs: Mapping[str, int] = field(default_factory=dict)
    after_epoch: Callable[[Entry], None] | None = None


class Learned(Protocol):
    """A trained model in memory, until its learner learns again."""

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped it early."""
        ...

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest keeps: `scaler`, one entry an input with mean and std; what else its family reports."""
        ...

    @property
    def classifier(self) -> Classifier:
        """The model as it is in memory."""
        ...

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> None:
        """Write what serves into a run's folder; raises `TrainingError` unless it says what the model in memory says."""
        ...


class Learner(Protocol):
    """Trains the models of one family.

    Attributes
    ----------
    stages : tuple of str
        Parts of the history in which one training shows; none where it has no epochs.
    """

    stages: tuple[str, ...]

    def __init__(self, recipe: Recipe, n_genres: int, journal: Journal) -> None: ...

    def check(self, n_segments: int) -> None:
        """Raise `TrainingError` if so many train segments cannot be learned from; called before time is spent."""
        ...

    def start(self) -> None:
        """Load the libraries, which may take seconds."""
        ...

    def learn(self, task: Task) -> Learned:
        """Train anew, from the seed; each call gives what a first call would.

        Raises
        ------
        TrainingError
            If there is nothing to keep.
        """
        ...

"""What a training has found, before it becomes a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from genre_core.datasets.splits import LeakReport, Split
from genre_core.evaluation.predictions import Predictions
from genre_core.training.learners import Learned
from genre_core.training.material import Material


@dataclass(frozen=True, eq=False)
class Outcome:
    """A trained model, what it learned from, and what it says of tracks that it has not heard.

    Attributes
    ----------
    learned : Learned
        The model that serves.
    material : Material
        The segments it learned from.
    split, leaks : Split, LeakReport
        The roles of the tracks, and what crosses between them.
    role : str
        What the predictions are of: `valid`, or `folds` for out-of-fold posteriors.
    predictions : Predictions
        Of the tracks of that role.
    folds : dict or None
        Count, seed, grouping and the fold of each track, where it was trained with folds.
    """

    learned: Learned
    material: Material
    split: Split
    leaks: LeakReport
    role: str
    predictions: Predictions
    folds: dict[str, Any] | None = None

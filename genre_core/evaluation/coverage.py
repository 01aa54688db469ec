"""What a threshold buys: how right the verdicts are that remain, against how many remain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import Groups, Interval
from genre_core.evaluation.shares import shares

N_THRESHOLDS = 101


@dataclass(frozen=True, eq=False)
class Coverage:
    """Accuracy among the verdicts that a threshold leaves.

    Attributes
    ----------
    threshold : np.ndarray
        Probability that a verdict needs, ascending from 0, shape (n_points,).
    share : np.ndarray
        Share of all tracks that get a verdict, float64, shape (n_points,).
    n_named : np.ndarray
        How many tracks that are, int64, shape (n_points,).
    accuracy : tuple of Interval
        Share of those verdicts that is right; thresholds that nothing reaches have no point.
    over : str
        What the intervals are drawn over: artists or tracks.
    """

    threshold: np.ndarray
    share: np.ndarray
    n_named: np.ndarray
    accuracy: tuple[Interval, ...]
    over: str

    def at(self, threshold: float) -> int | None:
        """Index of the point of a threshold; None where no verdict reaches it."""
        found = np.flatnonzero(np.isclose(self.threshold, threshold))
        return int(found[0]) if found.size else None

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain JSON values."""
        return {
            "threshold": self.threshold.tolist(),
            "share": self.share.tolist(),
            "accuracy": [entry.to_dict() for entry in self.accuracy],
            "over": self.over,
        }


def coverage(y_true: np.ndarray, posteriors: np.ndarray, groups: Groups, *, n_resamples: int = 1000, seed: int = 0) -> Coverage:
    """Let the threshold rise in steps of a hundredth and look at the verdicts that remain.

    Geifman and El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017 (their risk is one less accuracy).

    Parameters
    ----------
    y_true : np.ndarray
        Genre indices, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres), rows sum to one.
    groups : Groups
        The group that each row is drawn with.
    n_resamples, seed : int
        Of the bootstrap: all points are drawn together.

    Raises
    ------
    ParameterError
        If there is nothing to look at, or `groups` are of other rows.
    """
    if not len(y_true) or len(groups.of_track) != len(y_true):
        raise ParameterError(
            f"Coverage needs verdicts with their groups. Received: {len(y_true)} verdicts, {len(groups.of_track)} groups."
        )
    sure = posteriors.max(axis=1).astype(np.float64).clip(0.0, 1.0)  # (n,)
    right = posteriors.argmax(axis=1) == y_true
    threshold = np.linspace(0, 1, N_THRESHOLDS).round(2)
    named = sure[:, None] >= threshold  # (n, n_points)
    threshold, named = threshold[named.any(axis=0)], named[:, named.any(axis=0)]
    accuracy = shares(named, named & right[:, None], groups, what="confidence", n_resamples=n_resamples, seed=seed)
    counted = named.sum(axis=0)
    return Coverage(threshold, counted / len(y_true), counted, accuracy, groups.over)

"""Precision-recall and ROC curves, a genre against the rest and all genres combined.

The numbers are scikit-learn's (tests compare them); the app needs them on every visit, and loading scikit-learn would cost
a second and 100 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.evaluation.predictions import check_posteriors

MAX_POINTS = 300
"""Points that a curve keeps: more than a screen can tell apart."""


@dataclass(frozen=True, eq=False)
class PrCurve:
    """Precision against recall as the threshold falls.

    Attributes
    ----------
    genre : str or None
        None for all genres combined (micro: every pair of a track and a genre is one decision).
    recall, precision, threshold : np.ndarray
        float64, shape (n_points,), recall ascending. The first point has recall 0 and precision 1 by convention.
    average_precision : float
        Sum over thresholds of (recall step) x precision, from all points.
    prevalence : float
        Share of positives: the precision of guessing.
    """

    genre: str | None
    recall: np.ndarray
    precision: np.ndarray
    threshold: np.ndarray
    average_precision: float
    prevalence: float

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain JSON values."""
        return _plain(self)


@dataclass(frozen=True, eq=False)
class RocCurve:
    """True positives against false positives as the threshold falls.

    Attributes
    ----------
    genre : str or None
        None for all genres combined (micro).
    false_positive_rate, true_positive_rate, threshold : np.ndarray
        float64, shape (n_points,), ascending rates.
    area : float
        Area under the curve, from all points; 0.5 is guessing.
    """

    genre: str | None
    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray
    area: float

    def to_dict(self) -> dict[str, Any]:
        """The curve as plain JSON values."""
        return _plain(self)


def pr_curves(y_true: np.ndarray, posteriors: np.ndarray, genres: Sequence[str]) -> tuple[PrCurve, ...]:
    """Precision-recall curves of each genre that occurs, in order, then of all combined.

    Parameters
    ----------
    y_true : np.ndarray
        Genre indices, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres).
    genres : sequence of str
        Names of the columns.
    """
    curves = []
    for genre, positive, score in _one_against_rest(y_true, posteriors, genres):
        if not positive.any():
            continue
        hits, alarms, threshold = step_counts(positive, score)
        recall, precision = hits / hits[-1], hits / (hits + alarms)  # (n_thresholds,)
        recall, precision = np.r_[0.0, recall], np.r_[1.0, precision]
        shown = spread(recall, precision)
        curves.append(
            PrCurve(
                genre,
                recall[shown],
                precision[shown],
                np.r_[threshold[0], threshold][shown],
                average_precision(positive, score),
                float(positive.mean()),
            )
        )
    return tuple(curves)


def roc_curves(y_true: np.ndarray, posteriors: np.ndarray, genres: Sequence[str]) -> tuple[RocCurve, ...]:
    """ROC curves of each genre that occurs and is not alone, in order, then of all combined; arguments as `pr_curves`."""
    curves = []
    for genre, positive, score in _one_against_rest(y_true, posteriors, genres):
        if positive.all() or not positive.any():
            continue
        hits, alarms, threshold = step_counts(positive, score)
        tpr, fpr = np.r_[0.0, hits / hits[-1]], np.r_[0.0, alarms / alarms[-1]]  # (n_thresholds + 1,)
        shown = spread(fpr, tpr)
        curves.append(RocCurve(genre, fpr[shown], tpr[shown], np.r_[threshold[0], threshold][shown], roc_area(positive, score)))
    return tuple(curves)


def step_counts(positive: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hits and false alarms at each distinct threshold, highest first.

    Parameters
    ----------
    positive : np.ndarray
        bool, shape (n,).
    score : np.ndarray
        Shape (n,). Equal scores fall together: no order among them is made up.

    Returns
    -------
    tuple of np.ndarray
        hits, alarms (counts of score >= threshold) and threshold, each of shape (n_thresholds,).
    """
    order = np.argsort(-score, kind="stable")
    score, positive = score[order], positive[order]
    ends = np.r_[np.flatnonzero(np.diff(score)), score.size - 1]
    hits = np.cumsum(positive)[ends]
    return hits.astype(np.float64), (ends + 1 - hits).astype(np.float64), score[ends].astype(np.float64)


def average_precision(positive: np.ndarray, score: np.ndarray) -> float:
    """Average precision: sum over thresholds of (R_k - R_{k-1}) P_k, without interpolation; needs a positive."""
    hits, alarms, _ = step_counts(positive, score)
    return float(np.sum(np.diff(hits, prepend=0.0) / hits[-1] * hits / (hits + alarms)))


def roc_area(positive: np.ndarray, score: np.ndarray) -> float:
    """Area under the ROC curve by the trapezoid rule, ties counting half; needs a positive and a negative."""
    hits, alarms, _ = step_counts(positive, score)
    tpr, fpr = np.r_[0.0, hits / hits[-1]], np.r_[0.0, alarms / alarms[-1]]
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))


def spread(x: np.ndarray, y: np.ndarray, n_points: int = MAX_POINTS) -> np.ndarray:
    """Indices of at most `n_points` points that lie evenly along the line x, y; both ends stay."""
    if x.size <= n_points:
        return np.arange(x.size)
    way = np.r_[0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y)))]
    return np.unique(np.searchsorted(way, np.linspace(0.0, way[-1], n_points)).clip(0, x.size - 1))


def _one_against_rest(
    y_true: np.ndarray, posteriors: np.ndarray, genres: Sequence[str]
) -> list[tuple[str | None, np.ndarray, np.ndarray]]:
    """For each genre and for all combined: name, positives, scores."""
    check_posteriors(posteriors)
    positives = np.asarray(y_true)[:, None] == np.arange(len(genres))  # (n, n_genres)
    rows: list[tuple[str | None, np.ndarray, np.ndarray]] = [
        (genre, positives[:, index], posteriors[:, index]) for index, genre in enumerate(genres)
    ]
    return [*rows, (None, positives.ravel(), posteriors.ravel())]


def _plain(curve: PrCurve | RocCurve) -> dict[str, Any]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(curve).items()}

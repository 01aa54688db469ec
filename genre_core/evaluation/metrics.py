"""Scores of posteriors against the truth, each with its definition; what cannot be said is None and has a reason.

Definitions are scikit-learn's (tests compare every number), computed with numpy: the app shows them on every visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.curves import average_precision, roc_area
from genre_core.evaluation.intervals import Interval
from genre_core.evaluation.predictions import check_posteriors

TOP = 3
SCORES = (
    "accuracy",
    "balanced_accuracy",
    "macro_f1",
    "mean_average_precision",
    "micro_average_precision",
    "roc_auc",
    "top3",
    "log_loss",
)
"""Names of the scores of a whole report."""

GENRE_SCORES = ("precision", "recall", "f1", "average_precision", "roc_auc")
"""Names of the scores of one genre."""


@dataclass(frozen=True)
class GenreScores:
    """Scores of one genre against the rest.

    Attributes
    ----------
    genre : str
        Its name.
    support, predicted : int
        How many are this genre in truth, and how many are predicted to be.
    precision : float or None
        Share of those predicted that are right; None where none is predicted.
    recall : float or None
        Share of those in truth that are found; None where none is in truth.
    f1 : float or None
        Harmonic mean, 2 TP / (2 TP + FP + FN); None where none is in truth: it would be 0 whatever the model does.
    average_precision, roc_auc : float or None
        Of the genre's column; None where positives (or, for the area, negatives) are missing.
    reason : str
        Why a score is None; empty where none is.
    intervals : mapping
        Name of each score -> Interval; empty where none were drawn.
    """

    genre: str
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    average_precision: float | None
    roc_auc: float | None
    reason: str = ""
    intervals: Mapping[str, Interval] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoreReport:
    """All scores of one set of posteriors.

    Attributes
    ----------
    n : int
        How many tracks, or segments, were scored.
    accuracy : float
        Share whose most probable genre is right.
    balanced_accuracy : float
        Mean recall of the genres that occur.
    macro_f1 : float
        Mean F1 of the genres that occur, as scikit-learn's `f1_score` with `labels=unique(y_true)`: a genre of which nothing is
        judged has no F1, and false alarms for it lower the recall of the genres that they were taken from.
    mean_average_precision : float
        mAP: mean average precision of the genres that occur.
    micro_average_precision : float
        Average precision of all pairs of a track and a genre together.
    roc_auc : float or None
        Mean area under the ROC curve, one genre against the rest.
    top3 : float or None
        Share whose genre is among the three most probable.
    log_loss : float
        Mean of -ln p(true genre) [nat].
    genres : tuple of GenreScores
        In the order of the posterior's columns.
    reasons : dict
        Name of a score that is None -> why.
    intervals : mapping
        Name of each score -> Interval; empty where none were drawn.
    """

    n: int
    accuracy: float
    balanced_accuracy: float
    macro_f1: float
    mean_average_precision: float
    micro_average_precision: float
    roc_auc: float | None
    top3: float | None
    log_loss: float
    genres: tuple[GenreScores, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    intervals: Mapping[str, Interval] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self) | {"genres": [asdict(genre) for genre in self.genres]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ScoreReport:
        """Inverse of `to_dict`; raises `ParameterError` if names are missing or unknown."""
        try:
            genres = tuple(GenreScores(**{**genre, "intervals": _intervals(genre)}) for genre in values["genres"])
            return cls(**{**values, "genres": genres, "intervals": _intervals(values)})
        except (TypeError, KeyError) as error:
            raise ParameterError(f"Expected the values of a score report. Received: others ({error}).") from error


def scores(y_true: np.ndarray, posteriors: np.ndarray, genres: Sequence[str]) -> ScoreReport:
    """Score posteriors against the truth.

    Parameters
    ----------
    y_true : np.ndarray
        Genre indices, whole numbers, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres), rows sum to one. Of equal probabilities the first genre counts as predicted.
    genres : sequence of str
        Names of the columns.

    Raises
    ------
    ParameterError
        If shapes or values don't fit, or there is nothing to score.
    """
    y_true, posteriors = _checked(y_true, posteriors, len(genres))
    matrix = confusion(y_true, posteriors.argmax(axis=1), len(genres))
    rows = tuple(_genre_scores(genre, index, matrix, y_true, posteriors) for index, genre in enumerate(genres))
    areas = [row.roc_auc for row in rows if row.roc_auc is not None]
    reasons = {}
    if not areas:
        reasons["roc_auc"] = "Only one genre occurs, so there is nothing to tell it from."
    if len(genres) <= TOP:
        reasons["top3"] = f"With {len(genres)} genres the top {TOP} always hold the right one."
    positives = y_true[:, None] == np.arange(len(genres))  # (n, n_genres)
    return ScoreReport(
        n=len(y_true),
        accuracy=float(np.trace(matrix) / matrix.sum()),
        balanced_accuracy=_mean(row.recall for row in rows),
        macro_f1=_mean(row.f1 for row in rows),
        mean_average_precision=_mean(row.average_precision for row in rows),
        micro_average_precision=average_precision(positives.ravel(), posteriors.ravel()),
        roc_auc=_mean(areas) if areas else None,
        top3=None if "top3" in reasons else float((rank(y_true, posteriors) < TOP).mean()),
        log_loss=log_loss(y_true, posteriors),
        genres=rows,
        reasons=reasons,
    )


def confusion(y_true: np.ndarray, y_pred: np.ndarray, n_genres: int) -> np.ndarray:
    """Counts, int64, shape (n_genres, n_genres): rows are the truth, columns what was predicted.

    Raises
    ------
    ParameterError
        If lengths differ or an index lies outside 0 to n_genres - 1.
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        raise ParameterError(f"y_true and y_pred must have one shape (n,). Received: {y_true.shape} and {y_pred.shape}.")
    for name, values in (("y_true", y_true), ("y_pred", y_pred)):
        _check_indices(name, values, n_genres)
    counts = np.bincount(y_true.astype(np.int64) * n_genres + y_pred.astype(np.int64), minlength=n_genres**2)
    return counts.reshape(n_genres, n_genres)


def log_loss(y_true: np.ndarray, posteriors: np.ndarray) -> float:
    """Mean of `losses` [nat]."""
    return float(losses(y_true, posteriors).mean()) + 0.0  # no -0.0


def losses(y_true: np.ndarray, posteriors: np.ndarray) -> np.ndarray:
    """-ln p(true genre) [nat] of each row, shape (n,); p is kept above float32's resolution so that a sure error stays finite."""
    eps = float(np.finfo(np.float32).eps)
    chosen = np.asarray(posteriors, dtype=np.float64)[np.arange(len(y_true)), y_true]  # (n,)
    return -np.log(chosen.clip(eps, 1.0))


def _genre_scores(genre: str, index: int, matrix: np.ndarray, y_true: np.ndarray, posteriors: np.ndarray) -> GenreScores:
    support, predicted, hits = int(matrix[index].sum()), int(matrix[:, index].sum()), int(matrix[index, index])
    positive, score = y_true == index, posteriors[:, index]
    reasons = []
    if not support:
        lacking = "no recall, no F1, no average precision, no area, and means over genres leave it out"
        reasons.append(f"nothing scored here is {genre} in truth: {lacking}")
    elif support == len(y_true):
        reasons.append(f"everything scored here is {genre}: no area")
    if not predicted:
        reasons.append(f"{genre} is never predicted: no precision")
    return GenreScores(
        genre,
        support,
        predicted,
        precision=hits / predicted if predicted else None,
        recall=hits / support if support else None,
        f1=2 * hits / (support + predicted) if support else None,
        average_precision=average_precision(positive, score) if support else None,
        roc_auc=roc_area(positive, score) if 0 < support < len(y_true) else None,
        reason="; ".join(reasons),
    )


def unsaid(report: ScoreReport) -> dict[str, str]:
    """Why a genre's score has no value or no interval -> the genres of which that is so, named in one text."""
    whose: dict[str, dict[str, None]] = {}
    for row in report.genres:
        shown = [row.intervals[name].reason for name in GENRE_SCORES if name != "roc_auc" and name in row.intervals]
        reasons = shown if row.support and row.intervals else [row.reason]
        for reason in filter(None, reasons):
            told = reason.replace(f"{row.genre} is never", "never").rstrip(".")  # so that genres of one fate share a sentence
            whose.setdefault(f"{told[0].lower()}{told[1:]}.", {})[row.genre] = None
    return {reason: ", ".join(genres) for reason, genres in whose.items()}


def rank(y_true: np.ndarray, posteriors: np.ndarray) -> np.ndarray:
    """How many genres come before the true one, shape (n,); of equal probabilities the first genre comes first, as in argmax."""
    own = posteriors[np.arange(len(y_true)), y_true][:, None]  # (n, 1)
    earlier = np.arange(posteriors.shape[1]) < y_true[:, None]  # (n, n_genres)
    return ((posteriors > own) | ((posteriors == own) & earlier)).sum(axis=1)


def _intervals(values: Mapping[str, Any]) -> dict[str, Interval]:
    return {name: Interval.from_dict(entry) for name, entry in values.get("intervals", {}).items()}


def _mean(values: Any) -> float:
    return float(np.mean([value for value in values if value is not None]))


def _checked(y_true: np.ndarray, posteriors: np.ndarray, n_genres: int) -> tuple[np.ndarray, np.ndarray]:
    y_true, posteriors = np.asarray(y_true), np.asarray(posteriors)
    if y_true.ndim != 1 or posteriors.shape != (len(y_true), n_genres):
        raise ParameterError(
            f"Expected y_true of shape (n,) and posteriors of shape (n, {n_genres}). "
            f"Received: {y_true.shape} and {posteriors.shape}."
        )
    if not len(y_true):
        raise ParameterError("There is nothing to score. Received: no tracks.")
    _check_indices("y_true", y_true, n_genres)
    check_posteriors(posteriors)
    return y_true.astype(np.int64), posteriors


def _check_indices(name: str, values: np.ndarray, n_genres: int) -> None:
    if values.size and not np.issubdtype(values.dtype, np.integer):
        raise ParameterError(f"{name} must hold genre indices, whole numbers. Received: {values.dtype}.")
    if values.size and (values.min() < 0 or values.max() >= n_genres):
        raise ParameterError(f"{name} must lie in [0, {n_genres - 1}]. Received: {values.min()} to {values.max()}.")

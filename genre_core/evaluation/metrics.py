"""Scores of posteriors against the truth, each with its definition; what cannot be said is None and has a reason.

Definitions are scikit-learn's (tests compare every number), computed with numpy: the app shows them on every visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.curves import average_precision, roc_area
from genre_core.evaluation.definitions import GENRE_SCORES, SCORES
from genre_core.evaluation.predictions import check_posteriors
from genre_core.evaluation.reliability import brier, reliability
from genre_core.evaluation.rows import log_loss, matthews, precision_at, rank
from genre_core.evaluation.scored import GenreScores, ScoreReport, unsaid

__all__ = ["GENRE_SCORES", "SCORES", "GenreScores", "ScoreReport", "confusion", "log_loss", "scores", "unsaid"]

TOPS = {"top2": 2, "top3": 3}
"""Name of a score -> how many of the most probable genres it looks at."""


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
    for name, top in TOPS.items():
        if len(genres) <= top:
            reasons[name] = f"With {len(genres)} genres the top {top} always hold the right one."
    correlation = matthews(matrix)
    if correlation is None:
        reasons["mcc"] = "Only one genre occurs, so there is nothing that verdicts could follow."
    ranks = rank(y_true, posteriors)
    tops = {name: None if name in reasons else float((ranks < top).mean()) for name, top in TOPS.items()}
    positives = y_true[:, None] == np.arange(len(genres))  # (n, n_genres)
    return ScoreReport(
        n=len(y_true),
        accuracy=float(np.trace(matrix) / matrix.sum()),
        balanced_accuracy=_mean(row.recall for row in rows),
        macro_f1=_mean(row.f1 for row in rows),
        mean_average_precision=_mean(row.average_precision for row in rows),
        micro_average_precision=average_precision(positives.ravel(), posteriors.ravel()),
        roc_auc=_mean(areas) if areas else None,
        top2=tops["top2"],
        top3=tops["top3"],
        map_at_3=float(precision_at(ranks).mean()),
        log_loss=log_loss(y_true, posteriors),
        calibration_error=reliability(y_true, posteriors).error,
        brier=brier(y_true, posteriors),
        mcc=correlation,
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

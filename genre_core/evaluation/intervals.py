"""Bootstrap intervals: how far a score may lie off because the tracks, or the artists, are a sample.

Segments of a track and tracks of an artist resemble each other, so whole groups are drawn, never single rows (the cluster
bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core.errors import ParameterError

WeightedMetric = Callable[..., np.ndarray]
"""`metric(weights, *arrays) -> values`: weights of shape (n_resamples, n) say how often each row was drawn."""

_BATCH = 4_000_000
"""Weights held at a time: 32 MB."""


@dataclass(frozen=True)
class Interval:
    """A score with its interval.

    Attributes
    ----------
    value : float
        The score of all rows.
    low, high : float or None
        Ends of the interval; None where the sample cannot give one.
    level : float
        0.95: the share of such intervals that hold the true value.
    n_groups : int
        How many groups were drawn from.
    over : str
        What the groups are: artists, tracks, rows.
    reason : str
        Why there are no ends; empty where there are.
    """

    value: float
    low: float | None
    high: float | None
    level: float
    n_groups: int
    over: str
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The interval as plain JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.value:.3f}" if self.low is None else f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap_interval(
    metric: WeightedMetric,
    *arrays: np.ndarray,
    groups: np.ndarray | Sequence[str] | None = None,
    over: str = "",
    level: float = 0.95,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Interval:
    """Percentile bootstrap interval of a metric over groups of rows.

    Parameters
    ----------
    metric : callable
        `accuracy`, `macro_f1`, `each_resample(function)`, or any `metric(weights, *arrays)` that gives one value a resample.
    *arrays : np.ndarray
        Rows to score, first axis n.
    groups : array of str or int, optional
        Group of each row, shape (n,): its artist, else its track. Rows are drawn singly where None.
    over : str
        What the groups are, for the reader.
    level : float
        Share of the resamples that the interval holds.
    n_resamples : int
        How many samples are drawn.
    seed : int
        Equal seeds give equal intervals.

    Raises
    ------
    ParameterError
        If there are no rows, lengths differ or a number is outside its range.
    """
    n = _checked_length(arrays, groups, level, n_resamples)
    group = np.arange(n) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1)
    n_groups, over = int(group.max()) + 1, over or ("rows" if groups is None else "groups")
    value = float(metric(np.ones((1, n)), *arrays)[0])
    if n_groups < 2:
        return Interval(value, None, None, level, n_groups, over, f"There is only one of the {over}: an interval needs several.")
    rng = np.random.default_rng(seed)
    drawn = np.empty(n_resamples)
    step = max(1, _BATCH // max(n, n_groups))
    for start in range(0, n_resamples, step):
        rows = min(step, n_resamples - start)
        picks = rng.integers(0, n_groups, size=(rows, n_groups)) + n_groups * np.arange(rows)[:, None]
        counts = np.bincount(picks.ravel(), minlength=rows * n_groups).reshape(rows, n_groups)
        drawn[start : start + rows] = metric(counts[:, group].astype(np.float64), *arrays)  # weights (rows, n)
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size or np.ptp(drawn) < 1e-12:
        reason = f"Every sample of the {n_groups} {over} scores the same, so they cannot say how far the score may lie off."
        return Interval(value, None, None, level, n_groups, over, reason)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), level, n_groups, over)


def accuracy(weights: np.ndarray, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Accuracy of each resample, shape (n_resamples,)."""
    return weights @ (y_true == y_pred).astype(np.float64) / weights.sum(axis=1)


def macro_f1(weights: np.ndarray, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Macro F1 of each resample, shape (n_resamples,): the mean over the genres that it holds or predicts."""
    genres = np.arange(max(y_true.max(), y_pred.max()) + 1)
    true, pred = (y_true[:, None] == genres).astype(np.float64), (y_pred[:, None] == genres).astype(np.float64)  # (n, n_genres)
    hits, total = weights @ (true * pred), weights @ (true + pred)  # (n_resamples, n_genres)
    f1 = 2 * hits / np.where(total > 0, total, 1)
    return f1.sum(axis=1) / (total > 0).sum(axis=1)


def each_resample(metric: Callable[..., float]) -> WeightedMetric:
    """Let a plain `metric(*arrays) -> float` be bootstrapped: it is called once a resample, on the rows drawn."""

    def repeated(weights: np.ndarray, *arrays: np.ndarray) -> np.ndarray:
        drawn = (np.repeat(np.arange(len(row)), row.astype(np.int64)) for row in weights)
        return np.array([metric(*(array[rows] for array in arrays)) for rows in drawn])

    return repeated


def _checked_length(arrays: tuple[np.ndarray, ...], groups: Any, level: float, n_resamples: int) -> int:
    lengths = {len(array) for array in arrays} | ({len(groups)} if groups is not None else set())
    if len(lengths) != 1 or 0 in lengths:
        raise ParameterError(f"Arrays and groups must have one length of at least 1. Received: lengths {sorted(lengths)}.")
    if not 0 < level < 1:
        raise ParameterError(f"level must lie in (0, 1). Received: level={level}.")
    if n_resamples < 1:
        raise ParameterError(f"n_resamples must be at least 1. Received: n_resamples={n_resamples}.")
    return lengths.pop()

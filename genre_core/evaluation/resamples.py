"""All scores of many resamples at once: rows are weighted by how often they were drawn, never copied.

For one resample, each score equals that of `metrics.scores` on the rows repeated by their weights (tests compare them with
scikit-learn on repeated rows), but for the means over genres: there a genre counts only where the resample holds it. A resample
that misses a genre altogether says nothing of it; to count its few false alarms as F1 = 0 would pull the interval down.
"""

from __future__ import annotations

import numpy as np

from genre_core.evaluation.metrics import TOPS
from genre_core.evaluation.reliability import N_BINS, bins_of
from genre_core.evaluation.rows import losses, precision_at, rank, squared_errors

Drawn = dict[str, np.ndarray]
"""Name of a score -> its value in each resample; NaN where a resample has none."""

_KEPT_LONG = ("log_loss", "top3")
"""Scores that runs of former days keep."""


class WeightedScores:
    """The scores of one set of posteriors under weights; what doesn't depend on the weights is worked out once.

    Parameters
    ----------
    y_true : np.ndarray
        Genre indices, int64, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres).
    areas : bool
        False leaves out what takes nearly all the time, the areas under curves: they are NaN then.
    """

    def __init__(self, y_true: np.ndarray, posteriors: np.ndarray, *, areas: bool = True) -> None:
        n_genres = posteriors.shape[1]
        self._true = (y_true[:, None] == np.arange(n_genres)).astype(np.float64)  # (n, n_genres)
        self._pred = (posteriors.argmax(axis=1)[:, None] == np.arange(n_genres)).astype(np.float64)  # (n, n_genres)
        ranks = rank(y_true, posteriors)
        tops = {name: ranks < top for name, top in TOPS.items() if n_genres > top}
        rows = {
            "log_loss": losses(y_true, posteriors),
            **tops,
            "map_at_3": precision_at(ranks),
            "brier": squared_errors(y_true, posteriors),
        }
        # Two products: sums round by how many columns there are, and intervals that runs keep should stay as they are.
        names = [name for name in rows if name in _KEPT_LONG], [name for name in rows if name not in _KEPT_LONG]
        self._each_row = [(part, np.stack([rows[name] for name in part], axis=1).astype(np.float64)) for part in names]
        sure, place = bins_of(posteriors)
        right = posteriors.argmax(axis=1) == y_true
        self._too_sure = np.where(place[:, None] == np.arange(N_BINS), (sure - right)[:, None], 0.0)  # (n, n_bins)
        self._occurs = self._true.any(axis=0)  # (n_genres,)
        positives = self._true.astype(bool)
        self._rankings = [
            Ranking(positives[:, index], posteriors[:, index]) if areas and self._occurs[index] else None
            for index in range(n_genres)
        ]
        self._all_pairs = Ranking(positives.ravel(), posteriors.ravel(), n_columns=n_genres) if areas else None

    def __call__(self, weights: np.ndarray) -> tuple[Drawn, Drawn]:
        """Scores of the whole, each of shape (n_resamples,), and of each genre, each of shape (n_resamples, n_genres).

        Parameters
        ----------
        weights : np.ndarray
            How often each row was drawn, float64, shape (n_resamples, n).
        """
        support, predicted = weights @ self._true, weights @ self._pred  # (n_resamples, n_genres)
        hits = weights @ (self._true * self._pred)
        size = weights.sum(axis=1)
        held = (support > 0) | ~self._occurs  # what the whole sample lacks no resample can miss
        genres: Drawn = {
            "precision": _share(hits, np.where(held, predicted, 0)),
            "recall": _share(hits, support),
            "f1": _share(2 * hits, np.where(support > 0, support + predicted, 0)),
        }
        *areas, all_pairs = (
            np.full((2, len(size)), np.nan) if ranking is None else ranking(weights)
            for ranking in (*self._rankings, self._all_pairs)
        )
        genres["average_precision"], genres["roc_auc"] = np.stack(areas, axis=2)  # (n_resamples, n_genres)
        means = {
            name: mean
            for names, values in self._each_row
            for name, mean in zip(names, (weights @ values / size[:, None]).T, strict=True)
        }
        return {
            "accuracy": hits.sum(axis=1) / size,
            "balanced_accuracy": _mean(genres["recall"]),
            "macro_f1": _mean(genres["f1"]),
            "mean_average_precision": _mean(genres["average_precision"]),
            "micro_average_precision": all_pairs[0],
            "roc_auc": _mean(genres["roc_auc"]),
            **means,
            "calibration_error": abs(weights @ self._too_sure).sum(axis=1) / size,
            "mcc": _matthews(hits.sum(axis=1), support, predicted, size),
        }, genres


class Ranking:
    """Rows from the most to the least probable: what average precision and the area under the ROC curve need.

    Equal scores fall together, as in `curves.step_counts`. Only thresholds with a positive change either of the two, so sums
    are taken at those alone.

    Parameters
    ----------
    positive : np.ndarray
        bool, shape (n * n_columns,); at least one is True.
    score : np.ndarray
        Shape (n * n_columns,).
    n_columns : int
        Entries that one weight counts for: a row's genres where all pairs of a row and a genre are ranked together.
    """

    def __init__(self, positive: np.ndarray, score: np.ndarray, *, n_columns: int = 1) -> None:
        order = np.argsort(-score, kind="stable")
        falling = -score[order]
        self._rows = order // n_columns
        self._positives = np.flatnonzero(positive[order])
        theirs = falling[self._positives]
        self._starts = np.flatnonzero(np.r_[True, np.diff(theirs) != 0])  # of each threshold among the positives
        thresholds = theirs[self._starts]
        self._above = np.searchsorted(falling, thresholds, side="left")  # entries of a higher score
        self._reached = np.searchsorted(falling, thresholds, side="right")  # entries of this score or a higher one

    def __call__(self, weights: np.ndarray) -> np.ndarray:
        """Average precision and area, shape (2, n_resamples); NaN where positives (for the area, also negatives) are missing."""
        ranked = weights[:, self._rows]  # (n_resamples, n * n_columns)
        new_hits = np.add.reduceat(ranked[:, self._positives], self._starts, axis=1)  # (n_resamples, n_thresholds)
        np.cumsum(ranked, axis=1, out=ranked)
        reached = ranked[:, self._reached - 1]  # hits and false alarms at each threshold
        above = np.where(self._above > 0, ranked[:, self._above - 1], 0.0)
        hits = np.cumsum(new_hits, axis=1)
        n_positive, n_negative = hits[:, -1], ranked[:, -1] - hits[:, -1]
        precision = hits / np.maximum(reached, 1.0)  # hits are 0 where nothing is reached
        higher, equal = above - hits + new_hits, reached - above - new_hits  # negatives that beat, or tie with, the new hits
        beaten = (new_hits * (higher + equal / 2)).sum(axis=1)
        return np.stack([_share((new_hits * precision).sum(axis=1), n_positive), 1 - _share(beaten, n_positive * n_negative)])


def _matthews(hits: np.ndarray, support: np.ndarray, predicted: np.ndarray, size: np.ndarray) -> np.ndarray:
    """`rows.matthews` of each resample from its margins, shape (n_resamples,); NaN where it holds one genre only."""
    true_spread, said_spread = (size**2 - np.square(margin).sum(axis=1) for margin in (support, predicted))
    found = (hits * size - (support * predicted).sum(axis=1)) / np.sqrt(np.maximum(true_spread * said_spread, 1e-12))
    return np.where(true_spread > 0, np.where(said_spread > 0, found, 0.0), np.nan)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """`part` / `whole`; NaN where there is nothing to share."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the genres that have a value, shape (n_resamples,); NaN where none has."""
    known = np.isfinite(values)
    return _share(np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1))

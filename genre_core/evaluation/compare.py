"""Compare two models on the tracks that both judged: counts, exact tests, differences of scores with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import Groups, Interval, draw, groups_of, interval
from genre_core.evaluation.judging import MOST_CELLS
from genre_core.evaluation.metrics import scores
from genre_core.evaluation.paired import mcnemar, swap_test, tracks_needed
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.resamples import WeightedScores

MIN_SHARED = 20
"""Tracks that both must have judged: on fewer, not even six that speak for one model and none for the other say much."""

COMPARED = ("accuracy", "macro_f1")


@dataclass(frozen=True)
class Comparison:
    """What two models' verdicts on the same tracks say of the models, a and b.

    Attributes
    ----------
    level : str
        What is counted: `tracks`, or `segments`.
    n : int
        How many both judged.
    n_alone_a, n_alone_b : int
        How many only the one judged; they are left out.
    both, only_a, only_b, neither : int
        How many both get right, only a, only b, neither.
    n_differing : int
        On how many they name different genres, right or wrong.
    by_genre : dict of str to tuple
        (both, only_a, only_b, neither) of each genre's tracks.
    p_mcnemar : float
        Exact p of McNemar's test, which takes what is counted for independent.
    p_value : float
        Exact p of swapping verdicts group by group; over single tracks it is McNemar's.
    scores_a, scores_b : dict of str to float
        accuracy and macro_f1 of each on these tracks.
    differences : dict of str to Interval
        accuracy and macro_f1: a's score less b's, with the interval of the paired bootstrap.
    over : str
        What the groups are: artists where all are known, else tracks.
    n_groups, n_speaking : int
        How many groups there are, and in how many one model is right more often than the other.
    needed : int or None
        About how many tracks would show a difference of this size; None where there is none.
    """

    level: str
    n: int
    n_alone_a: int
    n_alone_b: int
    both: int
    only_a: int
    only_b: int
    neither: int
    n_differing: int
    by_genre: dict[str, tuple[int, int, int, int]]
    p_mcnemar: float
    p_value: float
    scores_a: dict[str, float]
    scores_b: dict[str, float]
    differences: dict[str, Interval]
    over: str
    n_groups: int
    n_speaking: int
    needed: int | None

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain JSON values."""
        return asdict(self)


def compare(
    a: Predictions,
    b: Predictions,
    *,
    artists: Sequence[str | None] | None = None,
    level: str = "tracks",
    n_resamples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two models on what both judged.

    Parameters
    ----------
    a, b : Predictions
        Of the two models; tracks are matched by id, segments by track and start.
    artists : sequence of str or None, optional
        Artist of each track of `a`. Groups are artists where all that both judged are known, else tracks.
    level : str
        `tracks` counts each track by its mean posterior; `segments` each segment.
    n_resamples, seed : int
        Of the bootstrap; both models are scored on the same resamples.

    Raises
    ------
    ParameterError
        If the models know different genres, disagree on the truth, both judged fewer than `MIN_SHARED`, or `artists` has another
        length than the tracks.
    """
    if artists is not None and len(artists) != len(a.track_ids):
        raise ParameterError(f"artists must have one entry for each of {len(a.track_ids)} tracks. Received: {len(artists)}.")
    columns = _columns(a.genres, b.genres)
    rows_a, rows_b = _rows(a, level), _rows(b, level)
    keys, in_a, in_b = np.intersect1d(rows_a.keys, rows_b.keys, return_indices=True)  # in the order of the keys
    if len(keys) < MIN_SHARED:
        raise ParameterError(
            f"Two runs are compared on {level} that both judged, at least {MIN_SHARED}. "
            f"Received: {len(keys)} that both judged, of {len(rows_a.keys)} and {len(rows_b.keys)}. Use the same split for both."
        )
    y_true = rows_a.y_true[in_a]
    if not np.array_equal(y_true, columns[rows_b.y_true[in_b]]):
        raise ParameterError("Two runs are compared where they agree on the true genres. Received: tracks of other labels.")
    posteriors = (rows_a.posteriors[in_a], rows_b.posteriors[in_b][:, np.argsort(columns)])
    right_a, right_b = ((values.argmax(axis=1) == y_true) for values in posteriors)
    groups = _groups(a, rows_a.track[in_a], artists)
    leads = np.bincount(groups.of_track, weights=right_a.astype(float) - right_b, minlength=groups.n_groups).astype(np.int64)
    counts = _counts(right_a, right_b)
    scored = [_scored(y_true, values, a.genres) for values in posteriors]
    differences, variance = _differences(y_true, posteriors, scored, groups, n_resamples=n_resamples, seed=seed)
    n, (both, only_a, only_b, neither) = len(keys), counts
    alone = (only_a + only_b - (only_a - only_b) ** 2 / n) / n**2  # variance, were each track to stand for itself
    return Comparison(
        level=level,
        n=n,
        n_alone_a=len(rows_a.keys) - n,
        n_alone_b=len(rows_b.keys) - n,
        both=both,
        only_a=only_a,
        only_b=only_b,
        neither=neither,
        n_differing=int((posteriors[0].argmax(axis=1) != posteriors[1].argmax(axis=1)).sum()),
        by_genre={
            genre: _counts(right_a[y_true == index], right_b[y_true == index])
            for index, genre in enumerate(a.genres)
            if (y_true == index).any()
        },
        p_mcnemar=mcnemar(only_a, only_b),
        p_value=swap_test(leads),
        scores_a=scored[0],
        scores_b=scored[1],
        differences=differences,
        over=groups.over,
        n_groups=groups.n_groups,
        n_speaking=int((leads != 0).sum()),
        needed=tracks_needed(n, only_a, only_b, design_effect=variance / alone if alone > 0 else 1.0),
    )


class _Rows(NamedTuple):
    """What is counted: its name, truth, posterior and index of its track."""

    keys: np.ndarray
    y_true: np.ndarray
    posteriors: np.ndarray
    track: np.ndarray


def _rows(predictions: Predictions, level: str) -> _Rows:
    if level == "tracks":
        indices = np.arange(len(predictions.track_ids))
        return _Rows(predictions.track_ids, predictions.y_true, predictions.posteriors, indices)
    if level != "segments":
        raise ParameterError(f"level must be one of tracks, segments. Received: level={level!r}.")
    ids = predictions.track_ids[predictions.segment_track]
    keys = np.array([f"{name} {start:.3f}" for name, start in zip(ids, predictions.start_seconds, strict=True)])
    return _Rows(keys, predictions.segment_y_true, predictions.segment_posteriors, predictions.segment_track)


def _columns(genres_a: tuple[str, ...], genres_b: tuple[str, ...]) -> np.ndarray:
    """Column in a of each column of b."""
    if set(genres_a) != set(genres_b):
        odd = ", ".join(sorted(set(genres_a) ^ set(genres_b)))
        raise ParameterError(
            f"Two runs are compared where both tell the same genres apart. Received: {odd} in one of them only. "
            "Train both on the same genres."
        )
    return np.array([genres_a.index(genre) for genre in genres_b])


def _groups(a: Predictions, row_track: np.ndarray, artists: Sequence[str | None] | None) -> Groups:
    """The group of each row; tracks are numbered by their ids, so that a and b may change places."""
    ids, first, of_row = np.unique(a.track_ids[row_track], return_index=True, return_inverse=True)
    known = None if artists is None else [artists[index] for index in row_track[first]]
    of_track, n_groups, over = groups_of(len(ids), known)
    return Groups(of_track[of_row.reshape(-1)], n_groups, over)


def _counts(right_a: np.ndarray, right_b: np.ndarray) -> tuple[int, int, int, int]:
    """Both right, only a, only b, neither."""
    parts = (right_a & right_b, right_a & ~right_b, ~right_a & right_b, ~right_a & ~right_b)
    both, only_a, only_b, neither = (int(part.sum()) for part in parts)
    return both, only_a, only_b, neither


def _scored(y_true: np.ndarray, posteriors: np.ndarray, genres: tuple[str, ...]) -> dict[str, float]:
    report = scores(y_true, posteriors, genres)
    return {name: float(getattr(report, name)) for name in COMPARED}


def _differences(
    y_true: np.ndarray,
    posteriors: tuple[np.ndarray, np.ndarray],
    scored: Sequence[dict[str, float]],
    groups: Groups,
    *,
    n_resamples: int,
    seed: int,
) -> tuple[dict[str, Interval], float]:
    """Differences of the scores with their intervals, and the variance of that of the accuracy over the resamples."""
    of_a, of_b = (WeightedScores(y_true, values, areas=False) for values in posteriors)
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in COMPARED}
    at_once = max(1, MOST_CELLS // posteriors[0].size)
    for counts in draw(groups.n_groups, n_resamples=n_resamples, seed=seed, at_once=at_once):
        weights = counts[:, groups.of_track]  # (n_resamples, n): the same for both
        whole_a, whole_b = of_a(weights)[0], of_b(weights)[0]
        for name, kept in drawn.items():
            kept.append(whole_a[name] - whole_b[name])
    found = {
        name: interval(scored[0][name] - scored[1][name], np.concatenate(kept), n_groups=groups.n_groups, over=groups.over)
        for name, kept in drawn.items()
    }
    return found, float(np.concatenate(drawn["accuracy"]).var())

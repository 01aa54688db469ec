"""From segments to a track: ways to make one posterior of many, side by side.

A run's own scores of tracks take the mean. The others tell whether its errors come from single segments that are far too sure
(mean log and vote weigh those otherwise) or from genres that it mixes up alike everywhere (neighbours among segment scores).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.evaluation.intervals import Groups, groups_of
from genre_core.evaluation.judging import Level, judge_levels
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.scored import ScoreReport

N_NEIGHBOURS = 15
"""Segments that a segment asks."""
LEAST_VOTE = 1e-6
"""What the mean posterior counts beside the votes: it decides between genres of as many votes, and nothing else."""
AT_ONCE = 2_000_000
"""Distances held at a time: 8 MB."""

_KITTLER = "Kittler, Hatef, Duin and Matas, On combining classifiers, IEEE PAMI 20, 1998"


class Segments(NamedTuple):
    """What there is to aggregate.

    Attributes
    ----------
    posteriors : np.ndarray
        float32, shape (n_segments, n_genres), rows sum to one.
    track : np.ndarray
        Track of each segment, int64, shape (n_segments,), ascending, each track at least once.
    y_true : np.ndarray
        Genre of each track, int64, shape (n_tracks,); only neighbours look at it, and never at their own group's.
    group : np.ndarray
        Group of each track, int64, shape (n_tracks,): its artist, or itself where artists are unknown.
    """

    posteriors: np.ndarray
    track: np.ndarray
    y_true: np.ndarray
    group: np.ndarray

    def mean_of(self, values: np.ndarray) -> np.ndarray:
        """Mean of each track's segments, float64; `values` has shape (n_segments, n_genres)."""
        total = np.zeros((len(self.y_true), values.shape[1]))
        np.add.at(total, self.track, values)
        return total / np.bincount(self.track, minlength=len(self.y_true))[:, None]  # (n_tracks, n_genres)


@dataclass(frozen=True)
class Aggregation:
    """A way from segments to tracks.

    Attributes
    ----------
    name, title : str
    definition : str
        In a sentence.
    source : str
        Where it is described.
    function : callable
        Segments -> posteriors of tracks, shape (n_tracks, n_genres).
    """

    name: str
    title: str
    definition: str
    source: str
    function: Callable[[Segments], np.ndarray]


def _mean(segments: Segments) -> np.ndarray:
    return segments.mean_of(segments.posteriors).astype(np.float32)  # to the bit `Predictions.posteriors`


def _mean_log(segments: Segments) -> np.ndarray:
    least = float(np.finfo(np.float32).eps)
    logs = segments.mean_of(np.log(segments.posteriors.astype(np.float64).clip(least)))  # (n_tracks, n_genres)
    return _shares(np.exp(logs - logs.max(axis=1, keepdims=True)))


def _median(segments: Segments) -> np.ndarray:
    starts = np.searchsorted(segments.track, np.arange(len(segments.y_true) + 1))
    found = np.stack([np.median(segments.posteriors[low:high], axis=0) for low, high in pairwise(starts)])
    empty = found.sum(axis=1) == 0
    return _shares(np.where(empty[:, None], _mean(segments), found))


def _vote(segments: Segments) -> np.ndarray:
    votes = segments.posteriors.argmax(axis=1)[:, None] == np.arange(segments.posteriors.shape[1])  # (n_segments, n_genres)
    return _shares(segments.mean_of(votes) + LEAST_VOTE * segments.mean_of(segments.posteriors))


def _neighbours(segments: Segments) -> np.ndarray:
    points, group = segments.posteriors, segments.group[segments.track]
    if (group == group[0]).all():
        raise ParameterError(
            "Neighbours are asked among segments of other artists (or tracks, where artists are unknown). "
            "Received: one artist alone. Judge tracks of several."
        )
    genre = (segments.y_true[segments.track][:, None] == np.arange(points.shape[1])).astype(np.float32)
    lengths, step = np.square(points).sum(axis=1), max(1, AT_ONCE // len(points))
    k = min(N_NEIGHBOURS, len(points) - int(np.bincount(group).max()))  # the largest group leaves so many others
    told = np.empty_like(points)
    for start in range(0, len(points), step):
        its = slice(start, start + step)
        distance = points[its] @ points.T  # (n_rows, n_segments)
        distance *= -2
        distance += lengths  # squared, less what all of a row have in common
        distance[group[its][:, None] == group] = np.inf
        farthest = np.partition(distance, k - 1, axis=1)[:, [k - 1]]
        near = (distance <= farthest + 1e-6).astype(np.float32)  # all that lie as near as the k-th: no order is made up
        told[its] = near @ genre / near.sum(axis=1, keepdims=True)
    return _shares(segments.mean_of(told))


def _shares(values: np.ndarray) -> np.ndarray:
    values = values.astype(np.float64)
    return values / values.sum(axis=1, keepdims=True)


AGGREGATIONS: dict[str, Aggregation] = {
    row.name: row
    for row in (
        Aggregation(
            "mean", "Mean", "The mean of the segments' posteriors; what the run itself says of a track.", _KITTLER, _mean
        ),
        Aggregation(
            "mean_log",
            "Mean log",
            "The geometric mean of the segments' posteriors, made to sum to one: one segment that rules a genre out weighs much.",
            f"{_KITTLER} (product rule)",
            _mean_log,
        ),
        Aggregation(
            "median",
            "Median",
            "The median of each genre's probability over the segments, made to sum to one; the mean where all medians are 0.",
            _KITTLER,
            _median,
        ),
        Aggregation(
            "vote",
            "Vote",
            "The share of segments whose most probable genre it is. Where a genre must be named, that of the "
            "higher mean at equal shares.",
            f"{_KITTLER} (majority vote)",
            _vote,
        ),
        Aggregation(
            "neighbours",
            "Neighbours of segments",
            f"Each segment asks the {N_NEIGHBOURS} segments of other artists (of other tracks, where artists are unknown) whose "
            "posteriors are nearest to its own for their true genres; a track takes their shares over its segments. It learns "
            "from the judged tracks themselves, each artist left out in turn: a cross-validation, not what the run would say.",
            "Cover and Hart, Nearest neighbor pattern classification, IEEE Trans. Information Theory 13, 1967; "
            "Wolpert, Stacked generalization, Neural Networks 5, 1992",
            _neighbours,
        ),
    )
}
"""Name -> way from segments to tracks."""


def aggregate(predictions: Predictions, name: str, groups: Groups | None = None) -> np.ndarray:
    """Posteriors of tracks by one of the ways.

    Parameters
    ----------
    predictions : Predictions
        With several segments a track; with one, all ways but the neighbours give its posterior back, or its verdict.
    name : str
        A key of `AGGREGATIONS`.
    groups : Groups, optional
        Which tracks belong together (see `intervals.groups_of`): neighbours are asked of other groups alone. Each track is a
        group of its own where nothing is said.

    Returns
    -------
    np.ndarray
        Shape (n_tracks, n_genres), rows sum to one.

    Raises
    ------
    ParameterError
        If there is no such way, or neighbours are asked for and there is one group only.
    """
    if name not in AGGREGATIONS:
        raise unknown_name("aggregation", name, AGGREGATIONS)
    groups = groups_of(len(predictions.track_ids)) if groups is None else groups
    segments = Segments(predictions.segment_posteriors, predictions.segment_track, predictions.y_true, groups.of_track)
    return AGGREGATIONS[name].function(segments)


WITHIN = ("mean", "mean_log", "median", "vote")
"""Ways that look at nothing but the track itself."""


def within(segment_posteriors: np.ndarray, name: str) -> np.ndarray:
    """The posterior of one track from those of its segments.

    Parameters
    ----------
    segment_posteriors : np.ndarray
        Shape (n_segments, n_genres), rows sum to one.
    name : str
        One of `WITHIN`.

    Returns
    -------
    np.ndarray
        float32, shape (n_genres,).

    Raises
    ------
    ParameterError
        If there is no such way.
    """
    if name not in WITHIN:
        raise unknown_name("aggregation", name, WITHIN)
    alone = np.zeros(len(segment_posteriors), np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64)
    posterior: np.ndarray = AGGREGATIONS[name].function(Segments(segment_posteriors, *alone))[0].astype(np.float32)
    return posterior


@dataclass(frozen=True)
class SideBySide:
    """Scores of tracks by every way that can be taken.

    Attributes
    ----------
    reports : dict of str to ScoreReport
        In the order of `AGGREGATIONS`, each score with its interval; the same draws serve all.
    left_out : dict of str to str
        Name of a way that cannot be taken here -> why.
    over : str
        What intervals are drawn over: artists or tracks.
    n_groups : int
        How many of them there are.
    """

    reports: dict[str, ScoreReport]
    left_out: dict[str, str]
    over: str
    n_groups: int

    def to_dict(self) -> dict[str, Any]:
        """The scores as plain JSON values, with the definition of each way."""
        return {
            "over": self.over,
            "n_groups": self.n_groups,
            "ways": {
                name: {"definition": AGGREGATIONS[name].definition, "source": AGGREGATIONS[name].source, **report.to_dict()}
                for name, report in self.reports.items()
            },
            "left_out": self.left_out,
        }


def side_by_side(
    predictions: Predictions, *, artists: Sequence[str | None] | None = None, n_resamples: int = 1000, seed: int = 0
) -> SideBySide:
    """Score tracks by every way; differences inside the intervals may be chance.

    Parameters
    ----------
    predictions, artists, n_resamples, seed
        As in `evaluate.judge`.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    groups = groups_of(len(predictions.track_ids), artists)
    found, left_out = {}, {}
    for name in AGGREGATIONS:
        try:
            found[name] = aggregate(predictions, name, groups)
        except ParameterError as error:
            left_out[name] = str(error)
    levels = [Level(predictions.y_true, posteriors, groups.of_track) for posteriors in found.values()]
    reports = judge_levels(levels, groups, predictions.genres, n_resamples=n_resamples, seed=seed)
    return SideBySide(dict(zip(found, reports, strict=True)), left_out, groups.over, groups.n_groups)

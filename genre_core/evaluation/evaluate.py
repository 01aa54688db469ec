"""Judge a run's predictions: segments and tracks, every score with its interval, curves and confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from genre_core.evaluation.curves import PrCurve, RocCurve, pr_curves, roc_curves
from genre_core.evaluation.intervals import Groups, draw, groups_of, interval
from genre_core.evaluation.metrics import GENRE_SCORES, SCORES, ScoreReport, confusion, scores
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.resamples import Drawn, WeightedScores

MOST_CELLS = 4_000_000
"""Weights held at a time, of every pair of a row and a genre: 32 MB."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What is known of a run on one set of tracks.

    Attributes
    ----------
    genres : tuple of str
        Order of rows and columns.
    segments, tracks : ScoreReport
        Scores of single segments, and of tracks by their mean posterior, each with an interval.
    confusion_segments, confusion_tracks : np.ndarray
        Counts, shape (n_genres, n_genres), rows are the truth.
    pr_segments, pr_tracks : tuple of PrCurve
        A curve for each genre that occurs, then all combined.
    roc_segments, roc_tracks : tuple of RocCurve
        Likewise.
    over : str
        What the intervals are drawn over: artists where all are known, else tracks.
    n_groups : int
        How many of them there are.
    """

    genres: tuple[str, ...]
    segments: ScoreReport
    tracks: ScoreReport
    confusion_segments: np.ndarray
    confusion_tracks: np.ndarray
    pr_segments: tuple[PrCurve, ...]
    pr_tracks: tuple[PrCurve, ...]
    roc_segments: tuple[RocCurve, ...]
    roc_tracks: tuple[RocCurve, ...]
    over: str
    n_groups: int

    def to_dict(self, *, curves: bool = True) -> dict[str, Any]:
        """The evaluation as plain JSON values, without the curves if asked."""
        values: dict[str, Any] = {"genres": list(self.genres), "over": self.over, "n_groups": self.n_groups}
        for level, report, matrix, pr, roc in (
            ("tracks", self.tracks, self.confusion_tracks, self.pr_tracks, self.roc_tracks),
            ("segments", self.segments, self.confusion_segments, self.pr_segments, self.roc_segments),
        ):
            values[level] = {**report.to_dict(), "confusion": matrix.tolist()}
            if curves:
                values[level]["pr_curves"] = [curve.to_dict() for curve in pr]
                values[level]["roc_curves"] = [curve.to_dict() for curve in roc]
        return values


def evaluate(
    predictions: Predictions,
    *,
    artists: Sequence[str | None] | None = None,
    kept: Mapping[str, Any] | None = None,
    n_resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Score predictions by segment and by track, with intervals, curves and confusion.

    Parameters
    ----------
    predictions, artists, n_resamples, seed
        As in `judge`.
    kept : mapping, optional
        What a manifest keeps of these predictions (see `report.score_report`). Where it has intervals they are taken: the artists
        that they were drawn over need not be known any more. Scores of former days, which counted a genre that does not occur
        into macro F1, are drawn anew where the groups are known.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks, or `kept` is no such entry.
    """
    _, n_groups, over = groups_of(len(predictions.track_ids), artists)
    if kept is not None and kept.get("tracks", {}).get("intervals") and not (kept["over"] == over and _of_former_days(kept)):
        tracks, segments = ScoreReport.from_dict(kept["tracks"]), ScoreReport.from_dict(kept["segments"])
        over, n_groups = str(kept["over"]), int(kept["n_groups"])
    else:
        tracks, segments = judge(predictions, artists=artists, n_resamples=n_resamples, seed=seed)
    n_genres = len(predictions.genres)
    by_track = (predictions.y_true, predictions.posteriors, predictions.genres)
    by_segment = (predictions.segment_y_true, predictions.segment_posteriors, predictions.genres)
    return Evaluation(
        predictions.genres,
        segments=segments,
        tracks=tracks,
        confusion_segments=confusion(predictions.segment_y_true, predictions.segment_y_pred, n_genres),
        confusion_tracks=confusion(predictions.y_true, predictions.y_pred, n_genres),
        pr_segments=pr_curves(*by_segment),
        pr_tracks=pr_curves(*by_track),
        roc_segments=roc_curves(*by_segment),
        roc_tracks=roc_curves(*by_track),
        over=over,
        n_groups=n_groups,
    )


def judge(
    predictions: Predictions, *, artists: Sequence[str | None] | None = None, n_resamples: int = 1000, seed: int = 0
) -> tuple[ScoreReport, ScoreReport]:
    """Score reports of the tracks and of the segments, every score with its interval.

    Parameters
    ----------
    predictions : Predictions
        Of one run on one set of tracks.
    artists : sequence of str or None, optional
        Artist of each track, shape (n_tracks,). Intervals are drawn over artists where every one is known, else over tracks.
    n_resamples, seed : int
        Of the bootstrap. The same draws serve all scores, of tracks and of segments.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    groups = groups_of(len(predictions.track_ids), artists)
    levels = (
        _Level(predictions.y_true, predictions.posteriors, groups.of_track),
        _Level(predictions.segment_y_true, predictions.segment_posteriors, groups.of_track[predictions.segment_track]),
    )
    resamples = _resample(levels, groups.n_groups, n_resamples=n_resamples, seed=seed)
    holds = np.zeros((len(predictions.genres), groups.n_groups), dtype=bool)
    holds[predictions.y_true, groups.of_track] = True
    tracks, segments = (
        _with_intervals(scores(level.y_true, level.posteriors, predictions.genres), *drawn, groups, holds.sum(axis=1))
        for level, drawn in zip(levels, resamples, strict=True)
    )
    return tracks, segments


def _of_former_days(kept: Mapping[str, Any]) -> bool:
    """Whether an entry gives an F1 to a genre of which nothing was judged."""
    return any(row.get("f1") is not None and not row.get("support") for row in kept["tracks"].get("genres", ()))


class _Level(NamedTuple):
    """Rows to score: tracks or segments, with the group that each is drawn with."""

    y_true: np.ndarray
    posteriors: np.ndarray
    group: np.ndarray


def _resample(levels: Sequence[_Level], n_groups: int, *, n_resamples: int, seed: int) -> list[tuple[Drawn, Drawn]]:
    """All scores of all resamples for each level, of the whole and of each genre; batches keep the memory small."""
    weighted = [WeightedScores(level.y_true, level.posteriors) for level in levels]
    at_once = max(1, MOST_CELLS // max(level.posteriors.size for level in levels))
    batches = [
        [score(counts[:, level.group]) for score, level in zip(weighted, levels, strict=True)]
        for counts in draw(n_groups, n_resamples=n_resamples, seed=seed, at_once=at_once)
    ]
    return [
        (_joined([whole for whole, _ in parts]), _joined([genres for _, genres in parts])) for parts in zip(*batches, strict=True)
    ]


def _joined(parts: Sequence[Drawn]) -> Drawn:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _with_intervals(report: ScoreReport, whole: Drawn, by_genre: Drawn, groups: Groups, n_holding: np.ndarray) -> ScoreReport:
    """The report with an interval for each score; `n_holding` says how many groups hold each genre, shape (n_genres,)."""
    rows = []
    for index, row in enumerate(report.genres):
        intervals = {
            name: interval(
                getattr(row, name),
                by_genre[name][:, index],
                n_groups=int(n_holding[index]),
                over=groups.over,
                what="genre",
                why_none=row.reason,
            )
            for name in GENRE_SCORES
        }
        rows.append(replace(row, intervals=intervals))
    intervals = {
        name: interval(
            getattr(report, name),
            whole.get(name, np.zeros(0)),  # no top 3 among three genres
            n_groups=groups.n_groups,
            over=groups.over,
            why_none=report.reasons.get(name, ""),
        )
        for name in SCORES
    }
    return replace(report, genres=tuple(rows), intervals=intervals)

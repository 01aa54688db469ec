"""Judge a run's predictions: segments and tracks, every score with its interval, curves and confusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genre_core.evaluation.curves import PrCurve, RocCurve, pr_curves, roc_curves
from genre_core.evaluation.definitions import SCORES
from genre_core.evaluation.intervals import Groups, groups_of
from genre_core.evaluation.judging import Level, judge_levels
from genre_core.evaluation.metrics import confusion
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.scored import ScoreReport


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
        that they were drawn over need not be known any more. Scores that it lacks are computed. Scores of former days, which
        counted a genre that does not occur into macro F1, are drawn anew where the groups are known.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks, or `kept` is no such entry.
    """
    groups = groups_of(len(predictions.track_ids), artists)
    _, n_groups, over = groups
    if kept is not None and kept.get("tracks", {}).get("intervals") and not (kept["over"] == over and _of_former_days(kept)):
        tracks, segments = _completed(kept, predictions, groups, n_resamples=n_resamples, seed=seed)
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
    tracks, segments = judge_levels(_levels(predictions, groups), groups, predictions.genres, n_resamples=n_resamples, seed=seed)
    return tracks, segments


def _levels(predictions: Predictions, groups: Groups) -> tuple[Level, Level]:
    """Tracks and segments, with the groups that they are drawn with."""
    return (
        Level(predictions.y_true, predictions.posteriors, groups.of_track),
        Level(predictions.segment_y_true, predictions.segment_posteriors, groups.of_track[predictions.segment_track]),
    )


def _completed(
    kept: Mapping[str, Any], predictions: Predictions, groups: Groups, *, n_resamples: int, seed: int
) -> tuple[ScoreReport, ScoreReport]:
    """What a manifest keeps; scores that were not known in its days are computed, with intervals from the same draws.

    Where the artists that it was drawn over are no longer known, those have none.
    """
    tracks, segments = ScoreReport.from_dict(kept["tracks"]), ScoreReport.from_dict(kept["segments"])
    lacking = [name for name in SCORES if name not in tracks.intervals or name not in segments.intervals]
    if not lacking:
        return tracks, segments
    over, n_groups = str(kept["over"]), int(kept["n_groups"])
    if over == "tracks":
        groups = groups_of(len(predictions.track_ids))
    fresh = judge_levels(
        _levels(predictions, groups), groups, predictions.genres, n_resamples=n_resamples, seed=seed, areas=False
    )
    if (groups.over, groups.n_groups) != (over, n_groups):
        fresh = [_without_intervals(report, over, n_groups) for report in fresh]
    found = [
        replace(
            former,
            **{name: getattr(now, name) for name in lacking},
            reasons={**former.reasons, **{name: now.reasons[name] for name in lacking if name in now.reasons}},
            intervals={name: (now if name in lacking else former).intervals[name] for name in SCORES},
        )
        for former, now in zip((tracks, segments), fresh, strict=True)
    ]
    return found[0], found[1]


def _without_intervals(report: ScoreReport, over: str, n_groups: int) -> ScoreReport:
    why = f"This score was not kept when the run was judged, and the {n_groups} {over} of that day are not known here."
    bare = {
        name: replace(
            found, low=None, high=None, over=over, n_groups=n_groups, reason=why if found.value is not None else found.reason
        )
        for name, found in report.intervals.items()
    }
    return replace(report, intervals=bare)


def _of_former_days(kept: Mapping[str, Any]) -> bool:
    """Whether an entry gives an F1 to a genre of which nothing was judged."""
    return any(row.get("f1") is not None and not row.get("support") for row in kept["tracks"].get("genres", ()))

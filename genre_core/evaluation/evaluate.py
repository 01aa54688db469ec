"""Judge a run's predictions: segments and tracks, with curves, confusion and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.curves import PrCurve, RocCurve, pr_curves, roc_curves
from genre_core.evaluation.intervals import Interval, accuracy, bootstrap_interval, macro_f1
from genre_core.evaluation.metrics import ScoreReport, confusion, scores
from genre_core.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What is known of a run on one set of tracks.

    Attributes
    ----------
    genres : tuple of str
        Order of rows and columns.
    segments, tracks : ScoreReport
        Scores of single segments, and of tracks by their mean posterior.
    confusion_segments, confusion_tracks : np.ndarray
        Counts, shape (n_genres, n_genres), rows are the truth.
    pr_segments, pr_tracks : tuple of PrCurve
        A curve for each genre that occurs, then all combined.
    roc_segments, roc_tracks : tuple of RocCurve
        Likewise.
    accuracy, macro_f1 : Interval
        Of the tracks, drawn over artists where all are known, else over tracks.
    segment_accuracy, segment_macro_f1 : Interval
        Of the segments, drawn over the same groups.
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
    accuracy: Interval
    macro_f1: Interval
    segment_accuracy: Interval
    segment_macro_f1: Interval

    def to_dict(self, *, curves: bool = True) -> dict[str, Any]:
        """The evaluation as plain JSON values, without the curves if asked."""
        values: dict[str, Any] = {"genres": list(self.genres)}
        for level, report, matrix, pr, roc, right, f1 in (
            ("tracks", self.tracks, self.confusion_tracks, self.pr_tracks, self.roc_tracks, self.accuracy, self.macro_f1),
            (
                "segments",
                self.segments,
                self.confusion_segments,
                self.pr_segments,
                self.roc_segments,
                self.segment_accuracy,
                self.segment_macro_f1,
            ),
        ):
            values[level] = {
                **report.to_dict(),
                "intervals": {"accuracy": right.to_dict(), "macro_f1": f1.to_dict()},
                "confusion": matrix.tolist(),
            }
            if curves:
                values[level]["pr_curves"] = [curve.to_dict() for curve in pr]
                values[level]["roc_curves"] = [curve.to_dict() for curve in roc]
        return values


def evaluate(
    predictions: Predictions, *, artists: Sequence[str | None] | None = None, n_resamples: int = 1000, seed: int = 0
) -> Evaluation:
    """Score predictions by segment and by track.

    Parameters
    ----------
    predictions : Predictions
        Of one run on one set of tracks.
    artists : sequence of str or None, optional
        Artist of each track, shape (n_tracks,). Intervals are drawn over artists where every one is known, else over tracks.
    n_resamples, seed : int
        Of the bootstrap.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    n_tracks, n_genres = len(predictions.track_ids), len(predictions.genres)
    if artists is not None and len(artists) != n_tracks:
        raise ParameterError(f"artists must have one entry for each of {n_tracks} tracks. Received: {len(artists)}.")
    known = artists is not None and all(artists)
    group = np.unique(np.asarray(artists, dtype=np.str_), return_inverse=True)[1].reshape(-1) if known else np.arange(n_tracks)
    interval = partial(bootstrap_interval, over="artists" if known else "tracks", n_resamples=n_resamples, seed=seed)
    tracks = (predictions.y_true, predictions.y_pred)
    segments = (predictions.segment_y_true, predictions.segment_y_pred)
    segment_group = group[predictions.segment_track]
    track_curves = (predictions.y_true, predictions.posteriors, predictions.genres)
    segment_curves = (predictions.segment_y_true, predictions.segment_posteriors, predictions.genres)
    return Evaluation(
        predictions.genres,
        segments=scores(*segment_curves),
        tracks=scores(*track_curves),
        confusion_segments=confusion(*segments, n_genres),
        confusion_tracks=confusion(*tracks, n_genres),
        pr_segments=pr_curves(*segment_curves),
        pr_tracks=pr_curves(*track_curves),
        roc_segments=roc_curves(*segment_curves),
        roc_tracks=roc_curves(*track_curves),
        accuracy=interval(accuracy, *tracks, groups=group),
        macro_f1=interval(macro_f1, *tracks, groups=group),
        segment_accuracy=interval(accuracy, *segments, groups=segment_group),
        segment_macro_f1=interval(macro_f1, *segments, groups=segment_group),
    )

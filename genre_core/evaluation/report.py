"""The scores of one role of a run, as its manifest holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genre_core.evaluation.predictions import Predictions


def score_report(predictions: Predictions, artists: Sequence[str | None] | None = None) -> dict[str, Any]:
    """Scores of predictions by track and by segment, as plain values, with their counts.

    Parameters
    ----------
    predictions : Predictions
        What was predicted.
    artists : sequence of str or None, optional
        Artist of each track, in the order of `predictions.track_ids`; None where nobody knows.
    """
    from genre_core.evaluation.metrics import scores  # serving needs no scores

    tracks = scores(predictions.y_true, predictions.posteriors, predictions.genres)
    segments = scores(predictions.segment_y_true, predictions.segment_posteriors, predictions.genres)
    return {
        "n_tracks": len(predictions.track_ids),
        "n_segments": len(predictions.segment_track),
        "tracks": tracks.to_dict(),
        "segments": segments.to_dict(),
    }

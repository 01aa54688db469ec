"""Predictions of one run on one set of tracks: the arrays that scores, curves and pages read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, eq=False)
class Predictions:
    """Segment posteriors with their tracks and truth.

    Attributes
    ----------
    genres : tuple of str
        Order of the posterior's columns.
    track_ids : np.ndarray
        str, shape (n_tracks,).
    y_true : np.ndarray
        Genre index of each track, int64, shape (n_tracks,).
    segment_track : np.ndarray
        Index into `track_ids` of each segment, int64, shape (n_segments,), ascending.
    start_seconds, end_seconds : np.ndarray
        True ends of each segment [s], shape (n_segments,).
    segment_posteriors : np.ndarray
        float32, shape (n_segments, n_genres).
    """

    genres: tuple[str, ...]
    track_ids: np.ndarray
    y_true: np.ndarray
    segment_track: np.ndarray
    start_seconds: np.ndarray
    end_seconds: np.ndarray
    segment_posteriors: np.ndarray

    @cached_property
    def posteriors(self) -> np.ndarray:
        """Track posteriors, the mean over each track's segments, float32, shape (n_tracks, n_genres)."""
        total = np.zeros((len(self.track_ids), len(self.genres)))
        np.add.at(total, self.segment_track, self.segment_posteriors)
        counts = np.bincount(self.segment_track, minlength=len(self.track_ids))
        return (total / counts[:, None]).astype(np.float32)  # (n_tracks, n_genres)

    @property
    def y_pred(self) -> np.ndarray:
        """Genre index predicted for each track, shape (n_tracks,)."""
        return self.posteriors.argmax(axis=1)

    @property
    def segment_y_true(self) -> np.ndarray:
        return self.y_true[self.segment_track]

    @property
    def segment_y_pred(self) -> np.ndarray:
        return self.segment_posteriors.argmax(axis=1)

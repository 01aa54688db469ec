"""A data set at a glance: tempo and loudness of each track, and a plane where tracks that measure alike lie near each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.datasets.store import FeatureStore, Request
from genre_core.datasets.tracks import Dataset
from genre_core.features.summary import Summary57

_QUIETEST = 1e-6
"""Loudness of silence, -120 dB."""


@dataclass(frozen=True)
class TrackNumbers:
    """What the 57 summary columns say of each track for which they are stored.

    Attributes
    ----------
    ids : tuple of str
        Tracks, in the data set's order.
    columns : np.ndarray
        Mean of each column over the track's segments, shape (n_tracks, 57).
    tempo_bpm : np.ndarray
        Median tempo of the segments [beats a minute], shape (n_tracks,).
    loudness_db : np.ndarray
        Root mean square of the segments, full scale = 0 [dB], shape (n_tracks,).
    """

    ids: tuple[str, ...]
    columns: np.ndarray
    tempo_bpm: np.ndarray
    loudness_db: np.ndarray

    @property
    def n_tracks(self) -> int:
        return len(self.ids)


def track_numbers(dataset: Dataset, store: FeatureStore, requests: Sequence[Request]) -> TrackNumbers:
    """Read what is stored; nothing is computed and no audio is touched.

    Parameters
    ----------
    dataset : Dataset
    store : FeatureStore
    requests : sequence of (Feature, SegmentConfig)
        Where to look, the first that is stored of a track is taken; features other than `Summary57` are passed over.
    """
    looked = [pair for pair in requests if isinstance(pair[0], Summary57)]
    ids, means, tempi, loudness = [], [], [], []
    names = Summary57.COLUMNS
    tempo, rms_mean, rms_var = (names.index(name) for name in ("tempo", "rms_mean", "rms_var"))
    for track in dataset.tracks:
        stored = next((found for pair in looked if (found := store.load(track, *pair)) is not None), None)
        if stored is None:
            continue
        values = stored.values.astype(np.float64)  # (n_segments, 57)
        mean_square = np.mean(values[:, rms_mean] ** 2 + values[:, rms_var])  # the squared mean and the variance
        power = max(0.0, float(mean_square))  # a table from elsewhere may hold anything
        ids.append(track.id)
        means.append(values.mean(axis=0))
        tempi.append(np.median(values[:, tempo]))
        loudness.append(20 * np.log10(max(np.sqrt(power), _QUIETEST)))
    return TrackNumbers(
        ids=tuple(ids),
        columns=np.array(means).reshape(len(ids), len(names)),
        tempo_bpm=np.array(tempi),
        loudness_db=np.array(loudness),
    )


def plane(columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The plane of largest variance through standardised columns: principal components (Pearson, 1901).

    Parameters
    ----------
    columns : np.ndarray
        Shape (n_tracks, n_columns); columns that do not vary count for nothing.

    Returns
    -------
    points : np.ndarray
        Shape (n_tracks, 2), in standard deviations of the columns' sum; the first axis has the larger variance.
    shares : np.ndarray
        Share of the variance that each axis shows, shape (2,).
    """
    points, shares = np.zeros((len(columns), 2)), np.zeros(2)
    if len(columns) < 2:
        return points, shares
    spread = columns.std(axis=0)
    varies = spread > 1e-12 * np.maximum(1.0, np.abs(columns).max(axis=0))
    if not varies.any():
        return points, shares
    scaled = (columns[:, varies] - columns[:, varies].mean(axis=0)) / spread[varies]  # (n_tracks, n_varying)
    left, sizes, right = np.linalg.svd(scaled, full_matrices=False)
    n = min(2, sizes.size)
    signs = np.sign(right[np.arange(n), np.abs(right[:n]).argmax(axis=1)])  # the largest weight points up, whatever the system
    points[:, :n] = left[:, :n] * sizes[:n] * signs
    shares[:n] = sizes[:n] ** 2 / np.sum(sizes**2)
    return points, shares

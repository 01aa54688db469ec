"""The stored columns of a data set as one table: a row a segment, with its genre, its track and its artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.datasets.store import FeatureStore, Request
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError


@dataclass(frozen=True, eq=False)
class SegmentTable:
    """What is stored of a data set.

    Attributes
    ----------
    genres : tuple of str
        Those that occur, in alphabetical order.
    values : np.ndarray
        float64, shape (n_segments, n_columns); finite.
    y, track, artist : np.ndarray
        Index of each segment's genre, track and artist, int, shape (n_segments,). A track without a known artist is its own.
    track_ids : tuple of str
        Name of each track index.
    n_left_out : int
        Tracks of the data set for which nothing, or nothing finite, is stored.
    """

    genres: tuple[str, ...]
    values: np.ndarray
    y: np.ndarray
    track: np.ndarray
    artist: np.ndarray
    track_ids: tuple[str, ...]
    n_left_out: int

    def means(self) -> SegmentTable:
        """One row a track: the mean of its segments."""
        _, first, counts = np.unique(self.track, return_index=True, return_counts=True)
        sums = np.zeros((len(first), self.values.shape[1]))
        np.add.at(sums, self.track, self.values)
        whose = np.arange(len(first))
        return SegmentTable(
            self.genres, sums / counts[:, None], self.y[first], whose, self.artist[first], self.track_ids, self.n_left_out
        )


def segment_table(dataset: Dataset, store: FeatureStore, requests: Sequence[Request]) -> SegmentTable:
    """Read what is stored; nothing is computed and no audio is touched.

    Parameters
    ----------
    dataset : Dataset
    store : FeatureStore
    requests : sequence of (Feature, SegmentConfig)
        Where to look; the first of which anything is stored serves for all tracks. Features of one row a segment only.

    Raises
    ------
    DatasetError
        If nothing is stored of any track.
    """
    for request in requests:
        found = [(track, stored) for track in dataset.tracks if (stored := store.load(track, *request)) is not None]
        kept = [(track, stored.values) for track, stored in found if stored.values.ndim == 2 and np.isfinite(stored.values).all()]
        if kept:
            break
    else:
        raise DatasetError(
            f"Expected stored columns of {dataset.name!r}. Received: none. Compute them first: train a model on columns, or "
            "use `extract` on the command line."
        )
    genres = tuple(sorted({track.genre for track, _ in kept}))
    people = {name: index for index, name in enumerate(sorted({track.artist or f"\0{track.id}" for track, _ in kept}))}
    counts = [len(values) for _, values in kept]
    return SegmentTable(
        genres=genres,
        values=np.concatenate([values for _, values in kept]).astype(np.float64),
        y=np.repeat([genres.index(track.genre) for track, _ in kept], counts),
        track=np.repeat(np.arange(len(kept)), counts),
        artist=np.repeat([people[track.artist or f"\0{track.id}"] for track, _ in kept], counts),
        track_ids=tuple(track.id for track, _ in kept),
        n_left_out=len(dataset.tracks) - len(kept),
    )

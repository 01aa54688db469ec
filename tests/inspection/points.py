"""Embeddings written by hand, for tests."""

from __future__ import annotations

import numpy as np

from genre_core.inspection.embeddings import TrackEmbeddings


def placed(values: dict[str, list[float]], left_out: dict[str, str] | None = None) -> TrackEmbeddings:
    """Embeddings of tracks, by their ids."""
    return TrackEmbeddings(tuple(values), np.array(list(values.values()), np.float32), "by hand", left_out or {})


def clouds(n_each: int = 40, n_genres: int = 3, *, seed: int = 0, n_columns: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Genres far apart: values, shape (n_genres * n_each, n_columns), and the genre of each."""
    rng = np.random.default_rng(seed)
    middles = 6 * rng.standard_normal((n_genres, n_columns))
    genres = np.repeat(np.arange(n_genres), n_each)
    return middles[genres] + rng.standard_normal((len(genres), n_columns)), genres

"""Tracks as Gaussians for these tests: genres that lie apart, in rows as the feature gives them."""

from __future__ import annotations

import numpy as np

D = 4


def tracks(n_a_genre: int = 8, n_genres: int = 3, *, seed: int = 0, segments: int = 1, apart: float = 6.0) -> tuple:
    """Rows, shape (n, 1 + D, D), genres and tracks of the segments."""
    rng = np.random.default_rng(seed)
    genres = np.repeat(np.arange(n_genres), n_a_genre * segments)
    groups = np.repeat(np.arange(n_genres * n_a_genre), segments)
    means = apart * np.eye(n_genres, D)[genres] + rng.normal(size=(len(genres), D))
    samples = rng.normal(size=(len(genres), D, 30))
    covariances = samples @ samples.transpose(0, 2, 1) / 30 * (1 + genres[:, None, None])
    return np.concatenate([means[:, None], covariances], axis=1).astype(np.float32), genres, groups


def row(mean: float, variance: float = 1.0) -> np.ndarray:
    """A Gaussian in one dimension, shape (2, 1)."""
    return np.array([[mean], [variance]], np.float32)


def fitted(build, config, x, genres, groups, *, n_genres: int = 3, seed: int = 0):
    """The estimator after learning, and its facts."""
    estimator = build(config, (x.shape[1:],), n_genres)
    facts = estimator.fit((x,), genres, groups=groups, n_genres=n_genres, seed=seed, report=lambda words, share: None)
    return estimator, facts

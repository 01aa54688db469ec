"""Blobs of segments, a cloud a genre, and how each row is set for so few of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from genre_core.models.tabular import TABULAR
from genre_core.models.tabular.estimator import TabularEstimator

ROWS = {spec.name: spec for spec in TABULAR}
SMALL: dict[str, dict[str, Any]] = {
    "svm": {},
    "knn": {"k": 5},
    "logistic": {},
    "tree": {"min_leaf": 3},
    "forest": {"trees": 25, "min_leaf": 2},
}
N_COLUMNS = 12


class Blobs(NamedTuple):
    """Columns, genres and tracks of segments."""

    x: np.ndarray
    genres: np.ndarray
    groups: np.ndarray


def make_blobs(n_tracks: tuple[int, ...] = (6, 6, 6), *, n_segments: int = 5, apart: float = 3.0, seed: int = 0) -> Blobs:
    """`n_tracks` of each genre; columns have odd scales and offsets, as the summary's have."""
    rng = np.random.default_rng(1234)
    centres = apart * rng.standard_normal((len(n_tracks), N_COLUMNS))
    scales = 10.0 ** rng.uniform(-4, 5, N_COLUMNS)
    offsets = scales * rng.uniform(-50, 50, N_COLUMNS)
    rng = np.random.default_rng(seed)
    track_genres = np.repeat(np.arange(len(n_tracks)), n_tracks)
    genres, groups = np.repeat(track_genres, n_segments), np.repeat(np.arange(track_genres.size), n_segments)
    z = (
        centres[genres]
        + 0.5 * rng.standard_normal((track_genres.size, N_COLUMNS))[groups]
        + rng.standard_normal((genres.size, N_COLUMNS))
    )
    return Blobs((offsets + scales * z).astype(np.float32), genres, groups)


def taught(
    name: str,
    blobs: Blobs,
    *,
    n_genres: int | None = None,
    seed: int = 0,
    report: Callable[[str, float], None] = lambda words, share: None,
    **config: Any,
) -> tuple[TabularEstimator, dict[str, Any]]:
    """A row's estimator after `fit`, and the facts that it gave."""
    n_genres = n_genres or int(blobs.genres.max()) + 1
    spec = ROWS[name]
    estimator = spec.build(spec.config(**{**SMALL[name], **config}), ((blobs.x.shape[1],),), n_genres)
    facts = estimator.fit((blobs.x,), blobs.genres, groups=blobs.groups, n_genres=n_genres, seed=seed, report=report)
    return estimator, facts


@pytest.fixture(scope="session")
def blobs() -> Blobs:
    return make_blobs()

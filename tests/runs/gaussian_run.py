"""A whole run that numpy serves: its `model.npz` holds three named Gaussians."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from genre_core.features.gaussian import Gaussian
from genre_core.models.gaussian.scorers import NamedClusters
from genre_core.models.npz import as_bytes
from genre_core.runs import Run
from tests.runs.samples import whole_run

FEATURE = Gaussian(n_mfcc=6)


def clusters(n_genres: int = 3, *, d: int = 6) -> NamedClusters:
    """Each of the genres has a cluster; they lie apart."""
    centroids = np.zeros((n_genres, 1 + d, d), np.float32)
    centroids[:, 1:] = np.eye(d)
    centroids[:, 0, 0] = 10 * np.arange(n_genres)
    shares = 0.7 * np.eye(n_genres) + 0.3 / n_genres
    return NamedClusters(centroids, shares.astype(np.float32))


def gaussian_run(folder: Path, **changes: Any) -> Run:
    run = whole_run(folder, features=[FEATURE.to_dict()], **changes)
    (folder / "model.onnx").unlink()
    (folder / "model.npz").write_bytes(as_bytes(clusters()))
    return run


def segments(n: int = 5) -> np.ndarray:
    """What such a run reads, shape (n, 7, 6)."""
    rows = np.random.default_rng(0).normal(size=(n, 7, 6)).astype(np.float32)
    rows[:, 1:] = np.eye(6)
    rows[:, 0, 0] += 10 * np.arange(n) % 3
    return rows

"""k nearest neighbours among tracks as Gaussians."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genre_core.models.gaussian.fitting import Report, StoredEstimator
from genre_core.models.gaussian.scorers import NearestTracks
from genre_core.params import Config, param


@dataclass(frozen=True)
class KnnKlConfig(Config):
    name: ClassVar[str] = "knn_kl"
    k: int = param(
        5,
        "Neighbours",
        low=1,
        high=100,
        help="How many of the nearest tracks vote. More smooth, fewer follow details.",
        search=(1, 40),
        log=True,
    )


class KnnKl(StoredEstimator):
    """Keeps every track; see `NearestTracks` for how they vote and how ties are decided. Learns nothing else."""

    def learn(
        self, x: np.ndarray, genres: np.ndarray, groups: np.ndarray, seed: int, report: Report
    ) -> tuple[NearestTracks, dict[str, Any]]:
        report("Keeping the tracks", 0.0)
        order = np.lexsort((genres, groups))  # a track of two genres, which no data set has, would be two
        changes = (np.diff(groups[order]) != 0) | (np.diff(genres[order]) != 0)
        starts = np.concatenate([[0], np.flatnonzero(changes) + 1]).astype(np.int64)
        votes = np.eye(self.n_genres, dtype=np.float32)[genres[order][starts]]  # (n_tracks, n_genres)
        report("Keeping the tracks", 1.0)
        return NearestTracks(x[order], starts, votes, np.array(self.config.k, np.int64)), {"n_tracks": len(starts)}


def build_knn_kl(config: KnnKlConfig, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> KnnKl:
    """An untrained model of the row knn_kl."""
    return KnnKl(config, input_shapes, n_genres)

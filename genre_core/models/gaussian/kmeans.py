"""k-means among tracks as Gaussians; the clusters are named afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genre_core.models.gaussian.divergence import Comparable, Gaussians
from genre_core.models.gaussian.fitting import Report, StoredEstimator
from genre_core.models.gaussian.scorers import NamedClusters
from genre_core.params import Config, param

MOST_ITERATIONS = 100
_SAME = 1e-6
"""Divergence [nats] below which two Gaussians count as one."""


@dataclass(frozen=True)
class KmeansKlConfig(Config):
    name: ClassVar[str] = "kmeans_kl"
    n_clusters: int = param(
        40,
        "Clusters",
        low=0,
        high=500,
        help="Groups to find; 0 is as many as there are genres.",
        search=(10, 160),
        log=True,
    )
    n_restarts: int = param(10, "Restarts", low=1, high=100, help="Fresh starts; the tightest clusters of all are kept.")


@dataclass(frozen=True, eq=False)
class Clustering:
    """What one start ended with.

    Attributes
    ----------
    centroids : np.ndarray
        Mean of the means and of the covariances of each cluster, float64, shape (n_clusters, 1 + d, d).
    assigned : np.ndarray
        Cluster of each track, int64, shape (n,); every cluster has one.
    objective : float
        Mean divergence of a track from its centroid [nats].
    n_iterations : int
        How often the centroids were moved.
    """

    centroids: np.ndarray
    assigned: np.ndarray
    objective: float
    n_iterations: int


def far_apart(tracks: Comparable, n_clusters: int, rng: np.random.Generator) -> np.ndarray:
    """Indices of tracks to begin with: each is drawn with a probability in proportion to its divergence from those before.

    The divergence stands for the squared distance of Arthur and Vassilvitskii (k-means++, 2007). There are fewer where no track
    differs from those that were drawn.
    """
    chosen = [int(rng.integers(len(tracks)))]
    nearest = np.full(len(tracks), np.inf)
    while True:
        nearest = np.minimum(nearest, tracks.to_one(chosen[-1]))
        nearest[nearest < _SAME] = 0
        total = nearest.sum()
        if len(chosen) == n_clusters or not total:
            return np.array(chosen)
        chosen.append(int(rng.choice(len(tracks), p=nearest / total)))


def cluster(rows: np.ndarray, tracks: Comparable, first: np.ndarray, *, most_iterations: int = MOST_ITERATIONS) -> Clustering:
    """k-means from given tracks as first centroids.

    Each track goes to the nearest centroid, each centroid to the mean of its tracks' means and covariances, until no track moves.
    That mean is not the point of least divergence, so the objective may rise: the best clusters seen are kept. A cluster that
    loses all its tracks takes the one that lies farthest from its own centroid.

    Parameters
    ----------
    rows : np.ndarray
        The tracks as the feature gives them, shape (n, 1 + d, d), float64.
    tracks : Gaussians
        The same.
    first : np.ndarray
        Indices of the first centroids.
    """
    centroids, former = rows[first], np.full(len(rows), -1)
    best: Clustering | None = None
    for iteration in range(most_iterations + 1):
        assigned, apart = _nearest(tracks, centroids)
        assigned = _none_empty(assigned, apart, len(centroids))
        names, assigned = np.unique(assigned, return_inverse=True)
        if best is None or apart.mean() < best.objective:
            best = Clustering(centroids[names], assigned, float(apart.mean()), iteration)
        if np.array_equal(assigned, former):
            break
        former = assigned
        counts = np.bincount(assigned)
        centroids = np.zeros((len(names), *rows.shape[1:]))
        np.add.at(centroids, assigned, rows)
        centroids /= counts[:, None, None]
    assert best is not None  # the first iteration always counts
    return best


def _nearest(tracks: Comparable, centroids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Index of the nearest centroid of each track, and how far it is [nats], each of shape (n,)."""
    prepared = Comparable(Gaussians.from_rows(centroids), origin=tracks.origin)
    found = [(divergences.argmin(axis=1), divergences.min(axis=1)) for _, divergences in tracks.blocks(prepared)]
    return np.concatenate([index for index, _ in found]), np.concatenate([apart for _, apart in found])


def _none_empty(assigned: np.ndarray, apart: np.ndarray, n_clusters: int) -> np.ndarray:
    """The same with a track for each empty cluster, as long as one lies apart from its centroid and is not alone there."""
    assigned, apart = assigned.copy(), apart.copy()
    for empty in np.setdiff1d(np.arange(n_clusters), assigned):
        spare = np.bincount(assigned, minlength=n_clusters)[assigned] > 1
        farthest = int(np.where(spare, apart, -1.0).argmax())
        if not spare[farthest] or apart[farthest] < _SAME:
            break
        assigned[farthest], apart[farthest] = empty, 0.0
    return assigned


class KmeansKl(StoredEstimator):
    """k-means that never sees a genre; afterwards each cluster is named by the majority of its segments (the first genre in the
    order of the data set, where two have as many), and its posterior is their share of each genre.
    """

    def learn(
        self, x: np.ndarray, genres: np.ndarray, groups: np.ndarray, seed: int, report: Report
    ) -> tuple[NamedClusters, dict[str, Any]]:
        rows = x.astype(np.float64)
        tracks = Comparable(Gaussians.from_rows(x))
        n_clusters = min(self.config.n_clusters or len(np.unique(genres)), len(x))
        rng = np.random.default_rng(seed)
        found = []
        for restart in range(self.config.n_restarts):
            report(f"Start {restart + 1} of {self.config.n_restarts}", restart / self.config.n_restarts)
            found.append(cluster(rows, tracks, far_apart(tracks, n_clusters, rng)))
        best = min(found, key=lambda each: each.objective)
        counts = np.zeros((len(best.centroids), self.n_genres))
        np.add.at(counts, (best.assigned, genres), 1)
        sizes = counts.sum(axis=1)
        report("Naming the clusters", 1.0)
        facts = {
            "objective": best.objective,
            "objectives": [each.objective for each in found],
            "iterations": best.n_iterations,
            "clusters": [
                {"genre": int(genre), "size": int(size)} for genre, size in zip(counts.argmax(axis=1), sizes, strict=True)
            ],
        }
        return NamedClusters(best.centroids.astype(np.float32), (counts / sizes[:, None]).astype(np.float32)), facts


def build_kmeans_kl(config: KmeansKlConfig, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> KmeansKl:
    """An untrained model of the row kmeans_kl."""
    return KmeansKl(config, input_shapes, n_genres)

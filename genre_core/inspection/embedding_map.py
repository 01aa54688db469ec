"""Tracks on a plane: what a run places near each other lies near each other, as far as two dimensions allow.

UMAP and t-SNE compute for seconds and load compiled code: they belong into a job's process. What they read is where
`neighbours.directions` puts each track, so that a map and the list of nearest tracks mean the same by near.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from genre_core.datasets.overview import plane
from genre_core.errors import ParameterError
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.neighbours import directions, distances
from genre_core.params import Config, param

FEWEST = 5
"""Of fewer tracks UMAP and t-SNE can say nothing: each would be everybody's neighbour."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Points on a plane.

    Attributes
    ----------
    points : np.ndarray
        float32, shape (n_tracks, 2).
    shares : np.ndarray
        Share of the variance that each axis shows, shape (2,); NaN where the axes mean nothing by themselves.
    """

    points: np.ndarray
    shares: np.ndarray


def _pca(values: np.ndarray, neighbours: int, seed: int) -> Layout:
    points, shares = plane(values)
    return Layout(points.astype(np.float32), shares)


def _umap(values: np.ndarray, neighbours: int, seed: int) -> Layout:
    with _without_tensorflow():
        from umap.umap_ import UMAP

    k = min(neighbours, len(values) - 1)
    away = _mutual(values)  # (n_tracks, n_tracks)
    rows = np.argsort(away, axis=1, kind="stable")[:, :k]
    known = rows, np.maximum(0, np.take_along_axis(away, rows, axis=1)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it will not place new tracks itself, and works on one core to be repeatable
        learner = UMAP(
            n_neighbors=k,
            min_dist=0.1,
            init=_start(values, seed, 10.0),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=known,  # exact; its own search would compile for as long as all else takes
            force_approximation_algorithm=True,  # else it looks for neighbours itself in small sets
        )
        points = learner.fit_transform(values.astype(np.float32))
    return _meaningless_axes(points)


def _tsne(values: np.ndarray, neighbours: int, seed: int) -> Layout:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = max(1.0, min(float(neighbours), (len(values) - 1) / 3))
    with threadpool_limits(limits=1):  # threads that wait for each other make it five times slower on a busy machine
        learner = TSNE(perplexity=perplexity, init=_start(values, seed, 1e-4), random_state=seed)
        points = learner.fit_transform(values.astype(np.float32))
    return _meaningless_axes(points)


class Method(NamedTuple):
    """A way to lay tracks out.

    Attributes
    ----------
    title : str
    shows : str
        What may be read from it, and what not, in a sentence or two.
    source : str
        The paper.
    lay_out : callable
        `(directions of the tracks, neighbours, seed) -> Layout`.
    at_once : bool
        Quick enough for the dashboard's own process.
    """

    title: str
    shows: str
    source: str
    lay_out: Callable[[np.ndarray, int, int], Layout]
    at_once: bool = False


METHODS: dict[str, Method] = {
    "pca": Method(
        "PCA",
        "The two directions in which the tracks differ most; distances are true to scale, but what differs in other directions "
        "lies on top of each other.",
        "Pearson, 1901",
        _pca,
        at_once=True,
    ),
    "umap": Method(
        "UMAP",
        "Who is whose neighbour; distances between groups, their sizes and the axes mean little.",
        "McInnes, Healy and Melville, 2018",
        _umap,
    ),
    "tsne": Method(
        "t-SNE",
        "Who is whose neighbour; distances between groups, their sizes and densities and the axes mean nothing.",
        "van der Maaten and Hinton, Journal of Machine Learning Research 9, 2008",
        _tsne,
    ),
}
"""Name -> how tracks are laid out."""


@dataclass(frozen=True)
class MapConfig(Config):
    """How a map is made."""

    name: ClassVar[str] = "map"
    method: str = param("umap", "Method", options=tuple(METHODS))
    neighbours: int = param(
        15,
        "Neighbours",
        low=2,
        high=100,
        help="How many tracks around each one count (t-SNE: the perplexity). Few show small groups, many the whole.",
    )
    seed: int = param(0, "Seed", low=0, high=2**31 - 1, help="The same seed gives the same map.")


def lay_out(values: np.ndarray, method: str = "umap", *, neighbours: int = 15, seed: int = 0) -> Layout:
    """Lay tracks out on a plane.

    t-SNE and UMAP begin at the principal components, so that all three maps have the same sides, and large groups keep their
    places (Kobak and Linderman, Nature Biotechnology 39, 2021).

    Parameters
    ----------
    values : np.ndarray
        Embeddings, shape (n_tracks, n_embedding), finite.
    method : str
        A name in METHODS.
    neighbours : int
        How many tracks around each one count; lowered where there are too few: UMAP takes all others at most, t-SNE's
        perplexity a third of them. PCA does not look at it.
    seed : int
        The same seed gives the same points.

    Raises
    ------
    ParameterError
        If there are fewer than two tracks (FEWEST for UMAP and t-SNE), a number is not finite, or a parameter does not fit.
    """
    config = MapConfig(method, neighbours, seed)
    if values.ndim != 2 or not np.isfinite(values).all():
        raise ParameterError(f"Expected finite embeddings of shape (n_tracks, n_embedding). Received: shape {values.shape}.")
    fewest = 2 if config.method == "pca" else FEWEST
    if len(values) < fewest:
        other = "" if config.method == "pca" or len(values) < 2 else " Take PCA, or judge more tracks."
        raise ParameterError(
            f"A map by {METHODS[method].title} needs at least {fewest} tracks with an embedding. Received: {len(values)}.{other}"
        )
    return METHODS[method].lay_out(directions(values), config.neighbours, config.seed)


def place(embeddings: TrackEmbeddings, points: np.ndarray, query: np.ndarray, k: int = 5) -> np.ndarray:
    """Where something new lies on a map: the mean of its k nearest tracks' points, each weighted by one over its distance.

    It lies among its neighbours even where the map itself could not place it; the list of these neighbours says more.

    Parameters
    ----------
    embeddings : TrackEmbeddings
        Of the tracks on the map.
    points : np.ndarray
        Theirs, shape (n_tracks, 2).
    query : np.ndarray
        Embedding of the new sound by the same run, shape (n_embedding,).
    k : int
        At least 1.

    Raises
    ------
    ParameterError
        If `k` is below 1, the points are not those of the tracks, or the embedding does not fit.
    """
    if k < 1 or points.shape != (len(embeddings.track_ids), 2):
        raise ParameterError(
            f"Expected k of at least 1 and a point for each of {len(embeddings.track_ids)} tracks. "
            f"Received: k={k}, points of shape {points.shape}."
        )
    away = distances(embeddings, query)
    rows = np.argsort(away, kind="stable")[:k]
    weights = 1 / np.maximum(away[rows], 1e-9)
    return np.asarray(weights @ points[rows] / weights.sum())


def _mutual(values: np.ndarray) -> np.ndarray:
    """Euclid's distance of every two rows, shape (n, n), below zero for a row and itself; it orders directions by their angle."""
    squares = (values**2).sum(axis=1)
    away = np.sqrt(np.maximum(0, squares[:, None] + squares[None] - 2 * values @ values.T))
    np.fill_diagonal(away, -1.0)  # each is its own nearest, before its twins
    return np.asarray(away)


def _start(values: np.ndarray, seed: int, size: float) -> np.ndarray:
    """Where the tracks begin: at their principal components, scaled to `size`, float32, shape (n_tracks, 2)."""
    points, _ = plane(values)
    spread = points[:, 0].std()
    jitter = np.random.default_rng(seed).normal(scale=1e-3 * size, size=points.shape)  # twins must be able to part
    return np.asarray((size * points / spread if spread > 0 else 0) + jitter, np.float32)


def _meaningless_axes(points: Any) -> Layout:
    return Layout(np.asarray(points, np.float32), np.full(2, np.nan))


@contextmanager
def _without_tensorflow() -> Iterator[None]:
    """Have `import umap` believe that TensorFlow is not installed: it looks for it, for a variant that is not used here.

    It would take 20 seconds and 600 MB; umap goes on without it by itself.
    """
    absent = _Absent()
    sys.meta_path.insert(0, absent)
    try:
        yield
    finally:
        sys.meta_path.remove(absent)


class _Absent:
    """Finder that finds no TensorFlow."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] == "tensorflow":
            raise ImportError("TensorFlow is not needed here.")

"""The k nearest neighbours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.tabular.configs import KnnConfig
from genre_core.models.tabular.distances import squared_distances
from genre_core.models.tabular.graph import Graph

NEAREST = 1e-3
"""Neighbours nearer than this [deviations] weigh alike: below it a distance is rounding, and a copy would have all votes."""


def fit_knn(
    config: KnnConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Callable[[str, float], None]
) -> tuple[Any, dict[str, Any]]:
    """Keep all segments with their genres.

    Raises
    ------
    TrainingError
        If there are fewer segments than neighbours to ask.
    """
    from sklearn.neighbors import KNeighborsClassifier

    if len(z) < config.k:
        raise TrainingError(f"Expected at least k={config.k} train segments. Received: {len(z)}. Ask fewer neighbours.")
    weights = {"uniform": "uniform", "distance": _reciprocal}[config.weights]
    classifier = KNeighborsClassifier(config.k, weights=weights, metric="euclidean", algorithm="brute")
    return classifier.fit(z, genres), {"stored_segments": len(z)}


def _reciprocal(distances: np.ndarray) -> np.ndarray:
    return 1.0 / np.maximum(distances, NEAREST)


def tied_neighbours(classifier: Any, z: np.ndarray) -> np.ndarray:
    """Segments for which the last neighbour that votes is as far as the first that does not, bool, shape (n_segments,)."""
    k = classifier.n_neighbors
    if k == len(classifier._fit_X):
        return np.zeros(len(z), bool)
    distances, _ = classifier.kneighbors(z.astype(np.float64), k + 1)  # (n_segments, k + 1)
    return distances[:, k] - distances[:, k - 1] <= 1e-6 * (1 + distances[:, k])


def write_knn(graph: Graph, classifier: Any, z: str) -> str:
    """Nodes for the shares of the votes, float64, shape (n_segments, genres it knows).

    Distances are products of matrices in float64: converters write a loop over the stored segments, forty times slower, and weigh
    near copies in another way.
    """
    squared = squared_distances(graph, graph.double(z), classifier._fit_X)
    k = graph.constant(np.array([classifier.n_neighbors]))
    nearest, which = graph.node_of_many("TopK", squared, k, outputs=2, axis=1, largest=0, sorted=1)  # (n_segments, k)
    labels = np.eye(len(classifier.classes_))[classifier._y]  # (n_stored, n_genres)
    votes = graph.node("Gather", graph.constant(labels), which, axis=0)  # (n_segments, k, n_genres)
    if classifier.weights != "uniform":
        distance = graph.node("Max", graph.node("Sqrt", nearest), graph.constant(np.float64(NEAREST)))
        weight = graph.node("Unsqueeze", graph.node("Reciprocal", distance), graph.constant(np.array([2])))
        votes = graph.node("Mul", votes, weight)
    total = graph.node("ReduceSum", votes, graph.constant(np.array([1])), keepdims=0)  # (n_segments, n_genres)
    return graph.node("Div", total, graph.node("ReduceSum", total, graph.constant(np.array([1]))))

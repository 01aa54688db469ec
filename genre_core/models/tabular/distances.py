"""Products and distances of segments and stored ones, as nodes: float64, by products of matrices."""

from __future__ import annotations

import numpy as np

from genre_core.models.tabular.graph import Graph


def products(graph: Graph, x: str, stored: np.ndarray) -> str:
    """Scalar products, shape (n_segments, n_stored).

    Parameters
    ----------
    graph : Graph
        Where the nodes go.
    x : str
        Name of the segments, float64, shape (n_segments, n_columns).
    stored : np.ndarray
        Standardised columns, shape (n_stored, n_columns): float32 holds them exactly, so the file is half the size.
    """
    return graph.node("MatMul", x, graph.double(graph.constant(stored.T.astype(np.float32))))


def squared_distances(graph: Graph, x: str, stored: np.ndarray) -> str:
    """Squared Euclidean distances, |x|^2 - 2 x s + |s|^2, shape (n_segments, n_stored); parameters as for `products`."""
    norms = np.square(stored, dtype=np.float64).sum(axis=1)[None]  # (1, n_stored)
    own = graph.node("ReduceSum", graph.node("Mul", x, x), graph.constant(np.array([1])))  # (n_segments, 1)
    sums = graph.node("Add", own, graph.constant(norms))
    return graph.node("Max", graph.node("Add", sums, products(graph, x, -2.0 * stored)), graph.constant(np.float64(0)))

"""Logistic regression."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genre_core.models.tabular.balance import weights_of
from genre_core.models.tabular.configs import LogisticConfig
from genre_core.models.tabular.graph import Graph


def fit_logistic(
    config: LogisticConfig,
    z: np.ndarray,
    genres: np.ndarray,
    *,
    groups: np.ndarray,
    seed: int,
    report: Callable[[str, float], None],
) -> tuple[Any, dict[str, Any]]:
    """Fit one weight a column and genre, all genres at once (softmax)."""
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=config.C, max_iter=5000, tol=1e-5)
    classifier.fit(z, genres, sample_weight=weights_of(genres) if config.balanced else None)
    return classifier, {"iterations": int(classifier.n_iter_.max())}


def write_logistic(graph: Graph, classifier: Any, z: str) -> str:
    """Nodes for its probabilities, float64, shape (n_segments, genres it knows)."""
    weights, offsets = classifier.coef_, classifier.intercept_  # (n_genres, n_columns), (n_genres,)
    if len(classifier.classes_) == 2:  # scikit-learn keeps the second genre's alone
        weights, offsets = np.concatenate([0 * weights, weights]), np.concatenate([0 * offsets, offsets])
    product = graph.node("MatMul", graph.double(z), graph.constant(weights.T.astype(np.float64)))
    return graph.node("Softmax", graph.node("Add", product, graph.constant(offsets[None].astype(np.float64))), axis=1)

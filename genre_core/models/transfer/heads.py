"""The heads: what tells genres from the numbers of a pretrained net."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from genre_core.models.tabular.configs import LogisticConfig, SvmConfig
from genre_core.models.tabular.estimator import Learner, TabularEstimator
from genre_core.models.tabular.graph import Graph
from genre_core.models.tabular.linear import fit_logistic, write_logistic
from genre_core.models.tabular.svm import fit_svm, write_svm
from genre_core.models.transfer.configs import TransferConfig
from genre_core.models.transfer.gaussian import fit_clouds, softmax, write_clouds

Report = Callable[[str, float], None]
Fitted = tuple[Any, dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Questions:
    """One logistic regression a genre, this one or another, their answers scaled to sum to one.

    Attributes
    ----------
    classes_ : np.ndarray
        Index of each genre that it knows, shape (n_known,).
    weights, offsets : np.ndarray
        float64, shape (n_columns, n_known) and (n_known,).
    """

    classes_: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray

    def predict_proba(self, z: np.ndarray) -> np.ndarray:
        """Probability of each known genre, float64, shape (n_segments, n_known)."""
        answers = z @ self.weights + self.offsets  # (n_segments, n_known), log-odds
        # Logarithms of the sigmoids: far from all genres every sigmoid is zero, but not every one equally.
        logs = np.minimum(answers, 0) - np.log1p(np.exp(-abs(answers)))
        return softmax(logs)


def fit_questions(
    config: TransferConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Report
) -> Fitted:
    """Fit one logistic regression a genre; balanced, its yes and its no count the same."""
    from sklearn.linear_model import LogisticRegression

    known = np.unique(genres)
    fitted = []
    for index, genre in enumerate(known):
        report("Asking for each genre", index / len(known))
        one = LogisticRegression(C=config.C, max_iter=5000, tol=1e-5, class_weight="balanced" if config.balanced else None)
        fitted.append(one.fit(z, genres == genre))
    weights = np.concatenate([one.coef_ for one in fitted]).T  # (n_columns, n_known)
    offsets = np.concatenate([one.intercept_ for one in fitted])
    return Questions(known, weights, offsets), {"iterations": max(int(one.n_iter_.max()) for one in fitted)}


def write_questions(graph: Graph, classifier: Questions, z: str) -> str:
    """Nodes for its probabilities, float64, shape (n_segments, genres it knows)."""
    product = graph.node("MatMul", graph.double(z), graph.constant(np.ascontiguousarray(classifier.weights)))
    answers = graph.node("Add", product, graph.constant(classifier.offsets[None]))
    fading = graph.node("Exp", graph.node("Neg", graph.node("Abs", answers)))
    softened = graph.node("Log", graph.node("Add", graph.constant(np.float64(1)), fading))
    logs = graph.node("Sub", graph.node("Min", answers, graph.constant(np.float64(0))), softened)
    return graph.node("Softmax", logs, axis=1)


def _fit_softmax(
    config: TransferConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Report
) -> Fitted:
    own = LogisticConfig(C=config.C, balanced=config.balanced)
    return fit_logistic(own, z, genres, groups=groups, seed=seed, report=report)


def _fit_machine(
    config: TransferConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Report
) -> Fitted:
    own = SvmConfig(kernel="rbf", C=config.C, gamma=config.gamma or 1 / z.shape[1], balanced=config.balanced)
    return fit_svm(own, z, genres, groups=groups, seed=seed, report=report)


HEADS: dict[str, Callable[[tuple[int, ...]], Learner]] = {
    "softmax": lambda widths: Learner(_fit_softmax, write_logistic),
    "logistic": lambda widths: Learner(fit_questions, write_questions),
    "svm": lambda widths: Learner(_fit_machine, write_svm),
    "gaussian": lambda widths: Learner(partial(fit_clouds, widths=widths), write_clouds, gaps=True),
}
"""What a user calls a head -> how it is fitted and written, for features of so many columns."""


def build_transfer(config: TransferConfig, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> TabularEstimator:
    """The head that a config asks for, unfitted."""
    learner = HEADS[config.head](tuple(sum(shape) for shape in input_shapes))
    return TabularEstimator(learner, config, input_shapes, n_genres)

"""Support vector machine with probabilities."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.tabular.balance import weights_of
from genre_core.models.tabular.configs import SvmConfig
from genre_core.models.tabular.distances import products, squared_distances
from genre_core.models.tabular.graph import Graph

MAX_FOLDS = 5
MAX_STEPS = 1_000_000
"""Of the solver for each two genres: where a large C finds no border, it ends all the same."""


def deal_folds(genres: np.ndarray, groups: np.ndarray, *, seed: int) -> tuple[np.ndarray, list[int]]:
    """Divide segments into folds so that tracks stay whole and every genre is outside every fold as well.

    The tracks of each genre are dealt in random order, fold after fold. Of a genre with a single track that track's segments are
    dealt one by one: held out whole, nothing of its genre would be left to learn from.

    Parameters
    ----------
    genres, groups : np.ndarray
        Genre and track of each segment, shape (n_segments,).
    seed : int
        Of the order.

    Returns
    -------
    np.ndarray
        Fold of each segment, shape (n_segments,).
    list of int
        Genres whose only track was divided.

    Raises
    ------
    TrainingError
        If a genre has a single segment.
    """
    rng = np.random.default_rng(seed)
    hands, divided = [], []
    for genre in np.unique(genres):
        rows = np.flatnonzero(genres == genre)
        _, hand = np.unique(groups[rows], return_inverse=True)  # (n_rows,)
        if hand.max() == 0:
            if rows.size == 1:
                raise TrainingError(
                    f"Probabilities are learned from segments that were held out, so each genre needs at least two. "
                    f"Received: one segment of genre number {genre}. Add tracks to it, or leave it out."
                )
            divided.append(int(genre))
            hand = np.arange(rows.size)
        hands.append((rows, rng.permutation(hand.max() + 1)[hand]))
    n_folds = min(MAX_FOLDS, max(int(hand.max()) + 1 for _, hand in hands))
    folds = np.empty(genres.size, np.int64)
    first = 0
    for rows, hand in hands:
        folds[rows] = (hand + first) % n_folds
        first += int(hand.max()) + 1  # the next genre goes on where this one ended, so that folds are of a size
    return folds, divided


def fit_svm(
    config: SvmConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Callable[[str, float], None]
) -> tuple[Any, dict[str, Any]]:
    """Fit a machine on all segments and its probabilities on held-out ones.

    Platt's sigmoids are fitted to the verdicts of machines that had not heard the track, and then belong to one machine that has
    heard all (`ensemble=False`): it learns from a fifth more than each of an ensemble would, and the graph carries one machine,
    not five. Balanced weights count in the sigmoids too, or these would bring the shares of the genres back in.

    Returns
    -------
    sklearn.calibration.CalibratedClassifierCV, dict
        Fitted, and the facts of its calibration.
    """
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import SVC

    folds, divided = deal_folds(genres, groups, seed=seed)
    n_folds = int(folds.max()) + 1
    fitted: list[int] = []

    class Reporting(SVC):
        """Says how far it is before each of its fits; there the training may be stopped."""

        def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
            report("Fitting the machine" if len(fitted) == n_folds else "Learning probabilities", len(fitted) / (n_folds + 1))
            fitted.append(len(y))
            return super().fit(X, y, sample_weight)

    machine = Reporting(
        kernel=config.kernel, C=config.C, gamma=config.gamma, degree=config.degree, cache_size=400, max_iter=MAX_STEPS
    )
    cv = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(n_folds)]
    calibrated = CalibratedClassifierCV(machine, method="sigmoid", cv=cv, ensemble=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said by `converged`
        calibrated.fit(z, genres, sample_weight=weights_of(genres) if config.balanced else None)
    fitted_last = _machine(calibrated)
    return calibrated, {
        "calibration": {"folds": n_folds, "divided_genres": divided},
        "support_vectors": len(fitted_last.support_vectors_),
        "converged": bool(fitted_last.fit_status_ == 0 and np.max(fitted_last.n_iter_) < MAX_STEPS),
    }


def write_svm(graph: Graph, calibrated: Any, z: str) -> str:
    """Nodes for the probabilities of a fitted machine, float64, shape (n_segments, genres it knows).

    The operator for support vectors that converters write sums in float32: with a large C the differences that decide between
    two genres drown, and a lost duel moves a posterior by tenths. Products of matrices in float64 keep them, and are quicker.
    """
    machine = _machine(calibrated)
    x = graph.double(z)
    kernel = _KERNELS[machine.kernel](graph, machine, x)  # (n_segments, n_vectors)
    verdicts = _verdicts(graph, machine, kernel)  # (n_segments, n_genres), of two genres (n_segments, 1)
    sigmoids = calibrated.calibrated_classifiers_[0].calibrators
    slope, offset = (np.array([[getattr(sigmoid, name) for sigmoid in sigmoids]]) for name in ("a_", "b_"))
    exponent = graph.node("Add", graph.node("Mul", verdicts, graph.constant(-slope)), graph.constant(-offset))
    likely = graph.node("Sigmoid", exponent)
    if len(machine.classes_) == 2:
        return graph.node("Concat", graph.node("Sub", graph.constant(np.ones((1, 1))), likely), likely, axis=1)
    axes = graph.constant(np.array([1]))
    nothing = graph.node("Equal", graph.node("ReduceSum", likely, axes), graph.constant(np.zeros((1, 1))))
    shares = graph.node("Add", likely, graph.double(nothing))  # all alike where no genre is likely at all
    return graph.node("Div", shares, graph.node("ReduceSum", shares, axes))


def _machine(calibrated: Any) -> Any:
    return calibrated.calibrated_classifiers_[0].estimator


def _linear(graph: Graph, machine: Any, x: str) -> str:
    return products(graph, x, machine.support_vectors_)


def _polynomial(graph: Graph, machine: Any, x: str) -> str:
    base = graph.node("Mul", products(graph, x, machine.support_vectors_), graph.constant(np.float64(machine.gamma)))
    power = base
    for _ in range(machine.degree - 1):
        power = graph.node("Mul", power, base)
    return power


def _radial(graph: Graph, machine: Any, x: str) -> str:
    squared = squared_distances(graph, x, machine.support_vectors_)
    return graph.node("Exp", graph.node("Mul", squared, graph.constant(np.float64(-machine.gamma))))


_KERNELS: dict[str, Callable[[Graph, Any, str], str]] = {"linear": _linear, "poly": _polynomial, "rbf": _radial}


def _verdicts(graph: Graph, machine: Any, kernel: str) -> str:
    """scikit-learn's `decision_function`: of many genres the won duels, and their margins to decide between equals."""
    n_genres = len(machine.classes_)
    weights, pairs = machine.dual_coef_.T, [(0, 1)]
    if n_genres > 2:
        owner = np.repeat(np.arange(n_genres), machine.n_support_)  # (n_vectors,)
        pairs = [(first, second) for first in range(n_genres) for second in range(first + 1, n_genres)]
        weights = np.zeros((owner.size, len(pairs)))
        for number, (first, second) in enumerate(pairs):
            weights[owner == first, number] = machine.dual_coef_[second - 1, owner == first]
            weights[owner == second, number] = machine.dual_coef_[first, owner == second]
    duels = graph.node(
        "Add",
        graph.node("MatMul", kernel, graph.constant(np.ascontiguousarray(weights, np.float64))),
        graph.constant(np.asarray(machine.intercept_, np.float64)[None]),
    )  # (n_segments, n_pairs)
    if n_genres == 2:
        return duels
    first_wins, second_wins = np.zeros((len(pairs), n_genres)), np.zeros((len(pairs), n_genres))
    for number, (first, second) in enumerate(pairs):
        first_wins[number, first] = second_wins[number, second] = 1.0
    second_won = graph.double(graph.node("Less", duels, graph.constant(np.float64(0))))
    first_won = graph.node("Sub", graph.constant(np.float64(1)), second_won)
    votes = graph.node(
        "Add",
        graph.node("MatMul", first_won, graph.constant(first_wins)),
        graph.node("MatMul", second_won, graph.constant(second_wins)),
    )
    margins = graph.node("MatMul", duels, graph.constant(first_wins - second_wins))
    bound = graph.node(
        "Mul", graph.node("Add", graph.node("Abs", margins), graph.constant(np.float64(1))), graph.constant(np.float64(3))
    )
    return graph.node("Add", votes, graph.node("Div", margins, bound))

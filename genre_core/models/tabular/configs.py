"""What can be set of each model on columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genre_core.params import Config, param


def _balanced() -> bool:
    return param(
        True,
        "Balance genres",
        help="Each genre counts the same, however many segments it has; without it a large genre is guessed more often.",
    )


@dataclass(frozen=True)
class SvmConfig(Config):
    """A support vector machine; the names are scikit-learn's."""

    name: ClassVar[str] = "svm"
    kernel: str = param(
        "linear",
        "Kernel",
        options=("linear", "poly", "rbf"),
        help="How two segments are compared: by a product of their columns, by its power, or by how near they lie.",
        search=("linear", "rbf"),
    )
    C: float = param(
        0.1,
        "Penalty C",
        low=1e-4,
        high=1e4,
        search=(1e-2, 1e2),
        log=True,
        help="What a segment on the wrong side costs: more follows the training more closely.",
    )
    gamma: float = param(
        0.0075,
        "Gamma",
        low=1e-5,
        high=10.0,
        search=(1e-3, 0.1),
        log=True,
        help="How fast likeness fades with distance (RBF, polynomial). scikit-learn's 'scale' is 1/57 = 0.0175 here.",
    )
    degree: int = param(3, "Degree", low=2, high=6, help="Power of the polynomial kernel; others don't use it.", advanced=True)
    balanced: bool = _balanced()


@dataclass(frozen=True)
class KnnConfig(Config):
    """The nearest neighbours by Euclidean distance of standardised columns."""

    name: ClassVar[str] = "knn"
    k: int = param(
        15, "Neighbours", low=1, high=200, search=(1, 60), log=True, help="How many of the nearest training segments vote."
    )
    weights: str = param(
        "distance",
        "Votes",
        options=("uniform", "distance"),
        search=("uniform", "distance"),
        help="Every neighbour one vote, or each the reciprocal of its distance: nearer ones count more.",
    )


@dataclass(frozen=True)
class LogisticConfig(Config):
    """Multinomial logistic regression."""

    name: ClassVar[str] = "logistic"
    C: float = param(
        0.1,
        "Inverse penalty C",
        low=1e-5,
        high=1e4,
        search=(1e-3, 10.0),
        log=True,
        help="Less keeps the weights smaller (L2), which guards against learning by heart.",
    )
    balanced: bool = _balanced()


@dataclass(frozen=True)
class TreeConfig(Config):
    """A decision tree."""

    name: ClassVar[str] = "tree"
    depth: int = param(8, "Depth", low=1, high=40, search=(3, 20), help="Questions asked one after another, at most.")
    min_leaf: int = param(
        30,
        "Least segments in a leaf",
        unit="segments",
        low=1,
        high=1000,
        search=(1, 100),
        log=True,
        help="More makes a coarser tree that learns less by heart.",
    )
    balanced: bool = _balanced()


@dataclass(frozen=True)
class ForestConfig(Config):
    """A random forest."""

    name: ClassVar[str] = "forest"
    trees: int = param(200, "Trees", low=1, high=1000, help="More is steadier, slower and a larger file.")
    depth: int = param(20, "Depth", low=1, high=40, help="Questions asked one after another in a tree, at most.")
    min_leaf: int = param(
        5,
        "Least segments in a leaf",
        unit="segments",
        low=1,
        high=1000,
        search=(1, 30),
        log=True,
        help="More makes coarser trees and a smaller file.",
    )
    features: str = param(
        "sqrt",
        "Columns a question",
        options=("sqrt", "log2", "all"),
        search=("sqrt", "log2"),
        help="How many columns, drawn anew, each question may choose from: few make the trees differ.",
        advanced=True,
    )
    balanced: bool = _balanced()

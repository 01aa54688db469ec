"""A decision tree, and a forest of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from genre_core.models.tabular.balance import weights_of
from genre_core.models.tabular.configs import ForestConfig, TreeConfig
from genre_core.models.tabular.graph import ML_OPSET, OPSET, Graph

TREES_A_STEP = 20


def fit_tree(
    config: TreeConfig, z: np.ndarray, genres: np.ndarray, *, groups: np.ndarray, seed: int, report: Callable[[str, float], None]
) -> tuple[Any, dict[str, Any]]:
    """Grow one tree (Gini impurity)."""
    from sklearn.tree import DecisionTreeClassifier

    classifier = DecisionTreeClassifier(max_depth=config.depth, min_samples_leaf=config.min_leaf, random_state=seed)
    classifier.fit(z, genres, sample_weight=weights_of(genres) if config.balanced else None)
    return classifier, {"nodes": int(classifier.tree_.node_count)}


def fit_forest(
    config: ForestConfig,
    z: np.ndarray,
    genres: np.ndarray,
    *,
    groups: np.ndarray,
    seed: int,
    report: Callable[[str, float], None],
) -> tuple[Any, dict[str, Any]]:
    """Grow trees on samples drawn with replacement, some at a time, so that it can be stopped; the same trees as at once."""
    from sklearn.ensemble import RandomForestClassifier

    columns = {"sqrt": "sqrt", "log2": "log2", "all": None}[config.features]
    classifier = RandomForestClassifier(
        0,
        max_depth=config.depth,
        min_samples_leaf=config.min_leaf,
        max_features=columns,
        random_state=seed,
        n_jobs=-1,
        warm_start=True,
    )
    weights = weights_of(genres) if config.balanced else None
    for n_trees in [*range(TREES_A_STEP, config.trees, TREES_A_STEP), config.trees]:
        report("Growing trees", (n_trees - TREES_A_STEP) / config.trees if n_trees > TREES_A_STEP else 0.0)
        classifier.set_params(n_estimators=n_trees).fit(z, genres, sample_weight=weights)
    classifier.set_params(n_jobs=None)  # it scores the segments of one track at a time: threads would cost more than they spare
    return classifier, {"nodes": int(sum(tree.tree_.node_count for tree in classifier.estimators_))}


def write_trees(graph: Graph, classifier: Any, z: str) -> str:
    """Nodes for the mean of the leaves' shares, float64, shape (n_segments, genres it knows).

    scikit-learn compares columns in float32 with thresholds in float64; the converter rounds each threshold down to the float32
    that decides alike, and what it compares is the same float32 here and there: no segment takes another branch.
    """
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    classes = classifier.classes_
    model = to_onnx(
        classifier,
        initial_types=[("columns", FloatTensorType([None, classifier.n_features_in_]))],
        options={id(classifier): {"zipmap": False}},
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
    )
    _drop_empty_leaves(model, len(classes))
    shares = graph.double(graph.include(model, value=z, output=model.graph.output[1].name))
    return graph.node("Div", shares, graph.node("ReduceSum", shares, graph.constant(np.array([1]))))


def _drop_empty_leaves(model: Any, n_genres: int) -> None:
    """Leave out what leaves say of genres that they never saw: most of a forest's size, and zero is what is read without it."""
    if n_genres == 2:
        return  # one number a leaf, which must be there
    for node in model.graph.node:
        attributes = {attribute.name: attribute for attribute in node.attribute}
        if "class_weights" not in attributes:
            continue
        kept = np.flatnonzero(np.array(attributes["class_weights"].floats))
        for name, kind in (
            ("class_weights", "floats"),
            ("class_ids", "ints"),
            ("class_nodeids", "ints"),
            ("class_treeids", "ints"),
        ):
            values = np.array(getattr(attributes[name], kind))[kept].tolist()
            attributes[name].ClearField(kind)
            getattr(attributes[name], kind).extend(values)

"""What each kind of model does, by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import TrainingError
from genre_core.models.serve import OnnxClassifier
from genre_core.models.tabular.balance import weights_of
from genre_core.models.tabular.columns import Standardiser
from genre_core.models.tabular.neighbours import tied_neighbours
from genre_core.models.tabular.svm import MAX_FOLDS, deal_folds
from tests.models.tabular.conftest import ROWS, Blobs, make_blobs, taught


def test_standardises_by_hand() -> None:
    x = np.array([[1, 10, 7], [3, 30, 7]], np.float32)
    scale = Standardiser.fit(x)
    np.testing.assert_array_equal(scale.mean, [2, 20, 7])
    np.testing.assert_array_equal(scale.std, [1, 10, 1])
    np.testing.assert_array_equal(scale(x), [[-1, -1, 0], [1, 1, 0]])


def test_weights_give_each_genre_the_same() -> None:
    genres = np.array([0, 0, 0, 2])
    np.testing.assert_allclose(weights_of(genres), [4 / 6, 4 / 6, 4 / 6, 2])
    assert weights_of(genres).sum() == genres.size


@settings(max_examples=60, deadline=None)
@given(
    n_tracks=st.lists(st.integers(1, 9), min_size=2, max_size=5),
    n_segments=st.integers(2, 4),
    seed=st.integers(0, 2**31 - 1),
)
def test_folds_keep_tracks_whole_and_leave_every_genre_outside(n_tracks: list[int], n_segments: int, seed: int) -> None:
    blobs = make_blobs(tuple(n_tracks), n_segments=n_segments)
    folds, divided = deal_folds(blobs.genres, blobs.groups, seed=seed)
    assert set(folds) == set(range(folds.max() + 1))
    assert 2 <= folds.max() + 1 <= MAX_FOLDS
    assert divided == [genre for genre, count in enumerate(n_tracks) if count == 1]
    for fold in set(folds):
        assert set(blobs.genres[folds != fold]) == set(blobs.genres)
    for track in set(blobs.groups):
        if blobs.genres[blobs.groups == track][0] not in divided:
            assert len(set(folds[blobs.groups == track])) == 1
    sizes = np.bincount(folds)
    assert sizes.max() - sizes.min() <= n_segments * len(n_tracks)
    np.testing.assert_array_equal(folds, deal_folds(blobs.genres, blobs.groups, seed=seed)[0])


def test_folds_differ_with_the_seed(blobs: Blobs) -> None:
    assert (deal_folds(blobs.genres, blobs.groups, seed=0)[0] != deal_folds(blobs.genres, blobs.groups, seed=1)[0]).any()


def test_genre_of_one_segment_cannot_be_calibrated() -> None:
    blobs = make_blobs((3, 1, 3), n_segments=1)
    with pytest.raises(TrainingError, match=r"each genre needs at least two. Received: one segment of genre number 1"):
        taught("svm", blobs)


def line(values: list[float], genres: list[int]) -> Blobs:
    """Segments of one column, a track each."""
    return Blobs(np.array(values, np.float32)[:, None], np.array(genres), np.arange(len(values)))


def test_votes_of_neighbours_by_hand(tmp_path: Path) -> None:
    stored = line([0, 1, 3, 10, 11], [0, 1, 1, 0, 0])
    deviation = stored.x.astype(np.float64).std()
    for weights, expected in (("uniform", [1 / 3, 2 / 3]), ("distance", [(1 / 0.25), (1 / 0.75) + (1 / 2.75)])):
        estimator, facts = taught("knn", stored, k=3, weights=weights)
        estimator.save(tmp_path, (stored.x,))
        served = OnnxClassifier(tmp_path / "model.onnx")(np.array([[0.25]], np.float32))
        np.testing.assert_allclose(served.posterior[0], np.array(expected) / sum(expected), rtol=1e-5)
        assert facts["stored_segments"] == 5
    assert deviation > 1  # distances are in deviations, which cancel in the shares


def test_a_copy_has_all_votes_but_those_of_its_twin(tmp_path: Path) -> None:
    stored = line([5, 5, 5, 8, -9], [0, 0, 1, 1, 1])
    estimator, _ = taught("knn", stored, k=4, weights="distance")
    estimator.save(tmp_path, (stored.x,))
    for classifier in (estimator, OnnxClassifier(tmp_path / "model.onnx")):
        np.testing.assert_allclose(classifier(stored.x[:1]).posterior, [[2 / 3, 1 / 3]], atol=1e-3)


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_silence_in_every_genre_does_not_forbid_a_run(weights: str, tmp_path: Path) -> None:
    blobs = make_blobs((8, 8, 8))
    x = blobs.x.copy()
    x[::3] = 0.0  # forty equal segments, of which fifteen vote
    estimator, _ = taught("knn", blobs._replace(x=x), k=15, weights=weights)
    estimator.save(tmp_path, (x,))
    loud = np.setdiff1d(np.arange(len(x)), np.arange(0, len(x), 3))
    scale, classifier = estimator._fitted()
    np.testing.assert_array_equal(np.flatnonzero(~tied_neighbours(classifier, scale(x))), loud)
    served = OnnxClassifier(tmp_path / "model.onnx")
    np.testing.assert_array_equal(served(x[loud]).posterior.argmax(axis=1), estimator(x[loud]).posterior.argmax(axis=1))


def test_more_neighbours_than_segments() -> None:
    with pytest.raises(TrainingError, match=r"at least k=15 train segments. Received: 6"):
        taught("knn", line([0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1]), k=15)


def test_border_of_a_linear_machine_lies_in_the_middle(tmp_path: Path) -> None:
    sides = line([-3, -2, -1, 1, 2, 3] * 4, [0, 0, 0, 1, 1, 1] * 4)
    estimator, facts = taught("svm", sides, kernel="linear", C=1000.0)
    estimator.save(tmp_path, (sides.x,))
    posterior = OnnxClassifier(tmp_path / "model.onnx")(np.array([[-0.5], [0], [0.5]], np.float32)).posterior[:, 1]
    assert posterior[0] < 0.4 < 0.6 < posterior[2]
    assert abs(posterior[1] - 0.5) < 0.1
    assert facts["converged"] is True


def test_machine_that_finds_no_border_ends_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genre_core.models.tabular.svm.MAX_STEPS", 20)
    _, facts = taught("svm", make_blobs(apart=0.1), kernel="linear", C=1e4)
    assert facts["converged"] is False


def test_logistic_regression_equals_its_formula(tmp_path: Path) -> None:
    sides = line([-2, -1, 0, 0, 1, 2], [0, 0, 0, 1, 1, 1])
    estimator, _ = taught("logistic", sides)
    estimator.save(tmp_path, (sides.x,))
    posterior = OnnxClassifier(tmp_path / "model.onnx")(np.array([[-1], [0], [1], [3]], np.float32)).posterior[:, 1]
    log_odds = np.log(posterior / (1 - posterior))
    assert log_odds[1] == pytest.approx(0, abs=1e-4)  # the genres are mirror images
    np.testing.assert_allclose(log_odds[[0, 3]], [-log_odds[2], 3 * log_odds[2]], rtol=1e-3)
    assert log_odds[2] > 0


@pytest.mark.parametrize("name", ["tree", "forest"])
def test_no_segment_takes_another_branch_beside_a_threshold(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    blobs = Blobs((1e4 + rng.standard_normal((200, 2))).astype(np.float32), rng.integers(0, 3, 200), np.arange(200))
    estimator, _ = taught(name, blobs, depth=12, min_leaf=1)
    estimator.save(tmp_path, (blobs.x,))
    scale, classifier = estimator._fitted()
    trees = [classifier] if name == "tree" else classifier.estimators_
    beside = []
    for tree in trees:
        inner = tree.tree_.feature >= 0
        for column, threshold in zip(tree.tree_.feature[inner], tree.tree_.threshold[inner], strict=True):
            middle = np.float32(threshold * scale.std[column] + scale.mean[column])
            for value in (np.nextafter(middle, np.float32(-np.inf)), middle, np.nextafter(middle, np.float32(np.inf))):
                row = blobs.x[0].copy()
                row[column] = value
                beside.append(row)
    x = np.array(beside)
    served = OnnxClassifier(tmp_path / "model.onnx")
    np.testing.assert_allclose(served(x).posterior, estimator(x).posterior, atol=1e-5)


def test_forest_grown_in_steps_is_the_forest_grown_at_once(blobs: Blobs) -> None:
    stepwise, facts = taught("forest", blobs, trees=45)
    alone, _ = taught("forest", blobs, trees=20)
    trees = stepwise._fitted()[1].estimators_
    assert len(trees) == 45
    assert facts["nodes"] == sum(tree.tree_.node_count for tree in trees)
    for tree, first in zip(trees, alone._fitted()[1].estimators_, strict=False):
        np.testing.assert_array_equal(tree.tree_.threshold, first.tree_.threshold)


def test_leaves_say_nothing_of_genres_they_never_saw(blobs: Blobs) -> None:
    estimator, _ = taught("forest", blobs)
    (node,) = [node for node in estimator.graph().graph.node if node.op_type == "TreeEnsembleClassifier"]
    attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
    assert min(attributes["class_weights"]) > 0
    assert len(attributes["class_weights"]) == len(attributes["class_ids"]) == len(attributes["class_treeids"])


def test_deeper_trees_fit_their_training_better() -> None:
    blobs = make_blobs(apart=0.3)
    right = [
        (taught("tree", blobs, depth=depth, min_leaf=1)[0](blobs.x).posterior.argmax(axis=1) == blobs.genres).mean()
        for depth in (1, 3, 20)
    ]
    assert right[0] < right[1] < right[2] == 1.0


@pytest.mark.parametrize("name", sorted(ROWS))
def test_rows_tell_and_their_presets_fit(name: str) -> None:
    spec = ROWS[name]
    assert spec.family == "estimator"
    assert spec.good_for == ("classic" if name in ("svm", "knn") else "quick")
    assert spec.claimed or spec.honest
    assert spec.features[0].shape(spec.segments.length(22050)) == (57,)
    preset = spec.presets["source"]
    assert spec.segments.replace(**preset.segments).segment_seconds == 30.0
    spec.config.from_dict(preset.config)

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from genre_core.errors import RunError
from genre_core.models.batches import at_once
from genre_core.models.serve import (
    BATCH_SEGMENTS,
    CLASSIFIERS,
    MODEL_FILES,
    OUTPUTS,
    RECONSTRUCTION,
    NpzClassifier,
    OnnxClassifier,
    model_file,
    open_classifier,
    open_model,
)

N_COLUMNS, N_GENRES = 5, 3
WEIGHTS = np.random.default_rng(0).standard_normal((N_COLUMNS, N_GENRES)).astype(np.float32)


def write_graph(path: Path, outputs: tuple[str, ...] = OUTPUTS) -> Path:
    """A linear classifier as a graph: logits = x W, embedding = x; where it is asked for, an autoencoder that doubles."""
    nodes = [
        helper.make_node("Add", ["x", "x"], [RECONSTRUCTION]),
        helper.make_node("MatMul", ["x", "w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["posterior"], axis=1),
        helper.make_node("Identity", ["x"], ["embedding"]),
    ]
    widths = {"logits": N_GENRES, "posterior": N_GENRES, "embedding": N_COLUMNS, RECONSTRUCTION: N_COLUMNS}
    graph = helper.make_graph(
        nodes,
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", N_COLUMNS])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", widths[name]]) for name in outputs],
        [numpy_helper.from_array(WEIGHTS, "w")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def classifier(tmp_path: Path) -> OnnxClassifier:
    return OnnxClassifier(write_graph(tmp_path / "model.onnx"))


@pytest.mark.parametrize("n_segments", [1, 2 * BATCH_SEGMENTS + 1])
def test_an_autoencoder_says_what_it_makes_of_each_segment(tmp_path: Path, n_segments: int) -> None:
    x = np.random.default_rng(1).standard_normal((n_segments, N_COLUMNS)).astype(np.float32)
    drawing = OnnxClassifier(write_graph(tmp_path / "model.onnx", (*OUTPUTS, RECONSTRUCTION)))
    np.testing.assert_array_equal(drawing.reconstruct(x), 2 * x)
    with pytest.raises(RunError, match="reads segments of shape"):
        drawing.reconstruct(x[:, :2])


def test_a_net_without_an_autoencoder_reconstructs_nothing(classifier: OnnxClassifier) -> None:
    assert classifier.reconstruct(np.zeros((1, N_COLUMNS), np.float32)) is None


@pytest.mark.parametrize("n_segments", [1, BATCH_SEGMENTS, 2 * BATCH_SEGMENTS + 1])
def test_scores_every_segment_in_order(classifier: OnnxClassifier, n_segments: int) -> None:
    x = np.random.default_rng(1).standard_normal((n_segments, N_COLUMNS)).astype(np.float32)
    scores = classifier(x)
    np.testing.assert_allclose(scores.logits, x @ WEIGHTS, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(scores.embedding, x)
    np.testing.assert_allclose(scores.posterior.sum(axis=1), 1, rtol=1e-6)
    assert classifier.input_shapes == ((N_COLUMNS,),)


@pytest.mark.parametrize("shape", [(2, 4), (5,), (2, 5, 1), (0, 5)])
def test_wrong_shapes_name_what_was_expected_and_what_came(classifier: OnnxClassifier, shape: tuple[int, ...]) -> None:
    with pytest.raises(RunError, match=r"\(n_segments, 5\). Received: shape \(" + str(shape[0])):
        classifier(np.zeros(shape, np.float32))


def test_wrong_number_of_features(classifier: OnnxClassifier) -> None:
    with pytest.raises(RunError, match=r"reads 1 feature.*Received: 2"):
        classifier(np.zeros((1, 5), np.float32), np.zeros((1, 5), np.float32))


def test_threads_share_one_classifier(classifier: OnnxClassifier) -> None:
    x = np.random.default_rng(2).standard_normal((40, N_COLUMNS)).astype(np.float32)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: classifier(x).logits, range(24)))
    assert all((result == results[0]).all() for result in results)


def test_travels_to_another_process(classifier: OnnxClassifier) -> None:
    x = np.ones((1, N_COLUMNS), np.float32)
    before = classifier(x).logits
    assert (pickle.loads(pickle.dumps(classifier))(x).logits == before).all()


def test_missing_and_damaged_graphs(tmp_path: Path) -> None:
    x = np.zeros((1, N_COLUMNS), np.float32)
    with pytest.raises(RunError, match="There is no model at"):
        OnnxClassifier(tmp_path / "none.onnx")(x)
    for content in (b"", b"no graph at all", write_graph(tmp_path / "whole.onnx").read_bytes()[:60]):
        (tmp_path / "damaged.onnx").write_bytes(content)
        with pytest.raises(RunError, match=r"Expected a model in|must have the outputs"):
            OnnxClassifier(tmp_path / "damaged.onnx")(x)


def test_a_graph_without_embedding_is_refused(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "model.onnx", ("logits", "posterior"))
    with pytest.raises(RunError, match="It lacks: embedding"):
        OnnxClassifier(path)(np.zeros((1, N_COLUMNS), np.float32))


def test_a_folder_is_served_by_what_lies_in_it(tmp_path: Path) -> None:
    for name, kind in (("model.onnx", OnnxClassifier), ("model.npz", NpzClassifier)):
        folder = tmp_path / name.partition(".")[2]
        folder.mkdir()
        (folder / name).write_bytes(b"")
        (folder / "predictions_valid.npz").write_bytes(b"")
        opened = open_classifier(folder, threads=1)
        assert type(opened) is kind
        assert (opened.path, opened.threads) == (folder / name, 1)
        assert model_file(str(folder)) == folder / name
    assert set(MODEL_FILES) == {f"model{ending}" for ending in CLASSIFIERS} == {"model.onnx", "model.npz"}


def test_a_folder_with_no_model_or_with_two_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        RunError, match=r"There is no model at .*\(model.onnx or model.npz\). The run is incomplete: train it again"
    ):
        open_classifier(tmp_path)
    for name in MODEL_FILES:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(RunError, match=r"A run has one model. Received: model.onnx and model.npz in"):
        open_classifier(tmp_path)
    with pytest.raises(RunError, match=r"ends in .onnx or .npz. Received: 'model.keras'"):
        open_model(tmp_path / "model.keras")


def test_few_segments_of_half_a_minute_are_scored_at_once_and_many_short_ones() -> None:
    sizes = [at_once([shape]) for shape in ((57,), (128, 130), (96, 1366), (4096, 4096))]
    assert sizes == [BATCH_SEGMENTS, BATCH_SEGMENTS, 7, 1]
    assert at_once([(128, 130), (13, 130)], most=256) == 57

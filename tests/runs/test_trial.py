from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from genre_core.errors import RunError
from genre_core.runs import trial
from genre_core.runs.trial import try_model
from tests.tiny_run import write_graph


def test_a_good_graph_passes(tmp_path: Path) -> None:
    write_graph(tmp_path / "m.onnx", (4, 5), np.ones((4, 3)))
    try_model(tmp_path / "m.onnx", [(4, 5)], 3, 4)


def test_an_embedding_of_another_width_is_refused(tmp_path: Path) -> None:
    write_graph(tmp_path / "m.onnx", (4, 5), np.ones((4, 3)))
    with pytest.raises(RunError, match=r"embedding of 7 columns, in which its songs lie\. Received: one of 4"):
        try_model(tmp_path / "m.onnx", [(4, 5)], 3, 7)


def test_a_graph_that_fills_the_memory_breaks_only_its_own_process(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Constant", [], ["size"], value=helper.make_tensor("v", TensorProto.INT64, [1], [10**13])),
        helper.make_node("ConstantOfShape", ["size"], ["filled"]),
        helper.make_node("ReduceSum", ["filled"], ["posterior"], keepdims=0),
        helper.make_node("Identity", ["x"], ["logits"]),
        helper.make_node("Identity", ["x"], ["embedding"]),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("logits", "posterior", "embedding")]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [x], outputs), opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    onnx.save(model, str(tmp_path / "m.onnx"))
    with pytest.raises(RunError, match="model"):
        try_model(tmp_path / "m.onnx", [(2,)], 2)


def test_weights_in_other_files_are_found_in_graphs_within_the_graph(tmp_path: Path) -> None:
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [1.0])
    tensor.external_data.add(key="location", value="secret")
    inner = helper.make_graph([helper.make_node("Constant", [], ["w"], value=tensor)], "inner", [], [])
    outer = helper.make_graph([helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)], "outer", [], [])
    (tmp_path / "m.onnx").write_bytes(helper.make_model(outer).SerializeToString())
    with pytest.raises(RunError, match="reads them from other files"):
        try_model(tmp_path / "m.onnx", [(2,)], 2)


def test_a_graph_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_graph(tmp_path / "m.onnx", (4, 5), np.ones((4, 3)))
    monkeypatch.setattr(trial, "TRIAL_SECONDS", 0.01)
    with pytest.raises(RunError, match="took longer than"):
        try_model(tmp_path / "m.onnx", [(4, 5)], 3)

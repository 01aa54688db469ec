"""A net whose every layer can be computed by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROWS, FRAMES = 4, 6
_SIZES = (("logits", 3), ("posterior", 3), ("embedding", 2))


def write_net(path: Path, *, rows: int = ROWS, frames: int = FRAMES, turned: bool = False) -> None:
    """One convolution that answers to a rise in time, a pool, an LSTM with zero weights, a dense layer of known weights."""
    kernel = np.zeros((2, 1, 1, 3), np.float32)
    kernel[0, 0, 0] = -1, 0, 1  # channel 0: louder than before; channel 1: nothing
    kernel = kernel.transpose(0, 1, 3, 2) if turned else kernel
    arrays = {
        "kernel": kernel,
        "shape": np.array([-1, 1, frames, rows] if turned else [-1, 1, rows, frames]),
        "w": np.zeros((1, 12, rows), np.float32),
        "r": np.zeros((1, 12, 3), np.float32),
        "dense": np.array([[1.0, -1.0]] * 3, np.float32),
        "logits_w": np.eye(2, 3, dtype=np.float32),
        "axes": np.array([0]),
    }
    picture = [helper.make_node("Transpose", ["x"], ["turned"], perm=[0, 2, 1])] if turned else []
    nodes = [
        *picture,
        helper.make_node("Reshape", ["turned" if turned else "x", "shape"], ["picture"]),
        helper.make_node("Conv", ["picture", "kernel"], ["answer"], pads=[1, 0, 1, 0] if turned else [0, 1, 0, 1]),
        helper.make_node("Relu", ["answer"], ["rectified"]),
        helper.make_node("MaxPool", ["rectified"], ["pooled"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Transpose", ["x"], ["sequence"], perm=[2, 0, 1]),
        helper.make_node("LSTM", ["sequence", "w", "r"], ["states", "last"], hidden_size=3),
        helper.make_node("Squeeze", ["last", "axes"], ["state"]),
        helper.make_node("MatMul", ["state", "dense"], ["summed"]),
        helper.make_node("Relu", ["summed"], ["embedding"]),
        helper.make_node("MatMul", ["embedding", "logits_w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["posterior"], axis=1),
    ]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size]) for name, size in _SIZES]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", rows, frames])
    constants = [numpy_helper.from_array(values, name) for name, values in arrays.items()]
    graph = helper.make_graph(nodes, "net", [source], outputs, constants)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), str(path))

"""Inside a net: what its first layer looks for, and what each layer makes of a sound.

It is read from the graph that serves, so that every run shows it, whoever trained it and whenever; nothing here knows Keras.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from genre_core.errors import ParameterError, RunError
from genre_core.models.serve import model_file
from genre_core.runs import Run

Kind = Literal["map", "sequence", "units"]

_CELLS = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "simple RNN", "simple_rnn": "simple RNN", "gru": "GRU", "lstm": "LSTM"}
"""Operation of a graph, or the name that a loop carries -> what the layer is called."""

_PASSES = {"Mul", "Add", "Squeeze", "Identity"}
"""What may lie between a layer and its ReLU: batch norm and bias."""

_NO_NET = "it has no layers to look into: nets have them, such as the dense, convolutional and recurrent ones"


@dataclass(frozen=True)
class Stage:
    """A layer of a graph.

    Attributes
    ----------
    words : str
        What it is, as the picture of the net says it: `conv 3 x 3, 16 channels, ReLU`.
    kind : str
        What comes out: `map` (a picture a channel), `sequence` (numbers a step of time) or `units` (numbers).
    tensor : str
        Name of its output in the graph.
    layout : str
        Axes of that output, a letter each: n segment, c channel, a and b picture, t step, u unit, 1 nothing.
    """

    words: str
    kind: Kind
    tensor: str
    layout: str


@dataclass(frozen=True, eq=False)
class Filters:
    """What the first layer of a net looks for.

    Attributes
    ----------
    words : str
        The layer.
    kind : str
        `map`: pieces of a spectrogram; `units`: weights of the columns of a table.
    values : np.ndarray
        float32; shape (n_filters, n_rows, n_frames), or (n_units, n_columns). Weights of a standardised input: above zero, more
        of it makes the filter answer.
    """

    words: str
    kind: Literal["map", "units"]
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Activation:
    """What a layer says of one segment.

    Attributes
    ----------
    words : str
        The layer.
    kind : str
        As `Stage.kind`.
    values : np.ndarray
        float32; shape (n_channels, n_rows, n_frames), (n_units, n_steps) or (n_units,).
    """

    words: str
    kind: Kind
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Inside:
    """A net, opened.

    Attributes
    ----------
    path : Path
        Its graph.
    stages : tuple of Stage
        Its layers, in the order in which they work.
    filters : Filters or None
        None where the first layer reads a sequence: its weights are no picture.
    input_shapes : tuple of tuple of int
        Of one segment, an input each.
    """

    path: Path
    stages: tuple[Stage, ...]
    filters: Filters | None
    input_shapes: tuple[tuple[int, ...], ...]

    def activations(self, *inputs: np.ndarray) -> list[Activation]:
        """What every layer says of one segment.

        Parameters
        ----------
        *inputs : np.ndarray
            One array for each feature of the model, of the feature's shape.

        Raises
        ------
        ParameterError
            If a shape is not the one that the net was trained on.
        RunError
            If the graph cannot be run.
        """
        shapes = tuple(np.shape(values) for values in inputs)
        if shapes != self.input_shapes:
            raise ParameterError(f"The net reads one segment of shape {_listed(self.input_shapes)}. Received: {_listed(shapes)}.")
        session = _with_all_outputs(self.path, self.path.stat().st_mtime_ns, tuple(stage.tensor for stage in self.stages))
        names = [entry.name for entry in session.get_inputs()]
        feed = {name: np.asarray(values, np.float32)[None] for name, values in zip(names, inputs, strict=True)}
        found = session.run([stage.tensor for stage in self.stages], feed)
        turned = _is_turned(self.stages, found, self.input_shapes[0])
        return [
            Activation(stage.words, stage.kind, _arranged(np.asarray(values, np.float32), stage, turned=turned))
            for stage, values in zip(self.stages, found, strict=True)
        ]


def inside(run: Run) -> Inside:
    """Open the net of a run.

    Raises
    ------
    RunError
        If it has no net, or its file is missing or damaged.
    """
    path = model_file(run.folder)
    if path.suffix != ".onnx":
        raise RunError(f"{run.title!r} cannot be looked into: {_NO_NET}.")
    graph = _read(path).graph
    stages = tuple(_stages(graph))
    if not stages:
        raise RunError(f"{run.title!r} cannot be looked into: {_NO_NET}.")
    fixed = {entry.name for entry in graph.initializer}
    shapes = tuple(
        tuple(int(size.dim_value) for size in entry.type.tensor_type.shape.dim[1:])
        for entry in graph.input
        if entry.name not in fixed
    )
    return Inside(path, stages, _filters(graph, stages[0], shapes[0]), shapes)


def _read(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        return onnx.load(str(path))
    except (OSError, DecodeError) as error:
        raise RunError(f"Expected a net in {path}. Received: a damaged file ({error}). Train the run again.") from error


def _stages(graph: Any) -> Iterator[Stage]:
    weights = {entry.name: tuple(entry.dims) for entry in graph.initializer}
    users: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    for node in graph.node:
        sizes = [weights[name] for name in node.input if name in weights]
        made = node.output[0]
        if node.op_type in ("Conv", "ConvTranspose") and sizes:
            rectified = _rectified(made, users, weights)
            words = f"{'transposed conv' if node.op_type == 'ConvTranspose' else 'conv'} {sizes[0][2]} x {sizes[0][3]}"
            channels = sizes[0][0 if node.op_type == "Conv" else 1]
            plural = "s" if channels > 1 else ""
            yield Stage(f"{words}, {channels} channel{plural}{_relu(rectified)}", "map", rectified or made, "ncab")
        elif node.op_type == "MaxPool":
            (size,) = (list(attribute.ints) for attribute in node.attribute if attribute.name == "kernel_shape")
            yield Stage(f"max-pool {size[0]} x {size[1]}", "map", made, "ncab")
        elif node.op_type in ("LSTM", "GRU", "RNN"):
            (units,) = (attribute.i for attribute in node.attribute if attribute.name == "hidden_size")
            yield Stage(f"{_CELLS[node.op_type]}, {units} units", "sequence", made, "t1nu")
        elif node.op_type == "Loop" and (cell := next((_CELLS[name] for name in _CELLS if name in node.name), "")):
            read = next((name for name in node.output if name in users), made)  # the states of all steps
            yield Stage(cell, "sequence", read, "tnu")
        elif node.op_type in ("MatMul", "Gemm") and sizes and (rectified := _rectified(made, users, weights)):
            yield Stage(f"dense, {sizes[0][-1]} units, ReLU", "units", rectified, "nu")


def _rectified(tensor: str, users: dict[str, list[Any]], weights: dict[str, Any]) -> str:
    """The ReLU that follows a layer, with nothing but batch norm and bias between; empty where none does."""
    for _ in range(4):
        following = users.get(tensor, [])
        relu = next((node for node in following if node.op_type == "Relu"), None)
        if relu is not None:
            return str(relu.output[0])
        scaled = [node for node in following if node.op_type in _PASSES and any(name in weights for name in node.input)]
        if len(scaled) != 1:
            return ""
        tensor = scaled[0].output[0]
    return ""


def _relu(tensor: str) -> str:
    return ", ReLU" if tensor else ""


def _filters(graph: Any, first: Stage, shape: tuple[int, ...]) -> Filters | None:
    """Weights of the first layer, its input channels averaged."""
    from onnx import numpy_helper

    known = {entry.name: entry for entry in graph.initializer}
    wanted = {"map": ("Conv",), "units": ("MatMul", "Gemm")}.get(first.kind, ())
    node = next((node for node in graph.node if node.op_type in wanted and any(name in known for name in node.input)), None)
    if node is None or first.kind == "sequence":
        return None
    values = numpy_helper.to_array(known[next(name for name in node.input if name in known)]).astype(np.float32)
    if first.kind == "units":
        return Filters(first.words, "units", values.T)
    return Filters(first.words, "map", values.mean(axis=1))


@lru_cache(maxsize=4)
def _with_all_outputs(path: Path, changed: int, tensors: tuple[str, ...]) -> Any:
    """The graph as a session that gives the outputs of its layers too."""
    import onnxruntime
    from onnx import helper
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    model = _read(path)
    there = {entry.name for entry in model.graph.output}
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in dict.fromkeys(tensors) if name not in there)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except (errors.Fail, errors.InvalidGraph, errors.InvalidProtobuf, errors.InvalidArgument, errors.NotImplemented) as error:
        raise RunError(f"Expected a net in {path}. Received: a damaged file ({error}). Train the run again.") from error


def _arranged(values: np.ndarray, stage: Stage, *, turned: bool) -> np.ndarray:
    """One segment's values with the axes that `Activation` promises."""
    wanted = {"map": "cba" if turned else "cab", "sequence": "ut", "units": "u"}[stage.kind]
    order = {letter: place for place, letter in enumerate(stage.layout)}
    dropped = tuple(place for letter, place in order.items() if letter not in wanted)
    left = [letter for letter in stage.layout if letter in wanted]
    kept = values.reshape([size for place, size in enumerate(values.shape) if place not in dropped])
    return np.ascontiguousarray(kept.transpose([left.index(letter) for letter in wanted]))


def _is_turned(stages: Sequence[Stage], found: Sequence[np.ndarray], shape: tuple[int, ...]) -> bool:
    """Whether the pictures inside have time first: their form is nearer to the input's when it is turned."""
    first = next((values for stage, values in zip(stages, found, strict=True) if stage.kind == "map"), None)
    if first is None or len(shape) < 2:
        return False
    form, given = math.log(first.shape[2] / first.shape[3]), math.log(shape[0] / shape[1])
    return abs(form + given) < abs(form - given)


def _listed(shapes: Sequence[tuple[int, ...]]) -> str:
    return " and ".join(str(tuple(shape)) for shape in shapes) or "nothing"

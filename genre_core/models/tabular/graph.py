"""An ONNX graph written node by node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8
"""What ONNX Runtime has read since 1.13."""


class Graph:
    """Nodes and constants; each method returns the name of what it has added.

    Examples
    --------
    >>> graph = Graph()
    >>> graph.node("Add", "x", graph.constant(np.float32(1)))
    'add_1'
    """

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, values: np.ndarray | np.generic, *, name: str = "") -> str:
        """Add an array, under a name where it is to be found again."""
        from onnx import numpy_helper

        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values).reshape(np.shape(values)), name))
        return name

    def node(self, operator: str, *inputs: str, output: int = 0, outputs: int = 1, **attributes: Any) -> str:
        """Add an operator on named values; of several outputs the one asked for."""
        return self.node_of_many(operator, *inputs, outputs=outputs, **attributes)[output]

    def node_of_many(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        """Add an operator with several outputs."""
        from onnx import helper

        name = f"{operator.lower()}_{len(self._nodes) + 1}"
        names = [name, *(f"{name}_{number}" for number in range(1, outputs))]
        self._nodes.append(helper.make_node(operator, inputs, names, name=name, **attributes))
        return names

    def double(self, value: str) -> str:
        """Cast to float64."""
        from onnx import TensorProto

        return self.node("Cast", value, to=TensorProto.DOUBLE)

    def single(self, value: str) -> str:
        """Cast to float32."""
        from onnx import TensorProto

        return self.node("Cast", value, to=TensorProto.FLOAT)

    def include(self, model: Any, *, value: str, output: str) -> str:
        """Add a whole model that has one input, fed by `value`; the name of its output `output`."""
        from onnx import compose, helper

        prefix = f"part_{len(self._nodes)}_"
        part = compose.add_prefix(model, prefix).graph
        self._nodes.append(helper.make_node("Identity", [value], [part.input[0].name]))
        self._nodes.extend(part.node)
        self._constants.extend(part.initializer)
        return prefix + output

    def model(self, *, inputs: Mapping[str, tuple[int, ...]], outputs: Mapping[str, tuple[str, int]]) -> Any:
        """The checked model, of any number of segments, float32.

        Parameters
        ----------
        inputs : mapping
            Name of each input to the shape of one segment.
        outputs : mapping
            Name of each output to the value's name and its number of columns.
        """
        from onnx import TensorProto, checker, helper

        for name, (value, _) in outputs.items():
            self._nodes.append(helper.make_node("Identity", [value], [name]))
        graph = helper.make_graph(
            self._nodes,
            "genrescope",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n_segments", *shape]) for name, shape in inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n_segments", n]) for name, (_, n) in outputs.items()],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        checker.check_model(model)
        return model

"""Serving: one ONNX graph, scored by ONNX Runtime. Nothing here knows how the graph was trained."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import RunError
from genre_core.models.base import Scores

OUTPUTS = ("logits", "posterior", "embedding")
BATCH_SEGMENTS = 32
"""Segments scored at once: a long track needs no more memory than a short one."""


class OnnxClassifier:
    """Classifier of one graph with the outputs logits, posterior and embedding.

    The graph is read at the first call. Several threads may call one classifier at a time.

    Parameters
    ----------
    path : path
        The `model.onnx` of a run.
    threads : int
        Cores one call may use.

    Examples
    --------
    >>> OnnxClassifier("nowhere/model.onnx")(np.zeros((1, 57), np.float32))
    Traceback (most recent call last):
    genre_core.errors.RunError: There is no model at nowhere/model.onnx. The run is incomplete: train it again.
    """

    def __init__(self, path: str | os.PathLike[str], *, threads: int = 2) -> None:
        self.path = Path(path)
        self.threads = threads
        self._session: Any = None
        self._opening = threading.Lock()

    def __call__(self, *inputs: np.ndarray) -> Scores:
        """Score segments.

        Parameters
        ----------
        *inputs : np.ndarray
            One float32 array for each feature of the model, shape (n_segments, *feature shape).

        Raises
        ------
        RunError
            If the graph is missing or damaged, or an input does not have the shape that the graph was trained on.
        """
        session = self._open()
        arrays = self._checked(inputs)
        names = [entry.name for entry in session.get_inputs()]
        n_segments = len(arrays[0])
        parts = []
        for start in range(0, n_segments, BATCH_SEGMENTS):
            feed = {name: array[start : start + BATCH_SEGMENTS] for name, array in zip(names, arrays, strict=True)}
            parts.append(session.run(list(OUTPUTS), feed))
        return Scores(*(np.concatenate(outputs) for outputs in zip(*parts, strict=True)))

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shape of one segment for each input, `((128, 130),)`."""
        return tuple(tuple(entry.shape[1:]) for entry in self._open().get_inputs())

    def _checked(self, inputs: tuple[np.ndarray, ...]) -> list[np.ndarray]:
        shapes = self.input_shapes
        if len(inputs) != len(shapes):
            raise RunError(f"This model reads {len(shapes)} feature(s). Received: {len(inputs)}.")
        for array, shape in zip(inputs, shapes, strict=True):
            if array.ndim != len(shape) + 1 or array.shape[1:] != shape or not len(array) or len(array) != len(inputs[0]):
                expected = ", ".join(["n_segments", *map(str, shape)])
                raise RunError(
                    f"This model reads segments of shape ({expected}). Received: shape {array.shape}. "
                    "Compute the features with the settings that its run holds."
                )
        return [np.ascontiguousarray(array, dtype=np.float32) for array in inputs]

    def _open(self) -> Any:
        with self._opening:
            if self._session is None:
                self._session = _session(self.path, self.threads)
        return self._session

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["path"], threads=state["threads"])  # type: ignore[misc]


def _session(path: Path, threads: int) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    if not path.is_file():
        raise RunError(f"There is no model at {path}. The run is incomplete: train it again.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except (errors.Fail, errors.InvalidGraph, errors.InvalidProtobuf, errors.InvalidArgument, errors.NotImplemented) as error:
        raise RunError(f"Expected a model in {path}. Received: a damaged file ({error}). Train the run again.") from error
    missing = sorted(set(OUTPUTS) - {entry.name for entry in session.get_outputs()})
    if missing:
        raise RunError(f"The model in {path} must have the outputs {', '.join(OUTPUTS)}. It lacks: {', '.join(missing)}.")
    return session

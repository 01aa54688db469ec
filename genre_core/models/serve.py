"""Serving: one ONNX graph, scored by ONNX Runtime, or arrays, scored by numpy. Nothing here knows how they were trained."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import RunError
from genre_core.models.base import Scores
from genre_core.models.batches import BATCH_SEGMENTS, checked_inputs, in_batches
from genre_core.models.npz import NpzClassifier

__all__ = [
    "BATCH_SEGMENTS",
    "CLASSIFIERS",
    "MODEL_FILES",
    "OUTPUTS",
    "RECONSTRUCTION",
    "NpzClassifier",
    "OnnxClassifier",
    "model_file",
    "open_classifier",
    "open_model",
]

OUTPUTS = ("logits", "posterior", "embedding")

RECONSTRUCTION = "reconstruction"
"""A fourth output of nets with an autoencoder: what it makes of the first input, in its unit."""


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
        names = [entry.name for entry in session.get_inputs()]

        def score(*arrays: np.ndarray) -> list[np.ndarray]:
            return session.run(list(OUTPUTS), dict(zip(names, arrays, strict=True)))

        return in_batches(score, checked_inputs(inputs, self.input_shapes))

    def reconstruct(self, *inputs: np.ndarray) -> np.ndarray | None:
        """What the net's autoencoder makes of its first input, in the input's unit and shape; None of a net without one.

        Raises
        ------
        RunError
            As a call raises it.
        """
        session = self._open()
        if RECONSTRUCTION not in {entry.name for entry in session.get_outputs()}:
            return None
        names = [entry.name for entry in session.get_inputs()]
        arrays = checked_inputs(inputs, self.input_shapes)
        parts = [
            session.run(
                [RECONSTRUCTION],
                {name: array[first : first + BATCH_SEGMENTS] for name, array in zip(names, arrays, strict=True)},
            )[0]
            for first in range(0, len(arrays[0]), BATCH_SEGMENTS)
        ]
        return np.concatenate(parts)

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shape of one segment for each input, `((128, 130),)`."""
        return tuple(tuple(entry.shape[1:]) for entry in self._open().get_inputs())

    def _open(self) -> Any:
        with self._opening:
            if self._session is None:
                self._session = _session(self.path, self.threads)
        return self._session

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["path"], threads=state["threads"])  # type: ignore[misc]


CLASSIFIERS: dict[str, type[OnnxClassifier] | type[NpzClassifier]] = {".onnx": OnnxClassifier, ".npz": NpzClassifier}
"""Who serves a file, by how its name ends."""

MODEL_FILES = tuple(f"model{ending}" for ending in CLASSIFIERS)
"""Names of the file that serves a run; it holds one of them."""


def model_file(folder: str | os.PathLike[str]) -> Path:
    """The file in a run's folder that serves it.

    Raises
    ------
    RunError
        If there is none, or more than one.
    """
    folder = Path(folder)
    found = [folder / name for name in MODEL_FILES if (folder / name).is_file()]
    if not found:
        raise RunError(f"There is no model at {folder} ({' or '.join(MODEL_FILES)}). The run is incomplete: train it again.")
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise RunError(f"A run has one model. Received: {names} in {folder}, which may say different things. Train it again.")
    return found[0]


def open_model(path: str | os.PathLike[str], *, threads: int = 2) -> OnnxClassifier | NpzClassifier:
    """The classifier of one file, by how its name ends; the file is read at the first call.

    Raises
    ------
    RunError
        If no model ends so.
    """
    ending = Path(path).suffix
    if ending not in CLASSIFIERS:
        raise RunError(f"A model's name ends in {' or '.join(CLASSIFIERS)}. Received: {Path(path).name!r}.")
    return CLASSIFIERS[ending](path, threads=threads)


def open_classifier(folder: str | os.PathLike[str], *, threads: int = 2) -> OnnxClassifier | NpzClassifier:
    """The classifier of a run's folder; its file is read at the first call.

    Raises
    ------
    RunError
        If the folder holds no model, or more than one.
    """
    return open_model(model_file(folder), threads=threads)


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

"""A model from somebody else is tried in a process of its own: what it breaks there, it breaks alone."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import genre_core
from genre_core.errors import RunError
from genre_core.evaluation.predictions import checked_posterior
from genre_core.models.serve import OnnxClassifier, open_model

TRIAL_SECONDS = 60.0
MOST_MEMORY = 8 << 30
"""Bytes of address space; a model of 200 MB needs a tenth of it."""

_N_SEGMENTS = 2


def try_model(path: Path, shapes: Sequence[tuple[int, ...]], n_genres: int, n_columns: int | None = None) -> None:
    """Run a model once on zeros, in a process of its own.

    Parameters
    ----------
    path : Path
        The graph, or the arrays of a model without one.
    shapes : sequence of tuple
        Shape of one segment of each feature that its run declares.
    n_genres : int
        How many probabilities it must give.
    n_columns : int, optional
        How wide its embedding must be; any width where not given.

    Raises
    ------
    RunError
        If it is no model, reads other files, other shapes, gives something else, takes too long or too much memory.
    """
    package = str(Path(genre_core.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, known] if known else [package])}
    asked = json.dumps({"path": str(path.absolute()), "shapes": shapes, "n_genres": n_genres, "n_columns": n_columns})
    call = [sys.executable, "-m", "genre_core.runs.trial"]
    try:
        done = subprocess.run(
            call, input=asked, capture_output=True, text=True, timeout=TRIAL_SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise RunError(
            f"Its model took longer than {TRIAL_SECONDS:.0f} s for {_N_SEGMENTS} segments, so it is not used."
        ) from None
    except OSError as error:
        raise RunError(f"Its model could not be tried: {error}. Try again.") from error
    if done.returncode == 0 and done.stdout:
        said = json.loads(done.stdout.splitlines()[-1])["error"]
        if said is None:
            return
        raise RunError(said)
    last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    raise RunError(f"Its model cannot be run, so it is not used: {last[:300]}")


def _try_here(path: Path, shapes: Sequence[tuple[int, ...]], n_genres: int, n_columns: int | None) -> None:
    classifier = open_model(path, threads=1)
    if isinstance(classifier, OnnxClassifier):
        _refuse_other_files(path)
    zeros = [np.zeros((_N_SEGMENTS, *shape), np.float32) for shape in shapes]
    scores = classifier(*zeros)
    checked_posterior(scores.posterior, n_genres)
    if len(scores.posterior) != _N_SEGMENTS or scores.logits.shape != scores.posterior.shape or scores.embedding.ndim != 2:
        raise RunError(
            f"Its model must give logits, posterior and embedding, a row a segment. Received: shapes {scores.logits.shape}, "
            f"{scores.posterior.shape} and {scores.embedding.shape}."
        )
    if n_columns not in (None, scores.embedding.shape[1]):
        raise RunError(
            f"Its model must have an embedding of {n_columns} columns, in which its songs lie. Received: one of "
            f"{scores.embedding.shape[1]}."
        )


def _refuse_other_files(path: Path) -> None:
    """A graph may name files that its weights lie in, anywhere on this machine: then it is not even opened."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except DecodeError as error:
        raise RunError(f"Expected a model in ONNX format. Received: a damaged file ({error}).") from error
    for tensor in _tensors(model):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise RunError("Its model must hold its own weights. Received: one that reads them from other files.")


def _tensors(message: Any) -> Iterator[Any]:
    """Every tensor of a graph, those of graphs within it too."""
    if message.DESCRIPTOR.name == "TensorProto":
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in value if hasattr(value, "__len__") else [value]:
                yield from _tensors(part)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limit, macOS refuses it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    """Read what to try from standard input; print `{"error": sentence or null}`."""
    asked = json.load(sys.stdin)
    _limit_memory()
    said = None
    try:
        _try_here(Path(asked["path"]), [tuple(shape) for shape in asked["shapes"]], asked["n_genres"], asked["n_columns"])
    except RunError as error:
        said = str(error)
    print(json.dumps({"error": said}))


if __name__ == "__main__":
    main()

"""Serving without a graph: arrays in a file that numpy alone scores with."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.arrays import read_arrays
from genre_core.errors import RunError
from genre_core.models.base import Scores
from genre_core.models.batches import checked_inputs, in_batches
from genre_core.models.gaussian.scorers import GenreMixtures, NamedClusters, NearestTracks, Scorer, checked_finite

KINDS: dict[str, type[Scorer]] = {scorer.kind: scorer for scorer in (NearestTracks, NamedClusters, GenreMixtures)}
"""What a file may hold, by its word `kind`."""

MOST_BYTES = 1 << 30
"""A larger file is not read: a million tracks of 30 s fit in."""


class NpzClassifier:
    """Classifier of one `model.npz`, which holds plain arrays: no pickle, nothing compressed.

    The file is read at the first call. Several threads may call one classifier at a time.

    Parameters
    ----------
    path : path
        The `model.npz` of a run.
    threads : int
        As for a graph; numpy decides itself how many cores it uses.

    Examples
    --------
    >>> NpzClassifier("nowhere/model.npz")(np.zeros((1, 57), np.float32))
    Traceback (most recent call last):
    genre_core.errors.RunError: There is no model at nowhere/model.npz. The run is incomplete: train it again.
    """

    def __init__(self, path: str | os.PathLike[str], *, threads: int = 2) -> None:
        self.path = Path(path)
        self.threads = threads
        self._scorer: Scorer | None = None
        self._opening = threading.Lock()

    def __call__(self, *inputs: np.ndarray) -> Scores:
        """Score segments.

        Parameters
        ----------
        *inputs : np.ndarray
            One float32 array, shape (n_segments, *feature shape).

        Raises
        ------
        RunError
            If the file is missing or damaged, or the input is not finite or has not the shape that was learned from.
        """
        return score(self._open(), inputs)

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shape of one segment for each input, `((16, 15),)`."""
        return (self._open().input_shape,)

    def _open(self) -> Scorer:
        with self._opening:
            if self._scorer is None:
                self._scorer = _read(self.path)
        return self._scorer

    def __getstate__(self) -> dict[str, Any]:
        return {"path": self.path, "threads": self.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["path"], threads=state["threads"])  # type: ignore[misc]


def score(scorer: Scorer, inputs: tuple[np.ndarray, ...]) -> Scores:
    """What a scorer says of segments, some at a time; `RunError` where they are not what it reads."""
    (x,) = checked_inputs(inputs, [scorer.input_shape])
    return in_batches(scorer, [checked_finite(x)])


def as_bytes(scorer: Scorer) -> bytes:
    """A scorer as the content of a `model.npz`; the same one gives the same bytes."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {"kind": np.array(scorer.kind), **scorer.arrays()}
    np.savez(content, **arrays)
    return content.getvalue()


def _read(path: Path) -> Scorer:
    if not path.is_file():
        raise RunError(f"There is no model at {path}. The run is incomplete: train it again.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is larger than any model")
        return _scorer(read_arrays(path.read_bytes()))
    # What numpy's reader of headers raises on damaged ones.
    except (ValueError, EOFError, SyntaxError, TypeError, RecursionError, MemoryError, OSError) as error:
        raise RunError(f"Expected a model in {path}. Received: a damaged file ({error}). Train the run again.") from error


def _scorer(arrays: dict[str, np.ndarray]) -> Scorer:
    word = arrays.pop("kind", None)
    if word is None or word.shape or word.dtype.kind != "U":
        raise ValueError("it does not say its kind")
    if str(word) not in KINDS:
        raise ValueError(f"it is of the kind {str(word)[:40]!r}; there are {', '.join(KINDS)}")
    return KINDS[str(word)].from_arrays(arrays)

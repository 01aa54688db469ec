"""What all classifiers do with the arrays they are given: check their shapes, and score a few segments at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from genre_core.errors import RunError
from genre_core.models.base import Scores

BATCH_SEGMENTS = 32
"""Segments scored at once, at most: a long track needs no more memory than a short one."""

BATCH_BYTES = 4 * 2**20
"""Of what is read at once: a net's first layers hold up to a hundred times as much."""


def at_once(shapes: Iterable[tuple[int, ...]], *, most: int = BATCH_SEGMENTS) -> int:
    """How many segments of these shapes are scored at once: `most`, or as few as fit into `BATCH_BYTES`, but one at least."""
    n_bytes = 4 * sum(math.prod(shape) for shape in shapes)
    return max(1, min(most, BATCH_BYTES // n_bytes))


def checked_inputs(inputs: Sequence[np.ndarray], shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """The inputs in float32, or `RunError` where one has not the shape (n_segments, *shape) that its feature should have."""
    if len(inputs) != len(shapes):
        raise RunError(f"This model reads {len(shapes)} feature(s). Received: {len(inputs)}.")
    for array, shape in zip(inputs, shapes, strict=True):
        if array.ndim != len(shape) + 1 or array.shape[1:] != tuple(shape) or not len(array) or len(array) != len(inputs[0]):
            expected = ", ".join(["n_segments", *map(str, shape)])
            raise RunError(
                f"This model reads segments of shape ({expected}). Received: shape {array.shape}. "
                "Compute the features with the settings that its run holds."
            )
    return [np.ascontiguousarray(array, dtype=np.float32) for array in inputs]


def in_batches(score: Callable[..., Sequence[np.ndarray]], arrays: Sequence[np.ndarray]) -> Scores:
    """What `score` says of all segments: it is called with `at_once` of each array at most."""
    size = at_once(array.shape[1:] for array in arrays)
    parts = [score(*(array[start : start + size] for array in arrays)) for start in range(0, len(arrays[0]), size)]
    return Scores(*(np.concatenate(outputs) for outputs in zip(*parts, strict=True)))

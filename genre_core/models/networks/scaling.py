"""The standardisation inside a net: mean and deviation of the train split, set before training begins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.models.serve import RECONSTRUCTION

if TYPE_CHECKING:
    from genre_core.datasets.rows import StoredRows

FIXED = "fixed"
"""How the names of layers begin that were taught elsewhere and stay as they are."""

_AT_ONCE = 256
"""Segments read at a time: a copy of all spectrograms would double the memory."""


def fit_scaler(
    model: Any, features: tuple[np.ndarray | StoredRows, ...], rows: np.ndarray | None = None
) -> list[dict[str, list[float]]]:
    """Set each input's standardisation to the mean and variance of the train split; a pretrained net has its own.

    Parameters
    ----------
    model : keras.Model
        A network of this package.
    features : tuple of np.ndarray or StoredRows
        One array an input, shape (n_segments, *input shape).
    rows : np.ndarray, optional
        Segments of the train split, which alone count; all of them if not given.

    Returns
    -------
    list of dict
        For each input, `mean` and `std` of each column or row, for the manifest.
    """
    found = []
    known = {layer.name: layer for layer in model.layers}
    for index, values in enumerate(features):
        layer = known.get(f"standardise_{index}" if index else "standardise")
        axis = 1 if layer is None else layer.axis if isinstance(layer.axis, int) else layer.axis[0]
        mean, std = _mean_and_std(values, axis % values.ndim, np.arange(len(values)) if rows is None else np.sort(rows))
        if layer is not None:
            layer.set_weights([mean.astype(np.float32), np.square(std).astype(np.float32)])
        found.append({"mean": mean.tolist(), "std": std.tolist()})
    if RECONSTRUCTION in known:
        mean, std = (np.array(found[0][name], np.float32) for name in ("mean", "std"))
        model.get_layer(RECONSTRUCTION).set_weights([std, mean, np.zeros_like(mean), np.ones_like(mean)])
    return found


def _mean_and_std(values: np.ndarray | StoredRows, axis: int, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of each entry of an axis over some rows, float64, shape (n_entries,)."""
    others = tuple(index for index in range(values.ndim) if index != axis)
    slices = [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]
    n_each = len(rows) * math.prod(values.shape[1:]) / values.shape[axis]
    mean = sum(values[part].sum(axis=others, dtype=np.float64) for part in slices) / n_each
    shape = [1] * values.ndim
    shape[axis] = -1
    squares = sum(np.square(values[part] - mean.reshape(shape)).sum(axis=others) for part in slices)
    std = np.sqrt(squares / n_each)
    # A column that never changes in training says nothing; divided by its tiny spread it would shout at the first song.
    std[std <= 1e-6 * np.maximum(abs(mean), 1e-6)] = 1.0
    return mean, std

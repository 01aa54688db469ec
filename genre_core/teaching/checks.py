"""What the lessons ask of numbers before they compute: that they are numbers, and how many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre_core.errors import ParameterError

LARGEST = 1e12
"""No lesson needs a larger number; products of such numbers are still far from overflow."""


def numbers(name: str, values: object, *, shape: Sequence[int | None] | None = None) -> np.ndarray:
    """`values` as float64, every one finite and at most `LARGEST`; None in `shape` stands for any length but zero.

    Raises
    ------
    ParameterError
        If a value is no such number, or the shape is another.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} must hold numbers. Received: {values!r}.") from None
    if shape is not None:
        fits = array.ndim == len(shape) and all(
            size == wanted if wanted is not None else size > 0 for size, wanted in zip(array.shape, shape, strict=True)
        )
        if not fits:
            wanted = ", ".join("n" if size is None else str(size) for size in shape)
            raise ParameterError(f"{name} must have the shape ({wanted}). Received: {array.shape}.")
    if not np.isfinite(array).all():
        raise ParameterError(f"{name} must hold finite numbers. Received: NaN or infinite ones.")
    if array.size and np.abs(array).max() > LARGEST:
        raise ParameterError(f"{name} must hold numbers up to {LARGEST:g}. Received: {np.abs(array).max():g}.")
    return array


def between(name: str, value: float, low: float, high: float, *, unit: str = "") -> float:
    """`value`, if it lies in [low, high]; else a `ParameterError`, NaN included."""
    if not low <= value <= high:
        unit = f" {unit}" if unit else ""
        raise ParameterError(f"{name} must lie in [{low:g}, {high:g}]{unit}. Received: {value:g}.")
    return value


def genre_indices(name: str, y: object, *, n: int, n_genres: int | None = None) -> np.ndarray:
    """Indices of genres from 0, int64, shape (n,).

    Raises
    ------
    ParameterError
        If they are no whole numbers from 0 to `n_genres - 1`, or not `n` of them.
    """
    found = numbers(name, y, shape=(n,)) if n else np.zeros(0)
    indices = found.astype(np.int64)
    most = np.inf if n_genres is None else n_genres - 1
    if (indices != found).any() or (indices < 0).any() or (indices > most).any():
        allowed = "0, 1, 2 ..." if n_genres is None else f"0 to {n_genres - 1}"
        raise ParameterError(f"{name} must hold indices of genres, {allowed}. Received: {sorted(set(found.tolist()))[:8]}.")
    return indices

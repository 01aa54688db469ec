"""Inner loops that numpy cannot express, compiled by numba and stored beside the module. Import inside functions only."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True)
def _reflected(index: int, length: int) -> int:
    """Index inside [0, length) of an axis mirrored at its ends, the edge value repeated: d c b a | a b c d | d c b a."""
    index %= 2 * length
    return index if index < length else 2 * length - 1 - index


@numba.njit(cache=True)
def running_median_rows(values: np.ndarray, width: int) -> np.ndarray:
    """Median of `width` neighbours along the last axis; float32, shape (n_rows, n_columns)."""
    n_rows, length = values.shape
    medians = np.empty_like(values)
    ordered = np.empty(width, values.dtype)
    half = width // 2
    for row in range(n_rows):
        line = values[row]
        for k in range(width):
            ordered[k] = line[_reflected(k - half, length)]
        ordered.sort()
        medians[row, 0] = ordered[half]
        for column in range(1, length):
            gone = line[_reflected(column - 1 - half, length)]
            come = line[_reflected(column + half, length)]
            k = np.searchsorted(ordered, gone)
            while k + 1 < width and ordered[k + 1] < come:
                ordered[k] = ordered[k + 1]
                k += 1
            while k > 0 and ordered[k - 1] > come:
                ordered[k] = ordered[k - 1]
                k -= 1
            ordered[k] = come
            medians[row, column] = ordered[half]
    return medians


@numba.njit(cache=True)
def soft_mask(wanted: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Share of `wanted` in the energy of both, float32 in [0, 1]; one half where neither has any."""
    share = np.empty_like(wanted)
    tiny = np.finfo(np.float32).tiny
    for row in range(wanted.shape[0]):
        for column in range(wanted.shape[1]):
            a, b = np.float64(wanted[row, column]), np.float64(other[row, column])
            share[row, column] = 0.5 if max(a, b) < tiny else a * a / (a * a + b * b)
    return share

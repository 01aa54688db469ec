"""A filter slides over a spectrogram: a small pattern of weights is laid on every place, multiplied and summed.

The sum is large where the picture looks like the pattern. The same few weights serve everywhere, so that a drum stroke is found
whenever it comes (LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998). Pooling
keeps the best of each neighbourhood: that it was there, and only roughly where. As in all nets the pattern is not turned round
first, which strictly is cross-correlation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.checks import between, numbers

PADDINGS = ("valid", "same")
"""valid: the filter stays inside, the result is smaller. same: zeros around the picture, the result is as large."""
LARGEST_FILTER = 15
QUIETEST_DB = 80.0


@dataclass(frozen=True, eq=False)
class Filter:
    """A pattern made by hand; rows are frequencies, low to high, columns frames. Its weights sum to 0: even sound answers 0."""

    title: str
    answers_to: str
    weights: np.ndarray


def _even(weights: list[list[float]]) -> np.ndarray:
    """The pattern less its mean, its positive part summing to one."""
    pattern = np.array(weights, dtype=np.float64)
    pattern -= pattern.mean()
    pattern /= pattern[pattern > 0].sum()
    pattern.flags.writeable = False
    return pattern


FILTERS: dict[str, Filter] = {
    "onset": Filter("Upright edge", "A stroke: quiet before, loud after, at all pitches", _even([[-1, -1, 1, 1]] * 5)),
    "tone": Filter("Level line", "A tone that is held", _even([[-1] * 5, [2] * 5, [-1] * 5])),
    "blob": Filter("Dot", "A short tone", _even([[-1, -1, -1, -1], [-1, 3, 3, -1], [-1, 3, 3, -1], [-1, -1, -1, -1]])),
    "rising": Filter("Rising line", "A pitch that slides up", _even(np.where(np.eye(5), 4, -1).tolist())),
    "end": Filter("Falling edge", "A sound that stops", _even([[1, 1, -1, -1]] * 5)),
}
"""Patterns that a lesson offers; trained nets find many like them by themselves."""


def filter_of(name: str) -> Filter:
    """The row of that name; `ParameterError` with the names that exist if there is none."""
    if name not in FILTERS:
        raise unknown_name("filter", name, FILTERS)
    return FILTERS[name]


def lit(level_db: np.ndarray) -> np.ndarray:
    """Decibels as brightness, 0 for 80 dB below the loudest or less, 1 for the loudest: zeros around it then mean silence.

    A picture that is the same everywhere, as silence is, has no brightness.
    """
    level = numbers("The levels", level_db, shape=(None, None))
    if level.max() == level.min():
        return np.zeros_like(level)
    return np.asarray(np.clip((level - level.max() + QUIETEST_DB) / QUIETEST_DB, 0.0, 1.0))


def convolve(
    picture: np.ndarray, weights: np.ndarray, *, padding: str = "valid", stride: int = 1, bias: float = 0.0
) -> np.ndarray:
    """The answer of a filter at every place, float64.

    `answer[r, c] = bias + sum over i, j of weights[i, j] picture[r stride + i, c stride + j]`

    Parameters
    ----------
    picture : np.ndarray
        Shape (n_rows, n_columns).
    weights : np.ndarray
        Shape (n_filter_rows, n_filter_columns), at most 15 x 15.
    padding : str
        One of PADDINGS; with "valid" the result has `(n - n_filter) // stride + 1` places along an axis, with "same"
        `ceil(n / stride)`.
    stride : int
        Places from one answer to the next, 1 to 8.
    bias : float
        Added to every answer.

    Raises
    ------
    ParameterError
        If the filter is larger than the picture, or a parameter is out of range.
    """
    padded, weights, stride = _laid_out(picture, weights, padding, stride)
    windows = sliding_window_view(padded, weights.shape)[::stride, ::stride]  # (n_rows, n_columns, n_filter_rows, ...)
    return np.asarray(np.einsum("rcij,ij->rc", windows, weights) + bias)


@dataclass(frozen=True, eq=False)
class Place:
    """A filter at one place: what lies under it, product by product; shapes as the filter's.

    Attributes
    ----------
    patch, products : np.ndarray
        The picture under the filter, and times its weights.
    answer : float
        Sum of the products and the bias: one number of `convolve`.
    row, column : int
        Where the filter's corner lies in the picture; negative where it reaches over the edge.
    """

    patch: np.ndarray
    products: np.ndarray
    answer: float
    row: int
    column: int


def at_place(
    picture: np.ndarray,
    weights: np.ndarray,
    row: int,
    column: int,
    *,
    padding: str = "valid",
    stride: int = 1,
    bias: float = 0.0,
) -> Place:
    """The sum behind `convolve(...)[row, column]`, laid open."""
    padded, weights, stride = _laid_out(picture, weights, padding, stride)
    n_rows, n_columns = ((padded.shape[axis] - weights.shape[axis]) // stride + 1 for axis in (0, 1))
    if row not in range(n_rows) or column not in range(n_columns):
        raise ParameterError(f"There are places (0, 0) to ({n_rows - 1}, {n_columns - 1}). Received: ({row}, {column}).")
    top, left = row * stride, column * stride
    patch = padded[top : top + weights.shape[0], left : left + weights.shape[1]]
    before = [_padding(size, n, stride)[0] if padding == "same" else 0 for size, n in _sizes(picture, weights)]
    return Place(patch, patch * weights, float((patch * weights).sum() + bias), top - before[0], left - before[1])


@dataclass(frozen=True, eq=False)
class Pooled:
    """The best of each neighbourhood.

    Attributes
    ----------
    values : np.ndarray
        Shape (n_rows // size, n_columns // size).
    rows, columns : np.ndarray
        Where in the picture each value came from, int, same shape: what is known before pooling and forgotten after it.
    """

    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


def max_pool(picture: np.ndarray, size: tuple[int, int]) -> Pooled:
    """Keep the largest of each `size` (rows, columns) of places; what is left over at the far edges is dropped.

    Raises
    ------
    ParameterError
        If a neighbourhood is larger than the picture.
    """
    picture = numbers("The picture", picture, shape=(None, None))
    high, wide = (int(between("The size of a neighbourhood", n, 1, most)) for n, most in zip(size, picture.shape, strict=True))
    n_rows, n_columns = picture.shape[0] // high, picture.shape[1] // wide
    blocks = picture[: n_rows * high, : n_columns * wide].reshape(n_rows, high, n_columns, wide).swapaxes(1, 2)
    flat = blocks.reshape(n_rows, n_columns, -1)  # (n_rows, n_columns, high * wide)
    best = flat.argmax(axis=2)
    return Pooled(
        np.take_along_axis(flat, best[..., None], axis=2)[..., 0],
        np.arange(n_rows)[:, None] * high + best // wide,
        np.arange(n_columns) * wide + best % wide,
    )


def alike(before: np.ndarray, after: np.ndarray) -> float:
    """Pearson's correlation of two pictures, place by place: 1 where they agree, about 0 where they have nothing in common.

    Two that are the same everywhere are alike, one of the two alone is not.

    Raises
    ------
    ParameterError
        If their shapes differ or a number is not finite.
    """
    before = numbers("The first picture", before, shape=(None, None))
    after = numbers("The second picture", after, shape=before.shape)
    a, b = before - before.mean(), after - after.mean()
    length = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    if length < 1e-12:
        return float(np.allclose(before, after))
    return float((a * b).sum() / length)


def onset_curve(level_db: np.ndarray) -> np.ndarray:
    """How much starts at each frame, 0 to 1, shape (n_frames,): the onset filter, what is positive of it, the mean of the bands.

    A convolutional layer in one line; the largest answer of the sound is 1. All 0 where nothing starts. What sounds from the
    first frame on has not started: the edges are continued, not silent.
    """
    picture = np.pad(lit(level_db), ((2, 2), (2, 1)), mode="edge")  # frame t is where the pattern turns loud
    answers = np.maximum(convolve(picture, FILTERS["onset"].weights), 0.0)  # (n_mels, n_frames)
    curve = answers.mean(axis=0)  # (n_frames,)
    return np.asarray(curve / curve.max() if curve.max() > 1e-9 else np.zeros_like(curve))


def _laid_out(picture: np.ndarray, weights: np.ndarray, padding: str, stride: int) -> tuple[np.ndarray, np.ndarray, int]:
    """The picture with its zeros around it, the filter, the stride: checked."""
    picture, weights = numbers("The picture", picture, shape=(None, None)), numbers("The filter", weights, shape=(None, None))
    stride = int(between("The stride", stride, 1, 8))
    if padding not in PADDINGS:
        raise unknown_name("padding", padding, PADDINGS)
    sizes = _sizes(picture, weights)
    if max(weights.shape) > LARGEST_FILTER or (padding == "valid" and any(size < n for size, n in sizes)):
        raise ParameterError(
            f"A filter has at most {LARGEST_FILTER} rows and columns, and fits into the picture of {picture.shape[0]} x "
            f"{picture.shape[1]}. Received: {weights.shape[0]} x {weights.shape[1]}."
        )
    if padding == "same":
        picture = np.pad(picture, [_padding(size, n, stride) for size, n in sizes])
    return picture, weights, stride


def _sizes(picture: np.ndarray, weights: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(np.shape(picture), np.shape(weights), strict=True))


def _padding(size: int, n_filter: int, stride: int) -> tuple[int, int]:
    """Zeros before and behind an axis, so that `ceil(size / stride)` places fit; an odd one stands behind, as in Keras."""
    total = max((-(-size // stride) - 1) * stride + n_filter - size, 0)
    return total // 2, total - total // 2

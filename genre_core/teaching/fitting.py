"""A good layer, found by training: what a lesson offers when turning the weights by hand has been tried.

A layer without hidden ones has a loss like a bowl: one valley, the same from every start. Newton's method finds its bottom in a
few steps, since it knows slope and curvature. A little L2 keeps weights finite where a line separates the genres without error
(Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, 4.4.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, genre_indices, numbers
from genre_core.teaching.neuron import SMALLEST, Layer, softmax

MOST_WEIGHTS = 1500
"""Newton's method keeps a curvature for each pair of weights; beyond this it would take seconds."""


@dataclass(frozen=True, eq=False)
class Scale:
    """Columns measured on the training tracks: `(x - mean) / deviation`. A column that never changes is only shifted."""

    mean: np.ndarray
    deviation: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return np.asarray((x - self.mean) / self.deviation)


def measure(x: np.ndarray) -> Scale:
    """Mean and deviation of each column, shape (n_columns,), of the tracks that are learned from and of no others."""
    x = numbers("The features", x, shape=(None, None))
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    deviation = np.where(deviation <= 1e-6 * np.maximum(np.abs(mean), 1e-6), 1.0, deviation)
    return Scale(mean, deviation)


def fit_layer(x: np.ndarray, y: np.ndarray, *, n_genres: int, l2: float = 0.01, steps: int = 60) -> Layer:
    """The layer of smallest `mean log loss + l2 / 2 sum weights²`, biases free.

    Two genres get one sigmoid neuron, more get a neuron each with softmax. Columns should have about one scale (`measure`).

    Parameters
    ----------
    x : np.ndarray
        Shape (n_tracks, n_columns).
    y : np.ndarray
        Index of each track's genre, shape (n_tracks,).
    n_genres : int
        At least two.
    l2 : float
        From 1e-6 to 100.
    steps : int
        At most so many steps of Newton's method.

    Raises
    ------
    ParameterError
        If a number is not finite, an index is no genre, or there are too many weights.
    """
    x = numbers("The features", x, shape=(None, None))
    n_genres = int(between("The number of genres", n_genres, 2, 100))
    y = genre_indices("The genres", y, n=len(x), n_genres=n_genres)
    l2 = between("l2", l2, 1e-6, 100)
    size = (x.shape[1] + 1) * n_genres
    if size > MOST_WEIGHTS:
        raise ParameterError(f"At most {MOST_WEIGHTS} weights are fitted here. Received: {size}. Choose fewer columns or genres.")
    inputs = np.hstack([x, np.ones((len(x), 1))])  # (n_tracks, n_columns + 1)
    wanted = np.eye(n_genres)[y]
    weights = np.zeros((inputs.shape[1], n_genres))
    penalty = np.full_like(weights, l2)
    penalty[-1] = 1e-9  # biases are free; the trace makes the softmax's spare direction definite
    value = _objective(weights, inputs, y, penalty)
    for _ in range(steps):
        posteriors = softmax(inputs @ weights)
        gradient = inputs.T @ (posteriors - wanted) / len(x) + penalty * weights
        if np.abs(gradient).max() < 1e-10:
            break
        step = np.linalg.solve(_curvature(inputs, posteriors, penalty), gradient.ravel()).reshape(weights.shape)
        share = 1.0
        while share > 1e-6 and _objective(weights - share * step, inputs, y, penalty) > value:
            share /= 2
        weights = weights - share * step
        value = _objective(weights, inputs, y, penalty)
    if n_genres == 2:
        difference = weights[:, 1] - weights[:, 0]
        return Layer(difference[:-1, None], difference[-1:], "sigmoid")
    return Layer(weights[:-1], weights[-1] - weights[-1].mean(), "softmax")


def _objective(weights: np.ndarray, inputs: np.ndarray, y: np.ndarray, penalty: np.ndarray) -> float:
    right = softmax(inputs @ weights)[np.arange(y.size), y]
    return float(-np.log(np.maximum(right, SMALLEST)).mean() + 0.5 * (penalty * weights**2).sum())


def _curvature(inputs: np.ndarray, posteriors: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Second derivatives by each pair of weights, shape (n_weights, n_weights), in the order of `weights.ravel()`."""
    n_inputs, n_genres = penalty.shape
    curvature = np.empty((n_inputs, n_genres, n_inputs, n_genres))
    for i in range(n_genres):
        for j in range(i + 1):
            weight = posteriors[:, i] * ((i == j) - posteriors[:, j]) / len(inputs)  # (n_tracks,)
            block = inputs.T @ (inputs * weight[:, None])  # (n_inputs, n_inputs)
            curvature[:, i, :, j] = curvature[:, j, :, i] = block
    flat = curvature.reshape(penalty.size, penalty.size)
    # A little of the largest keeps it solvable when columns differ by many powers of ten; the bottom stays where it is.
    flat[np.diag_indices(penalty.size)] += penalty.ravel() + 1e-12 * flat.diagonal().max()
    return flat

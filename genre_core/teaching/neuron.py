"""A neuron weighs what it hears, adds it up and answers; several side by side are a layer, and a layer can tell genres apart.

`z = w · x + b`, `answer = f(z)`. With a sigmoid one neuron says how probable one of two genres is; with one neuron a genre and a
softmax the answers share a probability of one between them. Where two genres are equally probable lies a straight line: a layer
alone draws no other borders (Bishop, Pattern Recognition and Machine Learning, 2006, 4.2 and 4.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.checks import genre_indices, numbers

SMALLEST = 1e-15
"""Probability below which a logarithm is not taken: a wrong answer that was certain costs 34.5 nat, not infinity."""


def linear(z: np.ndarray) -> np.ndarray:
    """`f(z) = z`."""
    return z


def relu(z: np.ndarray) -> np.ndarray:
    """`f(z) = max(0, z)`: silent until there is enough (Nair and Hinton, 2010)."""
    return np.maximum(z, 0.0)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """`f(z) = 1 / (1 + exp(-z))`, from 0 to 1, one half at 0; exact for large z too, as only exp of what is negative is taken."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def tanh(z: np.ndarray) -> np.ndarray:
    """A sigmoid stretched to -1 to 1: `f(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z))`."""
    return np.asarray(np.tanh(z))


def softmax(z: np.ndarray) -> np.ndarray:
    """`exp(z[i]) / sum exp(z[j])` over the last axis: positive, and together one. The largest z is taken off first."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
}
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: np.ones_like(z),
    "relu": lambda z: (z > 0).astype(np.float64),
    "sigmoid": lambda z: sigmoid(z) * (1.0 - sigmoid(z)),
    "tanh": lambda z: 1.0 - np.tanh(z) ** 2,
}
"""Derivative `f'(z)` of each activation that answers for itself alone; at its corner ReLU has the slope 0."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Neurons side by side, each with its own weights.

    Attributes
    ----------
    weights : np.ndarray
        float64, shape (n_inputs, n_neurons).
    biases : np.ndarray
        float64, shape (n_neurons,).
    activation : str
        Key in ACTIVATIONS.

    Raises
    ------
    ParameterError
        If the shapes do not fit, a number is not finite, or there is no such activation.
    """

    weights: np.ndarray
    biases: np.ndarray
    activation: str = "sigmoid"

    def __post_init__(self) -> None:
        weights = numbers("weights", self.weights, shape=(None, None))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", numbers("biases", self.biases, shape=(weights.shape[1],)))
        if self.activation not in ACTIVATIONS:
            raise unknown_name("activation", self.activation, ACTIVATIONS)

    @property
    def n_neurons(self) -> int:
        return int(self.biases.size)

    def sums(self, x: np.ndarray) -> np.ndarray:
        """`x @ weights + biases`, shape (n_tracks, n_neurons)."""
        x = numbers("The features", x, shape=(None, self.weights.shape[0]))
        return np.asarray(x @ self.weights + self.biases)

    def answers(self, x: np.ndarray) -> np.ndarray:
        """The activation of `sums`, shape (n_tracks, n_neurons)."""
        return ACTIVATIONS[self.activation](self.sums(x))

    def posteriors(self, x: np.ndarray) -> np.ndarray:
        """Probability of each genre, shape (n_tracks, n_genres); one sigmoid neuron speaks of the second of two genres.

        Raises
        ------
        ParameterError
            If the layer gives no probabilities.
        """
        if self.activation == "sigmoid" and self.n_neurons == 1:
            second = self.answers(x)  # (n_tracks, 1)
            return np.hstack([sigmoid(-self.sums(x)), second])
        if self.activation != "softmax":
            raise ParameterError(
                "Probabilities of genres come from one neuron with sigmoid, or a neuron a genre with softmax. "
                f"Received: {self.n_neurons} with {self.activation}."
            )
        return self.answers(x)


def log_loss(posteriors: np.ndarray, y: np.ndarray) -> float:
    """`-mean log p[right genre]` [nat]: 0 is certain and right, log(n_genres) is guessing (Good, 1952).

    Parameters
    ----------
    posteriors : np.ndarray
        Shape (n_tracks, n_genres).
    y : np.ndarray
        Index of each track's genre, shape (n_tracks,).
    """
    posteriors = numbers("The posteriors", posteriors, shape=(None, None))
    y = genre_indices("The genres", y, n=len(posteriors), n_genres=posteriors.shape[1])
    right = posteriors[np.arange(y.size), y]
    return float(-np.log(np.maximum(right, SMALLEST)).mean())


def accuracy(posteriors: np.ndarray, y: np.ndarray) -> float:
    """Share of tracks whose most probable genre is the right one; of equal ones the first counts."""
    posteriors = numbers("The posteriors", posteriors, shape=(None, None))
    y = genre_indices("The genres", y, n=len(posteriors), n_genres=posteriors.shape[1])
    return float((posteriors.argmax(axis=1) == y).mean())


@dataclass(frozen=True, eq=False)
class Borders:
    """What a layer says of every point of a plane of two features.

    Attributes
    ----------
    across, up : np.ndarray
        Values of the first and of the second feature, shape (n_points,) each.
    posteriors : np.ndarray
        Shape (n_points up, n_points across, n_genres).
    """

    across: np.ndarray
    up: np.ndarray
    posteriors: np.ndarray

    @property
    def genres(self) -> np.ndarray:
        """Index of the most probable genre at each point, shape (n_points, n_points)."""
        return np.asarray(self.posteriors.argmax(axis=2))


def borders(layer: Layer, across: tuple[float, float], up: tuple[float, float], *, points: int = 100) -> Borders:
    """Ask a layer of two features about a grid of points: where its answer changes, its borders lie.

    Parameters
    ----------
    layer : Layer
        Two inputs.
    across, up : (float, float)
        Ends of each axis, in the unit of its feature.
    points : int
        Points along an axis, 2 to 400.
    """
    if layer.weights.shape[0] != 2:
        raise ParameterError(f"A plane has two features. Received: a layer of {layer.weights.shape[0]}.")
    if points != int(points) or not 2 <= points <= 400:
        raise ParameterError(f"A grid has 2 to 400 points along an axis. Received: {points}.")
    ends = numbers("The ends of the axes", [across, up], shape=(2, 2))
    x, y = np.linspace(ends[:, 0], ends[:, 1], int(points)).T  # (n_points,) each
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (n_points ** 2, 2)
    return Borders(x, y, layer.posteriors(grid).reshape(points, points, -1))


def border_line(layer: Layer, across: tuple[float, float]) -> np.ndarray:
    """Heights of the straight border of one sigmoid neuron at both ends of the first axis, shape (2,): `-(w1 x + b) / w2`.

    Raises
    ------
    ParameterError
        If the layer is no single neuron of two features, or its second weight is 0: the border then stands upright.
    """
    if layer.weights.shape != (2, 1) or layer.weights[1, 0] == 0:
        raise ParameterError(
            "A border line has a height where one neuron weighs two features, the second with a weight other than 0. "
            f"Received: weights {layer.weights.tolist()}."
        )
    ends = numbers("The ends of an axis", across, shape=(2,))
    return np.asarray(-(layer.weights[0, 0] * ends + layer.biases[0]) / layer.weights[1, 0])

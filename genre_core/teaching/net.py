"""A net of dense layers of any size, with all that lessons about overfitting ask for, in the mathematics of one page.

Hidden layers are ReLU, the last is a softmax over the genres. Dropout silences each hidden answer with a probability and enlarges
the others by as much, so that nothing changes when it is off (Srivastava and others, Dropout, 2014, "inverted"). L1 and L2 add
`l1 sum |w| + l2 sum w²` over the weights, biases free, as Keras' regularizers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from genre_core.teaching.checks import between
from genre_core.teaching.neuron import softmax

MOST_NEURONS = 1024


@dataclass(frozen=True, eq=False)
class Net:
    """Weights and biases of each layer, in order; float64, shapes (n_in, n_out) and (n_out,)."""

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]

    @property
    def n_weights(self) -> int:
        """Numbers that are learned."""
        return sum(part.size for part in (*self.weights, *self.biases))

    @property
    def is_finite(self) -> bool:
        """False once a step was so large that numbers overflowed."""
        return all(np.isfinite(part).all() for part in (*self.weights, *self.biases))

    def posteriors(self, x: np.ndarray) -> np.ndarray:
        """Probability of each genre, dropout off, shape (n_tracks, n_genres)."""
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            x = np.maximum(x @ weights + biases, 0.0)
        return softmax(x @ self.weights[-1] + self.biases[-1])


def new_net(sizes: Sequence[int], rng: np.random.Generator) -> Net:
    """Random weights, uniform in `± sqrt(6 / (n_in + n_out))`, biases 0, as Keras begins (Glorot and Bengio, 2010).

    Parameters
    ----------
    sizes : sequence of int
        Columns, neurons of each hidden layer, genres.
    rng : np.random.Generator
        What the weights are drawn from.

    Raises
    ------
    ParameterError
        If there are no two sizes, or one is not between 1 and 1024.
    """
    between("The number of layers, the columns counted", len(sizes), 2, 10)
    for size in sizes:
        between("The size of a layer", size, 1, MOST_NEURONS)
    weights, biases = [], []
    for n_in, n_out in pairwise(sizes):
        limit = np.sqrt(6.0 / (n_in + n_out))
        weights.append(rng.uniform(-limit, limit, (n_in, n_out)))
        biases.append(np.zeros(n_out))
    return Net(tuple(weights), tuple(biases))


def penalty(net: Net, *, l1: float = 0.0, l2: float = 0.0) -> float:
    """What the loss adds for large weights: `l1 sum |w| + l2 sum w²`."""
    return float(sum(l1 * np.abs(weights).sum() + l2 * np.square(weights).sum() for weights in net.weights))


def slopes(
    net: Net,
    x: np.ndarray,
    wanted: np.ndarray,
    *,
    l1: float = 0.0,
    l2: float = 0.0,
    dropout: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[float, Net]:
    """Loss of a batch and its slope for every weight: forward, then backward.

    Parameters
    ----------
    net : Net
    x : np.ndarray
        Columns brought to one scale, shape (n_tracks, n_columns).
    wanted : np.ndarray
        One at each track's genre, else zero, shape (n_tracks, n_genres).
    l1, l2 : float
        Strength of the penalties.
    dropout : float
        Share of hidden answers that are silenced, from 0 to below 1; drawn from `rng`.
    rng : np.random.Generator, optional
        Needed where `dropout` is not 0.

    Returns
    -------
    loss : float
        Mean log loss of the batch and the penalty [nat].
    slopes : Net
        Derivative of that loss for each weight and bias.
    """
    inputs, factors, answer = [], [], x
    for weights, biases in zip(net.weights[:-1], net.biases[:-1], strict=True):
        inputs.append(answer)
        z = answer @ weights + biases  # (n_tracks, n_neurons)
        factor = (z > 0).astype(np.float64)
        if dropout > 0 and rng is not None:
            factor *= (rng.random(z.shape) >= dropout) / (1.0 - dropout)
        factors.append(factor)
        answer = z * factor
    inputs.append(answer)
    z = answer @ net.weights[-1] + net.biases[-1]  # (n_tracks, n_genres)
    top = z.max(axis=1, keepdims=True)
    logs = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
    loss = -(wanted * logs).sum() / len(x) + penalty(net, l1=l1, l2=l2)
    blame = (np.exp(logs) - wanted) / len(x)  # dL/dz of the last layer
    of_weights, of_biases = [], []
    for layer in reversed(range(len(net.weights))):
        of_weights.append(inputs[layer].T @ blame + l1 * np.sign(net.weights[layer]) + 2 * l2 * net.weights[layer])
        of_biases.append(blame.sum(axis=0))
        if layer:
            blame = blame @ net.weights[layer].T * factors[layer - 1]
    return float(loss), Net(tuple(reversed(of_weights)), tuple(reversed(of_biases)))

"""A net small enough to hold in sight: two features, three hidden neurons, two genres, and a loss.

Each hidden neuron draws its own border and the output weighs them, so that together they can bend (Cybenko, Approximation by
superpositions of a sigmoidal function, 1989).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.neuron import ACTIVATIONS, softmax

MOST_NEURONS = 6


@dataclass(frozen=True, eq=False)
class TinyNet:
    """Features, one hidden layer, softmax; all arrays float64.

    Attributes
    ----------
    hidden, hidden_biases : np.ndarray
        Weights from feature i to hidden neuron j, shape (n_features, n_hidden), and (n_hidden,).
    output, output_biases : np.ndarray
        Weights from hidden neuron j to genre k, shape (n_hidden, n_genres), and (n_genres,).
    activation : str
        Of the hidden neurons, a key in ACTIVATION_WORDS.

    Raises
    ------
    ParameterError
        If shapes do not fit, a number is not finite or larger than a million, or there is no such activation.
    """

    hidden: np.ndarray
    hidden_biases: np.ndarray
    output: np.ndarray
    output_biases: np.ndarray
    activation: str = "sigmoid"

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATION_WORDS:
            raise unknown_name("activation", self.activation, ACTIVATION_WORDS)
        hidden = numbers("hidden", self.hidden, shape=(None, None))
        output = numbers("output", self.output, shape=(hidden.shape[1], None))
        if max(*hidden.shape, output.shape[1]) > MOST_NEURONS or output.shape[1] < 2:
            raise ParameterError(
                f"A net to walk through has up to {MOST_NEURONS} features, hidden neurons and genres, and two genres at least. "
                f"Received: {hidden.shape[0]}, {hidden.shape[1]} and {output.shape[1]}."
            )
        checked = {
            "hidden": hidden,
            "hidden_biases": numbers("hidden_biases", self.hidden_biases, shape=(hidden.shape[1],)),
            "output": output,
            "output_biases": numbers("output_biases", self.output_biases, shape=(output.shape[1],)),
        }
        for name, values in checked.items():
            between(f"The largest number of {name}", float(np.abs(values).max()), 0, 1e6)
            object.__setattr__(self, name, values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Features, hidden neurons, genres."""
        return (*self.hidden.shape, self.output.shape[1])

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """Everything that is learned, by name."""
        return {name: getattr(self, name) for name in ("hidden", "hidden_biases", "output", "output_biases")}


def tiny_net(n_features: int = 2, n_hidden: int = 3, n_genres: int = 2, *, activation: str = "sigmoid", seed: int = 0) -> TinyNet:
    """A net with small random weights, of two digits, so that a class can follow by hand; biases are 0."""
    rng = np.random.default_rng(seed)
    hidden = rng.uniform(-1, 1, (n_features, n_hidden)).round(2)
    output = rng.uniform(-1, 1, (n_hidden, n_genres)).round(2)
    return TinyNet(hidden, np.zeros(n_hidden), output, np.zeros(n_genres), activation)


@dataclass(frozen=True, eq=False)
class Answer:
    """Sums and answers of both layers, and the loss."""

    z1: np.ndarray
    h: np.ndarray
    z2: np.ndarray
    p: np.ndarray
    loss: float


def answer(net: TinyNet, x: np.ndarray, genre: int) -> Answer:
    z1 = x @ net.hidden + net.hidden_biases  # (n_hidden,)
    h = ACTIVATIONS[net.activation](z1)
    z2 = h @ net.output + net.output_biases  # (n_genres,)
    # -log softmax without a division: finite however sure the net is.
    loss = float(np.log(np.exp(z2 - z2.max()).sum()) + z2.max() - z2[genre])
    return Answer(z1, h, z2, softmax(z2), max(0.0, loss))

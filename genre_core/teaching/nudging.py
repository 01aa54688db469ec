"""Is a slope right? Nudge one weight, leave all others, and see what the loss does.

The slope that comes back through the net says how much the loss rises for a little more of a weight. Whoever doubts it can try:
`(L(w + h) - L(w)) / h` comes as near to it as one likes while the nudge h becomes small. It takes a walk forward for each weight;
going back gives all slopes at once (Baydin and others, Automatic differentiation in machine learning: a survey, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import unknown_name
from genre_core.teaching.backprop import walk
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.tiny_net import TinyNet, answer

LETTERS = {"hidden": "w1", "hidden_biases": "b1", "output": "w2", "output_biases": "b2"}
"""How the names of a part's numbers begin, as a walk writes them."""


def weights_by_name(net: TinyNet) -> dict[str, float]:
    """Every weight and bias by its name in a walk: `w1_23` leads from feature 2 to hidden neuron 3, `b2_1` is genre 1's bias."""
    return {
        f"{LETTERS[part]}_{''.join(str(index + 1) for index in place)}": float(value)
        for part, values in net.weights.items()
        for place, value in np.ndenumerate(values)
    }


def with_weights(net: TinyNet, changed: dict[str, float]) -> TinyNet:
    """The same net with other values for some of its weights.

    Raises
    ------
    ParameterError
        If there is no weight of that name, or a value is not finite or beyond a million.
    """
    known = weights_by_name(net)
    for name in changed:
        if name not in known:
            raise unknown_name("weight", name, known)
    values = iter({**known, **changed}.values())  # in the order of the parts
    parts = {part: np.array([next(values) for _ in range(old.size)]).reshape(old.shape) for part, old in net.weights.items()}
    return TinyNet(**parts, activation=net.activation)


def loss_along(net: TinyNet, x: np.ndarray, genre: int, name: str, values: np.ndarray) -> np.ndarray:
    """Loss [nat] of a track for each value of one weight, all others as they are, shape (n_values,)."""
    x, values = numbers("The features", x, shape=(net.shape[0],)), numbers("The values", values, shape=(None,))
    return np.array([answer(with_weights(net, {name: float(value)}), x, genre).loss for value in values])


@dataclass(frozen=True)
class Nudge:
    """A weight nudged.

    Attributes
    ----------
    weight, loss : float
        As they are.
    nudged, nudged_loss : float
        After the nudge.
    slope : float
        Loss gained by the nudge.
    exact : float
        The slope that came back through the net.
    """

    weight: float
    loss: float
    nudged: float
    nudged_loss: float
    slope: float
    exact: float


def nudge(net: TinyNet, x: np.ndarray, genre: int, name: str, by: float) -> Nudge:
    """Nudge one weight and compare what the loss does with its slope.

    Parameters
    ----------
    net, x, genre
        As for `walk`.
    name : str
        Of the weight.
    by : float
        How far, 1e-6 to 100.

    Raises
    ------
    ParameterError
        If there is no such weight, or the nudge is out of range.
    """
    by = between("The nudge", by, 1e-6, 100)
    walked, known = walk(net, x, genre), weights_by_name(net)
    if name not in known:
        raise unknown_name("weight", name, known)
    weight = known[name]
    after = float(loss_along(net, x, genre, name, np.array([weight + by]))[0])
    return Nudge(weight, walked.loss, weight + by, after, (after - walked.loss) / by, walked.values[f"d_{name}"])

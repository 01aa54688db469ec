"""How a slope becomes a step: six ways down a hill, each with the formula that it follows.

All but the first remember: momentum the direction, RMSProp how steep it has been, Adam both. Each computes what Keras' optimizer
of that name computes, constants included; "RMSProp with Nesterov momentum" is the one that trainings here use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre_core.errors import unknown_name

MOMENTUM = 0.9
RHO = 0.9
BETA_1, BETA_2 = 0.9, 0.999
EPSILON = 1e-7
"""Added before dividing, so that a weight whose slope has always been 0 does not move."""

Memory = tuple[np.ndarray, ...]
"""What an optimizer remembers of a parameter: arrays of its shape, zeros at first."""


@dataclass(frozen=True)
class Optimizer:
    """A row of OPTIMIZERS.

    Attributes
    ----------
    title : str
        Words for a menu.
    latex : str
        Its formula, LaTeX: g the slope, eta the learning rate, theta the weights.
    source : str
        Where it was published.
    n_memories : int
        Arrays that it remembers a parameter.
    step : callable
        `step(slope, memory, learning_rate, number)` -> what to add to the parameter, and the memory after; `number` counts steps
        from 1.
    """

    title: str
    latex: str
    source: str
    n_memories: int
    step: Callable[[np.ndarray, Memory, float, int], tuple[np.ndarray, Memory]]

    def start(self, parameter: np.ndarray) -> Memory:
        """The memory before the first step."""
        return tuple(np.zeros_like(parameter) for _ in range(self.n_memories))


def _sgd(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    return -rate * g, memory


def _momentum(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    v = MOMENTUM * memory[0] - rate * g
    return v, (v,)


def _nesterov(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    v = MOMENTUM * memory[0] - rate * g
    return MOMENTUM * v - rate * g, (v,)


def _rmsprop(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    r = RHO * memory[0] + (1 - RHO) * g**2
    return -rate * g / np.sqrt(r + EPSILON), (r,)


def _rmsprop_nesterov(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    r = RHO * memory[0] + (1 - RHO) * g**2
    v = MOMENTUM * memory[1] - rate * g / (np.sqrt(r) + EPSILON)
    return (1 + MOMENTUM) * v - MOMENTUM * memory[1], (r, v)


def _adam(g: np.ndarray, memory: Memory, rate: float, number: int) -> tuple[np.ndarray, Memory]:
    m = BETA_1 * memory[0] + (1 - BETA_1) * g
    v = BETA_2 * memory[1] + (1 - BETA_2) * g**2
    rate *= np.sqrt(1 - BETA_2**number) / (1 - BETA_1**number)
    return -rate * m / (np.sqrt(v) + EPSILON), (m, v)


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        "Gradient descent",
        r"\theta \leftarrow \theta - \eta\,g",
        "Robbins and Monro, A stochastic approximation method, 1951",
        0,
        _sgd,
    ),
    "momentum": Optimizer(
        "Momentum",
        r"v \leftarrow 0.9\,v - \eta\,g, \quad \theta \leftarrow \theta + v",
        "Polyak, Some methods of speeding up the convergence of iteration methods, 1964",
        1,
        _momentum,
    ),
    "nesterov": Optimizer(
        "Nesterov momentum",
        r"v \leftarrow 0.9\,v - \eta\,g, \quad \theta \leftarrow \theta + 0.9\,v - \eta\,g",
        "Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²), 1983; in this form Sutskever "
        "and others, On the importance of initialization and momentum in deep learning, 2013",
        1,
        _nesterov,
    ),
    "rmsprop": Optimizer(
        "RMSProp",
        r"r \leftarrow 0.9\,r + 0.1\,g^2, \quad \theta \leftarrow \theta - \frac{\eta\,g}{\sqrt{r + 10^{-7}}}",
        "Hinton, Neural networks for machine learning, lecture 6e, 2012",
        1,
        _rmsprop,
    ),
    "rmsprop_nesterov": Optimizer(
        "RMSProp with Nesterov momentum",
        r"r \leftarrow 0.9\,r + 0.1\,g^2, \quad v' = 0.9\,v - \frac{\eta\,g}{\sqrt{r} + 10^{-7}}, \quad "
        r"\theta \leftarrow \theta + 1.9\,v' - 0.9\,v, \quad v \leftarrow v'",
        "Goodfellow, Bengio and Courville, Deep Learning, 2016, algorithm 8.6",
        2,
        _rmsprop_nesterov,
    ),
    "adam": Optimizer(
        "Adam",
        r"m \leftarrow 0.9\,m + 0.1\,g, \quad v \leftarrow 0.999\,v + 0.001\,g^2, \quad "
        r"\theta \leftarrow \theta - \eta\,\frac{\sqrt{1 - 0.999^t}}{1 - 0.9^t}\,\frac{m}{\sqrt{v} + 10^{-7}}",
        "Kingma and Ba, Adam: a method for stochastic optimization, 2015",
        2,
        _adam,
    ),
}


def optimizer_of(name: str) -> Optimizer:
    """The row of that name; `ParameterError` with the names that exist if there is none."""
    if name not in OPTIMIZERS:
        raise unknown_name("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]

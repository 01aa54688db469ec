"""How a gradient becomes a step: the optimizers by name, and how the learning rate changes over the epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genre_core.training.recipe import TrainConfig


def _adam(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.Adam(config.learning_rate)


def _sgd_nesterov(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.SGD(config.learning_rate, momentum=config.momentum, nesterov=True)


def _rmsprop(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.RMSprop(config.learning_rate)


def _rmsprop_nesterov(config: TrainConfig) -> Any:
    return _rmsprop_nesterov_class()(config.learning_rate, momentum=config.momentum)


OPTIMIZERS: dict[str, Callable[[TrainConfig], Any]] = {
    "adam": _adam,
    "sgd_nesterov": _sgd_nesterov,
    "rmsprop": _rmsprop,
    "rmsprop_nesterov": _rmsprop_nesterov,
}

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
    "exponential": lambda done: 0.01**done,
}
"""Share of the epochs done -> factor of the learning rate. Exponential ends at a hundredth."""


def learning_rate(config: TrainConfig, epoch: int) -> float:
    """Learning rate of an epoch, counted from 0: it rises in equal steps over the warm-up, then follows the schedule."""
    if epoch < config.warmup_epochs:
        return config.learning_rate * (epoch + 1) / (config.warmup_epochs + 1)
    left = max(1, config.epochs - config.warmup_epochs)
    return config.learning_rate * SCHEDULES[config.schedule]((epoch - config.warmup_epochs) / left)


@cache
def _rmsprop_nesterov_class() -> type:
    """A Keras optimizer, made when Keras is loaded."""
    import keras

    class RmspropNesterov(keras.optimizers.Optimizer):
        """RMSProp with Nesterov momentum: Goodfellow, Bengio and Courville, Deep Learning, 2016, algorithm 8.6.

        With rate eps, momentum alpha and decay rho, the gradient g is taken at theta + alpha v; then
        r = rho r + (1 - rho) g^2, v = alpha v - eps g / sqrt(r), theta = theta + v. As in Keras' SGD, the net's weights hold
        that point ahead, theta + alpha v, so that Keras takes the gradient where the algorithm wants it.
        """

        def __init__(self, learning_rate: float = 1e-3, *, rho: float = 0.9, momentum: float = 0.9, **options: Any) -> None:
            super().__init__(learning_rate=learning_rate, **options)
            self.rho, self.momentum = rho, momentum

        def build(self, variables: Any) -> None:
            if self.built:
                return
            super().build(variables)
            self.squares = self.add_optimizer_variables(variables, "squares")
            self.velocities = self.add_optimizer_variables(variables, "velocity")

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            ops = keras.ops
            rate = ops.cast(learning_rate, variable.dtype)
            index = self._get_variable_index(variable)
            square, velocity = self.squares[index], self.velocities[index]
            self.assign(square, self.rho * square + (1 - self.rho) * ops.square(gradient))
            # A weight whose gradient has always been zero has no root to divide by, and does not move.
            step = rate * gradient / (ops.sqrt(square) + keras.config.epsilon())
            after = self.momentum * velocity - step
            self.assign_add(variable, (1 + self.momentum) * after - self.momentum * velocity)
            self.assign(velocity, after)

        def get_config(self) -> dict[str, Any]:
            return {**super().get_config(), "rho": self.rho, "momentum": self.momentum}

    return RmspropNesterov

"""An example that Keras has walked too: its numbers lie in keras_example.json, to stand beside ours.

The app never loads TensorFlow, so they were computed once, by `python -m tests.teaching.write_keras`; a test computes them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from genre_core.errors import unknown_name
from genre_core.teaching.nudging import weights_by_name
from genre_core.teaching.tiny_net import TinyNet, tiny_net

FILE = Path(__file__).with_name("keras_example.json")
SEED = 7
"""Of the first weights: this net is wrong about the example, so that there is something to learn."""
FEATURES, GENRE, LEARNING_RATE = (0.8, -0.5), 0, 0.5


@dataclass(frozen=True)
class KerasWalk:
    """What Keras computes for the example.

    Attributes
    ----------
    loss, loss_after : float
        Before and after one step of `LEARNING_RATE` [nat].
    slopes : dict
        Slope of each weight, by its name in a walk.
    """

    loss: float
    loss_after: float
    slopes: dict[str, float]


def example_net(activation: str = "sigmoid") -> TinyNet:
    """The net that the lesson begins with."""
    return tiny_net(activation=activation, seed=SEED)


def example_features() -> np.ndarray:
    """Features of the example's track, on one scale, shape (2,)."""
    return np.array(FEATURES)


def keras_walk(activation: str) -> KerasWalk:
    """Keras' numbers for the example; `ParameterError` where there are none for an activation."""
    known = _read()
    if activation not in known:
        raise unknown_name("activation", activation, known)
    return known[activation]


@cache
def _read() -> dict[str, KerasWalk]:
    names = list(weights_by_name(example_net()))
    return {
        activation: KerasWalk(found["loss"], found["loss_after"], dict(zip(names, found["slopes"], strict=True)))
        for activation, found in json.loads(FILE.read_text(encoding="utf-8")).items()
    }

"""The numbers of a walk through a net, each with its name, its formula and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from genre_core.teaching.tiny_net import TinyNet


@dataclass(frozen=True)
class Step:
    """One number of a walk.

    Attributes
    ----------
    phase : str
        Key in PHASES: forward, loss, backward, update, after.
    name : str
        Its name, `z1_2`: what other steps call it in `uses`.
    words : str
        What it is, with names in braces for the nodes of the net, so that it can be said in another language.
    latex, numbers : str
        The formula, and the same with the numbers at hand, both LaTeX without dollar signs.
    value : float
        The number itself.
    uses : tuple of str
        Names of the numbers that it is made of.
    nodes : mapping
        What stands for the names in `words`: `feature 1`, `genre 2`, or the number of a hidden neuron.
    """

    phase: str
    name: str
    words: str
    latex: str
    numbers: str
    value: float
    uses: tuple[str, ...]
    nodes: Mapping[str, str | int]

    @property
    def title(self) -> str:
        """`words` with the nodes put in."""
        return self.words.format(**self.nodes)


class Trail:
    """Steps as they are taken, and every number by name."""

    def __init__(self, net: TinyNet, x: np.ndarray) -> None:
        self.steps: list[Step] = []
        self.values: dict[str, float] = {f"x_{i + 1}": float(value) for i, value in enumerate(x)}
        for layer, (weights, biases) in enumerate(((net.hidden, net.hidden_biases), (net.output, net.output_biases)), start=1):
            for (i, j), value in np.ndenumerate(weights):
                self.values[f"w{layer}_{i + 1}{j + 1}"] = float(value)
            for j, value in enumerate(biases):
                self.values[f"b{layer}_{j + 1}"] = float(value)

    def add(
        self, phase: str, name: str, words: str, latex: str, numbers: str, value: float, uses: Iterable[str], **nodes: str | int
    ) -> None:
        self.steps.append(Step(phase, name, words, latex, numbers, float(value), tuple(uses), nodes))
        self.values[name] = float(value)

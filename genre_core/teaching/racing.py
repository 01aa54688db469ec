"""A fair race: every optimizer down the same landscape from the same start, each with the learning rate that suits it.

With one rate for all, the race says whom the rate suits and not who is quick (Choi and others, On empirical comparisons of
optimizers for deep learning, 2019).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between
from genre_core.teaching.descent import FARTHEST, MOST_STEPS, Path, descend
from genre_core.teaching.optimizers import OPTIMIZERS, optimizer_of
from genre_core.teaching.surfaces import Surface

RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Learning rates that are tried for each."""


def race(
    surface: Surface,
    optimizers: Sequence[str] = tuple(OPTIMIZERS),
    *,
    n_steps: int = 100,
    rates: Sequence[float] = RATES,
) -> dict[str, tuple[float, Path]]:
    """Rate and path of each optimizer: of all rates the one that ends lowest; of equals, the smaller.

    Parameters
    ----------
    surface : Surface
    optimizers : sequence of str
        Keys in OPTIMIZERS.
    n_steps : int
        As for `descend`.
    rates : sequence of float
        To choose from, each as for `descend`; a single one is the same rate for all.

    Raises
    ------
    ParameterError
        If there is no optimizer or rate, or one is unknown or out of range.
    """
    if not optimizers or not rates:
        raise ParameterError(
            f"A race needs an optimizer and a learning rate. Received: {len(optimizers)} optimizers, {len(rates)} rates."
        )
    found = {}
    for name in optimizers:
        rate = best_rate(surface, name, n_steps=n_steps, rates=rates)
        found[name] = rate, descend(surface, name, learning_rate=rate, n_steps=n_steps)
    return found


def best_rate(surface: Surface, optimizer: str, *, n_steps: int = 100, rates: Sequence[float] = RATES) -> float:
    """The rate with which an optimizer ends lowest without flying off; all rates walk at once.

    Raises
    ------
    ParameterError
        As for `race`.
    """
    row = optimizer_of(optimizer)
    n_steps = int(between("The number of steps", n_steps, 1, MOST_STEPS))
    tried = np.sort([between("The learning rate", rate, 1e-6, 1000) for rate in rates])  # (n_rates,)
    points = np.tile(np.asarray(surface.start, dtype=np.float64), (tried.size, 1))  # (n_rates, 2)
    memory, farthest = row.start(points), np.abs(points).max(axis=1)
    for number in range(1, n_steps + 1):
        step, memory = row.step(surface.slope(points), memory, tried[:, None].copy(), number)  # type: ignore[arg-type]  # a rate a walk
        points = points + step
        farthest = np.maximum(farthest, np.abs(points).max(axis=1))
        points = np.clip(points, -FARTHEST, FARTHEST)  # a walk that flew off must not disturb the others
    losses = np.where(farthest <= FARTHEST, surface.value(points), np.inf)
    return float(tried[int(np.argmin(losses))])

"""Walking down: the path of an optimizer over a landscape, and the same with the slope of a few tracks at a time.

The slope of all tracks points straight down; that of a batch of few is a guess, cheaper and shaken. A learning rate too small
takes for ever, one too large jumps from wall to wall and out of the picture (Bottou, Curtis and Nocedal, Optimization methods for
large-scale machine learning, 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from genre_core.teaching.checks import between, numbers
from genre_core.teaching.optimizers import optimizer_of
from genre_core.teaching.surfaces import Surface, margins, real_surface, slope_of_tracks

MOST_STEPS = 20_000
FARTHEST = 1e6
"""A walk whose weights grow beyond this has left for good."""

Slope = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Path:
    """Where a walk went; every number finite.

    Attributes
    ----------
    points : np.ndarray
        The start and the place after each step, shape (n_steps + 1, 2).
    losses : np.ndarray
        Height at each, shape (n_steps + 1,).
    epochs : np.ndarray
        How often all tracks had been seen by then, shape (n_steps + 1,); the number of steps where the slope is that of all.
    flew_off : bool
        True where the walk ended early because its weights grew without end.
    """

    points: np.ndarray
    losses: np.ndarray
    epochs: np.ndarray
    flew_off: bool

    @property
    def n_steps(self) -> int:
        return len(self.points) - 1

    def steps_to(self, point: tuple[float, float], *, within: float = 0.05) -> int | None:
        """Steps until the walk is so near to a point for good; None if it never is."""
        far = np.flatnonzero(np.linalg.norm(self.points - np.asarray(point), axis=1) > within)
        first = int(far[-1]) + 1 if far.size else 0
        return first if first <= self.n_steps else None


def descend(
    surface: Surface,
    optimizer: str,
    *,
    learning_rate: float,
    n_steps: int = 100,
    start: tuple[float, float] | None = None,
) -> Path:
    """Walk down a surface with the slope of all.

    Parameters
    ----------
    surface : Surface
    optimizer : str
        Key in OPTIMIZERS.
    learning_rate : float
        1e-6 to 1000.
    n_steps : int
        1 to 20,000; fewer are taken where the walk flies off.
    start : (float, float), optional
        Another start than the surface's own.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """
    n_steps = int(between("The number of steps", n_steps, 1, MOST_STEPS))
    return _walk(surface, optimizer, learning_rate, start, (surface.slope for _ in range(n_steps)), 1.0)


def descend_in_batches(
    x: np.ndarray,
    y: np.ndarray,
    optimizer: str,
    *,
    batch_size: int,
    learning_rate: float,
    n_epochs: int = 10,
    seed: int = 0,
    l2: float = 0.01,
    start: tuple[float, float] | None = None,
) -> Path:
    """Walk down `real_surface(x, y)` with the slope of a few tracks a step; tracks are shuffled anew each epoch.

    Parameters
    ----------
    x, y : np.ndarray
        As for `real_surface`.
    optimizer, learning_rate, start
        As for `descend`.
    batch_size : int
        Tracks a step; as many as there are, or more, is the slope of all.
    n_epochs : int
        How often every track is seen; at most 20,000 steps in all.
    seed : int
        What the order of the tracks follows from.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """
    surface = real_surface(x, y, l2=l2)
    held = margins(x, y)
    n_epochs = int(between("The number of epochs", n_epochs, 1, 1000))
    size = min(int(between("The batch size", batch_size, 1, 1_000_000)), len(held))
    a_epoch = -(-len(held) // size)
    between("The number of steps", a_epoch * n_epochs, 1, MOST_STEPS)
    rng = np.random.default_rng(seed)

    def slopes() -> Iterator[Slope]:
        for _ in range(n_epochs):
            shuffled = held[rng.permutation(len(held))]
            for first in range(0, len(held), size):
                yield partial(slope_of_tracks, held=shuffled[first : first + size], l2=l2)

    return _walk(surface, optimizer, learning_rate, start, slopes(), 1 / a_epoch)


def _walk(
    surface: Surface,
    optimizer: str,
    learning_rate: float,
    start: tuple[float, float] | None,
    slopes: Iterable[Slope],
    epochs_a_step: float,
) -> Path:
    row = optimizer_of(optimizer)
    learning_rate = between("The learning rate", learning_rate, 1e-6, 1000)
    point = numbers("The start", surface.start if start is None else start, shape=(2,))
    between("The distance of the start", float(np.abs(point).max()), 0, 1000)
    memory, points, flew_off = row.start(point), [point], False
    for number, slope in enumerate(slopes, start=1):
        step, memory = row.step(slope(point), memory, learning_rate, number)
        point = point + step
        if not np.abs(point).max() <= FARTHEST:  # NaN too
            flew_off = True
            break
        points.append(point)
    path = np.array(points)  # (n_steps + 1, 2)
    return Path(path, surface.value(path), np.arange(len(path)) * epochs_a_step, flew_off)

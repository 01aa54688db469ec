"""The slope of a few tracks is a guess at the slope of all: right on average, and the rougher the fewer they are.

The guesses of batches of n tracks scatter about `1 / sqrt(n)` as far as those of single tracks, so that four times the work
makes a guess twice as good (Bottou, Curtis and Nocedal, Optimization methods for large-scale machine learning, 2018).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.surfaces import Surface, margins, slope_of_tracks


@dataclass(frozen=True, eq=False)
class Guesses:
    """Slopes of the loss at one place, each from a few tracks.

    Attributes
    ----------
    at : np.ndarray
        The place, shape (2,).
    whole : np.ndarray
        The slope of all tracks there, shape (2,).
    guesses : np.ndarray
        The slope of each batch, shape (n_batches, 2).
    batch_size : int
        Tracks in each.
    """

    at: np.ndarray
    whole: np.ndarray
    guesses: np.ndarray
    batch_size: int

    @property
    def spread(self) -> float:
        """Root mean square distance from the slope of all, as a share of that slope's length; infinite where it is 0."""
        length = float(np.linalg.norm(self.whole))
        far = float(np.sqrt(np.square(self.guesses - self.whole).sum(axis=1).mean()))
        return far / length if length > 1e-12 else np.inf

    @property
    def share_downhill(self) -> float:
        """Share of guesses whose step leads down, at least a little: less than a right angle from the true way."""
        return float((self.guesses @ self.whole > 0).mean())


def guess_slopes(
    x: np.ndarray,
    y: np.ndarray,
    at: tuple[float, float],
    *,
    batch_size: int,
    n_batches: int = 40,
    seed: int = 0,
    l2: float = 0.01,
) -> Guesses:
    """Guess the slope of `real_surface(x, y)` at a place from several batches, each drawn without repeats.

    Parameters
    ----------
    x, y : np.ndarray
        As for `real_surface`.
    at : (float, float)
        The weights, -1000 to 1000 each.
    batch_size : int
        Tracks in each; as many as there are, or more, is all of them.
    n_batches : int
        1 to 1000.
    seed : int
        What the batches are drawn from.
    l2 : float
        As for `real_surface`.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """
    held = margins(x, y)  # (n_tracks, 2)
    point = numbers("The place", at, shape=(2,))
    between("The distance of the place", float(np.abs(point).max()), 0, 1000)
    size = min(int(between("The batch size", batch_size, 1, 1_000_000)), len(held))
    n_batches = int(between("The number of batches", n_batches, 1, 1000))
    l2 = between("l2", l2, 1e-6, 100)
    rng = np.random.default_rng(seed)
    drawn = np.array([rng.permutation(len(held))[:size] for _ in range(n_batches)])  # (n_batches, size)
    guesses = np.array([slope_of_tracks(point, held=held[places], l2=l2) for places in drawn])
    return Guesses(point, slope_of_tracks(point, held=held, l2=l2), guesses, size)


def on_the_way(surface: Surface, share: float) -> tuple[float, float]:
    """A place on the straight way from a landscape's start, 0, to its deepest point, 1.

    Raises
    ------
    ParameterError
        If the share is not between 0 and 1, or the ground falls for ever.
    """
    share = between("The share of the way", share, 0, 1)
    if surface.minimum is None:
        raise ParameterError(f"The way must end somewhere. Received: {surface.title}, which falls for ever.")
    start, end = np.array(surface.start), np.array(surface.minimum)
    across, up = (start + share * (end - start)).tolist()
    return across, up

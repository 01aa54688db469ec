"""How new a sound becomes at each moment: what a model hears after it, against what it heard before."""

from __future__ import annotations

import numpy as np


def novelty(places: np.ndarray, reach: int) -> np.ndarray:
    """Distance between the means of what lies before and behind each step.

    The measure is that of Foote ("Automatic audio segmentation using a measure of audio novelty", ICME 2000) with Euclidean
    distances between means instead of similarities of all pairs.

    Parameters
    ----------
    places : np.ndarray
        Where each step lies, shape (n_steps, n_columns); in a whitened embedding the distance is in units of the spread of
        songs within a genre.
    reach : int
        Steps on either side, fewer at the ends.

    Returns
    -------
    np.ndarray
        Root mean square over the columns, float64, shape (n_steps,); the first is 0, nothing lying before it.
    """
    n_steps, n_columns = places.shape
    upto = np.concatenate([np.zeros((1, n_columns)), np.cumsum(places, axis=0, dtype=np.float64)])  # (n_steps + 1, n_columns)
    step = np.arange(1, n_steps)
    first, last = np.maximum(step - reach, 0), np.minimum(step + reach, n_steps)
    before = (upto[step] - upto[first]) / (step - first)[:, None]  # (n_steps - 1, n_columns)
    behind = (upto[last] - upto[step]) / (last - step)[:, None]
    return np.concatenate([[0.0], np.sqrt(np.square(before - behind).mean(axis=1))])


class Novelty:
    """`novelty` of a sound that comes piece by piece, in bounded memory.

    Parameters
    ----------
    reach : int
        As there.
    """

    def __init__(self, reach: int) -> None:
        self.reach = reach
        self._settled: list[float] = []  # of steps behind which all has come
        self._places = np.empty((0, 0))  # from `reach` steps before the first that is not settled
        self._open = np.zeros(0)

    def add(self, places: np.ndarray) -> None:
        """Take the next steps, shape (n_steps, n_columns)."""
        held = np.concatenate([self._places, places]) if self._places.size else places
        known = len(held) - len(places) - len(self._open)  # held steps that are settled
        values = novelty(held, self.reach)[known:]
        n_settled = max(0, len(values) - (self.reach - 1))
        self._settled.extend(values[:n_settled].tolist())
        self._open = values[n_settled:]
        self._places = held[max(0, len(held) - len(self._open) - self.reach) :].copy()

    @property
    def values(self) -> np.ndarray:
        """Of each step so far, shape (n_steps,); the last ones change while more comes."""
        return np.concatenate([self._settled, self._open])

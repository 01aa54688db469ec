"""Tests of two models that judged the same tracks, and how many tracks one would need."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from genre_core.errors import ParameterError

POWER = 0.8
"""With as many tracks as `tracks_needed` says, a true difference is found in 80 of 100 comparisons."""

ALPHA = 0.05
"""Below this p a difference counts as found: of 20 comparisons of equal models one is so by chance."""


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact p of McNemar's test: how often chance alone divides the tracks that one of two models gets right so unevenly.

    Were both equally good, each track that only one of them gets right would be a fair coin: p is the two-sided binomial
    probability of the observed division or a more uneven one (McNemar, Psychometrika 12, 1947; Dietterich, Neural Computation 10,
    1998). It takes tracks for independent.

    Parameters
    ----------
    only_a, only_b : int
        Tracks that only the one, and only the other, gets right.

    Raises
    ------
    ParameterError
        If a count is negative.

    Examples
    --------
    >>> mcnemar(9, 1)
    0.021484375
    """
    if min(only_a, only_b) < 0:
        raise ParameterError(f"Counts of tracks must not be negative. Received: {only_a} and {only_b}.")
    n = only_a + only_b
    term = tail = 1  # whole numbers of any size, so that nothing is rounded before the last division
    for k in range(min(only_a, only_b)):
        term = term * (n - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / 2**n)


def swap_test(differences: np.ndarray) -> float:
    """Exact p of swapping the two models' verdicts group by group: McNemar's test where whole groups are the coins.

    Were both equally good, each group's difference could as well have the other sign (Fisher's test by randomisation of signs).
    With a track a group this is McNemar's p; with an artist a group, songs of one artist may resemble each other.

    Parameters
    ----------
    differences : np.ndarray
        For each group, how many more of its tracks the first model gets right, whole numbers, shape (n_groups,).

    Raises
    ------
    ParameterError
        If the differences are no whole numbers.
    """
    differences = np.asarray(differences)
    if differences.ndim != 1 or (differences.size and not np.issubdtype(differences.dtype, np.integer)):
        raise ParameterError(
            f"differences must be whole numbers, shape (n_groups,). Received: {differences.dtype}, shape {differences.shape}."
        )
    sizes = np.abs(differences[differences != 0])
    total, observed = int(sizes.sum()), abs(int(differences.sum()))
    chances = np.zeros(total + 1)  # of each sum of the groups that speak for the first model
    chances[0] = 1.0
    reach = 0
    for size in sizes.tolist():
        reach += size
        moved = chances[: reach + 1 - size] / 2
        chances[: reach + 1] /= 2
        chances[size : reach + 1] += moved
    lead = np.abs(2 * np.arange(total + 1) - total)
    return min(1.0, float(chances[lead >= observed].sum()))


def holm(p_values: np.ndarray) -> np.ndarray:
    """P of several comparisons, corrected so that any false finding among them is as rare as in one (Holm 1979).

    Parameters
    ----------
    p_values : np.ndarray
        Shape (n_comparisons,), each between 0 and 1.

    Returns
    -------
    np.ndarray
        float64, shape (n_comparisons,), in the same order; none smaller than it was.

    Raises
    ------
    ParameterError
        If a value lies outside 0 to 1.
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    if not np.all((p_values >= 0) & (p_values <= 1)):
        raise ParameterError(f"p values must lie in [0, 1]. Received: {p_values.tolist()}.")
    order = np.argsort(p_values, kind="stable")
    falling = np.arange(p_values.size, 0, -1)
    corrected = np.empty_like(p_values)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * falling))
    return corrected


def tracks_needed(n: int, only_a: int, only_b: int, *, design_effect: float = 1.0) -> int | None:
    """Tracks with which a difference of the observed size is found in 80 of 100 comparisons; None where there is none.

    Formula for McNemar's test (Connett, Smith and McHugh, Statistics in Medicine 6, 1987), times the design effect: how many
    tracks that resemble each other it takes to tell as much as one that stands for itself.

    Parameters
    ----------
    n : int
        Tracks that both judged.
    only_a, only_b : int
        Those that only the one, and only the other, gets right.
    design_effect : float
        At least 1.
    """
    disagree, lead = (only_a + only_b) / n, abs(only_a - only_b) / n
    if not lead:
        return None
    sure, found = NormalDist().inv_cdf(1 - ALPHA / 2), NormalDist().inv_cdf(POWER)
    spread = sure * math.sqrt(disagree) + found * math.sqrt(max(0.0, disagree - lead**2))
    return math.ceil(max(1.0, design_effect) * (spread / lead) ** 2)

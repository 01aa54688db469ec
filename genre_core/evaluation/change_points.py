"""Where a sequence changes its state: the best division of all, by dynamic programming."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Stretch(NamedTuple):
    """Steps of one state.

    Attributes
    ----------
    start, stop : int
        First step and the one behind the last.
    state : int
        Column of the costs.
    """

    start: int
    stop: int
    state: int


def best_division(costs: np.ndarray, *, change: float | np.ndarray, least: int = 1) -> list[Stretch]:
    """Divide a sequence into stretches of one state each, so that all costs together are least.

    No division is left out: this is the Viterbi path of a hidden Markov model whose states last `least` steps or more and are
    left with a fixed probability, which is optimal partitioning where each stretch costs what its best state does (Jackson et
    al., "An algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12, 2005; Truong, Oudre
    and Vayatis, "Selective review of offline change point detection methods", Signal Processing 167, 2020). It takes as many
    steps as the sequence is long.

    Parameters
    ----------
    costs : np.ndarray
        Cost of each step in each state, finite, shape (n_steps, n_states), n_steps at least 1.
    change : float or np.ndarray
        Cost of a change, or of one before each step, shape (n_steps,); what stands before step 0 counts nothing.
    least : int
        Fewest steps of a stretch; a shorter sequence is one stretch.

    Returns
    -------
    list of Stretch
        In order, without gaps, from step 0 to n_steps.
    """
    n_steps, n_states = costs.shape
    upto = np.concatenate([np.zeros((1, n_states)), np.cumsum(costs, axis=0, dtype=np.float64)])  # (n_steps + 1, n_states)
    if n_steps < 2 * least:
        return [Stretch(0, n_steps, int(upto[-1].argmin()))]
    total = np.full(n_states, np.inf)  # of the best division so far whose last stretch has each state
    best = np.full(n_steps + 1, np.inf)  # of all states, with the cost of the change that follows
    price = np.append(np.broadcast_to(np.asarray(change, np.float64), n_steps), 0.0)
    best[0] = 0.0
    state = np.zeros(n_steps + 1, np.int64)
    began = np.zeros((n_steps + 1, n_states), bool)  # whether the last stretch has `least` steps, and not more
    for stop in range(least, n_steps + 1):
        longer = total + costs[stop - 1]
        fresh = best[stop - least] + upto[stop] - upto[stop - least]
        began[stop] = fresh < longer
        total = np.where(began[stop], fresh, longer)
        state[stop] = total.argmin()
        best[stop] = total[state[stop]] + price[stop]
    found: list[Stretch] = []
    stop = end = n_steps
    its = int(state[stop])
    while stop > 0:
        if not began[stop, its]:
            stop -= 1
            continue
        start = stop - least
        found.append(Stretch(start, end, its))
        stop = end = start
        its = int(state[stop])
    return found[::-1]

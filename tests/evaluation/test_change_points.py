import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.evaluation.change_points import Stretch, best_division


def all_divisions(n_steps, least):
    """Every list of ends whose stretches have `least` steps at least; the whole where none has."""
    found = [
        (*ends, n_steps)
        for count in range(n_steps)
        for ends in itertools.combinations(range(1, n_steps), count)
        if all(stop - start >= least for start, stop in itertools.pairwise((0, *ends, n_steps)))
    ]
    return found or [(n_steps,)]


def cost(costs, change, ends):
    starts = (0, *ends[:-1])
    return sum(costs[start:stop].sum(axis=0).min() for start, stop in zip(starts, ends, strict=True)) + change * len(starts)


def test_a_change_that_pays_is_found_where_it_is():
    costs = np.array([[0, 3], [0, 3], [0, 3], [3, 0], [3, 0]], float)
    assert best_division(costs, change=5) == [Stretch(0, 3, 0), Stretch(3, 5, 1)]
    assert best_division(costs, change=7) == [Stretch(0, 5, 0)]


def test_a_stretch_is_never_shorter_than_the_least():
    costs = np.array([[0, 9], [9, 0], [0, 9], [0, 9], [0, 9]], float)
    assert best_division(costs, change=0.1) == [Stretch(0, 1, 0), Stretch(1, 2, 1), Stretch(2, 5, 0)]
    assert best_division(costs, change=0.1, least=2) == [Stretch(0, 5, 0)]
    assert best_division(costs[:3], change=0.1, least=2) == [Stretch(0, 3, 0)]


@settings(max_examples=150)
@given(
    costs=st.integers(1, 8).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=n, max_size=n)
    ),
    change=st.integers(0, 8),
    least=st.integers(1, 4),
)
def test_no_other_division_costs_less(costs, change, least):
    costs = np.array(costs, float)
    found = best_division(costs, change=change, least=least)
    assert [part.start for part in found] == [0, *(part.stop for part in found[:-1])]
    assert found[-1].stop == len(costs)
    its = sum(costs[part.start : part.stop, part.state].sum() for part in found) + change * len(found)
    assert its == min(cost(costs, change, ends) for ends in all_divisions(len(costs), least))

"""Tests of two models on the same tracks: by hand, against scipy, and against all that chance can do."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from genre_core.errors import ParameterError
from genre_core.evaluation.paired import ALPHA, POWER, holm, mcnemar, swap_test, tracks_needed

counts = st.integers(0, 60)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p_value"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 2 / 32),
        (6, 0, 2 / 64),
        (0, 6, 2 / 64),
        (9, 1, 2 * (1 + 10) / 1024),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
        (4, 4, 1.0),
    ],
)
def test_mcnemar_by_hand(only_a, only_b, p_value):
    assert mcnemar(only_a, only_b) == p_value


@given(counts, counts)
def test_mcnemar_equals_the_binomial_test(only_a, only_b):
    if only_a + only_b:
        assert mcnemar(only_a, only_b) == pytest.approx(binomtest(only_a, only_a + only_b).pvalue, rel=1e-9)


@given(counts, counts)
def test_more_tracks_for_the_better_one_lower_p(only_a, only_b):
    more, fewer = max(only_a, only_b), min(only_a, only_b)
    assert mcnemar(more + 1, fewer) <= mcnemar(more, fewer)


def test_mcnemar_of_very_many_tracks():
    assert mcnemar(10_200, 9_800) == pytest.approx(binomtest(10_200, 20_000).pvalue, rel=1e-6)
    assert mcnemar(3000, 0) == 0.0  # 2 to the power of -2999 is no number of this machine


def brute_force(differences):
    """Share of all ways to give each group's difference a sign that lead at least as far as the observed one."""
    signed = [abs(sum(sign * value for sign, value in zip(signs, differences, strict=True))) for signs in signs_of(differences)]
    return np.mean(np.array(signed) >= abs(sum(differences)))


def signs_of(differences):
    return product((-1, 1), repeat=len(differences))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=9))
def test_swapping_groups_equals_trying_every_way(differences):
    assert swap_test(np.array(differences)) == pytest.approx(brute_force(differences))


@given(counts, counts)
def test_swapping_single_tracks_is_mcnemar(only_a, only_b):
    differences = np.array([1] * only_a + [-1] * only_b + [0] * 7)
    assert swap_test(differences) == pytest.approx(mcnemar(only_a, only_b), rel=1e-9)


def test_one_group_can_say_nothing_however_many_tracks_it_has():
    assert swap_test(np.array([30])) == 1.0
    assert swap_test(np.zeros(4, int)) == swap_test(np.zeros(0, int)) == 1.0


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.5, 0.9])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([0.02])) == pytest.approx([0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_the_raw_p_and_bonferroni(values):
    raw = np.array(values)
    corrected = holm(raw)
    assert np.all(corrected >= raw)
    assert np.all(corrected <= np.minimum(1, raw * len(raw)) + 1e-12)
    assert np.all(np.diff(corrected[np.argsort(raw, kind="stable")]) >= 0)


@pytest.mark.parametrize("rates", [(0.2, 0.1), (0.3, 0.1), (0.12, 0.02)])
def test_with_the_tracks_needed_four_of_five_comparisons_find_the_difference(rates):
    n = tracks_needed(1000, *(round(1000 * rate) for rate in rates))
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(n, [*rates, 1 - sum(rates)], size=600)
    found = np.mean([mcnemar(int(a), int(b)) < ALPHA for a, b, _ in drawn])
    assert POWER - 0.1 < found < POWER + 0.08


def test_tracks_needed_grow_with_resemblance_and_with_a_smaller_lead():
    assert tracks_needed(100, 5, 5) is None
    assert tracks_needed(100, 15, 12) > tracks_needed(100, 15, 5)
    assert tracks_needed(100, 15, 5, design_effect=3.0) == pytest.approx(3 * tracks_needed(100, 15, 5), abs=3)
    assert tracks_needed(100, 15, 5, design_effect=0.5) == tracks_needed(100, 15, 5)


def test_what_is_no_count_is_refused():
    with pytest.raises(ParameterError, match=r"must not be negative. Received: -1 and 3"):
        mcnemar(-1, 3)
    with pytest.raises(ParameterError, match=r"differences must be whole numbers.*float64"):
        swap_test(np.array([0.5]))
    with pytest.raises(ParameterError, match=r"p values must lie in \[0, 1\]"):
        holm(np.array([0.5, np.nan]))

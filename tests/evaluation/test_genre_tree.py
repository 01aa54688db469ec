from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.evaluation.genre_tree import genre_tree


def test_what_is_mixed_up_most_is_joined_first():
    matrix = np.array([[6, 3, 1, 0], [5, 5, 0, 0], [0, 0, 20, 0], [0, 0, 4, 16]])
    found = genre_tree(matrix, ("blues", "jazz", "metal", "rock"))
    (first, second, third) = found.joins
    assert {found.genres[first[0]], found.genres[first[1]]} == {"blues", "jazz"}
    assert first[2] == pytest.approx((3 / 10 + 5 / 10) / 2)
    assert {found.genres[second[0]], found.genres[second[1]]} == {"metal", "rock"}
    assert second[2] == pytest.approx((0 + 4 / 20) / 2)
    assert set(third[:2]) == {4, 5}
    assert third[2] == pytest.approx((1 / 10 / 2) / 4)  # of four pairs across one is ever mixed up
    assert found.left_out == ()


def test_large_genres_count_as_small_ones():
    small = np.array([[5, 5, 0], [0, 10, 0], [2, 0, 8]])
    names = ("a", "b", "c")
    assert genre_tree(small, names).joins == pytest.approx(np.array(genre_tree(small * [[100], [1], [1]], names).joins))


def test_a_genre_of_which_nothing_was_judged_is_left_out_and_named():
    found = genre_tree(np.array([[3, 1, 1], [0, 0, 0], [1, 0, 4]]), ("blues", "jazz", "pop"))
    assert (set(found.genres), found.left_out) == ({"blues", "pop"}, ("jazz",))
    assert found.joins == ((0, 1, pytest.approx((1 / 5 + 1 / 5) / 2)),)
    with pytest.raises(ParameterError, match=r"two genres at least. Received: of 1"):
        genre_tree(np.diag([3, 0, 0]), ("blues", "jazz", "pop"))


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), n=st.integers(2, 9))
def test_shares_fall_and_no_branches_cross(seed, n):
    matrix = np.random.default_rng(seed).integers(0, 9, (n, n)) + np.eye(n, dtype=int)
    found = genre_tree(matrix, [f"g{number}" for number in range(n)])
    shares = [share for _, _, share in found.joins]
    assert len(shares) == n - 1
    assert all(0 <= late <= early + 1e-9 for early, late in pairwise(shares))
    leaves = [{number} for number in range(n)]
    for left, right, _ in found.joins:
        leaves.append(leaves[left] | leaves[right])
    for joined in leaves:
        assert max(joined) - min(joined) == len(joined) - 1  # neighbours in the order of the leaves
    assert leaves[-1] == set(range(n))

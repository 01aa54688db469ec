import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.evaluation.novelty import Novelty, novelty


def test_a_step_from_nought_to_one_is_seen_from_both_sides():
    places = np.array([0, 0, 0, 1, 1, 1], float)[:, None]
    np.testing.assert_allclose(novelty(places, 1), [0, 0, 0, 1, 0, 0])
    np.testing.assert_allclose(novelty(places, 2), [0, 0, 0.5, 1, 0.5, 0])
    np.testing.assert_allclose(novelty(places, 9), [0, 3 / 5, 3 / 4, 1, 3 / 4, 3 / 5])


def test_it_is_the_root_mean_square_over_columns():
    assert novelty(np.array([[0.0, 0.0], [3.0, 4.0]]), 4)[1] == pytest.approx(np.sqrt(12.5))


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8), reach=st.integers(1, 6), seed=st.integers(0, 99))
def test_piece_by_piece_it_is_that_of_the_whole(sizes, reach, seed):
    places = np.random.default_rng(seed).normal(size=(sum(sizes), 3))
    heard, come = Novelty(reach), 0
    for size in sizes:
        heard.add(places[come : come + size])
        come += size
        np.testing.assert_allclose(heard.values, novelty(places[:come], reach), atol=1e-12)
        assert len(heard._places) <= 2 * reach

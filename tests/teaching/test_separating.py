import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genre_core.errors import ParameterError
from genre_core.teaching.separating import LARGEST, separate

TRACKS = arrays(
    np.float64, st.tuples(st.integers(1, 9), st.just(2)), elements=st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
)


def test_two_coefficients_known_by_hand():
    a = np.array([[0.0, 1.0], [2.0, 3.0]])  # means 1 and 2, deviations 1
    b = np.array([[4.0, 1.0], [6.0, 3.0]])  # means 5 and 2, deviations 1
    found = separate(a, b)
    np.testing.assert_allclose(found.ratio, [16 / 2, 0])
    np.testing.assert_allclose(found.accuracy, [1.0, 0.5])
    assert 2 < found.threshold[0] < 4
    assert list(found.best_first) == [0, 1]
    np.testing.assert_allclose(found.deviation_a, [1, 1])


@given(TRACKS, TRACKS)
def test_order_of_genres_and_scale_change_nothing(a, b):
    found, turned, scaled = separate(a, b), separate(b, a), separate(8 * a, 8 * b)
    np.testing.assert_array_equal(found.ratio, turned.ratio)
    np.testing.assert_allclose(found.ratio, scaled.ratio)
    np.testing.assert_array_equal(found.accuracy, turned.accuracy)
    assert (found.accuracy >= 0.5).all()
    assert np.isfinite(found.ratio).all()


def test_one_track_each_is_told_apart_without_a_division_by_zero():
    found = separate([[1.0, 5.0]], [[2.0, 5.0]])
    np.testing.assert_array_equal(found.ratio, [LARGEST, 0])
    np.testing.assert_array_equal(found.accuracy, [1, 0.5])


def test_no_track_and_other_coefficients_are_said():
    with pytest.raises(ParameterError, match=r"The numbers of the first genre must have the shape \(n, n\)"):
        separate(np.zeros((0, 13)), np.zeros((2, 13)))
    with pytest.raises(ParameterError, match=r"second genre must have the shape \(n, 13\)\. Received: \(2, 12\)"):
        separate(np.zeros((1, 13)), np.zeros((2, 12)))

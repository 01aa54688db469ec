import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import median_filter

from genre_core.errors import ParameterError
from genre_core.features.median import running_median


def by_definition(values: np.ndarray, width: int, axis: int) -> np.ndarray:
    pads = [(0, 0), (0, 0)]
    pads[axis] = (width // 2, width // 2)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, pads, mode="symmetric"), width, axis=axis)
    return np.sort(windows, axis=-1)[..., width // 2]


@given(
    n_rows=st.integers(1, 70),
    n_columns=st.integers(1, 12),
    width=st.sampled_from([1, 3, 5, 9, 15, 17, 31, 41]),
    axis=st.sampled_from([0, 1]),
    levels=st.sampled_from([0, 1, 3, 1000]),
    fortran=st.booleans(),
    seed=st.integers(0, 99),
)
@settings(max_examples=120)
def test_every_median_is_that_of_its_window(n_rows, n_columns, width, axis, levels, fortran, seed):
    values = np.random.default_rng(seed).integers(-levels, levels + 1, (n_rows, n_columns)).astype(np.float32) / 7
    values = np.asfortranarray(values) if fortran else values
    values = values if axis == 0 else values.T
    np.testing.assert_array_equal(running_median(values, width, axis=axis), by_definition(values, width, axis))


@pytest.mark.parametrize("shape", [(31, 40), (130, 33), (600, 700)])
@pytest.mark.parametrize("axis", [0, 1])
def test_the_bits_of_scipy(shape, axis):
    values = np.random.default_rng(1).gamma(0.5, size=shape).astype(np.float32)
    size = [1, 1]
    size[axis] = 31
    np.testing.assert_array_equal(running_median(values, 31, axis=axis), median_filter(values, size=size, mode="reflect"))


@pytest.mark.parametrize("width", [0, -3, 4])
def test_a_window_needs_a_middle(width):
    with pytest.raises(ParameterError, match=f"odd and positive.*Received: width={width}"):
        running_median(np.ones((3, 3)), width, axis=0)

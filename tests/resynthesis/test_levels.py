import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.resynthesis.levels import as_loud_as, limited, within_full_scale
from tests.resynthesis.sounds import SR, level_db, noise, sine


def test_what_fits_is_left_as_it_is():
    clip = noise()
    np.testing.assert_array_equal(within_full_scale(clip, clip.y).y, clip.y)
    np.testing.assert_array_equal(limited(clip.y, SR), clip.y)
    assert within_full_scale(clip, 100 * clip.y).peak == pytest.approx(1.0, abs=1e-6)


@given(gain=st.floats(0.1, 30), seed=st.integers(0, 9))
@settings(max_examples=30)
def test_the_limiter_keeps_full_scale(gain, seed):
    y = noise(seconds=0.3, amplitude=gain, seed=seed).y
    assert np.abs(limited(y, SR)).max() <= 1 + 1e-6
    assert np.abs(limited(y, SR)).max() > 0.5 * min(1.0, np.abs(y).max())


def test_one_burst_does_not_make_all_the_rest_soft():
    source = sine(300.0, amplitude=0.3)
    y = source.y.copy()
    y[5000:5100] *= 40
    found = as_loud_as(source, y)
    assert level_db(found.y) == pytest.approx(level_db(source.y), abs=0.3)
    assert found.peak <= 1.0
    assert level_db(found.y[8000:]) > level_db(source.y) - 1.5


def test_silence_stays_silence():
    silence = Clip(np.zeros(1000, np.float32), SR)
    assert as_loud_as(silence, noise().y[:1000]).peak == 0
    assert as_loud_as(noise(), silence.y).peak == 0


def test_full_scale_is_not_left_even_where_loudness_asks_for_it():
    square = Clip(np.sign(sine(100.0).y), SR)
    assert as_loud_as(square, noise().y).peak <= 1.0

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.resynthesis import band_pass
from tests.resynthesis.sounds import SR, impulses, level_db, noise, sine


def inner(clip):
    return clip.y[clip.n_samples // 4 : -clip.n_samples // 4]


@settings(max_examples=25)
@given(
    low_hz=st.floats(60, 4000),
    octaves=st.floats(0.2, 3),
    place=st.floats(0, 1),
)
def test_a_sine_inside_passes_whole_and_one_half_an_octave_outside_is_gone(low_hz, octaves, place):
    high_hz = min(low_hz * 2**octaves, 7000.0)
    inside = sine(low_hz * (high_hz / low_hz) ** place)
    passed = band_pass(inside, low_hz=low_hz, high_hz=high_hz)
    assert abs(level_db(inner(passed)) - level_db(inner(inside))) < 0.5
    for hz in (low_hz / 2**0.5, high_hz * 2**0.5):
        outside = sine(hz)
        left = band_pass(outside, low_hz=low_hz, high_hz=high_hz)
        assert level_db(inner(left)) < level_db(inner(outside)) - 40


def test_nothing_is_delayed():
    clip = impulses([11000])
    for limits in ({"low_hz": 500, "high_hz": 2000}, {"low_hz": 0, "high_hz": 300}, {"low_hz": 3000, "high_hz": SR / 2}):
        y = band_pass(clip, **limits).y
        assert y.argmax() == 11000
        np.testing.assert_allclose(y[11000:13000], y[11000:9000:-1], atol=1e-4)


def test_one_sided_bands_keep_the_end_of_the_axis():
    low, high = sine(5.0, seconds=2), sine(10900.0)
    assert level_db(band_pass(low, low_hz=0, high_hz=100).y) == pytest.approx(level_db(low.y), abs=0.1)
    assert level_db(band_pass(high, low_hz=4000, high_hz=SR / 2).y) == pytest.approx(level_db(high.y), abs=0.1)
    offset = Clip(np.full(SR, 0.25, np.float32), SR)
    np.testing.assert_allclose(inner(band_pass(offset, low_hz=0, high_hz=100)), 0.25, atol=0.01)
    assert np.abs(inner(band_pass(offset, low_hz=100, high_hz=SR / 2))).max() < 0.01


def test_the_whole_band_is_the_clip():
    clip = noise()
    np.testing.assert_array_equal(band_pass(clip, low_hz=0, high_hz=SR / 2).y, clip.y)


def test_neighbouring_bands_hold_all_the_noise():
    clip = noise()
    power = [10 ** (level_db(band_pass(clip, low_hz=a, high_hz=b).y) / 10) for a, b in ((0, 2000), (2000, 6000), (6000, SR / 2))]
    assert 1.0 < sum(power) / 10 ** (level_db(clip.y) / 10) < 1.4  # their edges overlap


def test_length_rate_name_and_full_scale_are_kept():
    loud = Clip(np.sign(sine(100.0, seconds=0.7).y), SR, name="square")  # its lowest overtone alone is louder than it
    found = band_pass(loud, low_hz=80, high_hz=120)
    assert (found.n_samples, found.sr, found.name) == (loud.n_samples, SR, "square")
    assert 0.9 < found.peak <= 1.0


def test_clips_of_hardly_any_samples():
    for n_samples in (0, 1, 2, 3):
        assert band_pass(Clip(np.ones(n_samples, np.float32), SR), low_hz=100, high_hz=200).n_samples == n_samples


@pytest.mark.parametrize(("low_hz", "high_hz"), [(-1, 100), (200, 100), (100, 100), (100, 12000), (np.nan, 100)])
def test_limits_out_of_order_are_refused(low_hz, high_hz):
    with pytest.raises(ParameterError, match=r"0 <= low_hz < high_hz <= 11025.*Received: low_hz="):
        band_pass(noise(), low_hz=low_hz, high_hz=high_hz)

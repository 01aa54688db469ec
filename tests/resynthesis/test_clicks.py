import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.resynthesis import with_clicks
from tests.resynthesis.sounds import SR, noise, sine, song


def silence(seconds=1.0, sr=SR):
    return Clip(np.zeros(round(seconds * sr), np.float32), sr)


def test_each_click_begins_at_its_time():
    times = [0.0, 0.25, 0.5, 0.9]
    y = np.abs(with_clicks(silence(), times).y)
    for time in times:
        first = round(time * SR)
        assert y[first] > 0.05
        assert not y[max(0, first - 2000) : first].any()


@given(times=st.lists(st.floats(-5, 5), max_size=30), amplitude=st.sampled_from([0.0, 0.01, 0.5, 1.0]))
@settings(max_examples=30)
def test_nothing_clips_and_nothing_becomes_longer(times, amplitude):
    clip = Clip(noise(seconds=0.5).y / np.float32(0.5) * np.float32(amplitude), SR)
    clip = Clip(np.clip(clip.y, -1, 1), SR)
    found = with_clicks(clip, times)
    assert found.n_samples == clip.n_samples
    assert found.peak <= 1.0


def test_clicks_follow_the_level_of_the_sound():
    def height(clip):
        return np.abs(with_clicks(clip, [0.5]).y - clip.y).max()

    soft, middling = height(sine(100.0, amplitude=0.001)), height(sine(100.0, amplitude=0.1))
    assert 0.05 < soft < middling <= 0.8


def test_clicks_are_heard_in_loud_music():
    clip = Clip(song().y / song().peak, SR)
    found = with_clicks(clip, [1.0])
    around = slice(SR, SR + 300)
    change = found.y[around] - clip.y[around] * found.y[: SR // 2].std() / clip.y[: SR // 2].std()
    assert np.abs(change).max() > 2 * found.y.std()


def test_no_time_no_change_and_order_does_not_matter():
    clip = song()
    np.testing.assert_array_equal(with_clicks(clip, []).y, clip.y)
    np.testing.assert_array_equal(with_clicks(clip, [-1.0, 99.0]).y, clip.y)
    np.testing.assert_array_equal(with_clicks(clip, [0.7, 0.2]).y, with_clicks(clip, np.array([0.2, 0.7, 0.7])).y)


def test_low_rates_have_clicks_too():
    y = with_clicks(silence(sr=4000), [0.5]).y
    assert np.abs(np.diff(np.sign(y[2000:2040]))).sum() > 10


def test_times_that_are_no_numbers_are_refused():
    with pytest.raises(ParameterError, match="must be finite seconds"):
        with_clicks(song(), [0.1, np.nan])

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.teaching.resolving import resolve, smallest_step_hertz, tones_and_clicks


def test_a_short_frame_tells_clicks_apart_a_long_one_tones_and_none_both():
    found = {n_fft: resolve(n_fft) for n_fft in (256, 512, 1024, 2048, 4096)}
    assert [n for n, one in found.items() if one.tells_clicks_apart] == [256, 512, 1024]
    assert [n for n, one in found.items() if one.tells_tones_apart] == [2048, 4096]
    for one in found.values():
        assert one.level_db.shape == (one.hertz.size, one.seconds.size)
        assert one.frame_seconds * one.bin_hertz == pytest.approx(1)


def test_wider_apart_both_show():
    one = resolve(1024, apart_hertz=200, apart_seconds=0.2)
    assert one.tells_tones_apart
    assert one.tells_clicks_apart


def test_the_picture_shows_both_tones_where_they_are():
    one = resolve(8192)
    row = one.level_db[:, one.seconds.size // 4]
    peaks = one.hertz[1:-1][(row[1:-1] > row[:-2]) & (row[1:-1] > row[2:]) & (row[1:-1] > row.max() - 6)]
    np.testing.assert_allclose(peaks, [1000, 1040], atol=one.bin_hertz)


def test_the_step_halves_with_twice_the_frame():
    assert smallest_step_hertz(2048) == pytest.approx(4 * 22050 / 2048)
    assert smallest_step_hertz(4096) == pytest.approx(2 * 22050 / 2048)


def test_the_sound_is_no_louder_than_full_scale():
    assert tones_and_clicks().peak <= 1


def test_a_distance_out_of_range_is_said():
    with pytest.raises(ParameterError, match=r"The distance of the tones must lie in \[1, 4000\] Hz\. Received: 0\."):
        resolve(512, apart_hertz=0)
    with pytest.raises(ParameterError, match=r"n_fft is even\. Received: n_fft=511"):
        resolve(511)

import numpy as np
import pytest
import scipy.signal

from genre_core.errors import ParameterError
from genre_core.features.stft import WINDOWS
from genre_core.teaching.framing import FLOOR_DB, leak, window_shape


@pytest.mark.parametrize(
    ("window", "lobe_bins", "side_db"), [("ones", 2, -13.3), ("hann", 4, -31.5), ("hamming", 4, -42.5), ("blackman", 6, -58.1)]
)
def test_windows_are_those_of_the_textbook(window, lobe_bins, side_db):
    shape = window_shape(window)
    assert shape.main_lobe_bins == pytest.approx(lobe_bins, abs=0.13)
    assert shape.side_lobe_db == pytest.approx(side_db, abs=0.5)
    assert shape.level_db[0] == 0
    name = {"ones": "boxcar"}.get(window, window)
    np.testing.assert_allclose(shape.values, scipy.signal.get_window(name, 64, fftbins=True), atol=1e-12)


def test_whole_periods_do_not_leak_and_half_a_period_leaks_most():
    sr, n_fft = 22050, 512
    whole, between = leak(20 * sr / n_fft, window="ones"), leak(20.5 * sr / n_fft, window="ones")
    assert whole.periods == 20
    assert whole.spilled < 1e-20
    assert whole.level_db[20] == 0
    assert np.delete(whole.level_db, 20).max() == FLOOR_DB
    assert between.spilled == pytest.approx(0.1, abs=0.02)
    assert leak(20.5 * sr / n_fft, window="hann").spilled < 0.01 * between.spilled


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("hertz", [0.0, 11025.0])
def test_the_ends_of_the_axis_are_finite(window, hertz):
    for values in (leak(hertz, window=window).level_db, leak(hertz, window=window).windowed):
        assert np.isfinite(values).all()


@pytest.mark.parametrize("n_fft", [7, 100.5, 131072, 9])
def test_a_frame_without_two_halves_is_said(n_fft):
    with pytest.raises(ParameterError, match=r"even number of samples from 8 to 65536\. Received: n_fft="):
        leak(440.0, window="hann", n_fft=n_fft)


def test_an_unknown_window_names_those_that_exist():
    with pytest.raises(ParameterError, match="Choose one of: blackman, hamming, hann, ones"):
        window_shape("kaiser")

import numpy as np
import pytest

from genre_core.features.pulse import OnsetStrength, Tempogram
from genre_core.features.stft import Spectra

SR = 22050


def click_at(seconds: float) -> np.ndarray:
    y = np.zeros(3 * SR, np.float32)
    y[round(seconds * SR) :][:300] = np.random.default_rng(0).normal(size=300)
    return y


@pytest.mark.parametrize("aggregate", ["mean", "median"])
def test_onsets_lie_where_sounds_begin(aggregate):
    feature = OnsetStrength(aggregate=aggregate, hop_length=256)
    values = feature(Spectra(click_at(1.5), sr=SR))
    assert feature.times(values.shape[1])[values[0].argmax()] == pytest.approx(1.5, abs=0.03)


def test_silence_begins_nowhere():
    spectra = Spectra(np.zeros(SR), sr=SR)
    assert not OnsetStrength()(spectra).any()
    assert not Tempogram()(spectra).any()


def test_every_frame_repeats_itself_at_lag_zero(sound):
    np.testing.assert_allclose(Tempogram()(Spectra(sound, sr=SR))[0], 1.0)


@pytest.mark.parametrize("key", [{}, {"hop_length": 256, "n_fft": 1024}])
def test_equal_to_librosa(sound, key):
    import librosa

    spectra = Spectra(sound, sr=SR)
    onsets = librosa.onset.onset_strength(y=sound, sr=SR, **key)
    np.testing.assert_allclose(OnsetStrength(**key)(spectra)[0], onsets, atol=1e-4 * onsets.max())
    expected = librosa.feature.tempogram(onset_envelope=onsets, sr=SR, win_length=200)
    np.testing.assert_allclose(Tempogram(win_length=200, **key)(spectra), expected, atol=1e-5)


def test_tempi_of_the_rows():
    feature = Tempogram(hop_length=256)
    assert feature.tempi[0] == np.inf
    assert (np.diff(feature.tempi) < 0).all()
    assert feature.tempi[43] == pytest.approx(60 * SR / (256 * 43))
    assert not feature.rows

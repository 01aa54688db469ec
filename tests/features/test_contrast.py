import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features.contrast import SpectralContrast
from genre_core.features.stft import Spectra

SR = 22050


def test_a_tone_stands_out_in_its_octave(sine):
    noise = 0.001 * np.random.default_rng(0).normal(size=SR)
    values = SpectralContrast()(Spectra(sine(1000.0) + noise, sr=SR))[:, 20]
    assert values.argmax() == 3  # 800 to 1600 Hz
    assert values[3] > values[[1, 2, 4, 5, 6]].max() + 10


def test_silence_has_no_contrast():
    assert not SpectralContrast()(Spectra(np.zeros(5000), sr=SR)).any()


@pytest.mark.parametrize("key", [{}, {"n_fft": 1024, "hop_length": 256}, {"n_bands": 4, "fmin": 100.0}])
def test_equal_to_librosa(sound, key):
    import librosa

    expected = librosa.feature.spectral_contrast(y=sound, sr=SR, **key)
    np.testing.assert_allclose(SpectralContrast(**key)(Spectra(sound, sr=SR)), expected, atol=5e-3)


def test_rows():
    feature = SpectralContrast()
    assert feature.rows[0] == "0–200 Hz"
    assert feature.rows[-1] == "6400–11025 Hz"
    assert len(feature.rows) == feature.shape(SR)[0] == 7


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n_bands": 7}, r"octave band \(n_bands\) must begin below half the sample rate, 11025 Hz.*begins at 12800 Hz"),
        ({"n_fft": 256, "hop_length": 256, "fmin": 80.0}, "at least the distance of two bins, 86.1 Hz.*fmin=80, n_fft=256"),
    ],
)
def test_impossible_parameters_say_so(values, words):
    with pytest.raises(ParameterError, match=words):
        SpectralContrast(**values)

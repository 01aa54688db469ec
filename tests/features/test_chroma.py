import numpy as np
import pytest

from genre_core.features.chroma import chroma, chroma_matrix, estimate_tuning
from genre_core.features.stft import Spectra

SR = 22050


@pytest.mark.parametrize(("frequency_hz", "pitch_class"), [(440.0, 9), (261.63, 0), (1046.5, 0), (392.0, 7)])
def test_a_sine_has_its_pitch_class(sine, frequency_hz, pitch_class):
    values = chroma(Spectra(sine(frequency_hz), sr=SR))
    assert values[:, 20].argmax() == pitch_class
    assert values.max() == pytest.approx(1.0)


@pytest.mark.parametrize("cents", [-30, 17, 40])
def test_tuning_of_a_mistuned_chord(sine, cents):
    y = sum(sine(440 * 2 ** ((step + cents / 100) / 12), 0.1, seconds=2.0) for step in (0, 3, 7, 12, 15, 19))
    assert estimate_tuning(Spectra(y, sr=SR).power(), sr=SR) == pytest.approx(cents / 100, abs=0.05)


def test_silence_has_no_pitch():
    spectra = Spectra(np.zeros(4000), sr=SR)
    assert estimate_tuning(spectra.power(), sr=SR) == 0.0
    assert not chroma(spectra).any()


@pytest.mark.parametrize("tuning", [0.0, -0.31, 0.2])
def test_the_matrix_is_librosas(tuning):
    import librosa

    expected = librosa.filters.chroma(sr=SR, n_fft=2048, tuning=tuning)
    np.testing.assert_allclose(chroma_matrix(SR, 2048, tuning), expected, rtol=1e-5, atol=1e-9)


def test_equal_to_librosa(sound):
    import librosa

    spectra = Spectra(sound, sr=SR)
    power = np.abs(librosa.stft(sound)) ** 2
    assert estimate_tuning(spectra.power(), sr=SR) == pytest.approx(librosa.estimate_tuning(S=power, sr=SR))
    np.testing.assert_allclose(chroma(spectra), librosa.feature.chroma_stft(y=sound, sr=SR), atol=1e-4)

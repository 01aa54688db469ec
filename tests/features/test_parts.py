import numpy as np
import pytest

from genre_core.features import Spectrogram
from genre_core.features.parts import HarmonicSpectrogram, PercussiveSpectrogram
from genre_core.features.stft import Spectra

SR = 22050


def test_a_tone_and_a_click_go_their_ways(sine):
    y = sine(440.0, 0.3, seconds=3.0)
    y[SR + 8000] = 1.0
    spectra = Spectra(y, sr=SR)
    harmonic, percussive = (feature(scale="linear")(spectra) for feature in (HarmonicSpectrogram, PercussiveSpectrogram))
    tone_bin, click_frame = round(440 * 2048 / SR), round((SR + 8000) / 512)
    assert harmonic[tone_bin, 30] > 20 * percussive[tone_bin, 30]
    assert percussive[500, click_frame] > 20 * harmonic[500, click_frame]


def test_the_parts_add_up_to_the_spectrogram(sound):
    spectra = Spectra(sound, sr=SR)
    whole = Spectrogram(scale="linear")(spectra)
    parts = HarmonicSpectrogram(scale="linear")(spectra) + PercussiveSpectrogram(scale="linear")(spectra)
    np.testing.assert_allclose(parts, whole, atol=1e-6 * whole.max())


def test_equal_to_librosa(sound):
    import librosa

    spectra = Spectra(sound, sr=SR)
    expected = [np.abs(part) for part in librosa.decompose.hpss(librosa.stft(sound))]
    for feature, magnitude in zip((HarmonicSpectrogram, PercussiveSpectrogram), expected, strict=True):
        np.testing.assert_allclose(feature(scale="linear")(spectra), magnitude, atol=2e-6 * magnitude.max())
        np.testing.assert_allclose(feature()(spectra), librosa.amplitude_to_db(magnitude), atol=0.05)


def test_the_mask_is_made_once_for_both(sound, monkeypatch):
    from genre_core.features import hpss

    calls = []
    make = hpss.harmonic_mask
    monkeypatch.setattr(hpss, "harmonic_mask", lambda magnitude: calls.append(1) or make(magnitude))
    spectra = Spectra(sound, sr=SR)
    HarmonicSpectrogram()(spectra)
    PercussiveSpectrogram()(spectra)
    hpss.harmonic_percussive(spectra)
    assert len(calls) == 1


@pytest.mark.parametrize("feature", [HarmonicSpectrogram, PercussiveSpectrogram])
def test_units(feature):
    assert (feature().value_unit, feature(scale="linear").value_unit) == ("dB", "magnitude")

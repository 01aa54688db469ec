import numpy as np
import pytest

from genre_core.features.hpss import harmonic_mask, harmonic_percussive
from genre_core.features.stft import Spectra

SR = 22050


def energy(y: np.ndarray) -> float:
    return float(np.sum(y.astype(np.float64) ** 2))


def test_a_tone_is_harmonic_and_a_click_percussive(sine):
    harmonic, percussive = harmonic_percussive(Spectra(sine(440.0, seconds=2.0), sr=SR))
    assert energy(harmonic) > 50 * energy(percussive)
    clicks = np.zeros(2 * SR, np.float32)
    clicks[5000::11025] = 1.0
    harmonic, percussive = harmonic_percussive(Spectra(clicks, sr=SR))
    assert energy(percussive) > 50 * energy(harmonic)


def test_the_parts_add_up_to_the_clip(sound):
    harmonic, percussive = harmonic_percussive(Spectra(sound, sr=SR))
    np.testing.assert_allclose(harmonic + percussive, sound, atol=1e-7)


def test_equal_to_librosa(sound):
    import librosa

    for found, expected in zip(harmonic_percussive(Spectra(sound, sr=SR)), librosa.effects.hpss(sound), strict=True):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("level", [0.0, 1e-40, 1e-25, 1e20])
def test_the_mask_stays_a_share(level):
    magnitude = (level * np.random.default_rng(0).uniform(size=(65, 40))).astype(np.float32)
    mask = harmonic_mask(magnitude)
    assert mask.min() >= 0
    assert mask.max() <= 1
    if level == 0:
        np.testing.assert_array_equal(mask, 0.5)

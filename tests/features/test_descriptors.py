import numpy as np
import pytest

from genre_core.features.descriptors import centroid_and_bandwidth, rms, rolloff, zero_crossing_rate
from genre_core.features.stft import Spectra

SR = 22050


def test_of_a_sine(sine):
    spectra = Spectra(sine(1000.0, 0.5), sr=SR)
    centroid, bandwidth = centroid_and_bandwidth(spectra.magnitude(), sr=SR)
    assert centroid[20] == pytest.approx(1000.0, rel=0.01)
    assert bandwidth[20] < 50
    assert rolloff(spectra.magnitude(), sr=SR)[20] == pytest.approx(1000.0, abs=2 * SR / 2048)
    assert rms(spectra)[20] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert zero_crossing_rate(spectra.y)[20] == pytest.approx(2 * 1000 / SR, rel=0.02)


def test_of_white_noise():
    spectra = Spectra(np.random.default_rng(0).normal(size=5 * SR), sr=SR)
    centroid, bandwidth = centroid_and_bandwidth(spectra.magnitude(), sr=SR)
    assert centroid[5:-5].mean() == pytest.approx(SR / 4, rel=0.02)
    assert bandwidth[5:-5].mean() == pytest.approx(SR / 2 / np.sqrt(12), rel=0.02)
    assert rolloff(spectra.magnitude(), sr=SR)[5:-5].mean() == pytest.approx(0.85 * SR / 2, rel=0.02)
    assert zero_crossing_rate(spectra.y).mean() == pytest.approx(0.5, rel=0.02)


def test_silence_is_zero():
    spectra = Spectra(np.zeros(5000), sr=SR)
    curves = (*centroid_and_bandwidth(spectra.magnitude(), sr=SR), rolloff(spectra.magnitude(), sr=SR), rms(spectra))
    assert not np.any(curves)
    assert not zero_crossing_rate(spectra.y).any()


def test_equal_to_librosa(sound):
    import librosa

    spectra, feature = Spectra(sound, sr=SR), librosa.feature
    magnitude = spectra.magnitude()
    centroid, bandwidth = centroid_and_bandwidth(magnitude, sr=SR)
    np.testing.assert_allclose(centroid, feature.spectral_centroid(y=sound, sr=SR)[0], rtol=1e-4)
    np.testing.assert_allclose(bandwidth, feature.spectral_bandwidth(y=sound, sr=SR)[0], rtol=1e-4)
    np.testing.assert_allclose(rms(spectra), feature.rms(y=sound)[0], rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(zero_crossing_rate(sound), feature.zero_crossing_rate(sound)[0])
    steps = (rolloff(magnitude, sr=SR) - feature.spectral_rolloff(y=sound, sr=SR)[0]) * 2048 / SR
    assert np.abs(steps).max() <= 1.001  # a sum within rounding of the threshold may fall a bin to either side

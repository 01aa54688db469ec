import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.features import FEATURES
from genre_core.features.curves import (
    Rms,
    SpectralBandwidth,
    SpectralCentroid,
    SpectralFlatness,
    SpectralRolloff,
    ZeroCrossingRate,
)
from genre_core.features.stft import Spectra

SR = 22050
CURVES = (SpectralCentroid, SpectralBandwidth, SpectralRolloff, SpectralFlatness, ZeroCrossingRate, Rms)


def test_the_centroid_of_a_chirp_rises():
    t = np.arange(3 * SR) / SR
    chirp = 0.5 * np.sin(2 * np.pi * (200 + 500 * t) * t)
    feature = SpectralCentroid()
    values = feature(Spectra(chirp, sr=SR))
    times = feature.times(values.shape[1])
    inside = slice(8, -8)
    np.testing.assert_allclose(values[0, inside], (200 + 1000 * times)[inside], rtol=0.05)
    assert (np.diff(values[0, inside]) > 0).all()


def test_a_tone_and_white_noise(sine):
    noise = np.random.default_rng(0).normal(size=5 * SR)
    tone, hiss = Spectra(sine(1000.0), sr=SR), Spectra(noise, sr=SR)
    assert SpectralFlatness()(tone)[0, 20] < 1e-3
    assert SpectralFlatness()(hiss)[0, 5:-5].mean() == pytest.approx(np.exp(-np.euler_gamma), abs=0.01)
    assert SpectralBandwidth()(tone)[0, 20] < 50
    assert SpectralBandwidth()(hiss)[0, 5:-5].mean() == pytest.approx(SR / 2 / np.sqrt(12), rel=0.02)
    assert ZeroCrossingRate()(tone)[0, 20] == pytest.approx(2000 / SR, rel=0.02)
    assert Rms()(tone)[0, 20] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85, 0.99])
def test_the_rolloff_of_noise_is_its_share(share):
    noise = np.random.default_rng(0).normal(size=5 * SR)
    values = SpectralRolloff(roll_percent=share)(Spectra(noise, sr=SR))
    assert values[0, 5:-5].mean() == pytest.approx(share * SR / 2, rel=0.03)


def test_silence():
    spectra = Spectra(np.zeros(5000), sr=SR)
    for curve in CURVES:
        np.testing.assert_array_equal(curve()(spectra), 1.0 if curve is SpectralFlatness else 0.0)


@pytest.mark.parametrize("key", [{}, {"hop_length": 256}, {"n_fft": 1024, "hop_length": 300}])
def test_equal_to_librosa(sound, key):
    import librosa

    spectra, reference = Spectra(sound, sr=SR), librosa.feature
    tight = {"rtol": 1e-4, "atol": 1e-7}
    np.testing.assert_allclose(SpectralCentroid(**key)(spectra), reference.spectral_centroid(y=sound, sr=SR, **key), **tight)
    np.testing.assert_allclose(SpectralBandwidth(**key)(spectra), reference.spectral_bandwidth(y=sound, sr=SR, **key), **tight)
    np.testing.assert_allclose(
        SpectralFlatness(**key)(spectra), reference.spectral_flatness(y=sound, **key), rtol=1e-3, atol=1e-7
    )
    steps = SpectralRolloff(**key)(spectra) - reference.spectral_rolloff(y=sound, sr=SR, **key)
    assert np.abs(steps).max() <= 1.001 * SR / key.get("n_fft", 2048)  # rounding at the threshold: a bin to either side
    assert np.mean(np.abs(steps) > 1) < 0.02
    samples = {"frame_length": key.get("n_fft", 2048), "hop_length": key.get("hop_length", 512)}
    np.testing.assert_allclose(Rms(**samples)(spectra), reference.rms(y=sound, **samples), **tight)
    np.testing.assert_allclose(ZeroCrossingRate(**samples)(spectra), reference.zero_crossing_rate(sound, **samples), **tight)


def test_each_has_one_named_row():
    for curve in CURVES:
        assert FEATURES[curve.name] is curve
        assert curve().rows == (curve.title,)
        assert curve(hop_length=256).shape(SR) == (1, 1 + SR // 256)


@pytest.mark.parametrize("feature", [Rms, ZeroCrossingRate])
def test_impossible_parameters_say_so(feature):
    with pytest.raises(
        ParameterError, match=r"hop \(hop_length\) must not exceed the frame length.*hop_length=1024, frame_length=512"
    ):
        feature(frame_length=512, hop_length=1024)
    with pytest.raises(ParameterError, match=r"frame length \(frame_length\) must not exceed the sound, here 100 samples"):
        feature().check_length(100)
    with pytest.raises(ParameterError, match="roll_percent must lie in"):
        SpectralRolloff(roll_percent=85)

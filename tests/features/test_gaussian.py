from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.features.gaussian import LEAST_SHARE, LEAST_VARIANCE, Gaussian
from genre_core.features.stft import Spectra

SR = 22050
RNG = np.random.default_rng(0)


def noise(seconds: float = 2.0, *, scale: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, scale, round(seconds * SR)).astype(np.float32)


def of(y: np.ndarray, **params: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance, float64."""
    rows = Gaussian(**params)(Spectra(y, sr=SR)).astype(np.float64)
    return rows[0], rows[1:]


SOUNDS = {
    "silence": np.zeros(SR, np.float32),
    "a constant": np.full(SR, 0.5, np.float32),
    "a sine": (0.5 * np.sin(2 * np.pi * 441 * np.arange(SR) / SR)).astype(np.float32),
    "a sine of full scale": np.sin(2 * np.pi * 1000 * np.arange(SR) / SR).astype(np.float32),
    "clicks": (np.arange(SR) % 3000 == 0).astype(np.float32),
    "one sample": np.ones(1, np.float32),
    "one frame": noise(0.03),
    "two frames": noise(0.06),
    "noise": noise(),
    "loud and silent": np.where(np.arange(SR) % 2000 < 1000, noise(1.0, scale=1.0), 0).astype(np.float32),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_is_positive_definite_and_symmetric_in_float32(name: str) -> None:
    rows = Gaussian()(Spectra(SOUNDS[name], sr=SR))
    covariance = rows[1:]
    np.testing.assert_array_equal(covariance, covariance.T)
    np.linalg.cholesky(covariance)  # in float32
    eigenvalues = np.linalg.eigvalsh(covariance.astype(np.float64))
    assert eigenvalues[0] >= 0.9 * LEAST_VARIANCE
    assert eigenvalues[-1] / eigenvalues[0] < 1.1 / LEAST_SHARE


@given(seed=st.integers(0, 999), seconds=st.floats(0.01, 0.6), scale=st.floats(-8, 1), keep=st.floats(0.1, 1.0))
@settings(max_examples=40)
def test_any_sound_has_a_gaussian(seed: int, seconds: float, scale: float, keep: float) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(size=round(seconds * SR)) * 10.0**scale
    y[: int(rng.integers(y.size))] = 0
    _, covariance = of(y.astype(np.float32), keep_share=keep)
    np.linalg.cholesky(covariance)


@pytest.mark.parametrize("overlap", [0.0, 0.5])
def test_equals_the_formula_frame_by_frame(overlap: float) -> None:
    """Each frame by itself: Hamming window, power spectrum, mel bands, decibels, cosine transform."""
    from genre_core.features.mel import mel_matrix

    y = noise()
    middle = y[y.size // 4 : y.size // 4 + y.size // 2].astype(np.float64)
    hop = 440 if overlap == 0 else 220
    window = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(440) / 440)
    first = -(-220 // hop) * hop - 220
    frames = np.stack([middle[start : start + 440] for start in range(first, middle.size - 439, hop)])
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    mfcc = scipy.fft.dct(10 * np.log10(power @ mel_matrix(SR, 440, 20, 0.0, SR / 2).T), norm="ortho", axis=1)[:, :15]
    mean, covariance = of(y, overlap=overlap)
    expected = np.cov(mfcc.T, ddof=0)
    expected += np.eye(15) * (LEAST_VARIANCE + LEAST_SHARE * np.trace(expected))
    np.testing.assert_allclose(mean, mfcc.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(covariance, expected, rtol=1e-3, atol=1e-3 * np.trace(expected) / 15)


def test_twice_as_loud_moves_only_the_first_mean() -> None:
    soft, loud = of(noise()), of(2 * noise())
    np.testing.assert_allclose(loud[0] - soft[0], [20 * np.log10(2) * np.sqrt(20)] + [0] * 14, atol=2e-3)
    np.testing.assert_allclose(loud[1], soft[1], atol=2e-2)


def test_only_the_middle_counts() -> None:
    y = noise(4.0)
    other = y.copy()
    other[: y.size // 4] = other[-(y.size // 4) :] = 0
    np.testing.assert_array_equal(of(y)[1], of(other)[1])
    assert np.abs(of(y, keep_share=1.0)[0] - of(other, keep_share=1.0)[0]).max() > 1


def test_silence_is_the_floor() -> None:
    mean, covariance = of(np.zeros(SR, np.float32))
    np.testing.assert_allclose(mean, [-100 * np.sqrt(20)] + [0] * 14, atol=1e-3)
    np.testing.assert_allclose(covariance, LEAST_VARIANCE * np.eye(15), rtol=1e-5)


def test_shape_follows_the_coefficients() -> None:
    feature = Gaussian(n_mfcc=7, n_mels=24)
    assert feature(Spectra(noise(), sr=SR)).shape == feature.shape(99) == (8, 7)
    assert feature.rows == ("mean", *(f"covariance {number}" for number in range(1, 8)))


def test_more_coefficients_than_bands_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"20 bands give at most 20.*Received: n_mfcc=21"):
        Gaussian(n_mfcc=21)

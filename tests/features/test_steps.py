"""The steps lead to the feature's own numbers, and each of them obeys its physics."""

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.features import SR, synthetic_music
from genre_core.audio import Clip
from genre_core.errors import AudioError, ParameterError
from genre_core.features.spectral import Mfcc
from genre_core.features.steps import dct_rows, mfcc_steps

CLIP = Clip(synthetic_music(3.0), SR, "music")


@settings(max_examples=25)
@given(
    at_seconds=st.floats(0, 3.0),
    n_fft=st.sampled_from([512, 2048, 4096]),
    hop_length=st.sampled_from([160, 512]),
    n_mels=st.integers(26, 128),
    n_mfcc=st.integers(1, 26),
    window=st.sampled_from(["hann", "blackman", "ones"]),
    fmax=st.sampled_from([0.0, 6000.0]),
)
def test_coefficients_are_the_column_of_the_feature(at_seconds, n_fft, hop_length, n_mels, n_mfcc, window, fmax):
    config = Mfcc(n_fft=n_fft, hop_length=hop_length, n_mels=n_mels, n_mfcc=n_mfcc, window=window, fmax=fmax)
    steps = mfcc_steps(CLIP, at_seconds=at_seconds, config=config)
    np.testing.assert_allclose(steps.coefficients, config.of(CLIP)[:, steps.frame], rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize("at_seconds", [0.0, 1.37, 3.0])
def test_frame_is_the_one_nearest_to_the_moment(at_seconds):
    steps = mfcc_steps(CLIP, at_seconds=at_seconds)
    assert abs(steps.centre_seconds - at_seconds) <= 512 / SR
    whole = np.pad(CLIP.y, 1024)
    np.testing.assert_array_equal(steps.samples, whole[steps.frame * 512 : steps.frame * 512 + 2048])
    assert steps.sample_seconds[1024] == pytest.approx(steps.centre_seconds)


def test_a_sine_peaks_in_its_bin_and_in_its_band(sine):
    steps = mfcc_steps(Clip(sine(1000.0), SR), at_seconds=0.5)
    assert steps.frequencies[steps.power.argmax()] == pytest.approx(1000, abs=SR / 2048)
    assert steps.band_edges[1:-1][steps.levels.argmax()] == pytest.approx(1000, rel=0.03)


def test_twice_the_amplitude_moves_the_first_coefficient_alone(sine):
    rng = np.random.default_rng(3)
    y = 0.1 * rng.normal(size=SR).astype(np.float32)
    soft, loud = (mfcc_steps(Clip(gain * y, SR), at_seconds=0.5).coefficients for gain in (1.0, 2.0))
    assert loud[0] - soft[0] == pytest.approx(20 * np.log10(2) * np.sqrt(128), rel=1e-6)
    np.testing.assert_allclose(loud[1:], soft[1:], atol=1e-6)


def test_deltas_are_left_out():
    with_deltas = mfcc_steps(CLIP, at_seconds=1.0, config=Mfcc(deltas="delta"))
    np.testing.assert_array_equal(with_deltas.coefficients, mfcc_steps(CLIP, at_seconds=1.0).coefficients)


def test_cosines_are_those_of_scipy():
    np.testing.assert_allclose(dct_rows(13, 40), scipy.fft.dct(np.eye(40), axis=0, norm="ortho")[:13], atol=1e-12)


def test_silence_and_a_tenth_of_a_second_are_finite():
    for y in (np.zeros(SR), CLIP.y[: SR // 10]):
        steps = mfcc_steps(Clip(y, SR), at_seconds=0.05)
        for values in (steps.windowed, steps.power, steps.levels, steps.coefficients):
            assert np.isfinite(values).all()


def test_another_rate_is_resampled():
    steps = mfcc_steps(CLIP, at_seconds=2.0, config=Mfcc(sr=16000))
    np.testing.assert_allclose(steps.coefficients, Mfcc(sr=16000).of(CLIP)[:, steps.frame], rtol=1e-4, atol=2e-3)


@pytest.mark.parametrize("at_seconds", [-0.1, 3.1, np.nan])
def test_a_moment_outside_is_said(at_seconds):
    with pytest.raises(ParameterError, match=r"inside the clip, from 0 to 3\.00 s"):
        mfcc_steps(CLIP, at_seconds=at_seconds)


def test_no_sample_is_said():
    with pytest.raises(AudioError, match="at least one sample"):
        mfcc_steps(Clip(np.zeros(0), SR), at_seconds=0.0)

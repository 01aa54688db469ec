import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from genre_core.errors import ParameterError
from genre_core.teaching.matching import match, match_bin, spectrum

FRAMES = arrays(np.float64, st.integers(2, 200), elements=st.floats(-1, 1))


def test_a_cosine_matches_the_cosine_a_sine_the_sine_and_a_mix_both():
    time = np.arange(1000) / 8000
    for phase, cosine_sum, sine_sum in ((0, 500, 0), (-np.pi / 2, 0, 500), (np.pi / 4, 500 / 2**0.5, -500 / 2**0.5)):
        found = match(np.cos(2 * np.pi * 440 * time + phase), 440, sr=8000)
        assert found.cosine_sum == pytest.approx(cosine_sum, abs=1e-9)
        assert found.sine_sum == pytest.approx(sine_sum, abs=1e-9)
        assert found.magnitude == pytest.approx(500)
        assert found.phase_radians == pytest.approx(phase)


def test_another_bin_does_not_match():
    time = np.arange(1000) / 8000
    assert match(np.cos(2 * np.pi * 440 * time), 448, sr=8000).magnitude < 1e-9


@given(FRAMES)
def test_matching_is_numpys_transform(frame):
    truth = np.fft.rfft(frame)
    np.testing.assert_allclose(spectrum(frame), truth, rtol=0, atol=1e-10)
    for k in {0, frame.size // 3, frame.size // 2}:
        by_bin, by_hertz = match_bin(frame, k, sr=22050), match(frame, k * 22050 / frame.size, sr=22050)
        assert abs(by_bin.transform - truth[k]) < 1e-10
        assert abs(by_hertz.transform - truth[k]) < 1e-9
        assert by_bin.with_cosine.sum() == by_bin.cosine_sum
        np.testing.assert_array_equal(by_bin.with_sine, frame * by_bin.sine)


def test_a_whole_frame_of_noise_to_the_tenth_digit():
    frame = np.random.default_rng(0).normal(size=2048)
    truth = np.fft.rfft(frame)
    assert max(abs(match_bin(frame, k, sr=22050).transform - truth[k]) for k in (1, 17, 333, 1000, 1024)) < 1e-10


def test_silence_matches_nothing():
    found = match(np.zeros(64), 100, sr=8000)
    assert (found.magnitude, found.phase_radians) == (0, 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: match(np.zeros(8), 5000, sr=8000), r"The frequency must lie in \[0, 4000\] Hz\. Received: 5000\."),
        (lambda: match([np.nan], 1, sr=8000), "The frame must hold finite numbers"),
        (lambda: match([], 1, sr=8000), r"The frame must have the shape \(n\)\. Received: \(0,\)\."),
        (lambda: match(["loud"], 1, sr=8000), r"The frame must hold numbers\. Received: \['loud'\]\."),
        (lambda: match_bin(np.zeros(8), 5, sr=8000), r"bins 0 to 4\. Received: 5\."),
        (lambda: spectrum(np.zeros(8193)), r"at most 8192 samples here\. Received: 8193\."),
    ],
)
def test_what_cannot_be_matched_is_said(call, words):
    with pytest.raises(ParameterError, match=words):
        call()

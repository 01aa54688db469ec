import numpy as np
import pytest
import scipy.stats

from genre_core.features.yin import _thresholds, candidates, normalised_difference

SR = 22050


def by_definition(frame: np.ndarray, max_period: int) -> np.ndarray:
    """Sum of squared differences from the frame moved by 1, 2, ..., silence behind it, over its mean so far."""
    total = []
    for period in range(1, max_period + 1):
        moved = np.append(frame[period:], np.zeros(period))
        total.append(np.sum((frame - moved) ** 2))
    difference = np.array(total)
    return difference / (np.cumsum(difference) / np.arange(1, max_period + 1))


def test_the_difference_is_that_of_its_definition():
    frames = np.random.default_rng(0).normal(size=(3, 300))
    found = normalised_difference(frames, 10, 120)
    np.testing.assert_allclose(found, [by_definition(frame, 120)[9:] for frame in frames], rtol=1e-9)


def test_a_sound_repeats_after_its_period(sine):
    frames = np.stack([sine(SR / period, seconds=0.1)[:2048] for period in (50, 100, 210)])
    found = normalised_difference(frames, 20, 300)
    for row, period in zip(found, (50, 100, 210), strict=True):
        assert 20 + row[: round(1.5 * period)].argmin() == pytest.approx(period, abs=1)
        assert row.min() < 0.2


def test_silence_repeats_nothing():
    difference = normalised_difference(np.zeros((2, 300)), 10, 120)
    assert not difference.any()
    assert not candidates(difference)[0].size


def test_weights_are_those_of_a_beta_distribution():
    levels, weights = _thresholds()
    expected = np.diff(scipy.stats.beta.cdf(np.linspace(0, 1, 101), 2, 18))
    np.testing.assert_allclose(weights, expected, atol=1e-12)
    assert weights @ (levels - 0.005) == pytest.approx(0.1, abs=1e-3)


def test_probabilities_of_a_frame_sum_to_one_at_most():
    frames = np.random.default_rng(1).normal(size=(20, 600))
    frame, place, probability = candidates(normalised_difference(frames, 10, 300))
    total = np.bincount(frame, probability, minlength=20)
    assert (probability > 0).all()
    assert (total <= 1 + 1e-9).all()
    assert ((place > -1) & (place < 292)).all()

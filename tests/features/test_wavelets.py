import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.features.stft import Spectra
from genre_core.features.wavelets import C1, constant_q, note_frequencies, quality

SR = 22050


@pytest.mark.parametrize("note", [12, 33, 45, 60, 80])
def test_a_sine_peaks_at_its_note(sine, note):
    frequencies = note_frequencies(C1, 84, 12)
    magnitude = constant_q(Spectra(sine(frequencies[note], 0.5, seconds=2.0), sr=SR))
    frame = magnitude[:, magnitude.shape[1] // 2]
    assert frame.argmax() == note
    length = quality(12) * SR / frequencies[note]
    assert frame[note] == pytest.approx(0.25 * np.sqrt(length), rel=0.02)


def test_every_filter_is_as_sharp_as_the_others(sine):
    """A note between two others lies as far below them in the bass as in the treble."""
    drops = []
    for note in (24, 48, 72):
        frequencies = note_frequencies(C1, 84, 12)
        frame = constant_q(Spectra(sine(frequencies[note], seconds=3.0), sr=SR))[:, 65]
        drops.append(frame[note + 1] / frame[note])
    np.testing.assert_allclose(drops, drops[0], rtol=0.1)


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize(
    "key",
    [
        {},
        {"hop_length": 128, "n_bins": 48, "fmin": 55.0},
        {"n_bins": 24, "fmin": 110.0, "hop_length": 1024},  # all notes below a quarter of the rate: slowed down at once
        {"n_bins": 100, "bins_per_octave": 36, "fmin": 65.0},
        {"n_bins": 1, "fmin": 440.0},
        {"n_bins": 30, "hop_length": 300, "fmin": 200.0},
    ],
)
def test_equal_to_librosa(sound, key):
    """Measured: 6e-7 of the largest value apart at most, 5e-8 in the median."""
    import librosa

    expected = np.abs(librosa.cqt(sound, sr=SR, **key))
    found = constant_q(Spectra(sound, sr=SR), **key)
    np.testing.assert_allclose(found, expected, atol=2e-6 * expected.max())
    assert np.median(np.abs(found - expected)) < 1e-6 * np.median(expected) + 1e-7 * expected.max()


@given(n_samples=st.integers(1, 3000), hop_length=st.sampled_from([128, 512, 300]), n_bins=st.integers(1, 96))
@settings(max_examples=25)
def test_any_length_has_its_frames(n_samples, hop_length, n_bins):
    y = np.random.default_rng(n_samples).normal(size=n_samples)
    values = constant_q(Spectra(y, sr=SR), hop_length=hop_length, n_bins=n_bins)
    assert values.shape == (n_bins, 1 + n_samples // hop_length)
    assert np.isfinite(values).all()


def test_computed_once():
    spectra = Spectra(np.ones(5000), sr=SR)
    assert constant_q(spectra) is constant_q(spectra)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio import Clip
from genre_core.features.peaks import spectrum_peaks
from genre_core.features.spectral import Spectrum

SR = 22050


def levels(*tones: tuple[float, float], seconds: float = 2.0, noise: float = 0.0) -> np.ndarray:
    time = np.arange(round(seconds * SR)) / SR
    y = sum((amplitude * np.sin(2 * np.pi * hertz * time) for hertz, amplitude in tones), np.zeros_like(time))
    y = y + noise * np.random.default_rng(0).normal(size=y.size)
    return Spectrum(scale="dB", n_fft=4096).of(Clip(y.astype(np.float32), SR))


@settings(max_examples=30)
@given(st.floats(100, 8000), st.floats(0.01, 0.9))
def test_a_sine_has_one_peak_at_its_frequency_and_level(hertz: float, amplitude: float) -> None:
    (peak,) = spectrum_peaks(levels((hertz, amplitude)), sr=SR)
    assert peak.frequency == pytest.approx(hertz, abs=1.0)
    assert peak.level_db == pytest.approx(20 * np.log10(amplitude), abs=0.4)  # the parabola is exact for no window


def test_a_chord_has_its_notes_in_order_and_the_softest_is_left_when_there_are_too_many() -> None:
    chord = levels((659.26, 0.1), (261.63, 0.3), (392.0, 0.2), noise=0.001)
    assert [round(peak.frequency) for peak in spectrum_peaks(chord, sr=SR)[:3]] == [262, 392, 659]
    assert [round(peak.frequency) for peak in spectrum_peaks(chord, sr=SR, most=2)] == [262, 392]


def test_silence_and_a_flat_spectrum_have_none() -> None:
    assert spectrum_peaks(levels(), sr=SR) == []
    assert spectrum_peaks(np.zeros(2), sr=SR) == []
    click = np.zeros(SR, np.float32)
    click[SR // 2] = 1.0
    assert spectrum_peaks(Spectrum(scale="dB").of(Clip(click, SR)), sr=SR) == []


@pytest.mark.parametrize("hertz", [55.0, 82.41, 110.0, 440.0, 3000.0])
def test_a_steady_tone_tells_its_note_even_in_the_bass(hertz: float) -> None:
    time = np.arange(2 * SR) / SR
    tone = Clip((0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32), SR)
    (peak,) = spectrum_peaks(Spectrum(scale="dB").of(tone), sr=SR)
    assert peak.is_note


def test_what_bins_cannot_tell_apart_has_no_note() -> None:
    time = np.arange(2 * SR) / SR
    two = sum(0.4 * np.sin(2 * np.pi * hertz * time) for hertz in (82.41, 87.31))  # E2 and F2, half a bin apart
    (peak,) = spectrum_peaks(Spectrum(scale="dB").of(Clip(two.astype(np.float32), SR)), sr=SR)
    assert not peak.is_note
    between = 55.0 * 2 ** (0.5 / 12)  # half way from A1 to the next note
    (peak,) = spectrum_peaks(
        Spectrum(scale="dB").of(Clip((0.5 * np.sin(2 * np.pi * between * time)).astype(np.float32), SR)), sr=SR
    )
    assert not peak.is_note

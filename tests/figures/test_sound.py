import numpy as np
import pytest

from genre_core.audio import Clip
from genre_core.features.peaks import spectrum_peaks
from genre_core.features.spectral import Spectrum
from pages.figures import sound

SR = 22050


@pytest.fixture(scope="module")
def tone():
    time = np.arange(5 * SR) / SR
    return Clip((0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), SR, "tone")


def test_spectrum_peaks_at_the_tone_and_names_its_note(tone):
    feature = Spectrum(scale="dB")
    fig = sound.spectrum(feature.frequencies, feature.of(tone), unit="dB")
    curve = fig.data[1]
    loudest = int(np.argmax(curve.y))
    assert curve.x[loudest] == pytest.approx(440, abs=SR / 2048)
    assert curve.customdata[loudest] == "A4"
    assert fig.layout.xaxis.title.text == "Frequency [Hz]"
    assert fig.layout.yaxis.title.text == "Level [dB]"
    assert len(fig.to_json()) < 120_000


@pytest.mark.parametrize("scale", ["dB", "linear"])
@pytest.mark.parametrize("log_frequency", [True, False])
def test_peaks_stand_where_they_are_with_their_names(tone, scale, log_frequency):
    feature = Spectrum(scale=scale)
    peaks = spectrum_peaks(Spectrum(scale="dB").of(tone), sr=SR)
    fig = sound.spectrum(feature.frequencies, feature.of(tone), unit=feature.value_unit, log_frequency=log_frequency, peaks=peaks)
    (note,) = fig.layout.annotations
    assert note.text == "<b>A4</b><br>440 Hz"
    assert note.x == pytest.approx(np.log10(440) if log_frequency else 440, rel=1e-3)
    assert note.y == pytest.approx(20 * np.log10(0.5) if scale == "dB" else 0.5, rel=0.05)


def test_silence_draws():
    feature = Spectrum(scale="dB")
    fig = sound.spectrum(feature.frequencies, feature.of(Clip(np.zeros(SR, np.float32), SR)), unit="dB")
    assert np.ptp(fig.data[1].y) == 0

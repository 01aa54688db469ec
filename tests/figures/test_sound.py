import numpy as np
import pytest

from genre_core.audio import Clip
from genre_core.features.peaks import Peak, spectrum_peaks
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
    assert curve.customdata[loudest] == " (A4)"
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


@pytest.mark.parametrize("log_frequency", [True, False])
@pytest.mark.parametrize("frequencies", [[60, 66, 73, 80, 88, 97], [440, 460, 480, 2000, 2100, 9000], [100, 1000]])
def test_names_of_peaks_never_stand_on_each_other(frequencies, log_frequency):
    feature = Spectrum(scale="dB")
    peaks = [Peak(hertz, -10.0 - k, hertz > 90) for k, hertz in enumerate(frequencies)]
    values = np.full(1025, -60, np.float32)
    values[300] = -10
    fig = sound.spectrum(feature.frequencies, values, unit="dB", log_frequency=log_frequency, peaks=peaks)
    names = fig.layout.annotations
    assert names
    low, high = fig.layout.xaxis.range
    for place, one in enumerate(names):
        assert ("<b>" in one.text) == (float(one.text.split("<br>")[-1].split()[0]) > 90)
        assert one.y <= one.ay <= fig.layout.yaxis.range[1]
        for other in names[:place]:
            gap = abs(one.x - other.x) / (high - low)
            assert gap >= sound.LABEL_SHARE * (1 if one.ay == other.ay else 0.499)


def test_two_spectra_and_their_difference(tone):
    feature = Spectrum(scale="dB")
    values = feature.of(tone)
    both = sound.spectra(feature.frequencies, {"<b>one": values, "two": values - 6}, unit="dB")
    assert [curve.name for curve in both.data] == ["&lt;b&gt;one", "two"]
    less = sound.spectrum_difference(feature.frequencies, values, values - 6, unit="dB")
    np.testing.assert_allclose(less.data[0].y, 6, atol=1e-3)
    assert not np.any(less.data[1].y)


def test_silence_draws():
    feature = Spectrum(scale="dB")
    fig = sound.spectrum(feature.frequencies, feature.of(Clip(np.zeros(SR, np.float32), SR)), unit="dB")
    assert np.ptp(fig.data[1].y) == 0

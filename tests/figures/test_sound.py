import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.audio import Clip, envelope
from genre_core.features.spectral import Mfcc, Spectrogram, Spectrum
from pages.figures import sound

SR = 22050


@pytest.fixture(scope="module")
def tone():
    time = np.arange(30 * SR) / SR
    return Clip((0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32), SR, "tone")


def n_bytes(fig) -> int:
    return len(fig.to_json())


def test_waveform_reaches_the_peak_and_the_end(tone):
    fig = sound.waveform(envelope(tone, 2000), tone.seconds)
    assert fig.data[1].y.max() == pytest.approx(0.5, abs=1e-3)
    assert fig.layout.xaxis.range == (0, 30)
    assert "full scale" in fig.data[1].hovertemplate
    assert n_bytes(fig) < 60_000


def test_spectrum_peaks_at_the_tone_and_names_its_note(tone):
    feature = Spectrum(scale="dB")
    fig = sound.spectrum(feature.frequencies, feature.of(tone), unit="dB")
    curve = fig.data[1]
    loudest = int(np.argmax(curve.y))
    assert curve.x[loudest] == pytest.approx(440, abs=SR / 2048)
    assert curve.customdata[loudest] == "A4"
    assert fig.layout.xaxis.title.text == "Frequency [Hz]"
    assert fig.layout.yaxis.title.text == "Level [dB]"


@pytest.mark.parametrize("log_frequency", [False, True])
def test_spectrogram_is_brightest_at_the_tone(tone, log_frequency):
    feature = Spectrogram()
    fig = sound.spectrogram(feature.of(tone), feature.frequencies, tone.seconds, unit="dB", log_frequency=log_frequency)
    heat = fig.data[0]
    row = int(np.asarray(heat.z).mean(axis=1).argmax())
    assert heat.y[row] == pytest.approx(440, rel=0.12)
    assert fig.layout.xaxis.title.text == "Time [s]"
    assert fig.layout.yaxis.title.text == "Frequency [Hz]"


@pytest.mark.parametrize("scale", ["dB", "linear"])
@pytest.mark.parametrize("log_frequency", [False, True])
def test_spectrogram_is_a_screen_of_bytes(tone, scale, log_frequency):
    feature = Spectrogram(scale=scale, n_fft=4096, hop_length=128)
    fig = sound.spectrogram(feature.of(tone), feature.frequencies, 30.0, unit=feature.value_unit, log_frequency=log_frequency)
    z = np.asarray(fig.data[0].z)
    assert z.shape[0] <= sound.MAX_ROWS
    assert z.shape[1] <= sound.MAX_COLUMNS
    assert z.dtype.itemsize == 1
    assert n_bytes(fig) < 400_000


def test_a_click_survives_the_reduction():
    y = np.zeros(30 * SR, np.float32)
    y[10 * SR] = 1.0
    feature = Spectrogram(hop_length=64)
    fig = sound.spectrogram(feature.of(Clip(y, SR)), feature.frequencies, 30.0, unit="dB")
    z = np.asarray(fig.data[0].z)
    second = z.max(axis=0).argmax() / z.shape[1] * 30
    assert second == pytest.approx(10, abs=0.1)


@pytest.mark.parametrize("feature", [Spectrogram(), Spectrogram(scale="linear")])
def test_silence_draws(feature):
    values = feature.of(Clip(np.zeros(SR, np.float32), SR))
    fig = sound.spectrogram(values, feature.frequencies, 1.0, unit=feature.value_unit)
    assert np.ptp(np.asarray(fig.data[0].z)) == 0


def test_coefficients_are_centred_and_named(tone):
    feature = Mfcc(n_mfcc=5)
    fig = sound.coefficients(feature.of(tone), feature.rows, tone.seconds)
    heat = fig.data[0]
    assert (heat.zmin, heat.zmax) == (-100, 100)
    assert fig.layout.yaxis.ticktext == ("1", "2", "3", "4", "5")
    assert np.abs(np.asarray(heat.z)).max(axis=1).tolist() == [100] * 5


@settings(max_examples=30, deadline=None)
@given(n_rows=st.integers(2, 5000), log_frequency=st.booleans())
def test_shown_rows_are_never_empty_and_end_at_the_last(n_rows, log_frequency):
    frequencies = np.linspace(0, 11025, n_rows)
    edges = sound._edges(frequencies, sound.MAX_ROWS, log_frequency=log_frequency)
    assert (np.diff(edges) > 0).all()
    assert edges[-1] == n_rows
    assert 2 <= len(edges) <= sound.MAX_ROWS + 2

"""The pictures hold the numbers of the steps, and say what their axes are."""

import numpy as np
import pytest

from benchmarks.features import SR, synthetic_music
from genre_core.audio import Clip
from genre_core.features.spectral import Mfcc
from genre_core.features.steps import mfcc_steps
from pages.figures import mfcc_chain as chain
from pages.ui.view_words import view_words

CLIP = Clip(synthetic_music(2.0), SR, "music")
STEPS = mfcc_steps(CLIP, at_seconds=1.0)


def test_pictures_are_those_that_the_words_name_in_their_order():
    assert list(chain.mfcc_chain(STEPS)) == list(view_words("mfcc").steps)


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [
        ("frame", "Time around 1.00 s [ms]", "Amplitude"),
        ("window", "Time around 1.00 s [ms]", "Amplitude"),
        ("spectrum", "Frequency [Hz]", "Power [dB]"),
        ("filters", "Frequency [Hz]", "Weight [%]"),
        ("log", "Mel band", "Level [dB]"),
        ("cosines", "Mel band", "Wave of MFCC"),
        ("coefficients", "MFCC", "Value [dB]"),
    ],
)
def test_axes_carry_names_and_units(name, x, y):
    fig = chain.CHAIN[name](STEPS)
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == (x, y)
    assert fig.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_window_fades_both_ends_on_the_same_axes():
    frame, windowed = chain.frame(STEPS), chain.windowed(STEPS)
    assert frame.layout.yaxis.range == windowed.layout.yaxis.range
    assert np.abs(windowed.data[0].y[[0, -1]]).max() < 1e-3 < np.abs(windowed.data[0].y).max()


def test_spectrum_peaks_at_the_tone():
    tone = Clip((0.5 * np.sin(2 * np.pi * 880 * np.arange(SR) / SR)).astype(np.float32), SR)
    curve = chain.spectrum(mfcc_steps(tone, at_seconds=0.5)).data[0]
    loudest = int(np.argmax(curve.y))
    assert curve.x[loudest] == pytest.approx(880, abs=SR / 2048)
    assert curve.customdata[loudest] == "A5"


def test_filters_are_narrow_when_low_and_of_equal_area():
    x, y = (np.reshape(values, (-1, 4)) for values in (chain.filters(STEPS).data[1].x, chain.filters(STEPS).data[1].y))
    widths = x[:, 2] - x[:, 0]
    assert len(widths) == chain.MOST_FILTERS
    assert (np.diff(widths) > -0.5).all()
    assert widths[-1] > 4 * widths[0]
    areas = widths * y[:, 1]
    np.testing.assert_allclose(areas, areas[0], rtol=0.02)


def test_cosines_are_drawn_with_one_half_wave_more_each():
    waves = np.reshape(chain.cosines(STEPS).data[0].y, (chain.MOST_COSINES, -1))[:, :-1]  # a gap after each
    for number, row in enumerate(waves, start=1):
        wave = row + number
        assert np.count_nonzero(np.diff(np.sign(wave))) == number - 1


def test_bars_are_the_coefficients_and_the_first_is_written_where_it_leaves_the_axis():
    fig = chain.coefficients(STEPS)
    np.testing.assert_allclose(fig.data[0].y, Mfcc().of(CLIP)[:, STEPS.frame], atol=0.06)
    low, high = fig.layout.yaxis.range
    assert low < min(fig.data[0].y[1:]) <= max(fig.data[0].y[1:]) < high
    assert abs(fig.data[0].y[0]) > high
    assert fig.layout.annotations[0].text.endswith(f"{STEPS.coefficients[0]:.0f}")


@pytest.mark.parametrize(
    "config",
    [
        Mfcc(n_mfcc=1),
        Mfcc(n_mfcc=128, n_mels=128),
        Mfcc(n_fft=16384, n_mels=512),
        Mfcc(n_fft=256, hop_length=256, n_mels=8, n_mfcc=8),
    ],
)
@pytest.mark.parametrize("clip", [CLIP, Clip(np.zeros(SR // 10), SR)], ids=["music", "silence"])
def test_all_pictures_stay_small_whatever_the_parameters(config, clip):
    figures = chain.mfcc_chain(mfcc_steps(clip, at_seconds=0.05, config=config))
    assert sum(len(fig.to_json()) for fig in figures.values()) < 150_000
    for fig in figures.values():
        assert np.isfinite(np.array(fig.layout.yaxis.range or (0, 1), float)).all()

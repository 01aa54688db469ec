"""The views of Explore: which feature each shows, how it is drawn, and what a reader should know of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import plotly.graph_objects as go

from genre_core.audio import Clip
from genre_core.features.base import Feature
from genre_core.features.spectral import Framed, Mfcc, Spectrogram, Spectrum
from pages.figures import sound
from pages.ui import cached


class View(NamedTuple):
    """One way to look at a sound."""

    title: str
    feature: type[Feature] | None
    fixed: dict[str, Any]
    what: str
    formula: str
    code: str
    why: str


_LOAD = "y, sr = librosa.load(path, sr=22050)\n"

VIEWS: dict[str, View] = {
    "waveform": View(
        "Waveform",
        None,
        {},
        "Air pressure over time. A kick drum is a tall spike, a held chord a thick band, a pause a thin line.",
        r"y[n],\quad t = n / s_r",
        _LOAD + "librosa.display.waveshow(y, sr=sr)",
        "Loudness and rhythm show here, pitch and timbre hardly: few models are fed this alone.",
    ),
    "spectrum": View(
        "Frequency spectrum",
        Spectrum,
        {"scale": "dB"},
        "How much of each frequency the whole clip holds. Bass lies left, cymbals right; narrow peaks are notes.",
        r"A[k] = \frac{2}{\sum w}\;\operatorname{mean}_t\,\Big|\sum_n w[n]\,y[n + tH]\,e^{-2\pi i k n / N}\Big|",
        _LOAD + "S = np.abs(librosa.stft(y, n_fft=2048))\nA = S.mean(axis=1)",
        "Metal fills the band, classical music falls off early; when something sounds is lost.",
    ),
    "spectrogram": View(
        "Spectrogram",
        Spectrogram,
        {"scale": "linear"},
        "Which frequencies sound when. Nearly all is dark: on a linear scale the loudest few cells drown the rest.",
        r"S[k, t] = \Big|\sum_n w[n]\,y[n + tH]\,e^{-2\pi i k n / N}\Big|",
        _LOAD + "S = np.abs(librosa.stft(y, n_fft=2048, hop_length=512))\nlibrosa.display.specshow(S, sr=sr, y_axis='linear')",
        "Compare it with the decibel view: the ear works by ratios, and so should what a model sees.",
    ),
    "spectrogram_db": View(
        "Spectrogram in dB",
        Spectrogram,
        {"scale": "dB"},
        "The same in decibels. Horizontal lines are held notes and their overtones, vertical ones drum hits.",
        r"L[k, t] = 20\,\log_{10} S[k, t]",
        _LOAD + "S = np.abs(librosa.stft(y, n_fft=2048, hop_length=512))\nL = librosa.amplitude_to_db(S, ref=np.max)",
        "Its mel version is what convolutional networks are fed: texture, rhythm and harmony in one picture.",
    ),
    "mfcc": View(
        "MFCC",
        Mfcc,
        {},
        "The outline of the spectrum in a dozen numbers a frame. The first follows loudness, the second bright against dark, "
        "the others finer shape. Red is positive, blue negative.",
        r"c[q, t] = \sum_{m} \log\!\big(E[m, t]\big)\,\cos\!\Big(\tfrac{\pi q}{M}\big(m + \tfrac12\big)\Big)",
        _LOAD + "mfcc = librosa.feature.mfcc(y=y, sr=sr, n_mfcc=13)\nlibrosa.display.specshow(mfcc, x_axis='time')",
        "Timbre without pitch: the classic input of genre classifiers before networks read spectrograms.",
    ),
}


def draw(view: str, clip: Clip, feature: Feature | None, *, log_frequency: bool, height: int) -> go.Figure:
    """The figure of a view.

    Raises
    ------
    ParameterError
        If the view would hold more numbers than memory should.
    """
    if feature is None:
        return sound.waveform(cached.outline(clip), clip.seconds, height=height)
    values = cached.feature_values(clip, feature)
    if isinstance(feature, Mfcc):
        return sound.coefficients(values, feature.rows, clip.seconds, height=height)
    if isinstance(feature, Spectrum):
        return sound.spectrum(feature.frequencies, values, unit=feature.value_unit, log_frequency=log_frequency, height=height)
    assert isinstance(feature, Framed)
    return sound.spectrogram(
        values, feature.frequencies, clip.seconds, unit=feature.value_unit, log_frequency=log_frequency, height=height
    )


def resolution(feature: Feature | None, clip: Clip) -> str:
    """What the parameters resolve in time and frequency, in words."""
    if not isinstance(feature, Framed):
        return f"{clip.n_samples:,} samples, {clip.sr:,} a second: frequencies up to {clip.sr / 2000:g} kHz."
    wide = 1000 * feature.n_fft / feature.sr
    apart = 1000 * feature.hop_length / feature.sr
    return (
        f"A frame lasts {wide:.0f} ms, so pitches {feature.sr / feature.n_fft:.1f} Hz apart are told apart; "
        f"a new frame begins every {apart:.0f} ms."
    )

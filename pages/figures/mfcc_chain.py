"""The way from a frame of sound to its MFCC, one small picture a step.

Each function takes `genre_core.features.steps.MfccSteps` and gives one figure; CHAIN lists them in the order of computing.
`words` says titles in another language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.features.steps import MfccSteps
from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart, faded, note_name
from pages.figures.wording import Words

HEIGHT = 190
MAX_POINTS = 800
WINDOW_POINTS = 65
MOST_FILTERS = 16
"""Triangles drawn: all 128 would be a thicket."""
POSITIVE, NEGATIVE = "#d0573f", "#3f86bf"
"""Red and blue as on the map of all frames, readable on a light page and on a dark one."""
MOST_COSINES = 6
RANGE_DB = 100.0
"""What a spectrum shows below its largest value [dB]."""


def frame(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """The samples of the frame, with the window that will fade them as an outline."""
    place = np.linspace(0, steps.window.size - 1, WINDOW_POINTS).round().astype(int)
    times = _milliseconds(steps)[place]
    outline = steps.window[place] * np.abs(steps.samples).max(initial=0.0)
    line = {"width": 1.2, "color": WARM, "dash": "dot"}
    sides = [_scatter(_sent(times, 2), _sent(side, 4), line=line, hoverinfo="skip") for side in (outline, -outline)]
    return _samples(steps, steps.samples, height=height, further=sides, words=words)


def windowed(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """The samples times the window, on the axes of `frame`."""
    return _samples(steps, steps.windowed, height=height, words=words)


def spectrum(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """Power of each frequency of the frame."""
    hertz, level = _level(steps)
    curve = _scatter(
        hertz,
        level,
        customdata=[note_name(value) for value in hertz.tolist()],
        hovertemplate="%{x:.0f} Hz (%{customdata}), %{y:.0f} dB<extra></extra>",
    )
    return chart([curve], height=height, x=words("Frequency [Hz]"), y=words("Power [dB]"), xaxis=_hertz(steps))


def filters(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """Mel filters over the spectrum: a triangle for each of at most MOST_FILTERS bands, evenly chosen.

    Filters have equal area, so that narrow ones are tall; heights are in per cent of the tallest. The spectrum behind them is
    drawn from its least to its largest level.
    """
    hertz, level = _level(steps)
    low, high = float(level.min()), float(level.max())
    behind = 100 * (level - low) / max(high - low, 1e-9)
    edges = steps.band_edges
    chosen = np.unique(np.linspace(0, len(edges) - 3, min(MOST_FILTERS, len(edges) - 2)).round().astype(int))
    tallest = 2.0 / np.diff(edges[[0, 2]])[0]
    heights = 100 * 2.0 / (edges[chosen + 2] - edges[chosen]) / tallest
    x = np.column_stack([edges[chosen], edges[chosen + 1], edges[chosen + 2], edges[chosen + 2]]).ravel()  # (4 n_chosen,)
    y = np.column_stack([np.zeros(chosen.size), heights, np.zeros(chosen.size), np.full(chosen.size, np.nan)]).ravel()
    traces = [
        _scatter(hertz, _sent(behind, 1), line={"width": 1, "color": faded(NEUTRAL, 0.6)}, hoverinfo="skip"),
        _scatter(
            _sent(x, 1),
            _sent(y, 1),
            line={"width": 1.4, "color": ACCENT},
            connectgaps=False,
            fill="toself",
            fillcolor=faded(ACCENT, 0.25),
            hoveron="points",
            customdata=np.repeat(chosen + 1, 4),
            hovertemplate="band %{customdata}, %{x:.0f} Hz<extra></extra>",
        ),
    ]
    heights_axis = {"range": [0, 108], "tickvals": [0, 50, 100]}
    return chart(traces, height=height, x=words("Frequency [Hz]"), y=words("Weight [%]"), xaxis=_hertz(steps), yaxis=heights_axis)


def levels(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """Energy of each mel band in decibels."""
    bands = np.arange(1, steps.levels.size + 1)
    curve = _scatter(
        bands,
        _sent(steps.levels, 1),
        line={"width": 1.2, "color": ACCENT, "shape": "hvh"},
        customdata=_sent(steps.band_edges[1:-1], 0),
        hovertemplate="band %{x}, around %{customdata} Hz, %{y:.0f} dB<extra></extra>",
    )
    return chart([curve], height=height, x=words("Mel band"), y=words("Level [dB]"), xaxis=_bands(bands))


def cosines(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """The first waves that the levels are compared with, one above the other, each named by its coefficient."""
    shown = steps.cosines[:MOST_COSINES]  # (n_shown, n_mels)
    bands = np.arange(1, shown.shape[1] + 1)
    scaled = 0.38 * shown / np.abs(steps.cosines).max()
    numbers = range(1, len(shown) + 1)
    gap = np.nan  # one line with gaps: six would take six times as long to make
    traces = [
        _scatter(
            np.tile(np.append(bands, bands[-1]), len(shown)),
            _sent(np.concatenate([np.append(row - number, gap) for number, row in zip(numbers, scaled, strict=True)]), 3),
            line={"width": 1.4, "color": ACCENT},
            connectgaps=False,
            customdata=np.repeat(numbers, bands.size + 1),
            hovertemplate="wave of MFCC %{customdata}, band %{x}<extra></extra>",
        )
    ]
    rows = {
        "range": [-len(shown) - 0.6, -0.4],
        "tickvals": [-number for number in numbers],
        "ticktext": [str(number) for number in numbers],
    }
    return chart(traces, height=height, x=words("Mel band"), y=words("Wave of MFCC"), xaxis=_bands(bands), yaxis=rows)


def coefficients(steps: MfccSteps, *, height: int = HEIGHT, words: Words = str.format) -> go.Figure:
    """The coefficients as bars.

    The axis fits the second and further ones, which the first, the level, would dwarf; where that leaves the axis, its value is
    written there.
    """
    values = steps.coefficients
    numbers = np.arange(1, values.size + 1)
    reach = 1.25 * float(np.abs(values[1:]).max(initial=0.0)) or max(1.0, 1.25 * abs(float(values[0])))
    bars = {
        "type": "bar",
        "x": numbers,
        "y": values.round(1),
        "marker": {"color": [POSITIVE if value >= 0 else NEGATIVE for value in values]},
        "hovertemplate": "MFCC %{x}: %{y}<extra></extra>",
    }
    notes = []
    if abs(float(values[0])) > reach:
        above = bool(values[0] > 0)
        notes.append(
            {
                "x": 1,
                "y": reach if above else -reach,
                "text": f"{'↑' if above else '↓'} {values[0]:.0f}",
                "showarrow": False,
                "xanchor": "left",
                "xshift": 10,
                "yanchor": "top" if above else "bottom",
            }
        )
    return chart(
        [bars],
        height=height,
        x=words("MFCC"),
        y=words("Value [dB]"),
        xaxis={"range": [0.4, values.size + 0.6], "tick0": 1, "dtick": max(1, -(-values.size // 7))},
        yaxis={"range": [-reach, reach], "nticks": 5, "zeroline": True},
        annotations=notes,
    )


CHAIN: dict[str, Callable[..., go.Figure]] = {
    "frame": frame,
    "window": windowed,
    "spectrum": spectrum,
    "filters": filters,
    "log": levels,
    "cosines": cosines,
    "coefficients": coefficients,
}
"""The pictures by name, in the order of computing; the names are those of the words in pages/texts/views.toml."""


def mfcc_chain(steps: MfccSteps, *, height: int = HEIGHT) -> dict[str, go.Figure]:
    """All pictures of the chain by name, in the order of computing."""
    return {name: draw(steps, height=height) for name, draw in CHAIN.items()}


def _scatter(x: np.ndarray, y: np.ndarray, **further: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": {"width": 1.2, "color": ACCENT}, **further}


def _hertz(steps: MfccSteps) -> dict[str, Any]:
    return {"range": [0, steps.config.sr / 2], "nticks": 5}


def _bands(bands: np.ndarray) -> dict[str, Any]:
    return {"range": [0.5, bands.size + 0.5], "nticks": 5}


def _samples(
    steps: MfccSteps, values: np.ndarray, *, height: int, words: Words, further: Sequence[Mapping[str, Any]] = ()
) -> go.Figure:
    place = _places(values)
    milliseconds = _milliseconds(steps)
    curve = _scatter(
        _sent(milliseconds[place], 2),
        _sent(values[place], 4),
        line={"width": 1, "color": ACCENT},
        hovertemplate="%{x:.1f} ms, %{y:.3f} of full scale<extra></extra>",
    )
    return chart(
        [curve, *further],
        height=height,
        x=words("Time around {seconds:.2f} s [ms]", seconds=steps.centre_seconds),
        y=words("Amplitude"),
        xaxis={"range": [float(milliseconds[0]), float(milliseconds[-1])], "nticks": 5},
        yaxis={"range": [-_reach(steps), _reach(steps)], "nticks": 5, "zeroline": True},
    )


def _milliseconds(steps: MfccSteps) -> np.ndarray:
    """Time of each sample from the centre of the frame [ms]."""
    return 1000 * (steps.sample_seconds - steps.centre_seconds)


def _sent(values: np.ndarray, decimals: int) -> np.ndarray:
    """Numbers as they go to the browser: rounded, four bytes each."""
    return np.round(values, decimals).astype(np.float32)


def _reach(steps: MfccSteps) -> float:
    """Half the height of the pictures of samples, equal for both so that they compare."""
    return 1.08 * max(0.01, float(np.abs(steps.samples).max(initial=0.0)))


def _places(values: np.ndarray) -> np.ndarray:
    """Which of many values to draw, ascending: the least and the largest of each of MAX_POINTS / 2 stretches."""
    if values.size <= MAX_POINTS:
        return np.arange(values.size)
    edges = np.linspace(0, values.size, MAX_POINTS // 2 + 1).astype(int)
    found = [
        start + np.array([part.argmin(), part.argmax()])
        for start, part in zip(edges[:-1], np.split(values, edges[1:-1]), strict=True)
    ]
    return np.unique(np.concatenate(found))


def _level(steps: MfccSteps) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies [Hz] and power [dB] of the frame, the loudest of each of at most MAX_POINTS stretches."""
    floor = max(float(steps.power.max(initial=0.0)) * 10 ** (-RANGE_DB / 10), 1e-10)
    level = 10 * np.log10(np.maximum(steps.power, floor))
    width = -(-level.size // MAX_POINTS)
    starts = np.arange(0, level.size, width)
    place = np.array([start + level[start : start + width].argmax() for start in starts])
    return _sent(steps.frequencies[place], 1), _sent(level[place], 1)

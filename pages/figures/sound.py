"""The spectrum of a sound. Pictures over time, which move with the player, are scenes (pages.figures.scene)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.features.peaks import Peak
from pages.figures.panels import LOWEST_HZ, row_bounds
from pages.figures.theme import ACCENT, WARM, chart, faded, note_name

SEMITONE = 2 ** (1 / 12) - 1
MORE, LESS = "#c9503a", "#3f7fbf"
"""Red and blue as on the map of differences, readable on a light page and on a dark one."""
MAX_POINTS = 2000
LABEL_SHARE = 0.085
"""Width of a peak's name as a share of the narrowest picture it stands in: names nearer than that take two heights."""
HEADROOM = 0.34
"""Room for the names above the curve, as a share of what it spans."""
_TICKS = (30, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)


def spectrum(
    frequencies: np.ndarray,
    values: np.ndarray,
    *,
    unit: str,
    log_frequency: bool = True,
    peaks: Sequence[Peak] = (),
    height: int = 430,
) -> go.Figure:
    """How much of each frequency a clip holds.

    Parameters
    ----------
    frequencies : np.ndarray
        Frequency of each row [Hz], shape (n_rows,).
    values : np.ndarray
        Level or amplitude of each row, shape (n_rows,).
    unit : str
        Unit of `values`: dB, or amplitude.
    log_frequency : bool
        An octave takes the same room everywhere.
    peaks : sequence of Peak
        Named as notes where they are known that well, else by their frequency.
    """
    hertz, level = _reduced(frequencies, values, log_frequency=log_frequency)
    base = float(level.min()) if unit == "dB" else 0.0
    top = float(level.max(initial=base))
    room = HEADROOM * max(10.0 if unit == "dB" else 1e-6, top - base) if peaks else 0.05 * max(1e-6, top - base)
    traces = [
        {"type": "scatter", "mode": "lines", "x": hertz[[0, -1]], "y": [base, base], "line": {"width": 0}, "hoverinfo": "skip"},
        _curve(hertz, level, unit, _step(frequencies), fill="tonexty", fillcolor=faded(ACCENT, 0.18)),
    ]
    return chart(
        traces,
        height=height,
        x="Frequency [Hz]",
        y=_title(unit),
        xaxis=_frequency_axis(hertz, log_frequency=log_frequency),
        yaxis={"range": [base, top + room]},
        annotations=_names(peaks, hertz, top, room, unit=unit, log_frequency=log_frequency),
    )


def spectra(
    frequencies: np.ndarray,
    named: Mapping[str, np.ndarray],
    *,
    unit: str,
    log_frequency: bool = True,
    height: int = 330,
) -> go.Figure:
    """Two spectra on the same axes, each with its name; parameters as `spectrum`, `named` holds the values by name."""
    traces = []
    for (name, values), colour in zip(named.items(), (ACCENT, WARM), strict=False):
        hertz, level = _reduced(frequencies, values, log_frequency=log_frequency)
        traces.append(
            _curve(
                hertz, level, unit, _step(frequencies), name=_plain(name), line={"width": 1.5, "color": colour}, showlegend=True
            )
        )
    return chart(
        traces,
        height=height,
        x="Frequency [Hz]",
        y=_title(unit),
        xaxis=_frequency_axis(hertz, log_frequency=log_frequency),
        showlegend=True,
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
    )


def spectrum_difference(
    frequencies: np.ndarray, first: np.ndarray, second: np.ndarray, *, unit: str, log_frequency: bool = True, height: int = 220
) -> go.Figure:
    """The first spectrum less the second, above and below a line at zero; parameters as `spectrum`."""
    hertz, less = _reduced(frequencies, first - second, log_frequency=log_frequency, largest=np.abs)
    both = [
        _curve(
            hertz,
            part,
            unit,
            _step(frequencies),
            fill="tozeroy",
            fillcolor=faded(colour, 0.35),
            line={"width": 1, "color": colour},
        )
        for part, colour in ((np.maximum(less, 0), MORE), (np.minimum(less, 0), LESS))
    ]
    reach = 1.05 * max(1e-6, float(np.abs(less).max()))
    title = "Difference [dB]" if unit == "dB" else "Difference"
    axis = {"range": [-reach, reach], "zeroline": True}
    x_axis = _frequency_axis(hertz, log_frequency=log_frequency)
    return chart(both, height=height, x="Frequency [Hz]", y=title, xaxis=x_axis, yaxis=axis)


def _reduced(
    frequencies: np.ndarray, values: np.ndarray, *, log_frequency: bool, largest: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and values of at most MAX_POINTS rows, of neighbours the one that `largest` makes the largest."""
    edges = row_bounds(frequencies, MAX_POINTS, log_frequency=log_frequency)
    measured = largest(np.asarray(values))
    peak = np.array([start + measured[start:stop].argmax() for start, stop in itertools.pairwise(edges)])
    return np.asarray(frequencies, np.float32)[peak].round(1), np.asarray(values, np.float32)[peak].round(5)


def _curve(hertz: np.ndarray, level: np.ndarray, unit: str, step: float, **further: Any) -> dict[str, Any]:
    shown = "%{y:.1f} dB" if unit == "dB" else "amplitude %{y:.4f}"
    return {
        "type": "scatter",
        "mode": "lines",
        "x": hertz,
        "y": level,
        "line": {"width": 1.3, "color": ACCENT},
        "customdata": [f" ({note_name(value)})" if value * SEMITONE > step else "" for value in hertz.tolist()],
        "hovertemplate": "%{x:.0f} Hz%{customdata}, " + shown + "<extra></extra>",
        **further,
    }


def _step(frequencies: np.ndarray) -> float:
    """Distance of two bins [Hz]: a note is named where semitones lie further apart."""
    return float(frequencies[1] - frequencies[0]) if len(frequencies) > 1 else 0.0


def _title(unit: str) -> str:
    return "Level [dB]" if unit == "dB" else "Amplitude [full scale = 1]"


def _plain(name: str) -> str:
    """A title that somebody else wrote, without what Plotly would read as markup."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _names(
    peaks: Sequence[Peak], hertz: np.ndarray, top: float, room: float, *, unit: str, log_frequency: bool
) -> list[dict[str, Any]]:
    """Names of the peaks above the curve, at two heights, the strongest first: none stands on another or on another's line."""
    low = max(LOWEST_HZ, float(hertz[0])) if log_frequency else 0.0
    place = np.log10 if log_frequency else float
    reach = place(float(hertz[-1])) - (place(low) if log_frequency else 0.0)
    taken: list[tuple[float, int]] = []
    notes = []
    for peak in sorted(peaks, key=lambda peak: -peak.level_db):
        x = float(place(peak.frequency))
        gaps = [(abs(x - other) / reach, tier) for other, tier in taken]
        if any(gap < LABEL_SHARE / 2 for gap, _ in gaps):
            continue
        tier = next((tier for tier in (0, 1) if all(gap >= LABEL_SHARE for gap, other in gaps if other == tier)), None)
        if tier is None:
            continue
        taken.append((x, tier))
        words = f"{peak.frequency:.0f} Hz"
        notes.append(
            {
                "x": x,
                "y": peak.level_db if unit == "dB" else 10 ** (peak.level_db / 20),
                "text": f"<b>{note_name(peak.frequency)}</b><br>{words}" if peak.is_note else words,
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1,
                "axref": "x",
                "ax": x,
                "ayref": "y",
                "ay": top + room * (0.1, 0.58)[tier],
                "yanchor": "bottom",
                "font": {"size": 12},
            }
        )
    return notes


def _frequency_axis(hertz: np.ndarray, *, log_frequency: bool) -> dict[str, Any]:
    """Decades with the octaves between them on a logarithmic axis, kilohertz as they come on a linear one."""
    top = float(hertz[-1])
    if not log_frequency:
        return {"range": [0, top], "nticks": 8}
    low = max(LOWEST_HZ, float(hertz[0]))
    ticks = [value for value in _TICKS if low <= value <= top]
    names = [f"{value // 1000}k" if value >= 1000 else str(value) for value in ticks]
    return {"type": "log", "range": [np.log10(low), np.log10(top)], "tickvals": ticks, "ticktext": names}

"""Pictures of the first lesson: samples, frames, matching with waves, time against frequency, two genres in thirteen numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.framing import Leak
from genre_core.teaching.matching import Match
from genre_core.teaching.resolving import Resolved
from genre_core.teaching.sampling import Sampled
from genre_core.teaching.separating import Separation
from pages.figures.theme import ACCENT, MAGMA, NEUTRAL, WARM, chart, faded, genre_colours
from pages.figures.wording import Words

MOST_POINTS = 1200
SHOWN_BINS = 48
"""Of a leaking tone the spectrum is drawn so far."""
FLOOR_DB = -80.0
"""What spectra show below their loudest value [dB]."""


def sampled(tone: Sampled, *, height: int = 300, words: Words = str.format) -> go.Figure:
    """The tone, the samples taken of it, and the tone that the samples can also be, which is what comes back."""
    milliseconds = 1000 * tone.curve_seconds
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": (1000 * tone.seconds).round(4),
        "y": tone.samples.round(4),
        "marker": {"size": 9, "color": ACCENT},
        "hovertemplate": "sample at %{x:.3f} ms: %{y:.2f}<extra></extra>",
    }
    curves = [_line(milliseconds, tone.curve, NEUTRAL, 1.2, hoverinfo="skip")]
    notes = [_named(0.01, 1.02, words("the tone, {hertz:,.0f} Hz", hertz=tone.hertz), NEUTRAL)]
    if tone.is_aliased:
        curves.append(_line(milliseconds, tone.alias_curve, WARM, 2.5, hoverinfo="skip"))
        back = words("what comes back, {hertz:,.0f} Hz", hertz=tone.alias_hertz)
        notes.append(_named(0.99, 1.02, back, WARM, right=True))
    return chart(
        [*curves, dots],
        height=height,
        x="Time [ms]",
        y="Amplitude",
        xaxis={"range": [0, float(milliseconds[-1])]},
        yaxis={"range": [-1.15, 1.15], "nticks": 5},
        annotations=notes,
        margin=_with_names(),
    )


def leaking(found: Leak, *, height: int = 430) -> go.Figure:
    """The frame as it is transformed, and its spectrum below."""
    place = _places(found.windowed.size)
    spectrum = _line(found.hertz, np.maximum(found.level_db, FLOOR_DB), ACCENT, 1.8, xaxis="x2", yaxis="y2")
    spectrum["hovertemplate"] = "%{x:.0f} Hz: %{y:.0f} dB<extra></extra>"
    milliseconds = 1000 * found.seconds
    outline = _line(milliseconds[place], found.window[place], WARM, 1.2, dash="dot", hoverinfo="skip")
    return chart(
        [_line(milliseconds[place], found.windowed[place], ACCENT, 1.5, hoverinfo="skip"), outline, spectrum],
        height=height,
        x="Time in the frame [ms]",
        y="Amplitude",
        xaxis={"range": [0, float(milliseconds[-1])]},
        yaxis={"domain": [0.62, 1.0], "range": [-1.1, 1.1], "nticks": 3},
        xaxis2=_second("Frequency [Hz]", anchor="y2", range=[0, float(found.hertz[min(SHOWN_BINS, found.hertz.size - 1)])]),
        yaxis2=_second("Level [dB]", anchor="x2", domain=[0.0, 0.4], range=[FLOOR_DB, 5], nticks=5),
    )


def matched(
    seconds: np.ndarray, frame: np.ndarray, found: Match, hertz: np.ndarray, magnitudes: np.ndarray, *,
    height: int = 430, words: Words = str.format,
) -> go.Figure:  # fmt: skip
    """A frame with the wave that is laid over it, their product, and what such matches gave for all frequencies.

    Parameters
    ----------
    seconds, frame : np.ndarray
        The frame, shape (n,) each.
    found : Match
        The frame against the frequency that is tried.
    hertz, magnitudes : np.ndarray
        Every frequency's match, shape (n_bins,) each.
    words : callable
        Says notes with numbers in another language.
    """
    milliseconds, reach = 1000 * seconds, float(np.abs(frame).max(initial=1e-9))
    wave, product = found.cosine, found.with_cosine
    if abs(found.sine_sum) > abs(found.cosine_sum):
        wave, product = found.sine, found.with_sine
    top = float(np.abs(product).max(initial=1e-9))
    traces = [
        _line(milliseconds, frame, ACCENT, 1.5, hoverinfo="skip"),
        _line(milliseconds, reach * wave, WARM, 1.2, hoverinfo="skip"),
        _area(milliseconds, np.maximum(product, 0), ACCENT),
        _area(milliseconds, np.minimum(product, 0), WARM),
        _line(hertz, magnitudes, NEUTRAL, 1.2, xaxis="x2", yaxis="y3", hovertemplate="%{x:.0f} Hz: %{y:.0f}<extra></extra>"),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [found.hertz],
            "y": [found.magnitude],
            "xaxis": "x2",
            "yaxis": "y3",
            "marker": {"size": 13, "color": WARM},
            "hovertemplate": "%{x:.0f} Hz: %{y:.0f}<extra></extra>",
        },
    ]
    return chart(
        traces,
        height=height,
        x="Time in the frame [ms]",
        y="Frame, wave",
        xaxis={"range": [0, float(milliseconds[-1])], "anchor": "y2"},
        yaxis={"domain": [0.72, 1.0], "range": [-1.1 * reach, 1.1 * reach], "nticks": 3},
        yaxis2=_second("Product", anchor="x", domain=[0.46, 0.68], range=[-1.1 * top, 1.1 * top], nticks=3, zeroline=True),
        xaxis2=_second("Frequency of the wave [Hz]", anchor="y3", range=[0, float(hertz[-1])]),
        yaxis3=_second("Sum", anchor="x2", domain=[0.0, 0.26], rangemode="tozero", nticks=3),
        annotations=[
            _named(0.01, 1.05, "the frame", ACCENT),
            _named(0.99, 1.05, words("a wave of {hertz:,.0f} Hz", hertz=found.hertz), WARM, right=True),
        ],
        margin=_with_names(),
    )


def resolved(found: Resolved, *, height: int = 330) -> go.Figure:
    """A spectrogram around two tones and two clicks."""
    rows = (found.hertz >= 600) & (found.hertz <= 1600)
    middle = float(found.seconds[-1]) / 2
    columns = np.abs(found.seconds - middle) <= 0.2
    level = found.level_db[np.ix_(rows, columns)]
    picture = {
        "type": "heatmap",
        "x": 1000 * (found.seconds[columns] - middle),
        "y": found.hertz[rows],
        "z": level.round(1),
        "zmin": float(level.max()) - 60,
        "zmax": float(level.max()),
        "colorscale": [list(stop) for stop in MAGMA],
        "colorbar": {"title": {"text": "Level [dB]", "side": "right"}, "thickness": 12},
        "hovertemplate": "%{x:.0f} ms, %{y:.0f} Hz: %{z:.0f} dB<extra></extra>",
    }
    return chart([picture], height=height, x="Time from the middle [ms]", y="Frequency [Hz]")


def genres_apart(names: Sequence[str], found: Separation, chosen: int, *, height: int = 300) -> go.Figure:
    """Mean and deviation of each coefficient in two genres; the chosen one stands out.

    Parameters
    ----------
    names : sequence of str
        The two genres.
    found : Separation
    chosen : int
        Index of a coefficient.
    """
    colours = genre_colours(names)
    numbers = np.arange(1, found.ratio.size + 1)
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": numbers + shift,
            "y": mean.round(2),
            "error_y": {"type": "data", "array": deviation.round(2), "thickness": 1.6, "width": 4, "color": colours[name]},
            "marker": {"size": 9, "color": colours[name], "opacity": np.where(numbers == chosen + 1, 1.0, 0.55)},
            "name": name,
            "hovertemplate": "%{fullData.name}, MFCC %{x:.0f}: mean %{y:.1f}<extra></extra>",
        }
        for name, mean, deviation, shift in (
            (names[0], found.mean_a, found.deviation_a, -0.13),
            (names[1], found.mean_b, found.deviation_b, 0.13),
        )
    ]
    reach = np.concatenate([np.abs(found.mean_a) + found.deviation_a, np.abs(found.mean_b) + found.deviation_b])
    shown = reach if chosen == 0 else reach.reshape(2, -1)[:, 1:]  # the first, the level, would dwarf all others
    most = shown.max(initial=1.0) * 1.15
    return chart(
        traces,
        height=height,
        x="MFCC",
        y="Mean over a track [dB]",
        xaxis={"range": [0.4, numbers.size + 0.6], "tick0": 1, "dtick": 1},
        yaxis={"range": [-most, most], "zeroline": True},
        shapes=[_column(chosen + 1)],
        annotations=[
            _named(0.01, 1.05, names[0], colours[names[0]]),
            _named(0.99, 1.05, names[1], colours[names[1]], right=True),
        ],
        margin=_with_names(),
    )


def tracks_apart(
    values: Mapping[str, np.ndarray], cut: float, *, number: int, height: int = 190, words: Words = str.format
) -> go.Figure:
    """Every track of two genres by one coefficient, and where the reader cuts.

    Parameters
    ----------
    values : mapping
        Genre -> its tracks' values, shape (n_tracks,).
    cut : float
        The threshold.
    number : int
        Of the coefficient, from 1.
    words : callable
        Says the axis's title in another language.
    """
    colours = genre_colours(list(values))
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": found.round(2),
            "y": [name] * found.size,
            "marker": {"size": 10, "color": colours[name], "opacity": 0.7},
            "hovertemplate": "%{y}: %{x:.1f}<extra></extra>",
        }
        for name, found in values.items()
    ]
    line = {"type": "line", "x0": cut, "x1": cut, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": NEUTRAL, "width": 2}}
    return chart(traces, height=height, x=words("MFCC {number}, mean over a track [dB]", number=number), shapes=[line])


def _line(x: np.ndarray, y: np.ndarray, colour: str, width: float, *, dash: str = "solid", **more: Any) -> dict[str, Any]:
    place = _places(len(x))
    line = {"width": width, "color": colour, "dash": dash}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.asarray(x)[place],
        "y": np.asarray(y)[place].round(4),
        "line": line,
        **more,
    }


def _area(x: np.ndarray, y: np.ndarray, colour: str) -> dict[str, Any]:
    drawn = _line(x, y, colour, 0.8, hoverinfo="skip")
    return {**drawn, "fill": "tozeroy", "fillcolor": faded(colour, 0.35), "yaxis": "y2"}


def _places(count: int) -> np.ndarray:
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(int))


def _second(title: str, **more: Any) -> dict[str, Any]:
    return {
        "title": {"text": title, "standoff": 8},
        "showgrid": False,
        "ticks": "outside",
        "ticklen": 4,
        "automargin": True,
        **more,
    }


def _named(x: float, y: float, text: str, colour: str, *, right: bool = False) -> dict[str, Any]:
    anchor = "right" if right else "left"
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": anchor, "yanchor": "bottom", "showarrow": False}
    return {**place, "text": f"<b>{text}</b>", "font": {"color": colour}}


def _with_names() -> dict[str, int]:
    """Margins that leave room for the curves' names above the picture."""
    return {"l": 8, "r": 12, "t": 36, "b": 8}


def _column(number: int) -> dict[str, Any]:
    ends = {"x0": number - 0.45, "x1": number + 0.45, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "rect", **ends, "fillcolor": faded(ACCENT, 0.12), "line": {"width": 0}, "layer": "below"}

"""Pictures of the lesson about patterns: a filter on a spectrogram, its answers, what pooling leaves, gates, fading memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.convolving import Place
from genre_core.teaching.recurrence import LstmSteps
from pages.figures.learn.marks import ROOM_ABOVE, named
from pages.figures.theme import ACCENT, DIVERGING, MAGMA, NEUTRAL, WARM, chart
from pages.figures.wording import Words

TICK_HZ = (100, 400, 1000, 2500, 6000)
WIDE, NARROW = (0.0, 0.66), (0.76, 1.0)
"""Where pictures over time stand, and the small ones beside them, from left to right."""


def sliding(
    picture: np.ndarray,
    answers: np.ndarray,
    place: Place,
    weights: np.ndarray,
    *,
    frame_seconds: float,
    hertz: np.ndarray,
    height: int = 400,
    words: Words = str.format,
) -> go.Figure:
    """A filter laid on one place of a spectrogram: what lies under it, its weights, the products; and its answers at all places.

    Parameters
    ----------
    picture, answers : np.ndarray
        Brightness, and the filter's answer at each place, shape (n_bands, n_frames) each.
    place : Place
        Where the filter lies.
    weights : np.ndarray
        The filter, shape (n_filter_rows, n_filter_columns).
    frame_seconds : float
        From one frame to the next.
    hertz : np.ndarray
        Centre of each band, ascending, shape (n_bands,).
    words : callable
        Says notes with numbers in another language.
    """
    strongest = float(np.abs(weights).max())
    products = float(np.abs(place.products).max(initial=1e-9))
    traces = [
        _map(picture, frame_seconds, hertz, 0.0, 1.0, MAGMA),
        {**_map(answers, frame_seconds, hertz, *_reach(answers), DIVERGING), "xaxis": "x2", "yaxis": "y2"},
        _small(place.patch, 0.0, 1.0, MAGMA, 3),
        _small(weights, -strongest, strongest, DIVERGING, 4),
        _small(place.products, -products, products, DIVERGING, 5),
    ]
    n_rows, n_columns = weights.shape
    boxes = [
        _box(place.row, place.column, n_rows, n_columns, frame_seconds, ""),
        _box(place.row + (n_rows - 1) // 2, place.column + (n_columns - 1) // 2, 1, 1, frame_seconds, "2"),
    ]
    hidden = {"showticklabels": False, "ticks": "", "showgrid": False, "zeroline": False}
    heights = ((0.74, 1.0), (0.37, 0.63), (0.0, 0.26))
    small = {}
    for number, domain in zip((3, 4, 5), heights, strict=True):
        small[f"xaxis{number}"] = {**hidden, "domain": NARROW, "anchor": f"y{number}"}
        small[f"yaxis{number}"] = {**hidden, "domain": domain, "anchor": f"x{number}"}
    titles = ("under the filter", "its weights", words("products, sum {sum}", sum=signed(place.answer)))
    return chart(
        traces,
        height=height,
        xaxis={"domain": WIDE, "anchor": "y", "showticklabels": False},
        yaxis={**_second("Frequency [Hz]"), "domain": (0.58, 1.0), **_bands(hertz)},
        xaxis2={**_second("Time [s]"), "domain": WIDE, "anchor": "y2"},
        yaxis2={**_second("Frequency [Hz]"), "domain": (0.0, 0.42), "anchor": "x2", **_bands(hertz)},
        **small,
        shapes=boxes,
        annotations=[
            named(0.0, "the sound", NEUTRAL),
            _at(0.0, 0.43, "the filter's answers", "left"),
            *(_at(sum(NARROW) / 2, domain[1] + 0.005, title, "center") for domain, title in zip(heights, titles, strict=True)),
        ],
        margin=ROOM_ABOVE,
    )


def answered(
    picture: np.ndarray,
    kept: np.ndarray,
    *,
    frame_seconds: float,
    hertz: np.ndarray,
    words: tuple[str, str],
    kept_frames: int = 1,
    height: int = 400,
) -> go.Figure:
    """Two pictures over the same time: what goes into a layer, and what comes out of it.

    Parameters
    ----------
    picture, kept : np.ndarray
        Shape (n_bands, n_frames) and (n_bands, n_frames // kept_frames); from 0 up.
    frame_seconds : float
        From one frame of `picture` to the next.
    hertz : np.ndarray
        Centre of each band, shape (n_bands,).
    words : (str, str)
        What they are.
    kept_frames : int
        Frames of `picture` in one of `kept`.
    """
    top = float(picture.max(initial=1e-9))
    seconds = frame_seconds * picture.shape[1]
    below = _map(kept, kept_frames * frame_seconds, hertz, 0.0, float(kept.max(initial=1e-9)), MAGMA)
    return chart(
        [_map(picture, frame_seconds, hertz, 0.0, top, MAGMA), {**below, "xaxis": "x2", "yaxis": "y2"}],
        height=height,
        xaxis={"anchor": "y", "showticklabels": False, "range": [0, seconds]},
        yaxis={**_second("Frequency [Hz]"), "domain": (0.58, 1.0), **_bands(hertz)},
        xaxis2={**_second("Time [s]"), "anchor": "y2", "range": [0, seconds]},
        yaxis2={**_second("Frequency [Hz]"), "domain": (0.0, 0.42), "anchor": "x2", **_bands(hertz)},
        annotations=[named(0.0, words[0], NEUTRAL), _at(0.0, 0.43, words[1], "left")],
        margin=ROOM_ABOVE,
    )


def counted(curve: np.ndarray, threshold: float, steps: LstmSteps, *, frame_seconds: float, height: int = 400) -> go.Figure:
    """What two LSTM cells do with an onset curve: the curve, the first cell's gates, and its memory.

    Parameters
    ----------
    curve : np.ndarray
        How much starts at each frame, 0 to 1, shape (n_frames,).
    threshold : float
        Above it a stroke counts.
    steps : LstmSteps
        Of `counting_lstm`.
    frame_seconds : float
        From one frame to the next.
    """
    seconds = frame_seconds * np.arange(curve.size)
    rows = (
        ("Onsets", curve, ACCENT, (0.76, 1.0), [0, 1.05]),
        ("Input gate", steps.input_gate[:, 0], WARM, (0.54, 0.7), [-0.05, 1.1]),
        ("Forget gate", steps.forget_gate[:, 0], NEUTRAL, (0.32, 0.48), [-0.05, 1.1]),
        ("Memory", steps.cell[:, 0], ACCENT, (0.0, 0.26), [0, max(1.0, 1.1 * float(steps.cell[:, 0].max()))]),
    )
    traces, axes = [], {}
    for number, (name, values, colour, domain, ends) in enumerate(rows, 1):
        axis = "" if number == 1 else str(number)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name.lower(),
                "x": seconds.round(3),
                "y": np.asarray(values).round(4),
                "yaxis": f"y{axis}",
                "line": {"color": colour, "width": 1.8, "shape": "hv" if number > 1 else "linear"},
                "hovertemplate": "%{fullData.name} at %{x:.2f} s: %{y:.2f}<extra></extra>",
            }
        )
        axes[f"yaxis{axis}"] = {**_second(name), "domain": domain, "range": ends, "nticks": 3}
    limit = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": threshold, "y1": threshold, "yref": "y"}
    return chart(
        traces,
        height=height,
        x="Time [s]",
        xaxis={"anchor": "y4", "range": [0, max(frame_seconds, float(seconds[-1]))]},
        shapes=[{**limit, "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"}}],
        **axes,
    )


def fading(remembered: Sequence[tuple[str, np.ndarray, str]], *, frame_seconds: float, height: int = 330) -> go.Figure:
    """How much of a stroke is still remembered after it.

    Parameters
    ----------
    remembered : sequence of (str, np.ndarray, str)
        Name, share of the memory of the stroke that is left at each frame, shape (n_frames,), and colour.
    frame_seconds : float
        From one frame to the next.
    """
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": (frame_seconds * np.arange(share.size)).round(3),
            "y": (100 * share).round(2),
            "line": {"color": colour, "width": 3},
            "hovertemplate": "%{fullData.name}, %{x:.2f} s later: %{y:.0f} %<extra></extra>",
        }
        for name, share, colour in remembered
    ]
    return chart(
        traces,
        height=height,
        x="Time after the stroke [s]",
        y="Still remembered [%]",
        yaxis={"range": [0, 106]},
        annotations=[
            named(x, f"● {name}", colour, anchor=anchor)
            for (name, _, colour), x, anchor in zip(remembered, (0.01, 0.99), ("left", "right"), strict=True)
        ],
        margin=ROOM_ABOVE,
    )


def signed(value: float) -> str:
    """`+0.12`, `−0.50`, `0.00`."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")


def _map(values: np.ndarray, frame_seconds: float, hertz: np.ndarray, low: float, high: float, palette: Any) -> dict[str, Any]:
    n_bands, n_frames = values.shape
    return {
        "type": "heatmap",
        "z": np.asarray(values).round(3),
        "x0": frame_seconds / 2,
        "dx": frame_seconds,
        "y": np.arange(n_bands),
        "zmin": low,
        "zmax": high,
        "colorscale": [list(stop) for stop in palette],
        "showscale": False,
        "customdata": np.repeat(hertz.round()[:, None], n_frames, axis=1),
        "hovertemplate": "%{x:.2f} s, %{customdata:.0f} Hz: %{z:.2f}<extra></extra>",
    }


def _small(values: np.ndarray, low: float, high: float, palette: Any, axis: int) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "z": np.asarray(values).round(3),
        "zmin": low,
        "zmax": high,
        "colorscale": [list(stop) for stop in palette],
        "showscale": False,
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{z:.2f}<extra></extra>",
    }


def _reach(answers: np.ndarray) -> tuple[float, float]:
    most = float(np.abs(answers).max(initial=1e-9))
    return -most, most


def _bands(hertz: np.ndarray) -> dict[str, Any]:
    """Ticks of bands at round frequencies."""
    inside = [tick for tick in TICK_HZ if hertz[0] <= tick <= hertz[-1]]
    places = np.interp(inside, hertz, np.arange(hertz.size))
    return {"tickvals": places.tolist(), "ticktext": [f"{tick:,}" for tick in inside], "range": [-0.5, hertz.size - 0.5]}


def _second(title: str) -> dict[str, Any]:
    shown = {"title": {"text": title, "standoff": 20}, "showgrid": False, "zeroline": False}
    return {**shown, "ticks": "outside", "ticklen": 4, "automargin": True}


def _box(row: int, column: int, n_rows: int, n_columns: int, frame_seconds: float, axis: str) -> dict[str, Any]:
    """The border of some cells of a map; `axis` is the number of its axes."""
    across = {"x0": frame_seconds * column, "x1": frame_seconds * (column + n_columns), "xref": f"x{axis}"}
    up = {"y0": row - 0.5, "y1": row + n_rows - 0.5, "yref": f"y{axis}"}
    return {"type": "rect", **across, **up, "line": {"color": ACCENT, "width": 3}}


def _at(x: float, y: float, text: str, anchor: str) -> dict[str, Any]:
    place = {"x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": anchor, "yanchor": "bottom", "showarrow": False}
    return {**place, "text": f"<b>{text}</b>", "font": {"color": NEUTRAL}}

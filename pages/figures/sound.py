"""Pictures of a sound: waveform, spectrum, and everything over time and frequency.

What goes to the browser is a screen's worth: an envelope of a few thousand points, a picture of at most MAX_ROWS by
MAX_COLUMNS cells, decibels as one byte each.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import ACCENT, DIVERGING, MAGMA, note_name, on_time_axis, styled

MAX_ROWS, MAX_COLUMNS = 256, 800
MAX_POINTS = 2000
LOWEST_HZ = 30.0
"""Where a logarithmic frequency axis begins: below the lowest note of most instruments."""


def waveform(envelope: np.ndarray, seconds: float, *, height: int = 150) -> go.Figure:
    """Sound pressure over time, as the band between the least and the largest sample of each moment.

    Parameters
    ----------
    envelope : np.ndarray
        Minimum and maximum of each bin, shape (2, n_bins); 1 is full scale.
    seconds : float
        Length of the clip [s].
    """
    low, high = np.asarray(envelope, np.float32).round(4)
    step = seconds / max(1, low.size)
    line = {"width": 0.5, "color": ACCENT}
    fig = go.Figure(
        [
            go.Scatter(x0=step / 2, dx=step, y=low, line=line, hoverinfo="skip"),
            go.Scatter(
                x0=step / 2,
                dx=step,
                y=high,
                line=line,
                fill="tonexty",
                fillcolor=ACCENT,
                hovertemplate="%{x:.2f} s, peak %{y:.2f} of full scale<extra></extra>",
            ),
        ]
    )
    small = height < 200  # a strip above another picture: the time axis is written once, below
    on_time_axis(styled(fig, height=height, x="" if small else "Time [s]", y="Amplitude"), seconds)
    if small:
        fig.update_layout(margin={"b": 32, "t": 6})
        fig.update_xaxes(ticksuffix=" s")
    reach = max(0.05, float(np.abs(envelope).max(initial=0.0))) * 1.08
    fig.update_yaxes(range=[-reach, reach], nticks=5, zeroline=True)
    return fig


def spectrum(
    frequencies: np.ndarray, values: np.ndarray, *, unit: str, log_frequency: bool = True, height: int = 430
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
    """
    edges = _edges(frequencies, MAX_POINTS, log_frequency=log_frequency)
    peak = np.array([start + values[start:stop].argmax() for start, stop in itertools.pairwise(edges)])
    level = np.asarray(values, np.float32)[peak].round(5)
    hertz = np.asarray(frequencies, np.float32)[peak].round(1)
    shown = "%{y:.1f} dB" if unit == "dB" else "amplitude %{y:.4f}"
    base = float(level.min()) if unit == "dB" else 0.0
    fig = go.Figure(
        [
            go.Scatter(x=hertz, y=np.full(level.size, base, np.float32), line={"width": 0}, hoverinfo="skip"),
            go.Scatter(
                x=hertz,
                y=level,
                line={"width": 1.3, "color": ACCENT},
                fill="tonexty",
                fillcolor="rgba(20, 148, 136, 0.18)",
                customdata=[note_name(value) for value in hertz.tolist()],
                hovertemplate="%{x:.0f} Hz (%{customdata}), " + shown + "<extra></extra>",
            ),
        ]
    )
    styled(fig, height=height, x="Frequency [Hz]", y="Level [dB]" if unit == "dB" else "Amplitude [full scale = 1]")
    _frequency_axis(fig.update_xaxes, hertz, log_frequency=log_frequency)
    return fig


def spectrogram(
    values: np.ndarray,
    frequencies: np.ndarray,
    seconds: float,
    *,
    unit: str,
    log_frequency: bool = False,
    height: int = 430,
) -> go.Figure:
    """Frequency content over time, brighter where there is more.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_rows, n_frames), as the feature gives it.
    frequencies : np.ndarray
        Frequency of each row [Hz], ascending, shape (n_rows,).
    seconds : float
        Length of the clip [s].
    unit : str
        dB, or magnitude; magnitudes are shown in per cent of the largest.
    """
    edges = _edges(frequencies, MAX_ROWS, log_frequency=log_frequency)
    cells = _reduced(values, edges)  # (n_shown_rows, n_columns)
    if unit == "dB":
        loudest = float(cells.max(initial=-np.inf))
        cells = np.clip(np.rint(cells - loudest), -120, 0).astype(np.int8)
        floor, title, shown = float(cells.min(initial=-80)), "dB below the loudest", "%{z} dB"
    else:
        cells = np.rint(100 * cells / max(float(cells.max(initial=0.0)), 1e-12)).astype(np.uint8)
        floor, title, shown = 0.0, "% of the loudest", "%{z} % of the loudest"
    centres = np.sqrt(np.maximum(frequencies[edges[:-1]], 1.0) * frequencies[edges[1:] - 1])
    if not log_frequency:
        centres = (frequencies[edges[:-1]] + frequencies[edges[1:] - 1]) / 2
    hertz = np.rint(centres).astype(np.int32)
    fig = _heatmap(cells, seconds, y=hertz, scale=MAGMA, zmin=floor, zmax=0.0 if unit == "dB" else 100.0, title=title)
    fig.update_traces(hovertemplate="%{x:.2f} s, %{y:.0f} Hz, " + shown + "<extra></extra>")
    on_time_axis(styled(fig, height=height, x="Time [s]", y="Frequency [Hz]"), seconds)
    _frequency_axis(fig.update_yaxes, hertz, log_frequency=log_frequency)
    return fig


def coefficients(values: np.ndarray, rows: Sequence[str], seconds: float, *, height: int = 430) -> go.Figure:
    """Rows of numbers over time on a map centred on zero, for MFCC and their deltas.

    Each row is divided by its own largest magnitude, or the first coefficient, which follows the loudness, would drown the
    others; the tooltip tells the share of that magnitude.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_rows, n_frames).
    rows : sequence of str
        Name of each row.
    seconds : float
        Length of the clip [s].
    """
    kept = _mean_columns(np.asarray(values, np.float32))  # (n_rows, n_columns)
    largest = np.maximum(np.abs(kept).max(axis=1, keepdims=True), 1e-9)
    cells = np.rint(100 * kept / largest).astype(np.int8)
    names = [name.replace("MFCC ", "") for name in rows]
    shown = "%{z} % of its largest value"
    fig = _heatmap(
        cells,
        seconds,
        y=np.arange(len(rows)),
        scale=DIVERGING,
        zmin=-100.0,
        zmax=100.0,
        title="% of the row's largest",
    )
    fig.update_traces(hovertemplate="%{x:.2f} s, MFCC %{y}: " + shown + "<extra></extra>", zsmooth=False)
    on_time_axis(styled(fig, height=height, x="Time [s]", y="Coefficient"), seconds)
    step = max(1, len(rows) // 20)
    fig.update_yaxes(tickvals=np.arange(0, len(rows), step), ticktext=names[::step])
    return fig


def _heatmap(
    cells: np.ndarray,
    seconds: float,
    *,
    y: np.ndarray,
    scale: Sequence[tuple[float, str]],
    zmin: float,
    zmax: float,
    title: str,
) -> go.Figure:
    step = seconds / cells.shape[1]
    return go.Figure(
        go.Heatmap(
            z=cells,
            x0=step / 2,
            dx=step,
            y=y,
            colorscale=[list(stop) for stop in scale],
            zmin=zmin,
            zmax=zmax,
            colorbar={
                "title": {"text": title, "side": "right", "font": {"size": 12}},
                "xpad": 6,
                "ypad": 0,
                "thickness": 10,
                "outlinewidth": 0,
                "len": 1.0,
            },
        )
    )


def _frequency_axis(update: object, hertz: np.ndarray, *, log_frequency: bool) -> None:
    """Decades with the octaves between them on a logarithmic axis, kilohertz as they come on a linear one."""
    top = float(hertz[-1])
    if log_frequency:
        low = max(LOWEST_HZ, float(hertz[0]))
        ticks = [value for value in (30, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000) if low <= value <= top]
        names = [f"{value // 1000}k" if value >= 1000 else str(value) for value in ticks]
        update(type="log", range=[np.log10(low), np.log10(top)], tickvals=ticks, ticktext=names)  # type: ignore[operator]
    else:
        update(range=[0, top], nticks=8)  # type: ignore[operator]


def _edges(frequencies: np.ndarray, most: int, *, log_frequency: bool) -> np.ndarray:
    """First row of each shown row, and the end; at most `most` rows, none of them empty."""
    n_rows = len(frequencies)
    if not log_frequency:
        return np.unique(np.linspace(0, n_rows, min(n_rows, most) + 1).astype(int))
    low = min(LOWEST_HZ, float(frequencies[-1]) / 2)
    bounds = np.geomspace(max(low, 1.0), float(frequencies[-1]), most + 1)
    edges = np.unique(np.searchsorted(frequencies, bounds))
    first = max(1, int(edges[0])) if float(frequencies[0]) <= 0 else int(edges[0])
    return np.unique(np.r_[first, edges[(edges > first) & (edges < n_rows)], n_rows])


def _reduced(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Largest value of each block of rows and columns: a short click and a thin line stay visible."""
    kept = np.maximum.reduceat(np.asarray(values, np.float32)[: edges[-1]], edges[:-1], axis=0)  # (n_shown_rows, n_frames)
    width = -(-kept.shape[1] // MAX_COLUMNS)
    if width == 1:
        return kept
    return np.maximum.reduceat(kept, np.arange(0, kept.shape[1], width), axis=1)  # (n_shown_rows, n_columns)


def _mean_columns(values: np.ndarray) -> np.ndarray:
    width = -(-values.shape[1] // MAX_COLUMNS)
    if width == 1:
        return values
    starts = np.arange(0, values.shape[1], width)
    counts = np.diff(np.r_[starts, values.shape[1]])
    return np.add.reduceat(values, starts, axis=1) / counts  # (n_rows, n_columns)

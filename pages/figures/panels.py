"""From a feature's values to panels of a scene.

What goes to the browser is a screen's worth: cells of one byte, at most MAX_ROWS by MAX_COLUMNS, and lines of at most MAX_COLUMNS
points, of what is visible and a little more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from pages.figures.scene import Axis, Band, Cells, Line, Panel, value_ticks
from pages.figures.theme import DIVERGING, MAGMA

MAX_ROWS, MAX_COLUMNS = 256, 1000
RANGE_DB, SILENCE_DB = 80.0, -100.0
"""What a picture in decibels shows below its loudest cell, and the level of silence."""
LOWEST_HZ = 30.0
"""Where a logarithmic frequency axis begins: below the lowest note of most instruments."""

_HERTZ_TICKS = (30, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)

Reduce = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Span:
    """Columns of a feature that are to be drawn.

    Attributes
    ----------
    start : float
        Time at which the feature's first frame is centred [s].
    step : float
        From one frame to the next [s].
    visible : (float, float)
        What the player shows [s]; half of it more is drawn on either side, so that a small move shows no gap.
    """

    start: float
    step: float
    visible: tuple[float, float]
    margin: float = field(default=0.5)

    def columns(self, n_frames: int) -> tuple[int, int]:
        """First frame and the end of those to draw."""
        extra = self.margin * (self.visible[1] - self.visible[0])
        first = int(np.floor((self.visible[0] - extra - self.start) / self.step))
        stop = int(np.ceil((self.visible[1] + extra - self.start) / self.step)) + 1
        first = min(max(0, first), max(0, n_frames - 1))
        return first, max(first + 1, min(n_frames, stop))


def frequency_panel(
    values: np.ndarray,
    frequencies: np.ndarray,
    span: Span,
    *,
    unit: str,
    log_frequency: bool = False,
    own_scale: bool = False,
    share: float = 1.0,
) -> Panel:
    """Frequency content over time.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_rows, n_frames), as the feature gives it, and so it is drawn: picture, formula, code and file count alike.
    frequencies : np.ndarray
        Frequency of each row [Hz], ascending, shape (n_rows,).
    span : Span
        Which frames are drawn.
    unit : str
        dB, drawn from the largest to RANGE_DB below it, or what a magnitude is called: such are drawn from zero.
    own_scale : bool
        Rows are equally high, whatever their frequencies: the scale on which a mel or constant-Q spectrogram is even.
    """
    bounds = row_bounds(frequencies, MAX_ROWS, log_frequency=log_frequency)
    first, stop = span.columns(values.shape[1])
    shown = np.asarray(values[bounds[0] : bounds[-1], first:stop], np.float32)
    rows = np.maximum.reduceat(shown, bounds[:-1] - bounds[0], axis=0)
    largest = float(values.max(initial=-np.inf))
    high = max(largest, SILENCE_DB + RANGE_DB) if unit == "dB" else max(largest, 1e-12)
    low = high - RANGE_DB if unit == "dB" else 0.0
    cells = _cells(rows, span, first, low=low, high=high, reduce=_largest)
    hertz = _edges_between(np.asarray(frequencies, np.float64), bounds, log_frequency=log_frequency)
    axis = frequency_axis(float(hertz[0]), float(hertz[-1]), log_frequency=log_frequency or own_scale)
    if own_scale:
        axis = replace(axis, log=False, edges=hertz)
    even = own_scale or _is_even(np.log(hertz) if log_frequency else hertz)
    layer = Cells(**cells, edges=hertz, even=even, palette=MAGMA, low=low, high=high, unit=unit)
    return Panel(axis, [layer], share)


def rows_panel(
    values: np.ndarray,
    names: Sequence[str],
    span: Span,
    *,
    title: str,
    unit: str,
    signed: bool,
    each_row: bool = False,
    ticks: Sequence[tuple[float, str]] | None = None,
    share: float = 1.0,
) -> Panel:
    """Rows of numbers over time whose order is no quantity: coefficients, pitch classes.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_rows, n_frames).
    names : sequence of str
        Of the rows, the lowest first.
    signed : bool
        Drawn on a map centred on zero; else from zero up.
    each_row : bool
        Each row is divided by its own largest magnitude, for rows whose sizes differ.
    ticks : sequence of (float, str) or None
        What stands on the axis, on which row k lies from k - 1/2 to k + 1/2; the names of the rows where nothing is said.
    """
    first, stop = span.columns(values.shape[1])
    largest = np.maximum(np.abs(values).max(axis=1 if each_row else None, keepdims=True), 1e-9)
    rows = np.asarray(values[:, first:stop], np.float32) / largest
    scales = None
    if each_row:
        scales = largest[:, 0].astype(np.float32)
        low, high, unit, rows = -100.0 if signed else 0.0, 100.0, "% of the row's largest", 100 * rows
    else:
        high = float(largest.max())
        low, rows = -high if signed else 0.0, rows * high
    cells = _cells(rows, span, first, low=low, high=high, reduce=_mean)
    step = max(1, len(names) // 20)
    ticks = ticks or [(float(place), names[place]) for place in range(0, len(names), step)]
    axis = Axis(title, -0.5, len(names) - 0.5, kind="rows", ticks=ticks)
    edges = np.arange(len(names) + 1, dtype=np.float32) - np.float32(0.5)
    palette = DIVERGING if signed else MAGMA
    layer = Cells(**cells, edges=edges, even=True, palette=palette, low=low, high=high, unit=unit, names=names, scales=scales)
    return Panel(axis, [layer], share)


def envelope_panel(sounds: Sequence[tuple[str, str, np.ndarray]], x0: float, dx: float, *, share: float = 1.0) -> Panel:
    """Waveforms over each other: name, colour and (2, n_bins) least and greatest samples of each, bins `dx` seconds wide."""
    reach = 1.08 * max(0.05, *(float(np.abs(both).max(initial=0.0)) for _, _, both in sounds))
    layers = [Band(np.float32(low), np.float32(high), x0, dx, name, colour) for name, colour, (low, high) in sounds]
    return Panel(Axis("Amplitude", -reach, reach, ticks=value_ticks(-reach, reach)), layers, share)


def value_panel(
    lines: Sequence[Line], *, title: str, low: float | None = None, high: float | None = None, share: float = 1.0
) -> Panel:
    """Lines on an axis of their own."""
    known = np.concatenate([line.values[np.isfinite(line.values)] for line in lines] or [np.zeros(1)])
    least = float(known.min(initial=0.0)) if low is None else low
    most = float(known.max(initial=0.0)) if high is None else high
    if most - least < 1e-9:
        most = least + 1.0
    room = 0.06 * (most - least)
    axis = Axis(title, least - (room if low is None and least < 0 else 0.0), most + (0.0 if high is not None else room))
    return Panel(Axis(axis.title, axis.low, axis.high, ticks=value_ticks(axis.low, axis.high)), list(lines), share)


def line(
    values: np.ndarray, span: Span, *, name: str, colour: str, unit: str = "", halo: bool = False, is_pitch: bool = False
) -> Line:
    """The visible part of one value a frame, shape (n_frames,), as a line of at most MAX_COLUMNS points."""
    first, stop = span.columns(len(values))
    shown = np.asarray(values[first:stop], np.float32)
    width = -(-len(shown) // MAX_COLUMNS)
    if width > 1:
        shown = _mean(shown[None], np.arange(0, len(shown), width))[0]
    start = span.start + (first + (width - 1) / 2) * span.step
    return Line(shown, start, width * span.step, name, colour, unit, "rgba(255,255,255,0.75)" if halo else None, is_pitch)


def frequency_axis(low: float, high: float, *, log_frequency: bool) -> Axis:
    """A frequency axis with decades and the octaves between them, or with kilohertz as they come."""
    if log_frequency:
        ticks = [
            (float(hertz), f"{hertz // 1000}k" if hertz >= 1000 else str(hertz)) for hertz in _HERTZ_TICKS if low <= hertz <= high
        ]
        return Axis("Frequency [Hz]", low, high, log=True, kind="frequency", ticks=ticks)
    return Axis("Frequency [Hz]", low, high, kind="frequency", ticks=value_ticks(low, high))


def row_bounds(frequencies: np.ndarray, most: int, *, log_frequency: bool) -> np.ndarray:
    """First row of each shown row, and the end; at most `most` rows, none of them empty."""
    n_rows = len(frequencies)
    if not log_frequency:
        return np.unique(np.linspace(0, n_rows, min(n_rows, most) + 1).astype(int))
    low = min(LOWEST_HZ, float(frequencies[-1]) / 2)
    bounds = np.geomspace(max(low, 1.0), float(frequencies[-1]), most + 1)
    edges = np.unique(np.searchsorted(frequencies, bounds))
    first = max(1, int(edges[0])) if float(frequencies[0]) <= 0 else int(edges[0])
    return np.unique(np.r_[first, edges[(edges > first) & (edges < n_rows)], n_rows])


def _cells(rows: np.ndarray, span: Span, first: int, *, low: float, high: float, reduce: Reduce) -> dict[str, Any]:
    """Rows in units as bytes, columns put together where there are more than a screen shows."""
    width = -(-rows.shape[1] // MAX_COLUMNS)
    if width > 1:
        rows = reduce(rows, np.arange(0, rows.shape[1], width))
    shades = np.clip(np.rint((rows - low) * (255 / (high - low))), 0, 255).astype(np.uint8)
    return {"cells": shades, "x0": span.start + (first - 0.5) * span.step, "dx": width * span.step}


def _largest(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Largest value of each block of columns: a short click stays visible."""
    return np.maximum.reduceat(rows, starts, axis=1)


def _mean(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    counts = np.diff(np.r_[starts, rows.shape[1]])
    return (np.add.reduceat(rows, starts, axis=1) / counts).astype(np.float32)


def _edges_between(frequencies: np.ndarray, bounds: np.ndarray, *, log_frequency: bool) -> np.ndarray:
    """Where each shown row ends on the axis, half way to its neighbour, shape (n_shown + 1,)."""
    if log_frequency:
        known = np.maximum(frequencies, 1e-3)
        between = np.sqrt(known[1:] * known[:-1])
        ends = np.r_[known[0] ** 2 / between[0] if known[0] > 1 else between[0] / 2, between, known[-1] ** 2 / between[-1]]
    else:
        between = (frequencies[1:] + frequencies[:-1]) / 2
        ends = np.r_[max(0.0, 2 * frequencies[0] - between[0]), between, 2 * frequencies[-1] - between[-1]]
    return ends[bounds].astype(np.float32)


def _is_even(edges: np.ndarray) -> bool:
    steps = np.diff(edges)
    return bool(np.ptp(steps) < 0.01 * steps.mean())

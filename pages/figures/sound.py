"""The spectrum of a sound. Pictures over time, which move with the player, are scenes (pages.figures.scene)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from genre_core.features.peaks import Peak
from pages.figures.panels import LOWEST_HZ, row_bounds
from pages.figures.theme import ACCENT, note_name, styled

MAX_POINTS = 2000
NEAR_RATIO, NEAR_SHARE = 1.35, 0.05
"""Names of peaks nearer than that on a logarithmic, or a linear, axis stand at two heights."""


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
        Named as notes.
    """
    edges = row_bounds(frequencies, MAX_POINTS, log_frequency=log_frequency)
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
    reach = float(hertz[-1] - hertz[0])
    near = False
    for before, peak in zip([None, *peaks], peaks, strict=False):
        gap = (
            None if before is None else peak.frequency / before.frequency if log_frequency else peak.frequency - before.frequency
        )
        near = gap is not None and gap < (NEAR_RATIO if log_frequency else NEAR_SHARE * reach) and not near
        fig.add_annotation(
            x=np.log10(peak.frequency) if log_frequency else peak.frequency,
            y=peak.level_db if unit == "dB" else 10 ** (peak.level_db / 20),
            text=f"<b>{note_name(peak.frequency)}</b><br>{peak.frequency:.0f} Hz",
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            ax=0,
            ay=-60 if near else -26,
            font={"size": 12},
        )
    if peaks and unit == "dB":
        fig.update_yaxes(range=[base, float(level.max(initial=base)) + 0.3 * max(10.0, float(np.ptp(level)))])
    return fig


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

"""Inside a net: what its first layer looks for, what its layers say of a sound, and which tags a pretrained net hears when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.figures.theme import DIVERGING, MAGMA, ONE_HUE, chart, styled

MOST_FILTERS, MOST_CHANNELS, MOST_UNITS = 32, 12, 64
A_ROW = 8
"""Filters side by side."""

_GAP = 0.02


def _stops(palette: Sequence[tuple[float, str]]) -> list[list[Any]]:
    return [list(stop) for stop in palette]


def filters(values: np.ndarray) -> go.Figure:
    """Filters of a first convolution, each a small picture: red where more of the sound makes it answer, blue where less does.

    Parameters
    ----------
    values : np.ndarray
        Weights, shape (n_filters, n_rows, n_frames); the MOST_FILTERS strongest are drawn.
    """
    strongest = np.sort(_strongest(values, MOST_FILTERS))
    shown = values[strongest]
    columns = min(A_ROW, len(shown))
    rows = -(-len(shown) // columns)
    most = float(np.abs(shown).max(initial=1e-9))
    fig = make_subplots(rows, columns, horizontal_spacing=_GAP, vertical_spacing=min(0.2, 0.28 / rows))
    for place, (number, weights) in enumerate(zip(strongest, shown, strict=True)):
        fig.add_trace(
            go.Heatmap(
                z=weights,
                zmin=-most,
                zmax=most,
                colorscale=_stops(DIVERGING),
                showscale=place == 0,
                colorbar={"title": {"text": "weight", "side": "right"}, "thickness": 10},
                hovertemplate=f"filter {number + 1}, band %{{y}}, frame %{{x}}: %{{z:.3f}}<extra></extra>",
            ),
            place // columns + 1,
            place % columns + 1,
        )
    styled(fig, height=40 + 96 * rows)
    fig.update_xaxes(showticklabels=False, ticks="", title=None)
    fig.update_yaxes(showticklabels=False, ticks="", title=None)
    first = {"title": {"text": "Frequency [bands]"}}
    fig.update_yaxes(**first, row=rows, col=1)
    fig.update_xaxes(title={"text": "Time [frames]"}, row=rows, col=1)
    return fig


def columns(values: np.ndarray, names: Sequence[str]) -> go.Figure:
    """Weights of a first dense layer on the columns of a table: units by columns, the strongest units.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_units, n_columns).
    names : sequence of str
        Of the columns.
    """
    shown = values[_strongest(values, MOST_FILTERS)]
    most = float(np.abs(shown).max(initial=1e-9))
    heat = {
        "type": "heatmap",
        "z": shown.T,
        "x": [f"unit {number + 1}" for number in _strongest(values, MOST_FILTERS)],
        "y": list(names),
        "zmin": -most,
        "zmax": most,
        "colorscale": _stops(DIVERGING),
        "colorbar": {"title": {"text": "weight", "side": "right"}, "thickness": 10},
        "hovertemplate": "%{x}, %{y}: %{z:.3f}<extra></extra>",
    }
    yaxis = {"autorange": "reversed", "dtick": 1, "tickfont": {"size": 10}}
    return chart([heat], height=80 + 15 * len(names), x="Units of the first layer", y="Column", yaxis=yaxis)


def maps(values: np.ndarray, start_seconds: float, end_seconds: float) -> go.Figure:
    """What the channels of a layer say of a segment: each a picture, low bands at the bottom, the strongest channels.

    Parameters
    ----------
    values : np.ndarray
        Activations, shape (n_channels, n_rows, n_frames).
    start_seconds, end_seconds : float
        Ends of the segment [s].
    """
    strongest = np.sort(_strongest(values, MOST_CHANNELS))
    n_columns = min(4, len(strongest))
    rows = -(-len(strongest) // n_columns)
    frames = values.shape[2]
    step = (end_seconds - start_seconds) / frames
    times = start_seconds + (np.arange(frames) + 0.5) * step
    most = float(values[strongest].max(initial=1e-9))
    fig = make_subplots(
        rows,
        n_columns,
        subplot_titles=[f"channel {number + 1}" for number in strongest],
        horizontal_spacing=0.03,
        vertical_spacing=min(0.12, 0.3 / rows),
        shared_xaxes=True,
        shared_yaxes=True,
    )
    for place, number in enumerate(strongest):
        fig.add_trace(
            go.Heatmap(
                z=values[number],
                x=times,
                zmin=min(0.0, float(values[strongest].min())),
                zmax=most,
                colorscale=_stops(MAGMA),
                showscale=place == 0,
                colorbar={"title": {"text": "activation", "side": "right"}, "thickness": 10},
                hovertemplate=f"channel {number + 1}, %{{x:.2f}} s, row %{{y}}: %{{z:.3g}}<extra></extra>",
            ),
            place // n_columns + 1,
            place % n_columns + 1,
        )
    styled(fig, height=90 + 130 * rows)
    fig.update_layout(margin={"t": 30})
    fig.update_annotations(font={"size": 12})
    fig.update_xaxes(title=None)
    fig.update_yaxes(title=None, showticklabels=False, ticks="")
    for column in range(1, n_columns + 1):
        fig.update_xaxes(title={"text": "Time [s]"}, row=rows, col=column)
    for row in range(1, rows + 1):
        fig.update_yaxes(title={"text": "Frequency [rows]"}, row=row, col=1)
    return fig


def sequence(values: np.ndarray, start_seconds: float, end_seconds: float) -> go.Figure:
    """States of a recurrent layer over a segment, shape (n_units, n_steps), the units that move most on top."""
    strongest = _strongest(values - values.mean(axis=1, keepdims=True), MOST_UNITS)
    most = float(np.abs(values).max(initial=1e-9))
    step = (end_seconds - start_seconds) / values.shape[1]
    heat = {
        "type": "heatmap",
        "z": values[strongest],
        "x": start_seconds + (np.arange(values.shape[1]) + 0.5) * step,
        "y": [f"unit {number + 1}" for number in strongest],
        "zmin": -most,
        "zmax": most,
        "colorscale": _stops(DIVERGING),
        "colorbar": {"title": {"text": "state", "side": "right"}, "thickness": 10},
        "hovertemplate": "%{y}, %{x:.2f} s: %{z:.3f}<extra></extra>",
    }
    yaxis = {"autorange": "reversed", "showticklabels": False, "ticks": ""}
    return chart([heat], height=110 + 6 * len(strongest), x="Time [s]", y="Units, the liveliest on top", yaxis=yaxis)


def units(values: np.ndarray, times: np.ndarray) -> go.Figure:
    """Units of a dense layer segment by segment, the strongest on top.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_units, n_segments).
    times : np.ndarray
        Edges of the segments [s], shape (n_segments + 1,).
    """
    strongest = _strongest(values, MOST_UNITS)
    heat = {
        "type": "heatmap",
        "z": values[strongest],
        "x": times,
        "y": [f"unit {number + 1}" for number in strongest],
        "colorscale": _stops(MAGMA),
        "colorbar": {"title": {"text": "activation", "side": "right"}, "thickness": 10},
        "hovertemplate": "%{y}, %{x:.1f} s: %{z:.3g}<extra></extra>",
    }
    yaxis = {"autorange": "reversed", "showticklabels": False, "ticks": ""}
    return chart([heat], height=110 + 6 * len(strongest), x="Time [s]", y="Units, the strongest on top", yaxis=yaxis)


def tags(names: Sequence[str], probabilities: np.ndarray, times: np.ndarray) -> go.Figure:
    """Which tags a pretrained net hears when, the clearest on top.

    Parameters
    ----------
    names : sequence of str
        Of the tags.
    probabilities : np.ndarray
        Shape (n_tags, n_segments).
    times : np.ndarray
        Edges of the segments [s], shape (n_segments + 1,).
    """
    heat = {
        "type": "heatmap",
        "z": probabilities,
        "x": times,
        "y": list(names),
        "zmin": 0,
        "zmax": 1,
        "colorscale": _stops(ONE_HUE),
        "colorbar": {"title": {"text": "probability", "side": "right"}, "thickness": 10},
        "hovertemplate": "%{y}, from %{x:.1f} s: %{z:.2f}<extra></extra>",
    }
    return chart([heat], height=90 + 28 * len(names), x="Time [s]", y="Tag", yaxis={"autorange": "reversed", "ticks": ""})


def _strongest(values: np.ndarray, most: int) -> np.ndarray:
    """Rows with the most energy, strongest first, at most so many."""
    energy = np.square(values.reshape(len(values), -1), dtype=np.float64).sum(axis=1)
    return np.argsort(-energy, kind="stable")[:most]

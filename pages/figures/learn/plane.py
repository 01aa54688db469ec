"""Tracks on a plane of two numbers, behind them what a model says of each place, and the borders between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.neuron import Borders
from pages.figures.learn.marks import ROOM_ABOVE, names_above
from pages.figures.theme import NEUTRAL, WARM, chart, faded

FAINTEST, STRONGEST = 0.04, 0.45
"""How strongly a place takes the colour of its genre: where the model is unsure, and where it is certain."""


def plane(
    values: np.ndarray,
    names: Sequence[str],
    ids: Sequence[str],
    *,
    axes: tuple[str, str],
    colours: Mapping[str, str],
    said: Borders | None = None,
    regions: Sequence[str] = (),
    lines: Sequence[np.ndarray] = (),
    chosen: int | None = None,
    height: int = 330,
) -> go.Figure:
    """Draw tracks as points, and a model's verdict of every place behind them.

    Parameters
    ----------
    values : np.ndarray
        Where the tracks lie, in the units of the axes, shape (n_tracks, 2).
    names, ids : sequence of str
        Genre and id of each track.
    axes : (str, str)
        Titles with units, `Brightness [kHz]`.
    colours : mapping
        Colour of each genre.
    said : Borders or None
        What the model says of a grid; its axes in the same units.
    regions : sequence of str
        Colour of each verdict, in the order of `said.posteriors`.
    lines : sequence of np.ndarray
        Further lines, dashed, each shape (n_points, 2).
    chosen : int or None
        Index of a track that stands out.
    """
    traces = [] if said is None else _regions(said, regions)
    traces += [
        {
            "type": "scatter",
            "mode": "lines",
            "x": line[:, 0],
            "y": line[:, 1],
            "line": {"color": WARM, "width": 2.5, "dash": "dash"},
            "hoverinfo": "skip",
        }
        for line in lines
    ]
    of_each = np.asarray(names)
    for name in dict.fromkeys(names):
        here = np.flatnonzero(of_each == name)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": values[here, 0].round(4),
                "y": values[here, 1].round(4),
                "text": [ids[index] for index in here],
                "marker": {"size": 10, "color": colours[name], "line": {"width": 1, "color": "#ffffff"}},
                "hovertemplate": f"%{{text}}<br>{axes[0]}: %{{x:.2f}}<br>{axes[1]}: %{{y:.2f}}<extra>{name}</extra>",
            }
        )
    if chosen is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": values[[chosen], 0],
                "y": values[[chosen], 1],
                "marker": {"size": 20, "symbol": "circle-open", "color": WARM, "line": {"width": 3, "color": WARM}},
                "hoverinfo": "skip",
            }
        )
    ends = {} if said is None else {"x": [said.across[0], said.across[-1]], "y": [said.up[0], said.up[-1]]}
    return chart(
        traces,
        height=height,
        x=axes[0],
        y=axes[1],
        xaxis={"range": ends.get("x")},
        yaxis={"range": ends.get("y")},
        annotations=names_above(list(dict.fromkeys(names)), colours),
        margin=ROOM_ABOVE,
    )


def straight(w1: float, w2: float, b: float, across: tuple[float, float], up: tuple[float, float]) -> np.ndarray | None:
    """Both ends of the line `w1 x + w2 y + b = 0` in a picture, shape (2, 2); None where it passes by or there is none."""
    met = [(end, -(w1 * end + b) / w2) for end in across] if w2 else []
    met += [(-(w2 * end + b) / w1, end) for end in up] if w1 else []
    inside = sorted(point for point in met if _within(point[0], across) and _within(point[1], up))
    if len(inside) < 2 or np.allclose(inside[0], inside[-1]):
        return None
    return np.array([inside[0], inside[-1]])


def _within(value: float, ends: tuple[float, float]) -> bool:
    slack = 1e-9 * (ends[1] - ends[0])
    return ends[0] - slack <= value <= ends[1] + slack


def _regions(said: Borders, colours: Sequence[str]) -> list[dict[str, Any]]:
    """A faint area for each verdict, stronger where the model is surer, and a line around it."""
    n_genres = said.posteriors.shape[2]
    first = said.posteriors.max(axis=2)
    sure = (first - 1 / n_genres) / (1 - 1 / n_genres)  # 0 is guessing, 1 is certain
    winner = said.genres
    place = {"x": said.across.round(5), "y": said.up.round(5), "hoverinfo": "skip", "showscale": False}
    areas = [
        {
            "type": "heatmap",
            **place,
            "z": np.where(winner == index, sure, np.nan).astype(np.float32),
            "zmin": 0,
            "zmax": 1,
            "colorscale": [[0, faded(colour, FAINTEST)], [1, faded(colour, STRONGEST)]],
        }
        for index, colour in enumerate(colours)
    ]
    borders = []
    for index in range(n_genres if n_genres > 2 else 1):
        others = np.delete(said.posteriors, index, axis=2).max(axis=2)
        margin = said.posteriors[..., index] - others
        if margin.min() < 0 < margin.max():
            borders.append(
                {
                    "type": "contour",
                    **place,
                    "z": margin.astype(np.float32),
                    "autocontour": False,
                    "contours": {"start": 0, "end": 0, "size": 1, "coloring": "none"},
                    "line": {"color": NEUTRAL, "width": 2, "smoothing": 0},
                }
            )
    return [*areas, *borders]

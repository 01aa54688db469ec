"""Pictures of the fourth lesson: a slope and its step, walks over a landscape with their losses, guesses of few tracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.cutting import Cut
from genre_core.teaching.descent import Path
from genre_core.teaching.guessing import Guesses
from genre_core.teaching.surfaces import Surface
from pages.figures.learn.marks import ROOM_ABOVE, named
from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart, faded

LEVELS = 16
"""Contour lines of a landscape."""
LOWEST = 1e-6
"""Losses are drawn down to this far above the lowest place."""
FRAMES, FRAME_MS = 50, 80
"""Pictures of a race that is played, and how long each stands."""
A_ROW, SECOND_ROW = 4, 26
"""So many names stand side by side; more take a second row, so much higher [pixels]."""
MAP, CURVES = (0.0, 0.5), (0.68, 1.0)
"""Where landscape and losses stand, from left to right."""


class Walk(NamedTuple):
    """A path with its name and colour; a faint one shows its losses alone, as the company of another."""

    name: str
    colour: str
    path: Path
    is_faint: bool = False


def sliding(found: Cut, *, weight: str, height: int = 300) -> go.Figure:
    """The loss of one weight, the places walked through, the slope at the first, and the step that it asks for.

    Parameters
    ----------
    found : Cut
    weight : str
        Title of the axis.
    """
    low, high = float(found.weights[0]), float(found.weights[-1])
    top, bottom = float(found.losses.max()), float(found.losses.min())
    room = 0.12 * max(top - bottom, 1e-6)
    reach = 0.08 * (high - low)
    at, loss, slope = found.places[0], found.heights[0], found.slopes[0]
    hover = "weight %{x:.2f}: loss %{y:.3f} nat<extra></extra>"
    traces = [
        _line(found.weights, found.losses, NEUTRAL, 2, hovertemplate=hover),
        _line(at + reach * np.array([-1, 1]), loss + slope * reach * np.array([-1, 1]), WARM, 3, hoverinfo="skip"),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": found.places.round(4),
            "y": found.heights.round(5),
            "line": {"color": faded(ACCENT, 0.45), "width": 1.5},
            "marker": {"size": [15, *[10] * (found.places.size - 1)], "color": ACCENT},
            "hovertemplate": hover,
        },
    ]
    notes = [named(0.01, "dot: where you stand", ACCENT), named(0.99, "line: the slope there", WARM, anchor="right")]
    if abs(found.steps[0]) > 1e-9:
        end = float(np.clip(at + found.steps[0], low, high))
        notes.append(_arrow((at, loss), (end, loss), ACCENT))
    return chart(
        traces,
        height=height,
        x=weight,
        y="Loss [nat]",
        xaxis={"range": [low, high]},
        yaxis={"range": [bottom - room, top + room]},
        annotations=notes,
        margin=ROOM_ABOVE,
    )


def walked(
    surface: Surface, walks: Sequence[Walk], *, axes: tuple[str, str] = ("Weight 1", "Weight 2"), unit: str = "",
    until: int | None = None, over_epochs: bool = False, height: int = 330,
) -> go.Figure:  # fmt: skip
    """Paths over the contours of a landscape, and beside them how far above the lowest place each stood.

    Parameters
    ----------
    surface : Surface
    walks : sequence of Walk
    axes : (str, str)
        Titles of the weights.
    unit : str
        Of the loss, where it has one.
    until : int or None
        Show so many steps only; the axis is the same whatever it is.
    over_epochs : bool
        Losses over epochs instead of steps.
    """
    heard = "%{fullData.name}, epoch %{x:.4g}: %{y:.2g}" if over_epochs else "%{fullData.name}, step %{x:.4g}: %{y:.2g}"
    lowest = _lowest(surface)
    traces = _landscape(surface)
    for walk in walks:
        end = len(walk.path.points) if until is None else until + 1
        over = walk.path.epochs if over_epochs else np.arange(len(walk.path.points))
        losses = np.maximum(walk.path.losses - lowest, LOWEST)
        width = 1.0 if walk.is_faint else 2.5
        colour = faded(walk.colour, 0.4) if walk.is_faint else walk.colour
        curve = _line(over[:end], losses[:end], colour, width, hovertemplate=f"{heard}<extra></extra>", name=walk.name)
        traces.append({**curve, "xaxis": "x2", "yaxis": "y2"})
        if walk.is_faint:
            continue
        x, y = walk.path.points[:end].T
        few = len(x) <= 120  # so many dots can be told apart
        traces += [
            {
                **_line(x, y, walk.colour, 2, hoverinfo="skip", name=walk.name),
                "mode": "lines+markers" if few else "lines",
                "marker": {"size": 4},
            },
            _dot(x[-1], y[-1], walk.colour, walk.name),
        ]
    last = max(float((walk.path.epochs if over_epochs else np.arange(len(walk.path.points)))[-1]) for walk in walks)
    first = max(float(surface.value(np.array(surface.start))) - lowest, LOWEST)
    shown = [walk for walk in walks if not walk.is_faint]
    above = f"Loss above the lowest [{unit}]" if unit else "Loss above the lowest"
    return chart(
        traces,
        height=height,
        x=axes[0],
        y=axes[1],
        xaxis={"range": list(surface.across), "domain": MAP},
        yaxis={"range": list(surface.up)},
        xaxis2=_further("Epochs" if over_epochs else "Steps", anchor="y2", domain=CURVES, range=[0, max(last, 1.0)]),
        yaxis2=_further(above, anchor="x2", type="log", range=_decades(walks, lowest, first), exponentformat="none", dtick=1),
        annotations=_marks(surface) + _names(shown),
        margin={**ROOM_ABOVE, "t": ROOM_ABOVE["t"] + (SECOND_ROW if len(shown) > A_ROW else 0)},
    )


def raced(surface: Surface, walks: Sequence[Walk], *, until: int, **more: Any) -> go.Figure:
    """`walked` with a button that lets a dot run along each path, up to where it is shown."""
    drawn = walked(surface, walks, until=until, **more)
    heads = [place for place, trace in enumerate(drawn.data) if trace.type == "scatter" and trace.mode == "markers"]
    frames = []
    for step in np.unique(np.linspace(0, until, FRAMES).round().astype(int)):
        places = [walk.path.points[min(step, walk.path.n_steps)].round(4).tolist() for walk in walks]
        frames.append({"data": [{"type": "scatter", "x": [x], "y": [y]} for x, y in places], "traces": heads})
    drawn.frames = frames
    run = {"frame": {"duration": FRAME_MS, "redraw": False}, "transition": {"duration": FRAME_MS, "easing": "linear"}}
    play = {"label": "▶ Play", "method": "animate", "args": [None, {**run, "fromcurrent": False, "mode": "immediate"}]}
    place = {"x": MAP[0] + 0.01, "y": 0.02, "xanchor": "left", "yanchor": "bottom"}
    look = {"bgcolor": "#ffffff", "bordercolor": ACCENT, "font": {"color": ACCENT}}
    drawn.layout.updatemenus = [{"type": "buttons", "buttons": [play], "showactive": False, **place, **look}]
    return drawn


def guessed(surface: Surface, found: Guesses, *, axes: tuple[str, str], height: int = 330) -> go.Figure:
    """The way down that each batch points out, and that of all tracks, at one place; and the same arrows drawn from one point.

    Parameters
    ----------
    surface : Surface
    found : Guesses
    axes : (str, str)
        Titles of the weights.
    """
    x, y = found.at
    step = 0.25 * (surface.across[1] - surface.across[0]) / max(float(np.linalg.norm(found.guesses, axis=1).max()), 1e-9)
    ends = found.at - step * found.guesses  # (n_batches, 2)
    gaps = np.full(len(ends), np.nan)
    on_map = {
        "x": np.stack([np.full_like(gaps, x), ends[:, 0], gaps], axis=1).ravel(),
        "y": np.stack([np.full_like(gaps, y), ends[:, 1], gaps], axis=1).ravel(),
    }
    reach = 1.15 * max(float(np.abs(found.guesses).max()), float(np.abs(found.whole).max()), 1e-9)
    arrows = [
        {"type": "scatter", "mode": "lines", **on_map, "line": {"color": faded(WARM, 0.6), "width": 1.5}, "hoverinfo": "skip"},
        _dot(x, y, ACCENT, "place"),
    ]
    ways = {
        "type": "scatter",
        "mode": "markers",
        "x": (-found.guesses[:, 0]).round(4),
        "y": (-found.guesses[:, 1]).round(4),
        "xaxis": "x2",
        "yaxis": "y2",
        "marker": {"size": 8, "color": faded(WARM, 0.7)},
        "hovertemplate": "a batch: %{x:.2f}, %{y:.2f}<extra></extra>",
    }
    truth = {
        **_dot(-found.whole[0], -found.whole[1], ACCENT, "all tracks"),
        "xaxis": "x2",
        "yaxis": "y2",
        "hovertemplate": "all tracks: %{x:.2f}, %{y:.2f}<extra></extra>",
    }
    whole = found.at - step * found.whole
    return chart(
        [*_landscape(surface), *arrows, ways, truth],
        height=height,
        x=axes[0],
        y=axes[1],
        xaxis={"range": list(surface.across), "domain": MAP},
        yaxis={"range": list(surface.up)},
        xaxis2=_further("Down the first weight", anchor="y2", domain=CURVES, range=[-reach, reach], zeroline=True),
        yaxis2=_further("Down the second weight", anchor="x2", range=[-reach, reach], zeroline=True),
        annotations=[
            *_marks(surface, with_start=False),
            _arrow((x, y), (float(whole[0]), float(whole[1])), ACCENT),
            named(0.01, "all tracks", ACCENT),
            named(MAP[1], "batches", WARM, anchor="right"),
        ],
        margin=ROOM_ABOVE,
    )


def _landscape(surface: Surface) -> list[dict[str, Any]]:
    """Contour lines, evenly spread over the logarithm of the height above the lowest, and grey where it is high."""
    x, y, heights = surface.heights(70)
    above = np.maximum(heights - _lowest(surface), 0)
    z = np.log10(above + 0.003 * float(np.median(above)) + 1e-12)
    low, high = float(z.min()), float(z.max())
    size = max((high - low) / LEVELS, 1e-6)
    return [
        {
            "type": "contour",
            "x": x.round(4),
            "y": y.round(4),
            "z": z.astype(np.float32),
            "autocontour": False,
            "contours": {"start": low, "end": high, "size": size, "coloring": "heatmap"},
            "colorscale": [[0, faded(NEUTRAL, 0.0)], [1, faded(NEUTRAL, 0.4)]],
            "line": {"width": 0.8, "color": faded(NEUTRAL, 0.45)},
            "showscale": False,
            "hoverinfo": "skip",
        }
    ]


def _lowest(surface: Surface) -> float:
    if surface.minimum is None:
        return float(surface.heights(70)[2].min())
    return float(surface.value(np.array(surface.minimum)))


def _decades(walks: Sequence[Walk], lowest: float, first: float) -> list[float]:
    """Ends of the loss axis as powers of ten: from the lowest that any walk reached to ten times where it began."""
    reached = min(float((walk.path.losses - lowest).min()) for walk in walks)
    return [np.log10(min(max(reached, LOWEST), first / 10)) - 0.2, np.log10(first) + 1]


def _marks(surface: Surface, *, with_start: bool = True) -> list[dict[str, Any]]:
    """Names of the lowest place, at its cross, and of the start."""
    found = []
    if surface.minimum is not None:
        x, y = surface.minimum
        found.append({"x": x, "y": y, "text": "✕ lowest", "showarrow": False, "xanchor": "left", "xshift": -7})
    if with_start:
        x, y = surface.start
        found.append({"x": x, "y": y, "text": "start", "showarrow": False, "yanchor": "bottom", "yshift": 6})
    return found


def _names(walks: Sequence[Walk]) -> list[dict[str, Any]]:
    """Names of the walks above both pictures, in two rows where they are many."""
    a_row = -(-len(walks) // (1 if len(walks) <= A_ROW else 2))
    found = []
    for number, walk in enumerate(walks):
        row, column = divmod(number, a_row)
        lift = {"yshift": SECOND_ROW} if row == 0 and len(walks) > a_row else {}
        found.append({**named(max(0.01, column / a_row), f"● {walk.name}", walk.colour), **lift})
    return found


def _line(x: np.ndarray, y: np.ndarray, colour: str, width: float, **more: Any) -> dict[str, Any]:
    line = {"color": colour, "width": width}
    return {"type": "scatter", "mode": "lines", "x": np.asarray(x).round(5), "y": np.asarray(y), "line": line, **more}


def _dot(x: float, y: float, colour: str, name: str) -> dict[str, Any]:
    marker = {"size": 13, "color": colour, "line": {"width": 1.5, "color": "#ffffff"}}
    place = {"x": [round(float(x), 5)], "y": [round(float(y), 5)]}
    return {"type": "scatter", "mode": "markers", **place, "marker": marker, "name": name, "hoverinfo": "name"}


def _arrow(begin: tuple[float, float], end: tuple[float, float], colour: str) -> dict[str, Any]:
    ends = {"ax": float(begin[0]), "ay": float(begin[1]), "x": float(end[0]), "y": float(end[1])}
    refs = {"axref": "x", "ayref": "y", "xref": "x", "yref": "y"}
    return {**ends, **refs, "text": "", "showarrow": True, "arrowhead": 2, "arrowwidth": 3, "arrowcolor": colour}


def _further(title: str, **more: Any) -> dict[str, Any]:
    style = {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4, "automargin": True}
    return {"title": {"text": title, "standoff": 8}, **style, **more}

"""Pictures of the second lesson: what a neuron adds up, its activation, how sure it is, shares of several genres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures.learn.marks import ROOM_ABOVE, named, names_above
from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart
from pages.figures.wording import Words

ZERO_LINE = {"zeroline": True, "zerolinewidth": 1.5, "zerolinecolor": NEUTRAL}


def weighed(parts: Sequence[tuple[str, str, float]], *, height: int = 260, words: Words = str.format) -> go.Figure:
    """What goes into a sum, each piece beginning where the one above ended, and the sum itself.

    Parameters
    ----------
    parts : sequence of (str, str, float)
        Name of each piece, how it comes about (`0.8 × 1.5`), and its value.
    words : callable
        Says the name of the sum in another language.
    """
    values = np.array([value for _, _, value in parts])
    after = np.cumsum(values)
    total = float(after[-1])
    names = [f"{name}<br>{how}" for name, how, _ in parts] + [f"<b>{words('Sum z')}</b>"]
    lengths, begins = [*values, total], [*(after - values), 0.0]
    reach = 1.25 * max(1.0, float(np.abs(after).max()), float(np.abs(begins).max()))
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": np.round(lengths, 4),
        "base": np.round(begins, 4),
        "marker": {"color": [WARM if value < 0 else ACCENT for value in lengths], "opacity": [*[0.55] * len(parts), 1.0]},
        "text": [f"{value:+.2f}".replace("-", "−") for value in lengths],
        "textposition": "outside",
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }
    return chart(
        [bars], height=height, x="Sum so far", xaxis={"range": [-reach, reach], **ZERO_LINE}, yaxis={"autorange": "reversed"}
    )


def activated(
    z: np.ndarray,
    answers: np.ndarray,
    tracks: Mapping[str, tuple[np.ndarray, np.ndarray]],
    colours: Mapping[str, str],
    *,
    height: int = 330,
) -> go.Figure:
    """An activation over the sum, and where the tracks of two genres come out.

    Parameters
    ----------
    z, answers : np.ndarray
        The curve, shape (n,) each.
    tracks : mapping
        Genre -> sums and answers of its tracks, shape (n_tracks,) each.
    colours : mapping
        Colour of each genre.
    """
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": z.round(4),
        "y": answers.round(5),
        "line": {"color": ACCENT, "width": 3},
        "hovertemplate": "sum %{x:.2f}: answer %{y:.2f}<extra></extra>",
    }
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": sums.round(4),
            "y": out.round(5),
            "marker": {"size": 11, "color": colours[name], "opacity": 0.8, "line": {"width": 1, "color": "#ffffff"}},
            "hovertemplate": "%{fullData.name}: sum %{x:.2f}, answer %{y:.2f}<extra></extra>",
        }
        for name, (sums, out) in tracks.items()
    ]
    low, high = float(answers.min()), float(answers.max())
    room = 0.08 * max(high - low, 1e-6)
    return chart(
        [curve, *dots],
        height=height,
        x="Sum z",
        y="Answer f(z)",
        xaxis={"range": [float(z[0]), float(z[-1])], **ZERO_LINE},
        yaxis={"range": [low - room, high + room]},
        annotations=names_above(list(tracks), colours),
        margin=ROOM_ABOVE,
    )


def sureness(factors: np.ndarray, losses: np.ndarray, chosen: float, loss: float, best: float, *, height: int = 330) -> go.Figure:
    """Log loss against a factor on all weights; where the reader stands, and the factor of least loss.

    Parameters
    ----------
    factors, losses : np.ndarray
        The curve, shape (n,) each [1, nat].
    chosen, loss : float
        The reader's factor and its loss.
    best : float
        The factor of least loss.
    """
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": factors,
        "y": losses.round(4),
        "line": {"color": ACCENT, "width": 2.5},
        "hovertemplate": "%{x:.2f} times: %{y:.3f} nat<extra></extra>",
    }
    dot = {
        "type": "scatter",
        "mode": "markers",
        "x": [chosen],
        "y": [loss],
        "marker": {"size": 14, "color": WARM},
        "hovertemplate": "%{x:.2f} times: %{y:.3f} nat<extra></extra>",
    }
    upright = {"type": "line", "x0": best, "x1": best, "y0": 0, "y1": 1, "yref": "paper"}
    top = max(1.0, 1.15 * loss, 1.1 * float(losses[0]))
    return chart(
        [curve, dot],
        height=height,
        x="All weights times",
        y="Log loss [nat]",
        xaxis={"type": "log", "tickvals": [0.1, 0.3, 1, 3, 10]},
        yaxis={"range": [0, top]},
        shapes=[{**upright, "line": {"color": NEUTRAL, "dash": "dot", "width": 1.5}}],
        annotations=[named(0.02, "least loss: dotted", NEUTRAL)],
        margin=ROOM_ABOVE,
    )


def shares(
    genres: Sequence[str], sums: np.ndarray, posteriors: np.ndarray, colours: Mapping[str, str], *, height: int = 330
) -> go.Figure:
    """The sum of each genre's neuron, and beside it the share of the probability that it gets.

    Parameters
    ----------
    genres : sequence of str
    sums, posteriors : np.ndarray
        Shape (n_genres,) each.
    colours : mapping
        Colour of each genre.
    """
    bars = [
        {
            "type": "bar",
            "x": list(genres),
            "y": numbers.round(4),
            "marker": {"color": [colours[genre] for genre in genres]},
            "text": [f"{value:{form}}".replace("-", "−") for value in numbers],
            "textposition": "outside",
            "cliponaxis": False,
            "hovertemplate": "%{x}: %{text}<extra></extra>",
            **where,
        }
        for numbers, form, where in ((sums, "+.1f", {}), (posteriors, ".0%", {"xaxis": "x2", "yaxis": "y2"}))
    ]
    reach = 1.25 * max(1.0, float(np.abs(sums).max()))
    axis = {"showgrid": False, "ticks": "outside", "ticklen": 4, "automargin": True}
    return chart(
        bars,
        height=height,
        y="Sum z",
        xaxis={"domain": [0, 0.46], "anchor": "y"},
        yaxis={"range": [-reach, reach], **ZERO_LINE},
        xaxis2={**axis, "domain": [0.58, 1.0], "anchor": "y2"},
        yaxis2={**axis, "anchor": "x2", "range": [0, 1.12], "tickformat": ".0%", "title": {"text": "Probability", "standoff": 8}},
    )

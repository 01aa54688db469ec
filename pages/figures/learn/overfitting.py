"""Pictures of the fifth lesson: losses and accuracies of trainings over their epochs, and how large their weights are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.following import Following
from pages.figures.learn.marks import ROOM_ABOVE, named
from pages.figures.theme import NEUTRAL, chart

LEFT, RIGHT = (0.0, 0.44), (0.59, 1.0)
BIN = 0.01
"""Shares of weights are told for a range of this width."""
HIGHEST_LOSS = 5.0
"""A loss above this leaves the picture [nat]."""
ROW = 22
"""Height of a row of names above the picture [pixels]."""


LOSS = (
    "%{fullData.name}, train loss after epoch %{x}: %{y:.2f} nat",
    "%{fullData.name}, valid loss after epoch %{x}: %{y:.2f} nat",
    "%{fullData.name}, the net that counts, loss: %{y:.2f} nat",
)
RIGHT_ANSWERS = (
    "%{fullData.name}, train right after epoch %{x}: %{y:.0f} %",
    "%{fullData.name}, valid right after epoch %{x}: %{y:.0f} %",
    "%{fullData.name}, the net that counts, right: %{y:.0f} %",
)
"""Tooltips of both lines and of the dot."""


class Curve(NamedTuple):
    """A training with the name and the colour that it has in a picture."""

    name: str
    colour: str
    found: Following


def followed(curves: Sequence[Curve], *, n_genres: int, height: int = 290) -> go.Figure:
    """Loss on the left, share of right answers on the right; train dotted, valid as a line, a dot at the net that counts.

    Parameters
    ----------
    curves : sequence of Curve
        The first one is the oldest.
    n_genres : int
        For the line of guessing.
    """
    traces = []
    for curve in curves:
        found = curve.found
        traces += _pair(curve, found.train_loss, found.valid_loss, LOSS)
        shares = [100 * np.array(found.train_accuracy), 100 * np.array(found.valid_accuracy)]
        traces += [{**trace, "xaxis": "x2", "yaxis": "y2"} for trace in _pair(curve, *shares, RIGHT_ANSWERS)]
    guess = {"type": "line", "xref": "x2 domain", "yref": "y2", "x0": 0, "x1": 1, "y0": 100 / n_genres, "y1": 100 / n_genres}
    return _two(
        curves,
        traces,
        height,
        right={"title": "Epochs", "range": [0, _longest(curves)]},
        upward={"title": "Right answers [%]", "range": [0, 104]},
        shapes=[{**guess, "line": {"color": NEUTRAL, "width": 1, "dash": "dash"}}],
        notes=[
            {"xref": "x2 domain", "yref": "y2", "x": 1, "y": 100 / n_genres, "text": "guessing", "showarrow": False,
             "xanchor": "right", "yanchor": "bottom", "font": {"color": NEUTRAL}}
        ],
    )  # fmt: skip


def weighed(curves: Sequence[Curve], *, height: int = 290) -> go.Figure:
    """Loss on the left, and on the right how large the weights are after the last epoch."""
    traces, reach = [], 0.1
    for curve in curves:
        found = curve.found
        traces += _pair(curve, found.train_loss, found.valid_loss, LOSS)
        if not found.counts.size:
            continue
        middles = (found.edges[:-1] + found.edges[1:]) / 2
        width = float(found.edges[1] - found.edges[0])
        shares = 100 * found.counts / found.counts.sum() * BIN / width  # bars of any width come out alike
        reach = max(reach, float(np.abs(middles[shares > 0.2]).max(initial=0.0)))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": curve.name,
                "x": middles.round(4),
                "y": np.maximum(shares, 0.01).round(3),
                "xaxis": "x2",
                "yaxis": "y2",
                "line": {"color": curve.colour, "width": 2, "shape": "hvh"},
                "hovertemplate": "%{fullData.name}: %{y:.1f} % in a hundredth around %{x:.2f}<extra></extra>",
            }
        )
    return _two(
        curves,
        traces,
        height,
        right={"title": "Weight", "range": [-1.1 * reach, 1.1 * reach]},
        upward={"title": "Weights [% a hundredth]", "type": "log", "range": [-1, 2.1], "exponentformat": "none", "dtick": 1},
        shapes=[],
        notes=[],
    )


def _pair(
    curve: Curve, train: Sequence[float] | np.ndarray, valid: Sequence[float] | np.ndarray, tooltips: tuple[str, str, str]
) -> list[Any]:
    epochs = np.arange(len(valid))
    pair = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": curve.name,
            "x": epochs,
            "y": np.round(values, 4),
            "line": {"color": curve.colour, "width": width, "dash": dash},
            "hovertemplate": f"{tooltip}<extra></extra>",
        }
        for tooltip, values, width, dash in ((tooltips[0], train, 1.5, "dot"), (tooltips[1], valid, 2.5, "solid"))
    ]
    if not len(valid):
        return pair
    kept = curve.found.kept_epoch
    dot = {
        "type": "scatter",
        "mode": "markers",
        "name": curve.name,
        "x": [kept],
        "y": [round(float(valid[kept]), 4)],
        "marker": {"size": 10, "color": curve.colour},
        "cliponaxis": False,
        "hovertemplate": f"{tooltips[2]}<extra></extra>",
    }
    return [*pair, dot]


def _two(
    curves: Sequence[Curve], traces: list[Any], height: int, *,
    right: dict[str, Any], upward: dict[str, Any], shapes: list[Any], notes: list[Any],
) -> go.Figure:  # fmt: skip
    losses = [value for curve in curves for value in (*curve.found.valid_loss, *curve.found.train_loss)]
    top = min(HIGHEST_LOSS, 1.08 * max(losses, default=1.0))
    lines = [
        named(0.0, "· · ·  train", NEUTRAL),
        named(0.12, "——  valid", NEUTRAL),
        named(0.25, "●  the net that counts", NEUTRAL),
    ]
    a_row = 3
    rows = -(-len(curves) // a_row)
    names = [
        {**named((number % a_row) / a_row, curve.name, curve.colour), "yshift": ROW * (rows - number // a_row)}
        for number, curve in enumerate(curves)
    ]
    style = {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4, "automargin": True}
    axes = [{**style, **axis, "title": {"text": axis["title"], "standoff": 8}} for axis in (right, upward)]
    return chart(
        traces,
        height=height,
        x="Epochs",
        y="Loss [nat]",
        xaxis={"domain": LEFT, "range": [0, _longest(curves)]},
        yaxis={"range": [0, top]},
        xaxis2={**axes[0], "domain": RIGHT, "anchor": "y2"},
        yaxis2={**axes[1], "anchor": "x2"},
        shapes=shapes,
        annotations=[*lines, *names, *notes],
        margin={**ROOM_ABOVE, "t": ROOM_ABOVE["t"] + ROW * rows},
    )


def _longest(curves: Sequence[Curve]) -> int:
    return max((max(curve.found.cure.epochs, 1) for curve in curves), default=1)

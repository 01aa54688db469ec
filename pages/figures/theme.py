"""The look of every figure: one template for light and dark, and the colours of the genres.

Text, grid and background belong to the page's theme: figures leave them open, and the browser fills them in, so that a
switch from light to dark needs no new figure. What a figure colours itself is readable on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas  # noqa: F401  # Plotly looks at it as soon as anybody imports it, even half done by another visitor's first table
import plotly.graph_objects as go

# The colours live where reports find them too; pages and figures take them from here.
from genre_core.colours import ACCENT as ACCENT
from genre_core.colours import EXTENDED_COLOURS as EXTENDED_COLOURS
from genre_core.colours import GENRE_COLOURS as GENRE_COLOURS
from genre_core.colours import NEUTRAL as NEUTRAL
from genre_core.colours import ONE_HUE as ONE_HUE
from genre_core.colours import SPLIT_COLOURS as SPLIT_COLOURS
from genre_core.colours import WARM as WARM
from genre_core.colours import genre_colours as genre_colours

TIME_LEFT, TIME_RIGHT = 68, 84
"""Margins of every picture over time [pixels]: axis title and ticks, colour bar."""
FAINT = "rgba(135, 145, 143, 0.28)"

MAGMA = (
    (0.0, "#010107"),
    (0.13, "#1c1044"),
    (0.25, "#4f127b"),
    (0.38, "#812581"),
    (0.5, "#b5367a"),
    (0.63, "#e55964"),
    (0.75, "#fb8761"),
    (0.88, "#fec287"),
    (1.0, "#fcfdbf"),
)
DIVERGING = ((0.0, "#2166ac"), (0.25, "#78b0d8"), (0.5, "#f4f4f2"), (0.75, "#e58a63"), (1.0, "#b2182b"))
PLAIN_CONFIG: dict[str, Any] = {"displaylogo": False, "displayModeBar": False}
ZOOM_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "genrescope"},
}

LARGER, BACK_ROW_FONT = 1.35, 20
"""What a class looks at is so much taller, and its letters have this size [pixels]."""

_AXIS = {"showgrid": False, "zeroline": False, "ticks": "outside", "ticklen": 4, "title": {"standoff": 8}, "automargin": True}


def styled(fig: go.Figure, *, height: int, x: str = "", y: str = "", legend: bool = False) -> go.Figure:
    """Give a figure the house's margins, axes and titles.

    Parameters
    ----------
    fig : go.Figure
    height : int
        Pixels.
    x, y : str
        Axis titles with their unit, `Time [s]`.
    legend : bool
        Show the legend as a line above the plot; direct labels are better where they fit.
    """
    known = {name: values for name, values in fig.layout.to_plotly_json().items() if name != "template"}
    axes = {"xaxis", "yaxis", *(name for name in known if name.startswith(("xaxis", "yaxis")))}
    titles = {"x": {"text": x or None, **_AXIS["title"]}, "y": {"text": y or None, **_AXIS["title"]}}
    # In one go: each of Plotly's update calls takes as long as making a whole figure.
    fig.layout = {
        **known,
        **_layout(height, legend=legend),
        **{name: {**known.get(name, {}), **_AXIS, "title": titles[name[0]]} for name in axes},
    }
    return fig


def chart(
    traces: Sequence[Mapping[str, Any]],
    *,
    height: int,
    x: str = "",
    y: str = "",
    xaxis: Mapping[str, Any] | None = None,
    yaxis: Mapping[str, Any] | None = None,
    **layout: Any,
) -> go.Figure:
    """A figure in the house's style made in one go, which takes a third of the time of one that is changed step by step.

    Parameters
    ----------
    traces : sequence of mapping
        As Plotly's JSON has them, `type` included.
    height, x, y
        As `styled` takes them.
    xaxis, yaxis : mapping or None
        What the axes have beside the house's style.
    layout
        Further entries of the layout.
    """
    titles = {"xaxis": {"text": x or None, **_AXIS["title"]}, "yaxis": {"text": y or None, **_AXIS["title"]}}
    axes = {name: {**_AXIS, "title": titles[name], **(given or {})} for name, given in (("xaxis", xaxis), ("yaxis", yaxis))}
    return go.Figure({"data": list(traces), "layout": {**_layout(height, legend=False), **axes, **layout}})


def _layout(height: int, *, legend: bool) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 34 if legend else 12, "b": 8},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"align": "left", "font": {"size": 13}},
        "bargap": 0.28,
        "dragmode": "zoom",
    }


def on_time_axis(fig: go.Figure, seconds: float) -> go.Figure:
    """Give a picture over time the margins that all of them share, so that they line up one above the other."""
    fig.update_layout(margin={"l": TIME_LEFT, "r": TIME_RIGHT, "b": 50})
    fig.update_xaxes(range=[0, seconds], automargin=False)
    fig.update_yaxes(automargin=False)
    return fig


def larger(figure: go.Figure, low: float = 1.0) -> go.Figure:
    """The figure as it can be read from the back row; `low` is the share of its height that it is given."""
    font = {"size": BACK_ROW_FONT}
    axes = {"tickfont": font, "title": {"font": font}}
    margin = {side: round(LARGER * (figure.layout.margin[side] or 0)) for side in "lrtb"}
    figure.update_layout(height=round(LARGER * low * figure.layout.height), font=font, margin=margin)
    figure.update_xaxes(axes).update_yaxes(axes).update_annotations(font=font)
    return figure


def faded(colour: str, alpha: float) -> str:
    """`#rrggbb` as an rgba() with opacity `alpha`."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {alpha:g})"


def note_name(frequency: float) -> str:
    """Nearest note of a frequency [Hz] in equal temperament, A4 = 440 Hz; empty at 0 Hz and below.

    >>> note_name(440.0), note_name(261.6), note_name(0.0)
    ('A4', 'C4', '')
    """
    import math

    if frequency <= 0:
        return ""
    number = round(69 + 12 * math.log2(frequency / 440.0))
    names = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
    return f"{names[number % 12]}{number // 12 - 1}"

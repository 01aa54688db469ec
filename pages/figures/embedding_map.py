"""Tracks on a plane as a run places them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, EXTENDED_COLOURS, NEUTRAL, chart, genre_colours

ERROR = "#d1495b"
JUDGED_SIZE, LEARNED_SIZE = 10, 6
MOST_ARTISTS = 10
"""So many artists have a colour of their own, those with most tracks; more could not be told apart."""

OTHERS, UNKNOWN, NOT_JUDGED = "other artists", "artist unknown", "learned from, not judged"
RIGHT, WRONG = "named rightly", "named wrongly"

MAP_CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": True,
    "modeBarButtonsToRemove": ["autoScale2d", "zoomIn2d", "zoomOut2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "genrescope-map"},
}


class Row(Protocol):
    """One track on the map."""

    @property
    def track_id(self) -> str: ...
    @property
    def x(self) -> float: ...
    @property
    def y(self) -> float: ...
    @property
    def genre(self) -> str: ...
    @property
    def predicted(self) -> str | None: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def artist(self) -> str | None: ...
    @property
    def is_right(self) -> bool | None: ...


def _by_artist(rows: Sequence[Row]) -> Callable[[Row], str]:
    counts = Counter(row.artist for row in rows if row.artist)
    most = set(sorted(counts, key=lambda artist: (-counts[artist], artist))[:MOST_ARTISTS])
    return lambda row: UNKNOWN if not row.artist else row.artist if row.artist in most else OTHERS


COLOURINGS: dict[str, tuple[str, Callable[[Sequence[Row]], Callable[[Row], str]]]] = {
    "genre": ("genre", lambda rows: lambda row: row.genre),
    "predicted": ("what it is called", lambda rows: lambda row: row.predicted or NOT_JUDGED),
    "right": (
        "right or wrong",
        lambda rows: lambda row: NOT_JUDGED if row.is_right is None else RIGHT if row.is_right else WRONG,
    ),
    "artist": ("artist", _by_artist),
}
"""What points are coloured by -> words, and from all rows what tells the group of one."""


def embedding_map(
    rows: Sequence[Row],
    genres: Sequence[str],
    *,
    method: str,
    shares: Sequence[float] = (),
    colour_by: str = "genre",
    chosen: str | None = None,
    star: tuple[float, float, str] | None = None,
    height: int = 560,
) -> go.Figure:
    """A point a track, its id in `customdata`; errors have a red ring.

    Parameters
    ----------
    rows : sequence of Row
        Judged tracks are large points, those that were learned from small ones.
    genres : sequence of str
        All genres of the run: they decide the colours.
    method : str
        How they were laid out, in words.
    shares : sequence of float
        Share of the variance that each axis shows; none, or not finite, where the axes mean nothing by themselves.
    colour_by : str
        A name in COLOURINGS.
    chosen : str or None
        Id of a track to bring out.
    star : (float, float, str) or None
        Where something new lies, and its name.
    height : int
        Pixels.
    """
    group_of = COLOURINGS[colour_by][1](rows)
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: row.is_right is not None):  # what was judged lies on top
        groups.setdefault(group_of(row), []).append(row)
    colours = _colours(groups, genres, colour_by)
    shown = [name for name in colours if name in groups]
    traces = [_points(name, groups[name], colours[name]) for name in shown]
    traces += [_legend(name, colours[name]) for name in shown]
    if colour_by != "right" and any(row.is_right is False for row in rows):
        traces.append(_legend("error", "rgba(0,0,0,0)", ring=ERROR))
    for row in rows:
        if row.track_id == chosen:
            traces.append(_mark(row.x, row.y, "circle-open", 24, "chosen"))
    if star is not None:
        traces.append(_mark(star[0], star[1], "star", 22, star[2]))
    known = len(shares) == 2 and all(math.isfinite(share) for share in shares)
    if known:
        words = [
            f"{order} component ({share:.0%} of the variance)" for order, share in zip(("First", "Second"), shares, strict=True)
        ]
    else:
        words = [f"{method}, {order} axis (no unit: only nearness counts)" for order in ("first", "second")]
    axis: dict[str, Any] = {} if known else {"showticklabels": False, "ticks": ""}
    fig = chart(
        traces,
        height=height,
        x=words[0],
        y=words[1],
        xaxis=axis,
        yaxis={**axis, **({"scaleanchor": "x"} if known else {})},
        showlegend=True,
        clickmode="event+select",
        dragmode="pan",  # Streamlit hears clicks in this mode alone; lasso and box stand at its side
        hovermode="closest",
        modebar={"orientation": "v", "bgcolor": "rgba(0,0,0,0)", "color": NEUTRAL, "activecolor": ACCENT},
    )
    fig.update_layout(margin={"t": 34, "r": 40})
    return fig


def said_of(row: Row) -> str:
    """What the pointer shows of a track."""
    lines = [f"<b>{row.track_id}</b>", f"genre {row.genre}"]
    if row.predicted is None or row.confidence is None:
        lines.append(NOT_JUDGED)
    else:
        lines.append(f"called {row.predicted}, {row.confidence:.2f}" + ("" if row.is_right else " (wrong)"))
    if row.artist:
        lines.append(f"by {row.artist}")
    return "<br>".join(lines)


def _colours(groups: Mapping[str, Sequence[Row]], genres: Sequence[str], colour_by: str) -> dict[str, str]:
    """Colour of each group, in the order of the legend."""
    if colour_by == "right":
        return {RIGHT: ACCENT, WRONG: ERROR, NOT_JUDGED: NEUTRAL}
    if colour_by == "artist":
        named = sorted(set(groups) - {OTHERS, UNKNOWN}, key=lambda name: -len(groups[name]))
        return {
            **dict(zip(named, (colour for colour in EXTENDED_COLOURS if colour != ERROR), strict=False)),
            OTHERS: NEUTRAL,
            UNKNOWN: NEUTRAL,
        }
    known = sorted({*genres, *(set(groups) - {NOT_JUDGED})})
    return {**genre_colours(known), NOT_JUDGED: NEUTRAL}


def _points(name: str, rows: Sequence[Row], colour: str) -> dict[str, Any]:
    judged = [row.is_right is not None for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "legendgroup": name,
        "showlegend": False,
        "x": [row.x for row in rows],
        "y": [row.y for row in rows],
        "text": [said_of(row) for row in rows],
        "customdata": [row.track_id for row in rows],
        "marker": {
            "color": colour,
            "size": [JUDGED_SIZE if its else LEARNED_SIZE for its in judged],
            "opacity": [0.9 if its else 0.45 for its in judged],
            "line": {"color": ERROR, "width": [2.5 if row.is_right is False else 0 for row in rows]},
        },
        "unselected": {"marker": {"opacity": 0.25}},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _legend(name: str, colour: str, *, ring: str | None = None) -> dict[str, Any]:
    """An entry of the legend alone: that of the points themselves would take their mean ring."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "legendgroup": name,
        "x": [None],
        "y": [None],
        "marker": {"color": colour, "size": JUDGED_SIZE, "line": {"color": ring or colour, "width": 2.5 if ring else 0}},
        "hoverinfo": "skip",
    }


def _mark(x: float, y: float, symbol: str, size: int, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text" if symbol == "star" else "markers",
        "name": name,
        "x": [x],
        "y": [y],
        "text": [name],
        "textposition": "top center",
        "marker": {"symbol": symbol, "size": size, "color": ACCENT, "line": {"width": 3, "color": ACCENT}},
        "hoverinfo": "skip",
        "showlegend": False,
    }

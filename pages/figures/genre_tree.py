"""Genres as a tree: those that a model mixes up most are joined first."""

from __future__ import annotations

from typing import Protocol

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, NEUTRAL, chart, genre_colours


class Tree(Protocol):
    """Leaves in order, and joins of two nodes with the share at which they meet, which falls from join to join."""

    @property
    def genres(self) -> tuple[str, ...]: ...
    @property
    def joins(self) -> tuple[tuple[int, int, float], ...]: ...


def genre_tree(tree: Tree, *, what: str = "tracks", height: int = 470) -> go.Figure:
    """The tree with its leaves at the left; the further right two branches meet, the less they are mixed up.

    Parameters
    ----------
    tree : Tree
        Of `genre_core.evaluation.genre_tree`. A join of two genres has both as its `customdata`, other joins have none.
    what : str
        What is counted: tracks or segments.
    """
    n = len(tree.genres)
    most = 100 * max(share for _, _, share in tree.joins)
    left = max(1.0, 1.15 * most)  # where leaves begin: nothing meets there
    x, y = [left] * n, [float(place) for place in range(n)]
    members = [[genre] for genre in tree.genres]
    lines_x: list[float | None] = []
    lines_y: list[float | None] = []
    for first, second, share in tree.joins:
        at = 100 * share
        lines_x += [x[first], at, at, x[second], None]
        lines_y += [y[first], y[first], y[second], y[second], None]
        x.append(at)
        y.append((y[first] + y[second]) / 2)
        members.append(members[first] + members[second])
    pairs = [(members[first], members[second]) for first, second, _ in tree.joins]
    colours = genre_colours(tree.genres)
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": lines_x,
            "y": lines_y,
            "line": {"color": NEUTRAL, "width": 2},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "joins",
            "x": x[n:],
            "y": y[n:],
            "marker": {"size": 10, "color": ACCENT},
            "customdata": [[*one, *other] if len(one) == len(other) == 1 else [] for one, other in pairs],
            "text": [
                f"{', '.join(one)}<br>and {', '.join(other)}:<br>{100 * join[2]:.1f} % of their {what} are taken for each other"
                for (one, other), join in zip(pairs, tree.joins, strict=True)
            ],
            "hovertemplate": "%{text}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "genres",
            "x": [left] * n,
            "y": y[:n],
            "marker": {"size": 12, "color": [colours[genre] for genre in tree.genres]},
            "customdata": [[genre] for genre in tree.genres],
            "text": list(tree.genres),
            "hovertemplate": "%{text}<extra></extra>",
            "cliponaxis": False,
        },
    ]
    return chart(
        traces,
        height=max(height, 90 + 30 * n),
        x=f"Taken for each other: share of {what}, mean of both directions and of all pairs [%]",
        xaxis={"range": [left, -0.02 * left], "showgrid": True, "ticksuffix": " %"},
        yaxis={"range": [n - 0.5, -0.5], "tickvals": list(range(n)), "ticktext": list(tree.genres), "ticks": ""},
        clickmode="event+select",
        dragmode=False,
    )

"""Who is taken for whom: counts and shares of one run, or the difference of two; each cell can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import DIVERGING, ONE_HUE, styled

TRUE, PREDICTED = "True genre (rows)", "Predicted genre (columns)"
_CLICKED_PIXELS = 34
"""Size of the unseen squares that take clicks: a heatmap takes none."""

FROM_NAMES = 18
"""From the names of the rows to their title [pixels], so that none runs into it."""
SIDE_BY_SIDE = 7
"""Names of genres that fit beside each other above the columns."""


def confusion(
    matrix: np.ndarray, genres: Sequence[str], *, what: str = "tracks", by: str = "share", height: int = 470
) -> go.Figure:
    """Confusion matrix: rows are the truth, columns the prediction; count and share of the row in each cell.

    Each cell's `customdata` is its true genre and the predicted one.

    Parameters
    ----------
    matrix : np.ndarray
        Counts, int, shape (n_genres, n_genres), rows true.
    genres : sequence of str
        In the order of rows and columns.
    what : str
        What is counted: tracks or segments.
    by : str
        What the colour and the first line of a cell tell: `counts`, or the `share` of the row, in per cent.
    """
    matrix = np.asarray(matrix)
    share = _shares(matrix)
    said = [[(f"{n}", f"{p:.0%}") for n, p in zip(*row, strict=True)] for row in zip(matrix, share, strict=True)]
    first = 0 if by == "counts" else 1
    text = [
        [f"<b>{cell[first]}</b><br>{cell[1 - first]}" if n else "" for n, cell in zip(row, cells, strict=True)]
        for row, cells in zip(matrix, said, strict=True)
    ]
    speech = [
        [
            f"{n} of {matrix[row].sum()} {what} that are {genre}<br>were called {genres[column]} ({share[row, column]:.0%})"
            for column, n in enumerate(matrix[row])
        ]
        for row, genre in enumerate(genres)
    ]
    values = matrix.astype(float) if by == "counts" else share.round(3)
    cells = {
        "z": np.where(matrix > 0, values, np.nan),  # an empty cell shows the page
        "colorscale": [list(stop) for stop in ONE_HUE],
        "zmin": 0,
        "zmax": max(1, int(matrix.max(initial=0))) if by == "counts" else 1,
    }
    return _matrix(genres, text, speech, cells, height)


def confusion_difference(
    matrix: np.ndarray, other: np.ndarray, genres: Sequence[str], *, what: str = "tracks", height: int = 470
) -> go.Figure:
    """What a run says more often (red) or less often (blue) than another of the same tracks.

    Parameters
    ----------
    matrix, other : np.ndarray
        Counts of the two runs, int, shape (n_genres, n_genres), rows true; their rows have the same sums.
    genres : sequence of str
        In the order of rows and columns.
    what : str
        What is counted: tracks or segments.
    """
    matrix, other = np.asarray(matrix), np.asarray(other)
    points = 100 * (_shares(matrix) - _shares(other))  # percentage points, (n_genres, n_genres)
    change = matrix - other
    text = [
        [f"<b>{_signed(n)}</b><br>{_signed(round(p))} pp" if n else "" for n, p in zip(*row, strict=True)]
        for row in zip(change, points, strict=True)
    ]
    speech = [
        [
            f"{genre} called {genres[column]}: {matrix[row, column]} {what} by this run, {other[row, column]} by the other<br>"
            f"of {matrix[row].sum()}: {_signed(round(float(points[row, column]), 1))} percentage points"
            for column in range(len(genres))
        ]
        for row, genre in enumerate(genres)
    ]
    edge = max(1.0, float(abs(points).max(initial=0)))
    cells = {
        "z": np.where(change != 0, points.round(1), np.nan),
        "colorscale": [list(stop) for stop in DIVERGING],
        "zmin": -edge,
        "zmid": 0,
        "zmax": edge,
    }
    return _matrix(genres, text, speech, cells, height)


def _matrix(
    genres: Sequence[str], text: list[list[str]], speech: list[list[str]], cells: dict[str, Any], height: int
) -> go.Figure:
    names = list(genres)
    fig = go.Figure(
        [
            {
                "type": "heatmap",
                "x": names,
                "y": names,
                "text": text,
                "texttemplate": "%{text}",
                "textfont": {"size": 11 if len(names) <= 12 else 9},
                "hoverinfo": "skip",
                "showscale": False,
                "xgap": 2,
                "ygap": 2,
                **cells,
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": names * len(names),
                "y": [genre for genre in names for _ in names],
                "customdata": [[true, predicted] for true in names for predicted in names],
                "text": [words for row in speech for words in row],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"symbol": "square", "size": _CLICKED_PIXELS, "color": "rgba(0, 0, 0, 0)"},
                "showlegend": False,
                "cliponaxis": False,
            },
        ]
    )
    styled(fig, height=max(height, 90 + 38 * len(names)), x=PREDICTED, y=TRUE)
    edges = {"ticks": "", "dtick": 1, "showgrid": False}
    fig.update_yaxes(range=[len(names) - 0.5, -0.5], **edges)
    fig.update_xaxes(range=[-0.5, len(names) - 0.5], side="top", **edges)
    fig.layout.yaxis.title.standoff = FROM_NAMES
    fig.layout.xaxis.tickangle = -40 if len(names) > SIDE_BY_SIDE else 0
    fig.update_layout(clickmode="event+select", dragmode=False, hoverdistance=100)  # the corners of large cells too
    return fig


def _shares(matrix: np.ndarray) -> np.ndarray:
    return matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))  # (n_genres, n_genres)


def _signed(value: float) -> str:
    return f"{value:+g}".replace("-", "\N{MINUS SIGN}")

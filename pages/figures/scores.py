"""Pictures of how good a run is: confusion, precision and recall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import NEUTRAL, ONE_HUE, genre_colours, styled


class Curve(Protocol):
    """What a precision-recall curve holds; `genre` is None for all combined."""

    genre: str | None
    recall: np.ndarray
    precision: np.ndarray
    average_precision: float
    prevalence: float


def confusion(matrix: np.ndarray, genres: Sequence[str], *, what: str = "tracks", height: int = 470) -> go.Figure:
    """Confusion matrix: rows are the truth, columns the prediction; count and share of the row in each cell.

    Parameters
    ----------
    matrix : np.ndarray
        Counts, int, shape (n_genres, n_genres), rows true.
    genres : sequence of str
        In the order of rows and columns.
    what : str
        What is counted: tracks or segments.
    """
    matrix = np.asarray(matrix)
    share = matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))  # (n_genres, n_genres)
    text = [[f"<b>{n}</b><br>{p:.0%}" if n else "" for n, p in zip(*row, strict=True)] for row in zip(matrix, share, strict=True)]
    speech = [
        [
            f"{n} of {matrix[row].sum()} {what} that are {genre}<br>were called {genres[column]} ({share[row, column]:.0%})"
            for column, n in enumerate(matrix[row])
        ]
        for row, genre in enumerate(genres)
    ]
    fig = go.Figure(
        go.Heatmap(
            z=np.where(matrix > 0, share.round(3), np.nan),  # an empty cell shows the page
            x=list(genres),
            y=list(genres),
            text=text,
            texttemplate="%{text}",
            textfont={"size": 11 if len(genres) <= 12 else 9},
            hovertext=speech,
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[list(stop) for stop in ONE_HUE],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    styled(fig, height=max(height, 90 + 38 * len(genres)), x="Predicted genre (columns)", y="True genre (rows)")
    fig.update_yaxes(autorange="reversed", ticks="", dtick=1)
    fig.update_xaxes(side="top", ticks="", dtick=1)
    return fig


def precision_recall(
    curves: Sequence[Curve], *, genres: Sequence[str], chosen: str | None = None, height: int = 470
) -> go.Figure:
    """Precision over recall a genre, and all genres combined as the thick line.

    Parameters
    ----------
    curves : sequence of Curve
        One a genre, and one with genre None for all combined.
    genres : sequence of str
        All genres of the run, which fix the colours.
    chosen : str or None
        A genre to bring out; the others fade.
    """
    colours = genre_colours(genres)
    fig = go.Figure()
    for curve in curves:
        combined = curve.genre is None
        name = "all combined" if combined else str(curve.genre)
        fig.add_trace(
            go.Scatter(
                x=np.asarray(curve.recall, np.float32).round(4),
                y=np.asarray(curve.precision, np.float32).round(4),
                name=f"{name} {curve.average_precision:.2f}",
                line={
                    "color": NEUTRAL if combined else colours[name],
                    "width": 4 if combined or name == chosen else 1.8,
                    "shape": "hv",
                },
                opacity=1.0 if chosen is None or name == chosen else 0.25,
                hovertemplate=f"{name}: finds %{{x:.0%}} of them, %{{y:.0%}} of what it names is right<extra></extra>",
            )
        )
    styled(
        fig,
        height=height,
        x="Recall: share of a genre's tracks that are found",
        y="Precision: share of those named that are right",
    )
    fig.update_layout(
        showlegend=True,
        legend={
            "orientation": "v",
            "x": 1.01,
            "y": 1.0,
            "xanchor": "left",
            "yanchor": "top",
            "title": {"text": "average precision"},
        },
        margin={"r": 8},
    )
    fig.update_xaxes(range=[0, 1.01], tickformat=".0%", showgrid=True)
    fig.update_yaxes(range=[0, 1.03], tickformat=".0%", showgrid=True)
    return fig


def by_genre(genres: Sequence[str], values: Sequence[float], *, title: str = "F1", height: int = 330) -> go.Figure:
    """One number a genre as bars, from 0 to 1, each in its genre's colour.

    Parameters
    ----------
    genres : sequence of str
    values : sequence of float
        Between 0 and 1.
    """
    colours = genre_colours(genres)
    fig = go.Figure(
        go.Bar(
            y=list(genres),
            x=list(values),
            orientation="h",
            marker={"color": [colours[genre] for genre in genres]},
            text=[f"{value:.2f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: " + title + " %{x:.3f}<extra></extra>",
        )
    )
    styled(fig, height=max(height, 60 + 26 * len(genres)), x=title)
    fig.update_xaxes(range=[0, 1.08], tickvals=[0, 0.25, 0.5, 0.75, 1])
    fig.update_yaxes(autorange="reversed", ticks="", dtick=1)
    return fig

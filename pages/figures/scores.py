"""Pictures of how good a run is: confusion, precision and recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


class Score(Protocol):
    """A score with its interval; as text, both."""

    value: float | None
    low: float | None
    high: float | None
    reason: str


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
    curves: Sequence[Curve],
    *,
    genres: Sequence[str],
    scores: Mapping[str | None, Score],
    chosen: str | None = None,
    height: int = 470,
) -> go.Figure:
    """Precision over recall a genre, and all genres combined as the thick line.

    Parameters
    ----------
    curves : sequence of Curve
        One a genre, and one with genre None for all combined.
    genres : sequence of str
        All genres of the run, which fix the colours.
    scores : mapping
        Average precision of each curve's genre, None for all combined; it is said where the curve is pointed at.
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
                name=name,
                line={
                    "color": NEUTRAL if combined else colours[name],
                    "width": 4 if combined or name == chosen else 1.8,
                    "shape": "hv",
                },
                opacity=1.0 if chosen is None or name == chosen else 0.25,
                hovertemplate=f"{name}: finds %{{x:.0%}} of them, %{{y:.0%}} of what it names is right<br>"
                f"average precision {scores[curve.genre]}<extra></extra>",
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
        },
        margin={"r": 8},
    )
    fig.update_xaxes(range=[0, 1.01], tickformat=".0%", showgrid=True)
    fig.update_yaxes(range=[0, 1.03], tickformat=".0%", showgrid=True)
    return fig


def by_genre(genres: Sequence[str], scores: Sequence[Score], *, title: str = "F1", head: int = 38, row: int = 35) -> go.Figure:
    """One score a genre as a dot from 0 to 1 in its genre's colour, its interval as a line through it.

    Parameters
    ----------
    genres : sequence of str
    scores : sequence of Score
        Values and ends between 0 and 1; a genre without a value has no dot, one without ends no line.
    head, row : int
        Heights of a table's head and rows [pixels], so that the genres stand beside those of a table.
    """
    colours = genre_colours(genres)
    fig = go.Figure()
    for genre, score in zip(genres, scores, strict=True):
        up, down = _reach(score)
        fig.add_trace(
            go.Scatter(
                x=[score.value],
                y=[genre],
                mode="markers",
                name=genre,
                marker={"size": 13, "color": colours[genre]},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [up],
                    "arrayminus": [down],
                    "color": colours[genre],
                    "thickness": 4,
                    "width": 0,
                },
                hovertemplate="<br>".join(part for part in (f"{genre}: {title} {score}", score.reason) if part)
                + "<extra></extra>",
            )
        )
    foot = 52
    styled(fig, height=head + row * len(genres) + foot, x=f"{title} and its 95 % interval")
    fig.update_layout(showlegend=False, margin={"t": head, "b": foot})
    fig.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], showgrid=True)
    fig.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(genres),
        range=[len(genres) - 0.5, -0.5],
        ticks="",
        dtick=1,
        showgrid=True,
    )
    return fig


def _reach(score: Score) -> tuple[float | None, float | None]:
    """How far the interval goes above and below the score; None where there is none, so that no line is drawn."""
    if score.value is None or score.low is None or score.high is None:
        return None, None
    return score.high - score.value, score.value - score.low

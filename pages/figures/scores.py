"""One score a genre as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import plotly.graph_objects as go

from pages.figures.theme import genre_colours, styled


class Score(Protocol):
    """A score with its interval; as text, both."""

    value: float | None
    low: float | None
    high: float | None
    reason: str


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

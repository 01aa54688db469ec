"""Scores of several runs beside each other, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from genre_core.evaluation.intervals import Interval
from pages.figures.theme import ACCENT, styled

ROW_HEIGHT = 34


def compared(scores: Mapping[str, Interval], *, what: str = "Accuracy by track") -> go.Figure:
    """One row a run: a point for its score, a line for its interval; where lines overlap, the difference may be chance.

    Parameters
    ----------
    scores : mapping
        Name of each run to its score; drawn from top to bottom.
    what : str
        Words for the axis.
    """
    known = {name: score for name, score in scores.items() if score.value is not None}
    reach = [_reach(score) for score in known.values()]
    fig = go.Figure(
        go.Scatter(
            x=[score.value for score in known.values()],
            y=list(known),
            mode="markers+text",
            marker={"size": 11, "color": ACCENT},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [above for _, above in reach],
                "arrayminus": [below for below, _ in reach],
                "color": ACCENT,
                "thickness": 2.5,
                "width": 5,
            },
            text=[str(score) for score in known.values()],
            textposition="top center",
            hovertemplate="%{y}: %{text}<extra></extra>",
            cliponaxis=False,
        )
    )
    styled(fig, height=90 + ROW_HEIGHT * max(2, len(known)), x=what)
    fig.update_xaxes(range=[0, 1.02], tickformat=".1f", showgrid=True)
    # A tick a row and none between: of few rows the axis would put one at half a row, with no name.
    fig.update_yaxes(
        autorange="reversed",
        automargin=True,
        showgrid=False,
        tickmode="array",
        tickvals=list(range(len(known))),
        ticktext=list(known),
    )
    return fig


def _reach(score: Interval) -> tuple[float, float]:
    """How far the interval goes below and above the score."""
    if score.value is None or score.low is None or score.high is None:
        return 0.0, 0.0
    return score.value - score.low, score.high - score.value

"""Several ways from segments to a track: one score of each as a dot on its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, NEUTRAL, chart


class Score(Protocol):
    """A score with its interval; as text, both."""

    value: float | None
    low: float | None
    high: float | None
    reason: str


def ways(scores: Mapping[str, Score], *, own: str, what: str = "Accuracy", height: int = 300) -> go.Figure:
    """A dot a way on its 95 % interval; the run's own way in the accent, and its value as a line through all.

    Parameters
    ----------
    scores : mapping
        Title of each way -> its score, drawn from top to bottom; one without value has no dot.
    own : str
        Title of the way that the run itself takes.
    what : str
        Name of the score.
    """
    known = {name: score for name, score in scores.items() if score.value is not None}
    traces = [
        {
            "type": "scatter",
            "mode": "markers+text",
            "x": [score.value],
            "y": [name],
            "name": name,
            "marker": {"size": 13, "color": ACCENT if name == own else NEUTRAL},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [0.0 if score.high is None else score.high - (score.value or 0.0)],
                "arrayminus": [0.0 if score.low is None else (score.value or 0.0) - score.low],
                "color": ACCENT if name == own else NEUTRAL,
                "thickness": 3,
                "width": 0,
            },
            "text": [str(score)],
            "textposition": "top center",
            "hovertemplate": f"{name}: {what.lower()} {score}"
            + (f"<br>{score.reason}" if score.reason else "")
            + "<extra></extra>",
            "cliponaxis": False,
        }
        for name, score in known.items()
    ]
    value = known[own].value if own in known else None
    line = {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return chart(
        traces,
        height=max(height, 90 + 46 * len(known)),
        x=f"{what} of tracks and its 95 % interval",
        xaxis={"showgrid": True},
        yaxis={"type": "category", "range": [len(known) - 0.5, -0.7], "ticks": "", "dtick": 1},
        shapes=[] if value is None else [{**line, "line": {"color": NEUTRAL, "width": 1, "dash": "dot"}}],
    )

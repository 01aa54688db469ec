"""Scores against the number of training tracks: would more songs help?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart


class Score(Protocol):
    """A score with its interval; as text, both."""

    value: float | None
    low: float | None
    high: float | None


class Point(Protocol):
    """One run of a learning curve."""

    @property
    def run(self) -> str: ...
    @property
    def train_share(self) -> float: ...
    @property
    def n_tracks(self) -> int: ...
    @property
    def scores(self) -> Mapping[str, Score]: ...
    @property
    def train_accuracy(self) -> float | None: ...


def learning_curve(points: Sequence[Point], *, chosen: str = "", score: str = "accuracy", height: int = 470) -> go.Figure:
    """Score on the valid tracks with its interval, and accuracy on the training's own segments, by the number of training tracks.

    Parameters
    ----------
    points : sequence of Point
        From the fewest tracks to the most; a point's `customdata` is its run.
    chosen : str
        Id of the run that is looked at; its point is ringed.
    score : str
        Which of the points' scores.
    """
    known = [(point, point.scores[score]) for point in points if point.scores[score].value is not None]
    values = [float(found.value or 0.0) for _, found in known]
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "valid tracks",
            "x": [point.n_tracks for point, _ in known],
            "y": values,
            "customdata": [[point.run] for point, _ in known],
            "text": [
                f"{point.n_tracks} training tracks ({point.train_share:.0%})<br>valid tracks: {found}" for point, found in known
            ],
            "hovertemplate": "%{text}<extra></extra>",
            "line": {"color": ACCENT, "width": 2.5},
            "marker": {
                "size": [14 if point.run == chosen else 10 for point, _ in known],
                "color": ACCENT,
                "line": {"color": WARM, "width": [3 if point.run == chosen else 0 for point, _ in known]},
            },
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [
                    0.0 if found.high is None else found.high - value for (_, found), value in zip(known, values, strict=True)
                ],
                "arrayminus": [
                    0.0 if found.low is None else value - found.low for (_, found), value in zip(known, values, strict=True)
                ],
                "color": ACCENT,
                "thickness": 2,
                "width": 6,
            },
        }
    ]
    learned = [(point.n_tracks, point.train_accuracy) for point in points if point.train_accuracy is not None]
    if learned and score == "accuracy":
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": "training segments, while learning",
                "x": [count for count, _ in learned],
                "y": [value for _, value in learned],
                "line": {"color": NEUTRAL, "width": 1.8, "dash": "dot"},
                "marker": {"size": 7, "color": NEUTRAL},
                "hovertemplate": "%{x} training tracks<br>training segments: %{y:.2f}<extra></extra>",
            }
        )
    names = {"accuracy": "Accuracy", "macro_f1": "Macro F1"}
    most = max((point.n_tracks for point in points), default=1)
    return chart(
        traces,
        height=height,
        x="Training tracks",
        y=f"{names[score]} and its 95 % interval",
        xaxis={"range": [0, 1.08 * most], "showgrid": True},
        yaxis={"range": [0, 1.03], "showgrid": True},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.0, "xanchor": "left", "yanchor": "bottom"},
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
        clickmode="event+select",
        dragmode=False,
    )

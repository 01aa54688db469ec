"""Is it as right as it says? Reliability with how often each confidence occurs, and what a threshold leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart, faded


class Score(Protocol):
    """A score with its interval; as text, both."""

    value: float | None
    low: float | None
    high: float | None
    reason: str


class Bins(Protocol):
    """Verdicts by how probable they were said to be."""

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray


class Covered(Protocol):
    """Accuracy among the verdicts that a threshold leaves."""

    threshold: np.ndarray
    share: np.ndarray
    n_named: np.ndarray
    accuracy: Sequence[Score]


def reliability(bins: Bins, accuracy: Sequence[Score], *, what: str = "tracks", height: int = 470) -> go.Figure:
    """Share that is right against how sure the model was, and below it how often it was so sure.

    On the dotted diagonal it is as right as it says, below it too sure. Each bar's `customdata` are the ends of its confidence.

    Parameters
    ----------
    bins : Bins
        Of `genre_core.evaluation.reliability`.
    accuracy : sequence of Score
        Share of each bin's verdicts that is right; one without value has no bar.
    what : str
        What is judged: tracks or segments.
    """
    counts = np.asarray(bins.counts)
    there = [place for place, score in enumerate(accuracy) if score.value is not None]
    edges = np.asarray(bins.edges)
    middles = [float(edges[[at, at + 1]].mean()) for at in there]
    widths = [0.92 * float(edges[at + 1] - edges[at]) for at in there]
    ends = [[round(float(edges[at]), 4), round(float(edges[at + 1]), 4)] for at in there]
    speech = [
        f"{counts[at]} {what} said with {edges[at]:.2f} to {edges[at + 1]:.2f}, {bins.confidence[at]:.2f} on average<br>"
        f"right: {accuracy[at]}" + (f"<br>{accuracy[at].reason}" if accuracy[at].reason else "")
        for at in there
    ]
    values = [float(accuracy[at].value or 0.0) for at in there]
    bar = {"type": "bar", "x": middles, "width": widths, "customdata": ends, "text": speech, "textposition": "none"}
    traces = [
        {
            **bar,
            "y": values,
            "name": "right",
            "marker": {"color": ACCENT, "line": {"color": "rgba(0,0,0,0)", "width": 2}},
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [0.0 if accuracy[at].high is None else accuracy[at].high - accuracy[at].value for at in there],
                "arrayminus": [0.0 if accuracy[at].low is None else accuracy[at].value - accuracy[at].low for at in there],
                "color": NEUTRAL,
                "thickness": 1.6,
                "width": 4,
            },
            "hovertemplate": "%{text}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [float(bins.confidence[at]) for at in there],
            "y": [float(bins.confidence[at]) for at in there],
            "marker": {"symbol": "line-ew-open", "size": 16, "color": WARM, "line": {"width": 3}},
            "name": "said",
            "hoverinfo": "skip",
        },
        {
            **bar,
            "y": [int(counts[at]) for at in there],
            "yaxis": "y2",
            "name": "how many",
            "marker": {"color": faded(ACCENT, 0.5)},
            "hovertemplate": "%{text}<extra></extra>",
        },
    ]
    diagonal = {"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1, "line": {"color": NEUTRAL, "width": 1.2, "dash": "dot"}}
    title = {"text": what.capitalize(), "standoff": 8}
    return chart(
        traces,
        height=height,
        x="Confidence: probability of the genre that was named",
        y="Share that is right",
        xaxis={"range": [0, 1], "anchor": "y2"},
        yaxis={"range": [0, 1.02], "tickformat": ".0%", "domain": [0.3, 1], "showgrid": True},
        yaxis2={"domain": [0, 0.2], "title": title, "anchor": "x", "automargin": True, "rangemode": "tozero", "nticks": 4},
        shapes=[diagonal],
        bargap=0.06,
        clickmode="event+select",
        dragmode=False,
    )


def coverage(found: Covered, *, marked: float = 0.5, what: str = "tracks", height: int = 470) -> go.Figure:
    """Share right among what is named, against the share that is named, as the threshold rises from right to left.

    Parameters
    ----------
    found : Covered
        Of `genre_core.evaluation.coverage`; a point's `customdata` is its threshold.
    marked : float
        The threshold that a verdict needs by default.
    what : str
        What is judged: tracks or segments.
    """
    x, y = np.asarray(found.share, float), [score.value for score in found.accuracy]
    banded = [(share, score.low, score.high) for share, score in zip(x, found.accuracy, strict=True) if score.low is not None]
    speech = [
        f"needs a probability of {threshold:.2f}: {count} {what} named ({share:.0%})<br>of these right: {score}"
        + (f"<br>{score.reason}" if score.reason else "")
        for threshold, share, count, score in zip(found.threshold, x, found.n_named, found.accuracy, strict=True)
    ]
    traces: list[dict[str, Any]] = []
    if banded:
        shares, lows, highs = (list(values) for values in zip(*banded, strict=True))
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*shares, *shares[::-1]],
                "y": [*highs, *lows[::-1]],
                "fill": "toself",
                "fillcolor": faded(ACCENT, 0.18),
                "line": {"width": 0},
                "hoverinfo": "skip",
                "name": "95 % interval",
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": x,
            "y": y,
            "customdata": [[round(float(threshold), 2)] for threshold in found.threshold],
            "text": speech,
            "hovertemplate": "%{text}<extra></extra>",
            "line": {"color": ACCENT, "width": 2.5},
            "marker": {"size": 6, "color": ACCENT},
            "name": "accuracy",
        }
    )
    lowest = min([value for value in y if value is not None] + [low for _, low, _ in banded])
    foot = max(0.0, np.floor(10 * (lowest - 0.05)) / 10)  # what lies lower would be empty
    notes: list[dict[str, Any]] = []
    at = np.flatnonzero(np.isclose(found.threshold, marked))
    if at.size:
        place = int(at[0])
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [float(x[place])],
                "y": [y[place]],
                "marker": {"size": 15, "color": "rgba(0,0,0,0)", "line": {"color": WARM, "width": 3}},
                "hoverinfo": "skip",
                "name": f"threshold {marked:g}",
            }
        )
        words = f"threshold {marked:g}: {x[place]:.0%} named, {y[place]:.0%} of them right"
        notes.append(
            {"x": float(x[place]), "y": y[place], "text": words, "showarrow": True, "ay": 48, "arrowcolor": NEUTRAL}
            | ({"ax": -60, "xanchor": "right"} if x[place] > 0.6 else {"ax": 40, "xanchor": "left"})  # where there is room
        )
    return chart(
        traces,
        height=height,
        x=f"Coverage: share of the {what} that get a verdict",
        y="Share of these verdicts that is right",
        xaxis={"range": [0, 1.02], "tickformat": ".0%", "showgrid": True},
        yaxis={"range": [foot, 1.02], "tickformat": ".0%", "showgrid": True},
        annotations=notes,
        clickmode="event+select",
        dragmode=False,
    )

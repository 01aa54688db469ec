"""Precision against recall with lines of equal F1, and the ROC curve: a genre against the rest, and all combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import FAINT, NEUTRAL, chart, genre_colours

ISO_F1 = (0.2, 0.4, 0.6, 0.8)
"""Values of F1 of which there is a line."""
ALL = "all combined"


class PrCurve(Protocol):
    """What a precision-recall curve holds; `genre` is None for all combined."""

    genre: str | None
    recall: np.ndarray
    precision: np.ndarray
    threshold: np.ndarray


class RocCurve(Protocol):
    """What a ROC curve holds."""

    genre: str | None
    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    threshold: np.ndarray


def precision_recall(
    curves: Sequence[PrCurve],
    *,
    genres: Sequence[str],
    scores: Mapping[str | None, object],
    chosen: str | None = None,
    what: str = "tracks",
    height: int = 470,
) -> go.Figure:
    """Precision over recall a genre, all genres combined as the thick line, and thin lines on which F1 is the same.

    Parameters
    ----------
    curves : sequence of PrCurve
        One a genre, and one with genre None for all combined.
    genres : sequence of str
        All genres of the run, which fix the colours.
    scores : mapping
        Average precision of each curve's genre, None for all combined; it is said where the curve is pointed at.
    chosen : str or None
        A genre to bring out; the others fade.
    what : str
        What is counted: tracks or segments.
    """
    traces = [
        _line(
            curve.genre,
            curve.recall,
            curve.precision,
            curve.threshold,
            genres,
            chosen,
            shape="hv",
            speech="finds %{x:.0%} of them, %{y:.0%} of what it names is right",
            score=f"average precision {scores[curve.genre]}",
        )
        for curve in curves
    ]
    recall = np.linspace(0, 1, 101)
    lines = []
    for f1 in ISO_F1:
        there = recall[recall >= f1 / (2 - f1) - 1e-9]  # left of it no precision is high enough
        precision = np.minimum(1, f1 * there / (2 * there - f1))
        way = " L ".join(f"{x:.3f},{y:.3f}" for x, y in zip(there, precision, strict=True))
        lines.append({"type": "path", "path": f"M {way}", "layer": "below", "line": {"color": FAINT, "width": 1.2}})
    named = [
        {"x": f1, "y": f1, "text": f"F1 {f1:g}", "showarrow": False, "xanchor": "left", "yanchor": "bottom"}
        | {"font": {"size": 11, "color": NEUTRAL}}
        for f1 in ISO_F1
    ]
    return _drawn(
        traces,
        height=height,
        x=f"Recall: share of a genre's {what} that are found",
        y="Precision: share of those named that are right",
        shapes=lines,
        annotations=named,
    )


def roc(
    curves: Sequence[RocCurve],
    *,
    genres: Sequence[str],
    scores: Mapping[str | None, object],
    chosen: str | None = None,
    what: str = "tracks",
    height: int = 470,
) -> go.Figure:
    """Found against wrongly named, a line a genre, all combined as the thick one; the dotted diagonal is guessing.

    Parameters
    ----------
    curves : sequence of RocCurve
        One a genre, and one with genre None for all combined.
    genres, chosen, what
        As in `precision_recall`.
    scores : mapping
        Area of each curve's genre, None for all combined.
    """
    traces = [
        _line(
            curve.genre,
            curve.false_positive_rate,
            curve.true_positive_rate,
            curve.threshold,
            genres,
            chosen,
            shape="linear",
            speech="finds %{y:.0%} of them and wrongly names %{x:.0%} of the others",
            score=f"area {scores[curve.genre]}",
        )
        for curve in curves
    ]
    guessing = {"type": "line", "x0": 0, "y0": 0, "x1": 1, "y1": 1, "layer": "below"}
    return _drawn(
        traces,
        height=height,
        x=f"False positives: share of the other {what} that are wrongly named",
        y=f"True positives: share of a genre's {what} that are found",
        shapes=[{**guessing, "line": {"color": NEUTRAL, "width": 1.2, "dash": "dot"}}],
        annotations=[
            {"x": 0.62, "y": 0.6, "text": "guessing", "showarrow": False, "xanchor": "left", "yanchor": "top"}
            | {"font": {"size": 11, "color": NEUTRAL}}
        ],
    )


def _line(
    genre: str | None,
    x: np.ndarray,
    y: np.ndarray,
    threshold: np.ndarray,
    genres: Sequence[str],
    chosen: str | None,
    *,
    shape: str,
    speech: str,
    score: str,
) -> dict[str, Any]:
    """A curve whose points can be clicked, each with its genre."""
    combined, name = genre is None, ALL if genre is None else genre
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": np.asarray(x, np.float32).round(4),
        "y": np.asarray(y, np.float32).round(4),
        "customdata": [[genre or "", f"{value:.2f}"] for value in np.asarray(threshold)],
        "name": name,
        "line": {
            "color": NEUTRAL if combined else genre_colours(genres)[name],
            "width": 4 if combined or name == chosen else 1.8,
            "shape": shape,
        },
        "marker": {"size": 9, "opacity": 0.01},  # a line without markers takes no clicks
        "selected": {"marker": {"opacity": 0.01}},
        "unselected": {"marker": {"opacity": 0.01}},
        "opacity": 1.0 if chosen is None or name == chosen else 0.25,
        "hovertemplate": f"{name}: {speech}<br>where it needs a probability of %{{customdata[1]}}; {score}<extra></extra>",
    }


def _drawn(traces: list[dict[str, Any]], *, height: int, x: str, y: str, **layout: Any) -> go.Figure:
    shares = {"tickformat": ".0%", "showgrid": True}
    return chart(
        traces,
        height=height,
        x=x,
        y=y,
        xaxis={**shares, "range": [-0.01, 1.01]},
        yaxis={**shares, "range": [-0.01, 1.03]},
        showlegend=True,
        legend={"orientation": "v", "x": 1.01, "y": 1.0, "xanchor": "left", "yanchor": "top"},
        clickmode="event+select",
        dragmode=False,
        **layout,
    )

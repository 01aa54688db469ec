"""Two runs on the same tracks: who gets which right, and how far their scores lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from genre_core.evaluation.intervals import Interval
from pages.figures.theme import ACCENT, NEUTRAL, WARM, styled

_CELLS = ("#bcc5c3", ACCENT, WARM)
"""What both or neither get right, only the first, only the second: opaque, so that the text can be read on either page."""
_ON_CELL = "#0d1a18"


def agreement(counts: Sequence[int], *, what: str = "tracks", height: int = 250) -> go.Figure:
    """Four counts as a table: rows tell whether the first run is right, columns whether the second is.

    Parameters
    ----------
    counts : sequence of int
        Both right, only the first, only the second, neither.
    what : str
        What is counted: tracks or segments.
    """
    both, only_a, only_b, neither = counts
    total = sum(counts)
    words = [["both right", "only the first right"], ["only the second right", "neither right"]]
    matrix = [[both, only_a], [only_b, neither]]
    fig = go.Figure(
        go.Heatmap(
            z=[[0, 1 if only_a else 0], [2 if only_b else 0, 0]],
            x=["right", "wrong"],
            y=["right", "wrong"],
            text=[
                [f"<b>{count}</b><br>{said}" for count, said in zip(*row, strict=True)] for row in zip(matrix, words, strict=True)
            ],
            texttemplate="%{text}",
            textfont={"size": 14, "color": _ON_CELL},
            hovertext=[
                [f"{said}: {count} of {total} {what} ({count / total:.0%})" for count, said in zip(*row, strict=True)]
                for row in zip(matrix, words, strict=True)
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[[place, colour] for place, colour in zip((0.0, 0.5, 1.0), _CELLS, strict=True)],
            zmin=0,
            zmax=2,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    styled(fig, height=height, x="second run", y="first run")
    fig.update_yaxes(autorange="reversed", ticks="", tickangle=-90)
    fig.update_xaxes(side="top", ticks="")
    return fig


def differences(found: Mapping[str, Interval], *, told_apart: bool = True, height: int = 250) -> go.Figure:
    """Differences of scores in percentage points, each a dot with its interval; right of the line the first run is better.

    Parameters
    ----------
    found : mapping
        What differs -> the first run's score less the second's.
    told_apart : bool
        False draws all in grey, since nothing may be concluded; else what leaves out 0 has the colour of the better run.
    """
    fig = go.Figure()
    reach = [0.05]
    for name, score in found.items():
        value = score.value or 0.0
        low, high = (value if end is None else end for end in (score.low, score.high))
        reach += [abs(low), abs(high)]
        colour = NEUTRAL if not told_apart or low <= 0 <= high else ACCENT if value > 0 else WARM
        fig.add_trace(
            go.Scatter(
                x=[100 * value],
                y=[name],
                mode="markers+text",
                marker={"size": 13, "color": colour},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [100 * (high - value)],
                    "arrayminus": [100 * (value - low)],
                    "color": colour,
                    "thickness": 4,
                    "width": 0,
                },
                text=[_signed(value, score)],
                textposition="top center",
                hovertemplate=f"{name}: {_signed(value, score)} percentage points<extra></extra>",
                cliponaxis=False,
            )
        )
    edge = float(min(100.0, np.ceil(110 * max(reach) / 5) * 5))
    styled(fig, height=height, x="Difference and its 95 % interval [percentage points]")
    fig.add_vline(x=0, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"})
    for place, words, anchor in ((0.0, "◀ second is better", "left"), (1.0, "first is better ▶", "right")):
        fig.add_annotation(
            x=place, y=1.0, xref="paper", yref="paper", text=words, showarrow=False, xanchor=anchor, yanchor="bottom"
        )
    fig.update_layout(showlegend=False, margin={"t": 34})
    fig.update_xaxes(range=[-edge, edge], showgrid=True)
    fig.update_yaxes(range=[len(found) - 0.4, -0.75], ticks="", showgrid=False)
    return fig


def _signed(value: float, score: Interval) -> str:
    """`+12.5 [-10.0, +42.5]`."""
    ends = "" if score.low is None or score.high is None else f" [{100 * score.low:+.1f}, {100 * score.high:+.1f}]"
    return f"{100 * value:{'+' if value else ''}.1f}{ends}".replace("-", "\N{MINUS SIGN}")

"""What changes of the sound do to verdicts: the share that is renamed, and the accuracy that is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from pages.figures.theme import ACCENT, FAINT, NEUTRAL, WARM, styled

ROW, HEAD, FOOT = 32, 34, 56
"""Heights [pixels]."""


class Score(Protocol):
    """A score with its interval; as text, both."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def reason(self) -> str: ...


class Row(Protocol):
    """What one change does to all tracks; the first one of several is the sound as it is."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def n_tracks(self) -> int: ...
    @property
    def n_flips(self) -> int: ...
    @property
    def flips(self) -> Score: ...
    @property
    def accuracy(self) -> Score: ...
    @property
    def shift(self) -> Score: ...


def worst_first(rows: Sequence[Row]) -> list[Row]:
    """Changes by how many tracks they rename, then by what is left of the accuracy."""
    return sorted(rows, key=lambda row: (-(row.flips.value or 0.0), row.accuracy.value or 0.0))


def robustness(rows: Sequence[Row], *, chosen: str | None = None) -> go.Figure:
    """Share of tracks renamed and accuracy as dots on their intervals, the worst change on top; each dot holds its change's name.

    Parameters
    ----------
    rows : sequence of Row
        The sound as it is, then its changes.
    chosen : str or None
        Name of a change to bring out.
    """
    untouched, changes = rows[0], worst_first(rows[1:])
    fig = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.04, column_widths=[0.55, 0.45])
    for column, (colour, of) in enumerate(((WARM, "flips"), (ACCENT, "accuracy")), 1):
        scores = [getattr(row, of) for row in changes]
        fig.add_trace(_dots(changes, scores, colour, of, chosen), row=1, col=column)
    height = HEAD + ROW * len(changes) + FOOT
    styled(fig, height=height)
    fig.update_layout(showlegend=False, margin={"t": HEAD, "b": FOOT}, clickmode="event+select")
    fig.update_xaxes(range=[-0.03, 1.03], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showgrid=True)
    fig.update_xaxes(title_text="Tracks that are renamed (flips)", row=1, col=1)
    fig.update_xaxes(title_text="Tracks named rightly (accuracy)", row=1, col=2)
    fig.update_yaxes(
        type="category",
        categoryorder="array",
        categoryarray=[row.title for row in changes],
        range=[len(changes) - 0.5, -0.5],
        ticks="",
        dtick=1,
        showgrid=True,
    )
    for place, row in enumerate(changes):
        if row.name == chosen:
            for column in (1, 2):
                fig.add_hrect(y0=place - 0.5, y1=place + 0.5, fillcolor=FAINT, line_width=0, layer="below", row=1, col=column)
    if untouched.accuracy.value is not None:
        fig.add_vline(x=untouched.accuracy.value, line={"color": NEUTRAL, "width": 1.5, "dash": "dot"}, row=1, col=2)
        fig.add_annotation(
            x=untouched.accuracy.value,
            xref="x2",
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if untouched.accuracy.value > 0.7 else "left",
            text=f"as it is: {untouched.accuracy.value:.0%}",
            showarrow=False,
        )
    return fig


def _dots(rows: Sequence[Row], scores: Sequence[Score], colour: str, of: str, chosen: str | None) -> go.Scatter:
    ends = [_reach(score) for score in scores]
    return go.Scatter(
        x=[score.value for score in scores],
        y=[row.title for row in rows],
        mode="markers",
        name=of,
        customdata=[row.name for row in rows],
        marker={"size": [16 if row.name == chosen else 12 for row in rows], "color": colour, "opacity": 1},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [up for up, _ in ends],
            "arrayminus": [down for _, down in ends],
            "color": colour,
            "thickness": 3,
            "width": 0,
        },
        hovertext=[_speech(row) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _speech(row: Row) -> str:
    lines = [
        f"<b>{row.title}</b>",
        f"{row.n_flips} of {row.n_tracks} tracks renamed: {row.flips}",
        f"named rightly: {row.accuracy}",
        f"probability of the true genre: {_signed(row.shift)}",
    ]
    return "<br>".join([*lines, *([row.flips.reason] if row.flips.reason else [])])


def _signed(score: Score) -> str:
    if score.value is None:
        return "n/a"
    ends = "" if score.low is None else f" [{score.low:+.2f}, {score.high:+.2f}]"
    return f"{score.value:+.2f}{ends}"


def _reach(score: Score) -> tuple[Any, Any]:
    """How far the interval goes above and below; None where there is none, so that no line is drawn."""
    if score.value is None or score.low is None or score.high is None:
        return None, None
    return score.high - score.value, score.value - score.low

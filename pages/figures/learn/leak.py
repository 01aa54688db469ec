"""Pictures of the lesson about leaks: who is on which side, guesses beside scores, whose piece is nearest, published falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from genre_core.teaching.dividing import WAYS
from genre_core.teaching.leaking import Score
from genre_core.teaching.published import Fall
from pages.figures.learn.marks import ROOM_ABOVE, named
from pages.figures.theme import ACCENT, NEUTRAL, WARM, chart
from pages.figures.wording import Words

NEAR_THE_END = 0.85
"""A guess above this is named to its left, where there is room."""


def divided(
    artists: Sequence[str], tracks: Sequence[str], places: np.ndarray, rows: np.ndarray, judged: np.ndarray, *, height: int = 330
) -> go.Figure:
    """Segments as squares, a row a song, songs of an artist together; orange ones are judged, the others learned from.

    Parameters
    ----------
    artists, tracks : sequence of str
        Of each song, shape (n_tracks,).
    places : np.ndarray
        Number of each segment in its song, from 1, shape (n_segments,).
    rows : np.ndarray
        Index of each segment's song, shape (n_segments,).
    judged : np.ndarray
        Which are judged, bool, shape (n_segments,).
    """
    sides = (("learned from", ACCENT, ~judged, "square"), ("judged", WARM, judged, "diamond"))
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": places[mine],
            "y": rows[mine],
            "marker": {"color": colour, "symbol": symbol, "size": max(6, min(15, 200 // max(1, len(tracks))))},
            "text": [f"{artists[row]}, {tracks[row]}" for row in rows[mine]],
            "hovertemplate": "%{text}, segment %{x}: %{fullData.name}<extra></extra>",
        }
        for name, colour, mine, symbol in sides
    ]
    first = [row for row in range(len(tracks)) if row == 0 or artists[row] != artists[row - 1]]
    borders = [
        {
            "type": "line",
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "y0": row - 0.5,
            "y1": row - 0.5,
            "line": {"color": NEUTRAL, "width": 1},
        }
        for row in first[1:]
    ]
    ends = [*first[1:], len(tracks)]
    middles = [(begin + end - 1) / 2 for begin, end in zip(first, ends, strict=True)]
    return chart(
        traces,
        height=height,
        x="Segment of the song",
        xaxis={"range": [0.4, float(places.max(initial=1)) + 0.6], "tickformat": "d"},
        yaxis={
            "title": {"text": "Songs by artist", "standoff": 28},
            "tickvals": middles,
            "ticktext": [artists[row] for row in first],
            "range": [len(tracks) - 0.4, -0.6],
        },
        shapes=borders,
        annotations=[named(0.01, "■ learned from", ACCENT), named(0.99, "◆ judged", WARM, anchor="right")],
        margin=ROOM_ABOVE,
    )


def guessed(
    guesses: Mapping[str, float], scores: Sequence[Score] | None, *, height: int = 330, words: Words = str.format
) -> go.Figure:
    """The reader's guess of each way's accuracy, and beside it what came out, where it is to be seen.

    Parameters
    ----------
    guesses : mapping
        Way -> accuracy, 0 to 1.
    scores : sequence of Score or None
        None as long as the reader has not looked.
    words : callable
        Says names of ways and notes with numbers in another language.
    """
    names = [words(WAYS[way].title) for way in guesses]
    traces = [*_bars(scores, words)] if scores else []
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [100 * value for value in guesses.values()],
            "y": names,
            "marker": {"color": WARM, "symbol": "line-ns-open", "size": 30, "line": {"width": 4, "color": WARM}},
            "hovertemplate": "your guess: %{x:.0f} %<extra></extra>",
            "cliponaxis": False,
        }
    )
    layout = _upright(names, scores, words)
    below = {"showarrow": False, "yshift": -31, "font": {"color": WARM}}
    layout["annotations"] = [
        *layout.get("annotations", []),
        *(
            {
                "x": 100 * value,
                "y": name,
                "text": f"<b>{words('your guess {share:.0f} %', share=100 * value)}</b>",
                "xanchor": "right" if value > NEAR_THE_END else "center",
                **below,
            }
            for name, value in zip(names, guesses.values(), strict=True)
        ),
    ]
    return chart(traces, height=height, x="Right verdicts [% of judged segments]", **layout)


def ways_apart(scores: Sequence[Score], *, height: int = 330, words: Words = str.format) -> go.Figure:
    """The accuracy of each way, from the lowest to the highest try, and what chance gives."""
    names = [words(WAYS[score.way].title) for score in scores]
    return chart(_bars(scores, words), height=height, x="Right verdicts [% of judged segments]", **_upright(names, scores, words))


def kin(scores: Sequence[Score], *, height: int = 330, words: Words = str.format) -> go.Figure:
    """Of the judged segments: whose is the most alike piece among what was learned?"""
    names = [words(WAYS[score.way].title) for score in scores]
    parts = (
        ("the same song", WARM, [score.same_track for score in scores]),
        ("another song of the artist", "#f0b48a", [score.same_artist for score in scores]),
        ("a stranger", ACCENT, [1 - score.same_track - score.same_artist for score in scores]),
    )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "y": names,
            "x": [round(100 * value, 1) for value in values],
            "marker": {"color": colour},
            "text": [f"{100 * value:.0f} %" if value > 0.05 else "" for value in values],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "hovertemplate": "%{y}: %{x:.0f} % %{fullData.name}<extra></extra>",
        }
        for name, colour, values in parts
    ]
    return chart(
        traces,
        height=height,
        x="Judged segments whose nearest learned piece is of ... [%]",
        xaxis={"range": [0, 100]},
        yaxis={"autorange": "reversed"},
        barmode="stack",
        annotations=[
            named(x, f"■ {name}", colour, anchor=anchor)
            for (name, colour, _), x, anchor in zip(parts, (0.0, 0.5, 1.0), ("left", "center", "right"), strict=True)
        ],
        margin=ROOM_ABOVE,
    )


def fallen(falls: Sequence[Fall], chosen: int, *, height: int = 330) -> go.Figure:
    """Accuracies before and after a leak was closed, a row a measurement; the chosen one stands out."""
    names = [fall.what for fall in falls]
    lines: list[Mapping[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [fall.leaky, fall.honest],
            "y": [fall.what, fall.what],
            "line": {"color": NEUTRAL, "width": 5 if place == chosen else 2},
            "hoverinfo": "skip",
        }
        for place, fall in enumerate(falls)
    ]
    for colour, values, ways in (
        (WARM, [fall.leaky for fall in falls], [fall.leaky_way for fall in falls]),
        (ACCENT, [fall.honest for fall in falls], [fall.honest_way for fall in falls]),
    ):
        lines.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": values,
                "y": names,
                "marker": {"color": colour, "size": [18 if place == chosen else 12 for place in range(len(falls))]},
                "text": [f"{value:g}" for value in values],
                "textposition": "top center",
                "textfont": {"color": colour},
                "customdata": ways,
                "hovertemplate": "%{customdata}: %{x:g} %<extra></extra>",
                "cliponaxis": False,
            }
        )
    return chart(
        lines,
        height=height,
        x="Accuracy [%]",
        xaxis={"range": [0, 102]},
        yaxis={"autorange": "reversed"},
        annotations=[
            named(0.99, "● with the leak", WARM, anchor="right"),
            named(0.01, "● without it", ACCENT),
        ],
        margin=ROOM_ABOVE,
    )


def _bars(scores: Sequence[Score], words: Words) -> list[Mapping[str, Any]]:
    values = np.array([score.accuracy for score in scores])
    lowest, highest = (np.array([getattr(score, end) for score in scores]) for end in ("lowest", "highest"))
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": [words(WAYS[score.way].title) for score in scores],
            "x": (100 * values).round(1),
            "marker": {"color": ACCENT},
            "width": 0.4,
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": (100 * (highest - values)).round(1),
                "arrayminus": (100 * (values - lowest)).round(1),
                "color": NEUTRAL,
            },
            "text": [f"<b>{100 * value:.0f} %</b>" for value in values],
            "textposition": "inside",
            "insidetextanchor": "start",
            "hovertemplate": "%{y}: %{x:.0f} %<extra></extra>",
        }
    ]


def _upright(names: list[str], scores: Sequence[Score] | None, words: Words) -> dict[str, Any]:
    """Axes of bars that lie on their side, and the line of chance, where it is known."""
    layout: dict[str, Any] = {
        "xaxis": {"range": [0, 104]},
        "yaxis": {"categoryorder": "array", "categoryarray": names[::-1], "range": [-0.7, len(names) - 0.3]},
        "margin": ROOM_ABOVE,
    }
    if scores:
        chance = 100 * float(np.mean([score.chance for score in scores]))
        ends = {"x0": chance, "x1": chance, "y0": 0, "y1": 1, "yref": "paper"}
        layout["shapes"] = [{"type": "line", **ends, "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"}}]
        said = words("chance, {share:.0f} %", share=chance)
        layout["annotations"] = [{"x": chance, "y": 1.02, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": said}]
    return layout

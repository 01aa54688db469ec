"""How far a model that never heard a track supports its label."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, NEUTRAL, chart, genre_colours

LANE = 0.36
"""Points of a genre lie so far above and below its line at most."""


def label_support(
    genres: Sequence[str],
    track_ids: Sequence[str],
    given: Sequence[str],
    support: Sequence[float],
    suggested: Mapping[str, str],
    *,
    chosen: str | None = None,
    shown: Collection[str] | None = None,
) -> go.Figure:
    """A point a track, a row a genre; suspected labels are large, in the colour of the genre that is suggested.

    Parameters
    ----------
    genres : sequence of str
        Rows, in order; they decide the colours.
    track_ids, given : sequence of str
        Id and label of each track; a point's `customdata` is its id.
    support : sequence of float
        Probability that the model gives the label, 0 to 1.
    suggested : mapping
        Suspected track -> the genre that speaks against its label.
    chosen : str or None
        Id of a track to bring out.
    shown : collection of str or None
        Suspects that are listed; the others stay small. None lists all.
    """
    colours = genre_colours(sorted({*genres, *suggested.values()}))
    listed = {track_id for track_id in suggested if shown is None or track_id in shown}
    row_of = {genre: row for row, genre in enumerate(genres)}
    y = [row_of[genre] + LANE * _spread(number) for number, genre in enumerate(given)]
    groups: dict[str, list[int]] = {"": [], **{genre: [] for genre in sorted({suggested[name] for name in listed})}}
    for number, track_id in enumerate(track_ids):
        groups[suggested[track_id] if track_id in listed else ""].append(number)
    traces: list[dict[str, Any]] = []
    for genre, numbers in groups.items():
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"rather {genre}" if genre else "not doubted",
                "x": [support[number] for number in numbers],
                "y": [y[number] for number in numbers],
                "text": [_said(track_ids[number], given[number], support[number], genre) for number in numbers],
                "customdata": [track_ids[number] for number in numbers],
                "marker": {
                    "color": colours[genre] if genre else NEUTRAL,
                    "size": 11 if genre else 5,
                    "opacity": 0.95 if genre else 0.45,
                },
                "unselected": {"marker": {"opacity": 0.6 if genre else 0.3}},
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    if chosen in track_ids:
        place = list(track_ids).index(chosen)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [support[place]],
                "y": [y[place]],
                "marker": {"symbol": "circle-open", "size": 22, "color": ACCENT, "line": {"width": 3, "color": ACCENT}},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    fig = chart(
        traces,
        height=max(300, 110 + 46 * len(genres)),
        x="Support for the label: probability that a model which never heard the track gives it",
        xaxis={"range": [-0.02, 1.02]},
        yaxis={
            "tickvals": list(range(len(genres))),
            "ticktext": list(genres),
            "range": [len(genres) - 0.5, -0.5],
            "ticks": "",
        },
        showlegend=True,
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
    )
    fig.update_layout(margin={"t": 34}, legend={"itemsizing": "constant"})
    return fig


def _spread(number: int) -> float:
    """Evenly in [-1, 1] however many there are (the golden ratio's fractions), the same each time."""
    return 2 * ((0.5 + number * 0.618033988749895) % 1.0) - 1


def _said(track_id: str, given: str, support: float, suggested: str) -> str:
    rather = f"<br>rather {suggested}?" if suggested else ""
    return f"<b>{track_id}</b><br>labelled {given}, support {support:.2f}{rather}"

"""How many songs of a collection a genre has."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from pages.figures.theme import NEUTRAL, chart, faded, genre_colours

ROW_PIXELS = 27
_PALE = 0.45
_OUT = 0.25
"""Opacity of what is not chosen."""


def verdict_bars(counts: Mapping[str, int], *, chosen: str = "", unnamed: tuple[str, ...] = ()) -> go.Figure:
    """Songs of each verdict as bars, genres in their colours and the most frequent first; what has no genre below, pale.

    Parameters
    ----------
    counts : mapping
        Verdict -> songs; verdicts without a song are left out.
    chosen : str
        The verdict that is looked at; the others are drawn faint.
    unnamed : tuple of str
        Verdicts that are no genre: not sure, not heard.
    """
    genres = [name for name in counts if name not in unnamed]
    colours = genre_colours(genres)
    names = sorted((name for name in genres if counts[name]), key=lambda name: -counts[name])
    names += [name for name in unnamed if counts.get(name)]
    bars = [
        faded(colours.get(name, NEUTRAL), (_PALE if name in unnamed else 1.0) * (_OUT if chosen and name != chosen else 1.0))
        for name in names
    ]
    total = max(1, sum(counts.values()))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": names,
        "x": [counts[name] for name in names],
        "customdata": names,
        "marker": {"color": bars},
        "text": [f"{counts[name]:,}" for name in names],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [f"{name}: {counts[name]:,} of {total:,} songs, {100 * counts[name] / total:.0f} %" for name in names],
        "hovertemplate": "%{hovertext}<br>Click for these alone<extra></extra>",
        # What is chosen is drawn by its colour, whichever control chose it.
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 1}},
    }
    most = max([1, *(counts[name] for name in names)])
    return chart(
        [trace],
        height=58 + ROW_PIXELS * max(3, len(names)),
        x="Songs",
        xaxis={"range": [0, 1.14 * most], "tickformat": ",d", **({"nticks": 6} if most > 6 else {"dtick": 1})},
        yaxis={"autorange": "reversed", "ticks": "", "dtick": 1, "type": "category"},
        clickmode="event+select",
        dragmode=False,
    )

"""Pictures of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, SPLIT_COLOURS, chart, genre_colours, styled


def counts(genres: Sequence[str], by_role: Mapping[str, Sequence[int]], *, height: int = 330) -> go.Figure:
    """Tracks a genre, stacked by split.

    Parameters
    ----------
    genres : sequence of str
    by_role : mapping
        Role (train, valid, test; or another word where there is no split) to the tracks of each genre.
    """
    fig = go.Figure(
        [
            go.Bar(
                name=role,
                y=list(genres),
                x=list(values),
                orientation="h",
                marker={"color": SPLIT_COLOURS.get(role, ACCENT)},
                text=[str(value) if value else "" for value in values],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                constraintext="none",
                insidetextfont={"color": "#ffffff", "size": 12},
                hovertemplate=f"%{{y}}: %{{x}} tracks in {role}<extra></extra>",
            )
            for role, values in by_role.items()
        ]
    )
    styled(fig, height=max(height, 60 + 26 * len(genres)), x="Tracks", legend=True)
    fig.update_layout(barmode="stack", legend_traceorder="normal")
    fig.update_yaxes(autorange="reversed", ticks="", dtick=1)
    return fig


def spread(genres: Sequence[str], by_genre: Mapping[str, Sequence[tuple[str, float]]], *, title: str) -> go.Figure:
    """How a quantity is spread in each genre: every track a point, over a box from quartile to quartile.

    Parameters
    ----------
    genres : sequence of str
        All genres of the data set, in order.
    by_genre : mapping
        Genre to pairs of a track's name and its value.
    title : str
        What is shown, with its unit.
    """
    colours = genre_colours(genres)
    boxes = [
        {
            "type": "box",
            "name": genre,
            "x": [value for _, value in by_genre.get(genre, ())],
            "text": [name for name, _ in by_genre.get(genre, ())],
            "orientation": "h",
            "boxpoints": "all",
            "jitter": 0.5,
            "pointpos": 0,
            "fillcolor": "rgba(0,0,0,0)",
            "line": {"color": colours[genre], "width": 1.5},
            "marker": {"color": colours[genre], "size": 5, "opacity": 0.55},
            "hovertemplate": "%{text}: %{x:.1f}<extra></extra>",
            "hoveron": "points",
        }
        for genre in genres
    ]
    fig = chart(boxes, height=max(330, 60 + 34 * len(genres)), x=title, yaxis={"autorange": "reversed", "ticks": ""})
    fig.update_layout(showlegend=False)
    return fig


def track_map(
    genres: Sequence[str],
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    of_genre: Sequence[str],
    shares: Sequence[float],
    *,
    height: int = 520,
) -> go.Figure:
    """Tracks on a plane, a colour a genre; what lies near measures alike.

    Parameters
    ----------
    genres : sequence of str
        All genres of the data set: they decide the colours.
    points : sequence of (float, float)
        Where each track lies.
    names, of_genre : sequence of str
        Name and genre of each track; a point's `customdata` is the number of its track.
    shares : sequence of float
        Share of the variance that each axis shows.
    """
    colours = genre_colours(genres)
    traces = []
    for genre in genres:
        mine = [index for index, name in enumerate(of_genre) if name == genre]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": genre,
                "x": [points[index][0] for index in mine],
                "y": [points[index][1] for index in mine],
                "text": [names[index] for index in mine],
                "customdata": mine,
                "marker": {"color": colours[genre], "size": 9, "opacity": 0.8},
                "selected": {"marker": {"size": 16, "opacity": 1.0}},
                "unselected": {"marker": {"opacity": 0.6}},
                "hovertemplate": f"%{{text}}, {genre}<extra></extra>",
            }
        )
    words = [
        f"{order} component ({100 * share:.0f} % of the variance)"
        for order, share in zip(("First", "Second"), shares, strict=True)
    ]
    fig = chart(traces, height=height, x=words[0], y=words[1])
    fig.update_layout(showlegend=True, clickmode="event+select", dragmode="pan", margin={"t": 34})
    return fig

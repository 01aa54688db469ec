"""Pictures of a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from pages.figures.theme import ACCENT, SPLIT_COLOURS, styled


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

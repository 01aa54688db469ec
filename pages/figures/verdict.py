"""Pictures of one prediction: how likely each genre is, over the whole track and moment by moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.figures.theme import NEUTRAL, genre_colours, on_time_axis, styled

PALE = 0.35
"""Opacity of what would be said of the genres, were they the question."""

TICK_STEPS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)


def posterior_bars(
    genres: Sequence[str],
    posterior: np.ndarray,
    *,
    threshold: float | None = None,
    pale: bool = False,
    height: int = 330,
) -> go.Figure:
    """Probability of each genre, the likeliest on top.

    Parameters
    ----------
    genres : sequence of str
        All genres of the run.
    posterior : np.ndarray
        Probability of each, shape (n_genres,).
    threshold : float or None
        Below it the verdict is "not sure"; drawn as a line.
    pale : bool
        Drawn pale: the sound should not be named at all.
    """
    colours = genre_colours(genres)
    order = np.argsort(-np.asarray(posterior), kind="stable")
    names = [genres[index] for index in order]
    values = [round(float(posterior[index]), 4) for index in order]
    fig = go.Figure(
        go.Bar(
            y=names,
            x=values,
            orientation="h",
            marker={"color": [colours[name] for name in names], "opacity": _opacity(pale=pale)},
            text=[f"{value:.2f}" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: probability %{x:.3f}<extra></extra>",
        )
    )
    styled(fig, height=max(height, 60 + 26 * len(names)), x="Probability")
    fig.update_xaxes(range=[0, 1.08], tickvals=[0, 0.25, 0.5, 0.75, 1])
    fig.update_yaxes(autorange="reversed", ticks="", dtick=1)
    if threshold is not None:
        fig.add_vline(x=threshold, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, layer="below")
        # Above the bars, where no bar's number can lie under it.
        side = "left" if threshold < 0.1 else "right" if threshold > 0.85 else "center"
        fig.add_annotation(x=threshold, y=1, yref="paper", yanchor="bottom", xanchor=side, text="sure from here", showarrow=False)
        fig.update_layout(margin={"t": 30})
    return fig


def ribbon(
    genres: Sequence[str],
    posteriors: np.ndarray,
    start_seconds: np.ndarray,
    end_seconds: np.ndarray,
    *,
    pale: bool = False,
    height: int = 230,
) -> go.Figure:
    """Genre over time: each segment a column, split by probability, the likeliest genre's name where it lasts.

    Parameters
    ----------
    genres : sequence of str
        All genres of the run.
    posteriors : np.ndarray
        Shape (n_segments, n_genres), rows sum to one.
    start_seconds, end_seconds : np.ndarray
        Ends of each segment [s], shape (n_segments,).
    pale : bool
        Drawn pale and without names: the sound should not be named at all.
    """
    colours = genre_colours(genres)
    posteriors = np.asarray(posteriors, np.float32)
    starts, ends = np.asarray(start_seconds, float), np.asarray(end_seconds, float)
    shown_ends = np.minimum(ends, np.r_[starts[1:], np.inf])  # segments may overlap: each is drawn up to the next
    spans = [f"{start:.1f} to {end:.1f} s" for start, end in zip(starts, ends, strict=True)]
    ranked = [index for index in np.argsort(-posteriors.mean(axis=0), kind="stable") if posteriors[:, index].max() >= 0.02]
    fig = go.Figure(
        [
            go.Bar(
                name=genres[index],
                x=(starts + shown_ends) / 2,
                width=shown_ends - starts,
                y=posteriors[:, index].round(4),
                marker={"color": colours[genres[index]], "line": {"width": 0}, "opacity": _opacity(pale=pale)},
                customdata=spans,
                hovertemplate=f"%{{customdata}}: {genres[index]} %{{y:.2f}}<extra></extra>",
            )
            for index in ranked
        ]
    )
    on_time_axis(styled(fig, height=height, x="Time [s]", y="Probability"), float(ends[-1]))
    fig.update_layout(barmode="stack", bargap=0)
    fig.update_xaxes(tick0=0, dtick=next((step for step in TICK_STEPS if float(ends[-1]) / step <= 8), TICK_STEPS[-1]))
    fig.update_yaxes(range=[0, 1], tickvals=[0, 0.5, 1])
    for first, last, index in [] if pale else _stretches(posteriors.argmax(axis=1)):
        if shown_ends[last] - starts[first] >= 0.12 * (ends[-1] - starts[0]):
            fig.add_annotation(
                x=(starts[first] + shown_ends[last]) / 2,
                y=float(posteriors[first : last + 1, index].mean()) / 2 if index == ranked[0] else 0.5,
                text=genres[index],
                showarrow=False,
                font={"color": "#ffffff", "size": 13},
                bgcolor="rgba(20, 28, 27, 0.55)",
                borderpad=3,
            )
    return fig


def _opacity(*, pale: bool) -> float:
    return PALE if pale else 1.0


def _stretches(winners: np.ndarray) -> list[tuple[int, int, int]]:
    """First segment, last segment and genre index of each stretch that one genre leads."""
    borders = np.flatnonzero(np.diff(winners)) + 1
    firsts, lasts = np.r_[0, borders], np.r_[borders, winners.size] - 1
    return [(int(first), int(last), int(winners[first])) for first, last in zip(firsts, lasts, strict=True)]

"""Genre over time as a panel of the player: each segment a column split by probability, with names where a genre lasts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pages.figures.scene import Axis, Panel, Shares, Stretch
from pages.figures.theme import genre_colours

PALE = 0.35
"""Opacity of what would be said of the genres, were they the question."""

TICKS = ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))


def ribbon_panel(
    genres: Sequence[str],
    posteriors: np.ndarray,
    start_seconds: np.ndarray,
    end_seconds: np.ndarray,
    *,
    whole: np.ndarray | None = None,
    threshold: float | None = None,
    pale: bool = False,
    title: str = "",
    sections: Sequence[tuple[float, float, str]] | None = None,
    apart: Sequence[tuple[float, float]] = (),
    share: float = 1.0,
) -> Panel:
    """What is believed of each segment, on the player's time axis.

    Parameters
    ----------
    genres : sequence of str
        All genres of the run.
    posteriors : np.ndarray
        Shape (n_segments, n_genres), rows sum to one.
    start_seconds, end_seconds : np.ndarray
        Ends of each segment [s], shape (n_segments,); segments that overlap are drawn up to the next.
    whole : np.ndarray or None
        Probability of each genre for the whole sound, shape (n_genres,).
    threshold : float or None
        Below it the verdict is "not sure"; a line across the player's bars.
    pale : bool
        Drawn pale and without names: the sound should not be named at all.
    title : str
        Whose verdicts they are, where there are several.
    sections : sequence of (float, float, str) or None
        Start and end [s] and the words of each section; borders are drawn between them. None names whatever leads for a while.
    apart : sequence of (float, float)
        Stretches [s] where another model says something else.
    share : float
        Of the player's height.
    """
    p = np.asarray(posteriors, np.float32)  # (n_segments, n_genres)
    starts, ends = np.asarray(start_seconds, np.float32), np.asarray(end_seconds, np.float32)
    shown_ends = np.minimum(ends, np.r_[starts[1:], np.float32(np.inf)]).astype(np.float32)
    colours = genre_colours(genres)
    order = np.argsort(-p.mean(axis=0), kind="stable")
    named = _leading(genres, p, starts, shown_ends) if sections is None else [Stretch(*section) for section in sections]
    layer = Shares(
        p,
        starts,
        shown_ends,
        np.stack([starts, ends], axis=1),
        list(genres),
        [colours[genre] for genre in genres],
        order.tolist(),
        PALE if pale else 1.0,
        [] if pale else named,
        [] if pale or sections is None else [start for start, _, _ in sections[1:]],
        [(float(start), float(end)) for start, end in apart],
        None if whole is None else np.asarray(whole, np.float32),
        None if pale else threshold,
        title,
    )
    return Panel(Axis("Probability", 0.0, 1.0, ticks=TICKS), [layer], share)


def where_apart(
    first: tuple[Sequence[str], np.ndarray, np.ndarray, np.ndarray],
    second: tuple[Sequence[str], np.ndarray, np.ndarray, np.ndarray],
) -> list[tuple[float, float]]:
    """Stretches [s] in which two models would name different genres.

    Parameters
    ----------
    first, second : (genres, posteriors, start_seconds, end_seconds)
        Of each model, as `ribbon_panel` takes them; the genres may differ, and so may the segments.
    """
    ends = min(float(first[3][-1]), float(second[3][-1]))
    edges = np.unique(np.concatenate([first[2], second[2], [ends]]).astype(np.float64))
    edges = edges[(edges >= max(float(first[2][0]), float(second[2][0]))) & (edges <= ends)]
    middles = (edges[1:] + edges[:-1]) / 2
    named = [_named_at(*said, middles) for said in (first, second)]
    found: list[tuple[float, float]] = []
    for start, end, one, other in zip(edges[:-1].tolist(), edges[1:].tolist(), *named, strict=True):
        if one == other:
            continue
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _named_at(
    genres: Sequence[str], posteriors: np.ndarray, starts: np.ndarray, ends: np.ndarray, moments: np.ndarray
) -> list[str]:
    at = np.clip(np.searchsorted(np.asarray(starts, np.float64), moments, side="right") - 1, 0, len(starts) - 1)
    return [genres[index] for index in np.asarray(posteriors)[at].argmax(axis=1)]


def _leading(genres: Sequence[str], posteriors: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> list[Stretch]:
    """The stretches that one genre leads, each with its name."""
    winners = posteriors.argmax(axis=1)
    borders = np.flatnonzero(np.diff(winners)) + 1
    firsts, lasts = np.r_[0, borders], np.r_[borders, winners.size] - 1
    return [
        Stretch(float(starts[first]), float(ends[last]), genres[winners[first]])
        for first, last in zip(firsts, lasts, strict=True)
    ]

"""Shares with their intervals, many at once: of the rows that each column names, how many hit."""

from __future__ import annotations

import numpy as np

from genre_core.evaluation.intervals import Groups, Interval, draw, interval


def shares(
    named: np.ndarray, hits: np.ndarray, groups: Groups, *, what: str, n_resamples: int = 1000, seed: int = 0
) -> tuple[Interval, ...]:
    """Share of hits among what is named, for each column, drawn group by group; the same draws serve all columns.

    Parameters
    ----------
    named, hits : np.ndarray
        bool, shape (n, n_columns); `hits` only where `named`.
    groups : Groups
        The group that each row is drawn with.
    what : str
        What a column is, for a reason in words: `confidence`.
    n_resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of Interval
        One a column; without value where it names nothing.
    """
    by_group = [np.zeros((groups.n_groups, named.shape[1])) for _ in range(2)]
    for total, rows in zip(by_group, (named, hits), strict=True):
        np.add.at(total, groups.of_track, rows)  # (n_groups, n_columns): few, where a segment is a row
    drawn = []
    for counts in draw(groups.n_groups, n_resamples=n_resamples, seed=seed, at_once=100):
        n_named, n_hits = (counts @ total for total in by_group)  # (n_resamples, n_columns)
        drawn.append(np.where(n_named > 0, n_hits / np.maximum(n_named, 1), np.nan))
    values, counted = np.concatenate(drawn), named.sum(axis=0)
    return tuple(
        interval(
            float(hits[:, place].sum() / counted[place]) if counted[place] else None,
            values[:, place],
            n_groups=int((by_group[0][:, place] > 0).sum()),
            over=groups.over,
            what=what,
            why_none=f"Nothing has this {what}.",
        )
        for place in range(named.shape[1])
    )

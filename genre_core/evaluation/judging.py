"""Score reports with intervals: several sets of posteriors of the same tracks, scored on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from genre_core.evaluation.definitions import GENRE_SCORES, SCORES
from genre_core.evaluation.intervals import Groups, draw, interval
from genre_core.evaluation.metrics import scores
from genre_core.evaluation.resamples import Drawn, WeightedScores
from genre_core.evaluation.scored import ScoreReport

MOST_CELLS = 4_000_000
"""Weights held at a time, of every pair of a row and a genre: 32 MB."""

AREAS = ("mean_average_precision", "micro_average_precision", "average_precision", "roc_auc")
"""Scores, of the whole or of a genre, that take nearly all the time."""


class Level(NamedTuple):
    """Rows to score: tracks or segments, or tracks once more with other posteriors.

    Attributes
    ----------
    y_true : np.ndarray
        Genre indices, int64, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres).
    group : np.ndarray
        The group that each row is drawn with, int64, shape (n,).
    """

    y_true: np.ndarray
    posteriors: np.ndarray
    group: np.ndarray


def judge_levels(
    levels: Sequence[Level],
    groups: Groups,
    genres: Sequence[str],
    *,
    n_resamples: int = 1000,
    seed: int = 0,
    areas: bool = True,
) -> list[ScoreReport]:
    """A score report of each level, every score with its interval.

    Parameters
    ----------
    levels : sequence of Level
        Of the same tracks: all hold the same groups.
    groups : Groups
        What is drawn whole.
    genres : sequence of str
        Names of the posteriors' columns.
    n_resamples, seed : int
        Of the bootstrap. The same draws serve all scores of all levels.
    areas : bool
        False is quicker by far: areas under curves are then not among the intervals.

    Raises
    ------
    ParameterError
        If a level cannot be scored.
    """
    reports = [scores(level.y_true, level.posteriors, genres) for level in levels]
    weighted = [WeightedScores(level.y_true, level.posteriors, areas=areas) for level in levels]
    at_once = max(1, MOST_CELLS // max(level.posteriors.size for level in levels))
    left_out = () if areas else AREAS
    batches = [
        [score(counts[:, level.group]) for score, level in zip(weighted, levels, strict=True)]
        for counts in draw(groups.n_groups, n_resamples=n_resamples, seed=seed, at_once=at_once)
    ]
    holds = np.zeros((len(genres), groups.n_groups), dtype=bool)
    holds[levels[0].y_true, levels[0].group] = True
    return [
        _with_intervals(
            report,
            _joined([whole for whole, _ in parts], left_out),
            _joined([by_genre for _, by_genre in parts], left_out),
            groups,
            holds.sum(axis=1),
        )
        for report, parts in zip(reports, zip(*batches, strict=True), strict=True)
    ]


def _joined(parts: Sequence[Drawn], left_out: Sequence[str]) -> Drawn:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name not in left_out}


def _with_intervals(report: ScoreReport, whole: Drawn, by_genre: Drawn, groups: Groups, n_holding: np.ndarray) -> ScoreReport:
    """The report with an interval for each score; `n_holding` says how many groups hold each genre, shape (n_genres,)."""
    rows = []
    for index, row in enumerate(report.genres):
        intervals = {
            name: interval(
                getattr(row, name),
                by_genre[name][:, index],
                n_groups=int(n_holding[index]),
                over=groups.over,
                what="genre",
                why_none=row.reason,
            )
            for name in GENRE_SCORES
            if name in by_genre
        }
        rows.append(replace(row, intervals=intervals))
    intervals = {
        name: interval(
            getattr(report, name),
            whole.get(name, np.zeros(0)),  # no top 3 among three genres
            n_groups=groups.n_groups,
            over=groups.over,
            why_none=report.reasons.get(name, ""),
        )
        for name in SCORES
        if name in whole or getattr(report, name) is None
    }
    return replace(report, genres=tuple(rows), intervals=intervals)

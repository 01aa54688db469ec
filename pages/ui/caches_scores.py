"""Caches of what is drawn of a run's predictions beside its scores: apart from the others, since nothing else looks at it.

Keys are the run's folder with the times of its predictions and manifest, the role, and the artists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from genre_core.evaluation.aggregation import SideBySide, side_by_side
from genre_core.evaluation.artists import ArtistScores, by_artist
from genre_core.evaluation.coverage import Coverage, coverage
from genre_core.evaluation.genre_tree import GenreTree, genre_tree
from genre_core.evaluation.intervals import Groups, Interval, groups_of
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import Reliability, bin_intervals, reliability
from genre_core.runs import MANIFEST, Run
from pages.ui import cached

Artists = tuple[str | None, ...] | None
Key = tuple[str, str, int, int]


def _key(run: Run, role: str) -> Key:
    return str(run.folder), role, cached.stamp(run.folder / f"predictions_{role}.npz"), cached.stamp(run.folder / MANIFEST)


def ways(run: Run, role: str, artists: Artists) -> SideBySide:
    """Scores of tracks by every way from segments."""
    return _ways(_key(run, role), artists, _predictions=cached.predictions(run, role))


@st.cache_data(max_entries=8, show_spinner="Trying each way ...")
def _ways(key: Key, artists: Artists, _predictions: Predictions) -> SideBySide:
    return side_by_side(_predictions, artists=artists)


def artist_rows(run: Run, role: str, artists: Artists) -> list[ArtistScores]:
    """A row an artist; raises `ParameterError` where none is known."""
    return _artist_rows(_key(run, role), artists, _predictions=cached.predictions(run, role))


@st.cache_data(max_entries=8, show_spinner=False)
def _artist_rows(key: Key, artists: Artists, _predictions: Predictions) -> list[ArtistScores]:
    return by_artist(_predictions, artists)


def bins(run: Run, role: str, level: str, artists: Artists) -> tuple[Reliability, tuple[Interval, ...]]:
    """Verdicts by how sure they were, and the share of each bin that is right."""
    return _bins(_key(run, role), level, artists, _predictions=cached.predictions(run, role))


@st.cache_data(max_entries=16, show_spinner=False)
def _bins(key: Key, level: str, artists: Artists, _predictions: Predictions) -> tuple[Reliability, tuple[Interval, ...]]:
    y_true, posteriors, groups = _rows(_predictions, level, artists)
    return reliability(y_true, posteriors), bin_intervals(y_true, posteriors, groups)


def covered(run: Run, role: str, level: str, artists: Artists) -> Coverage:
    """What a threshold leaves."""
    return _covered(_key(run, role), level, artists, _predictions=cached.predictions(run, role))


@st.cache_data(max_entries=16, show_spinner=False)
def _covered(key: Key, level: str, artists: Artists, _predictions: Predictions) -> Coverage:
    return coverage(*_rows(_predictions, level, artists))


def tree(matrix: tuple[tuple[int, ...], ...], genres: tuple[str, ...]) -> GenreTree:
    """The tree of a confusion matrix; raises `ParameterError` where fewer than two genres were judged."""
    return _tree(matrix, genres)


@st.cache_data(max_entries=16, show_spinner=False)
def _tree(matrix: tuple[tuple[int, ...], ...], genres: tuple[str, ...]) -> GenreTree:
    return genre_tree(np.array(matrix), genres)


def _rows(predictions: Predictions, level: str, artists: Artists) -> tuple[Any, Any, Groups]:
    """Truth, posteriors and groups of tracks or segments."""
    groups = groups_of(len(predictions.track_ids), artists)
    if level == "tracks":
        return predictions.y_true, predictions.posteriors, groups
    of_segment = Groups(groups.of_track[predictions.segment_track], groups.n_groups, groups.over)
    return predictions.segment_y_true, predictions.segment_posteriors, of_segment

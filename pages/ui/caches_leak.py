"""What the lesson about leaks keeps: the segments of a data set in numbers, and what models made of them however divided."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import streamlit as st

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.segment_table import SegmentTable, segment_table
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from genre_core.features import feature_from_dict
from genre_core.features.spectral import Mfcc
from genre_core.models import extraction
from genre_core.teaching.dividing import WAYS, genres_by_lot, groups_of, judged_rows
from genre_core.teaching.leaking import SHARE, Score, Try, score_ways, tries
from pages.ui.root import root

SEGMENT_SECONDS = 3.0
N_MFCC = 13


class Segments(NamedTuple):
    """Segments of the tracks of a data set that have sound, in numbers.

    Attributes
    ----------
    key : str
        What they follow from.
    table : SegmentTable
    number : np.ndarray
        Of each segment in its track, from 0, shape (n_segments,).
    """

    key: str
    table: SegmentTable
    number: np.ndarray


def segments(dataset: Dataset, progress: Callable[[int, int], None] | None = None) -> Segments:
    """The stored columns of every track; where they are not stored, mean and deviation of 13 MFCC, computed here.

    Raises
    ------
    DatasetError
        If no track has sound.
    """
    requests = [(feature_from_dict(pair["feature"]), SegmentConfig.from_dict(pair["segments"])) for pair in extraction()]
    table = None
    with suppress(DatasetError):  # nothing is stored: then it is computed
        table = segment_table(dataset, FeatureStore(root().features), requests)
    if table is None or table.n_left_out or len(table.values) == len(table.track_ids):  # a row a song cannot be torn apart
        table = _computed(dataset, progress)
    starts = np.concatenate([[0], np.cumsum(np.bincount(table.track))])[:-1]
    return Segments(f"{dataset.fingerprint} {table.values.shape}", table, np.arange(len(table.track)) - starts[table.track])


def _computed(dataset: Dataset, progress: Callable[[int, int], None] | None) -> SegmentTable:
    tracks = [track for track in dataset.tracks if track.path is not None]
    if not tracks:
        raise DatasetError(f"Expected tracks with sound in {dataset.name!r}. Received: none. Choose another data set.")
    rows = []
    for done, track in enumerate(tracks, 1):
        rows.append(_described(track.sha256, _track=track))
        if progress is not None:
            progress(done, len(tracks))
    genres = tuple(sorted({track.genre for track in tracks}))
    people = sorted({track.artist or f"\0{track.id}" for track in tracks})
    counts = [len(entry) for entry in rows]
    return SegmentTable(
        genres,
        np.concatenate(rows),
        np.repeat([genres.index(track.genre) for track in tracks], counts),
        np.repeat(np.arange(len(tracks)), counts),
        np.repeat([people.index(track.artist or f"\0{track.id}") for track in tracks], counts),
        tuple(track.id for track in tracks),
        len(dataset.tracks) - len(tracks),
    )


@st.cache_data(max_entries=2000, show_spinner=False)
def _described(sha256: str, _track: Track) -> np.ndarray:
    clip = _track.clip()
    values = np.asarray(Mfcc(n_mfcc=N_MFCC).of(clip), dtype=np.float64)  # (13, n_frames)
    n = max(1, int(clip.seconds // SEGMENT_SECONDS))
    parts = np.array_split(values, n, axis=1)
    return np.array([np.concatenate([part.mean(axis=1), part.std(axis=1)]) for part in parts])  # (n, 26)


def judged_of(found: Segments, way: str, seed: int) -> np.ndarray:
    """Which segments are judged, divided in one way, bool, shape (n_segments,)."""
    table = found.table
    return judged_rows(groups_of(way, table.track, table.artist), table.y, share=SHARE, seed=seed)


def scores(
    found: Segments,
    model: str,
    *,
    lot: int | None = None,
    n_tries: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Score, ...]:
    """What a model says right, divided in three ways; with `lot`, after genres were dealt out to artists by that lot."""
    asked = [(way, seed) for seed in range(n_tries) for way in WAYS]
    tried = []
    for done, (way, seed) in enumerate(asked, 1):
        tried.append(_tried(found.key, model, lot, way, seed, _found=found))
        if progress is not None:
            progress(done, len(asked))
    return score_ways(tried)


@st.cache_data(max_entries=1000, show_spinner=False)
def _tried(key: str, model: str, lot: int | None, way: str, seed: int, _found: Segments) -> Try:
    table = _found.table
    y = table.y if lot is None else genres_by_lot(table.y, table.artist, seed=lot)
    return next(tries(table.values, y, table.track, table.artist, model=model, ways=(way,), seeds=(seed,)))

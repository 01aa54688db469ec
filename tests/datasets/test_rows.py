"""Segments read from the store as from memory, bit by bit, and what happens when a file goes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.importers import import_folder
from genre_core.datasets.rows import StoredRows, gather_rows
from genre_core.datasets.store import FeatureStore
from genre_core.errors import AudioError, DatasetError, TrainingError
from genre_core.features.base import SegmentFeatures
from genre_core.features.spectral import LogMel
from tests.datasets.tiny_songs import write_folder, write_song

REQUEST = (LogMel(n_mels=16), SegmentConfig(segment_seconds=0.2, hop_seconds=0.2))


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """Tracks of one to five segments: in memory, and in the store."""
    folder = tmp_path_factory.mktemp("rows")
    music = write_folder(folder / "music", n_tracks=2)
    for number, seconds in enumerate((0.5, 0.9, 1.0)):
        write_song(music / "rock" / f"more {number}.wav", seconds=seconds, pitch=500 + number)
    tracks, store = import_folder(music, processes=1).tracks, FeatureStore(folder / "features")
    values, counts = gather_rows(tracks, REQUEST, store)
    rows, same = gather_rows(tracks, REQUEST, store, in_memory_bytes=1000)
    assert counts == same
    assert len(set(counts)) > 2
    return values, rows


def test_few_are_in_memory_and_many_in_the_store(gathered):
    values, rows = gathered
    assert isinstance(values, np.ndarray)
    assert isinstance(rows, StoredRows)
    assert (rows.shape, rows.ndim, len(rows), rows.dtype) == (values.shape, values.ndim, len(values), values.dtype)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 20), max_size=25))
def test_any_rows_in_any_order_are_those_in_memory(gathered, order):
    values, rows = gathered
    wanted = np.array(order, dtype=np.int64) % len(values)
    np.testing.assert_array_equal(rows[wanted], values[wanted])


def test_slices_are_those_in_memory(gathered):
    values, rows = gathered
    for cut in (slice(None), slice(3, 9), slice(None, None, 4), slice(5, 5)):
        np.testing.assert_array_equal(rows[cut], values[cut])


@pytest.fixture
def own(tmp_path):
    tracks, store = import_folder(write_folder(tmp_path / "music"), processes=1).tracks, FeatureStore(tmp_path / "features")
    rows, _ = gather_rows(tracks, REQUEST, store, in_memory_bytes=0)
    return tracks, store, rows


@pytest.mark.parametrize("damage", [None, b"", b"PK\x03\x04 half", "cut"])
def test_a_file_that_goes_meanwhile_is_computed_again(own, damage):
    tracks, store, rows = own
    expected = rows[:]
    path = store.path(tracks[2], *REQUEST)
    content = path.read_bytes()
    path.unlink()
    if damage is not None:
        path.write_bytes(content[: len(content) // 2] if damage == "cut" else damage)
    np.testing.assert_array_equal(rows[:], expected)
    assert path.read_bytes() == content


def test_where_the_audio_has_gone_too_that_is_said(own):
    tracks, store, rows = own
    store.path(tracks[2], *REQUEST).unlink()
    tracks[2].path.unlink()
    with pytest.raises(AudioError, match="no file"):
        rows[:]


def test_other_features_under_the_name_are_refused(own):
    tracks, store, rows = own
    other = SegmentFeatures(np.zeros((1, 2), np.float32), np.zeros(1), np.ones(1))
    store.save(tracks[0], *REQUEST, other)
    with pytest.raises(DatasetError, match="not those that the training began with"):
        rows[:1]


@pytest.mark.parametrize("in_memory_bytes", [0, 10**9])
def test_values_that_are_no_numbers_are_found_before_training(own, in_memory_bytes):
    tracks, store, _ = own
    found = store.get(tracks[3], *REQUEST)
    values = found.values.copy()
    values[-1, 0, 0] = np.nan
    store.save(tracks[3], *REQUEST, SegmentFeatures(values, found.start_seconds, found.end_seconds))
    with pytest.raises(TrainingError, match=f"log_mel holds NaN or infinite values for {tracks[3].id}"):
        gather_rows(tracks, REQUEST, store, in_memory_bytes=in_memory_bytes)
    with pytest.raises(TrainingError, match=f"for {tracks[3].id}"):  # a hole is no missing feature
        gather_rows(tracks, REQUEST, store, in_memory_bytes=in_memory_bytes, gaps=True)
    store.save(tracks[3], *REQUEST, SegmentFeatures(values * np.nan, found.start_seconds, found.end_seconds))
    rows, counts = gather_rows(tracks, REQUEST, store, in_memory_bytes=in_memory_bytes, gaps=True)
    assert np.isnan(np.asarray(rows[:])).all(axis=(1, 2)).sum() == counts[3]
    with pytest.raises(TrainingError, match="Received: none"):
        gather_rows([], REQUEST, store)


def test_progress_counts_tracks_and_may_stop(own):
    tracks, store, _ = own
    told = []
    gather_rows(tracks, REQUEST, store, progress=lambda *count: told.append(count[:2]))
    assert told == [(number, 6) for number in range(7)]

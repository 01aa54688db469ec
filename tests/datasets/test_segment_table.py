import numpy as np
import pytest

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.segment_table import segment_table
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from genre_core.features.base import SegmentFeatures
from genre_core.features.summary import Summary57

REQUEST = (Summary57(), SegmentConfig())


def stored(store, track, values):
    n = len(values)
    store.save(track, *REQUEST, SegmentFeatures(np.asarray(values, np.float32), np.arange(n) * 3.0, np.arange(n) * 3.0 + 3.0))


@pytest.fixture
def dataset():
    people = {"a": "Ann", "b": None, "c": "Ann", "d": None, "e": "Eve"}
    tracks = tuple(
        Track(name, "rock" if name in "ab" else "jazz", None, artist, 30.0, 40 * name) for name, artist in people.items()
    )
    return Dataset("small", tracks)


def test_rows_say_whose_they_are(dataset, tmp_path):
    store, rng = FeatureStore(tmp_path), np.random.default_rng(0)
    columns = {name: rng.normal(size=(n, 57)).astype(np.float32) for name, n in (("a", 2), ("b", 1), ("c", 3), ("d", 1))}
    for name, values in columns.items():
        stored(store, dataset.by_id[name], values)
    table = segment_table(dataset, store, [(Summary57(), SegmentConfig(segment_seconds=5.0)), REQUEST])
    np.testing.assert_array_equal(table.values, np.concatenate(list(columns.values())))
    assert table.genres == ("jazz", "rock")
    assert [*table.y] == [1, 1, 1, 0, 0, 0, 0]
    assert [*table.track] == [0, 0, 1, 2, 2, 2, 3]
    assert table.track_ids == ("a", "b", "c", "d")
    assert table.artist[0] == table.artist[3]  # Ann
    assert len({table.artist[0], table.artist[2], table.artist[6]}) == 3  # nobody known is nobody else
    assert table.n_left_out == 1
    means = table.means()
    np.testing.assert_allclose(means.values[2], columns["c"].astype(float).mean(axis=0))
    assert [*means.y] == [1, 1, 0, 0]
    assert [*means.artist] == [*table.artist[[0, 2, 3, 6]]]


def test_a_track_with_no_numbers_is_left_out(dataset, tmp_path):
    store = FeatureStore(tmp_path)
    stored(store, dataset.by_id["a"], np.zeros((1, 57)))
    stored(store, dataset.by_id["c"], np.full((1, 57), np.nan))
    assert segment_table(dataset, store, [REQUEST]).n_left_out == 4


def test_nothing_stored_is_said(dataset, tmp_path):
    with pytest.raises(DatasetError, match=r"Expected stored columns of 'small'\. Received: none\."):
        segment_table(dataset, FeatureStore(tmp_path), [REQUEST])

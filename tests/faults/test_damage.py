"""Files that something has damaged: clear errors or a fresh computation, and nothing else is harmed."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import list_datasets, load_dataset, remove_dataset, save_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.features.base import SegmentFeatures
from genre_core.features.spectral import LogMel
from tests.datasets.tiny_songs import write_folder

REQUEST = (LogMel(n_mels=16), SegmentConfig(segment_seconds=0.3, hop_seconds=0.3))
FUZZ = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def damages(draw):
    """A function that damages bytes: some flipped, cut off, a stretch of zeros, or something foreign put in."""
    kind = draw(st.sampled_from(["flip", "cut", "zeros", "foreign"]))
    place, value = draw(st.floats(0, 1)), draw(st.integers(1, 255))
    foreign = draw(st.binary(max_size=20))

    def damage(content: bytes) -> bytes:
        at = min(int(place * len(content)), len(content) - 1)
        return {
            "flip": content[:at] + bytes([content[at] ^ value]) + content[at + 1 :],
            "cut": content[:at],
            "zeros": content[:at] + bytes(min(value, len(content) - at)) + content[at + value :],
            "foreign": content[:at] + foreign + content[at:],
        }[kind]

    return damage


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return import_folder(write_folder(tmp_path_factory.mktemp("music"), n_tracks=2), name="mine", processes=1)


@pytest.fixture
def sets(tmp_path, dataset):
    for name in ("before", "mine", "zoo"):
        save_dataset(Dataset(name, dataset.tracks, title=name), tmp_path)
    return tmp_path


def read(name, root):
    """The data set and no words, or none and the words of the error."""
    try:
        return load_dataset(name, root), ""
    except DatasetError as error:
        return None, str(error)


@pytest.mark.parametrize("file", ["dataset.json", "tables"])
@FUZZ
@given(damage=damages())
def test_a_damaged_data_set_says_so_and_the_others_stay(sets, file, damage):
    folder, mended = sets / "mine", {}
    for path in folder.iterdir():
        if (path.name == "dataset.json") == (file == "dataset.json"):
            mended[path] = path.read_bytes()
            path.write_bytes(damage(mended[path]))
    found, words = read("mine", sets)
    assert "'mine'" in words or found.tracks == load_dataset("zoo", sets).tracks  # its title may be hurt
    assert list_datasets(sets) == ["before", "mine", "zoo"]
    assert load_dataset("before", sets).title == "before"
    for path, content in mended.items():
        path.write_bytes(content)
    assert load_dataset("mine", sets).title == "mine"


@pytest.mark.parametrize(
    "head",
    [
        "[" * 100_000,
        '{"format": 1e999}',
        '{"format": true}',
        '{"format": 1, "tracks_sha256": "\\u0000"}',
        '"\\ud800"',
        "9" * 5000,
    ],
)
def test_a_head_made_up_to_do_harm_says_so(sets, head):
    (sets / "mine" / "dataset.json").write_text(head, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"damaged.*Remove that folder"):
        load_dataset("mine", sets)
    remove_dataset("mine", sets)
    assert list_datasets(sets) == ["before", "zoo"]


@pytest.mark.parametrize("key", ["title", "problems", "tracks_sha256", "complete", "note"])
@pytest.mark.parametrize("value", [None, 3, [3], {"a": 1}])
def test_a_head_with_something_else_in_a_place_says_so_or_can_be_read(sets, key, value):
    path = sets / "mine" / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), key: value}), encoding="utf-8")
    found, words = read("mine", sets)
    assert "damaged" in words or len(found.tracks) == 4


def test_a_folder_in_a_files_place_says_so(sets):
    for name in ("dataset.json", "tracks.csv"):
        (sets / "before" / name).unlink()
        (sets / "before" / name).mkdir()
    with pytest.raises(DatasetError, match="before"):
        load_dataset("before", sets)
    assert {"mine", "zoo"} <= set(list_datasets(sets))


GOOD = SegmentFeatures(np.arange(32, dtype=np.float32).reshape(2, 16), np.array([0.0, 1.0]), np.array([1.0, 2.0]))


def is_good_or_gone(store, track):
    found = store.load(track, *REQUEST)
    return found is None or all(
        np.array_equal(getattr(found, name), getattr(GOOD, name)) for name in ("values", "start_seconds", "end_seconds")
    )


@FUZZ
@given(damage=damages())
def test_a_damaged_feature_is_never_taken_for_one(tmp_path, dataset, damage):
    store, track = FeatureStore(tmp_path), dataset.tracks[0]
    store.save(track, *REQUEST, GOOD)
    path = store.path(track, *REQUEST)
    path.write_bytes(damage(path.read_bytes()))
    assert is_good_or_gone(store, track)


def test_no_flipped_bit_of_a_feature_raises_or_deceives(tmp_path, dataset):
    """Every byte in turn: a zip's entries may then claim to be encrypted, or packed in ways that nobody knows."""
    store, track = FeatureStore(tmp_path), dataset.tracks[0]
    store.save(track, *REQUEST, GOOD)
    path = store.path(track, *REQUEST)
    content = path.read_bytes()
    for at, bit in itertools.product(range(len(content)), (1, 64)):
        path.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
        assert is_good_or_gone(store, track), (at, bit)


def test_no_flipped_bit_of_predictions_raises_anything_but_a_run_error(tmp_path):
    tracks = np.arange(6)
    posteriors = np.full((12, 2), 0.5, np.float32)
    good = Predictions(
        ("a", "b"), tuple(f"t{i}" for i in tracks), tracks % 2, np.repeat(tracks, 2), np.zeros(12), np.ones(12), posteriors
    )
    path = tmp_path / "predictions_valid.npz"
    good.save(path)
    content = path.read_bytes()
    n_refused = 0
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :])
        try:
            np.testing.assert_array_equal(Predictions.load(path).segment_posteriors, posteriors)
        except RunError:
            n_refused += 1
    assert n_refused > len(content) / 2

"""Two processes at the same thing at once: no error, and what is read is whole."""

import multiprocessing
from pathlib import Path

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Dataset
from genre_core.features.spectral import LogMel
from tests.datasets.tiny_songs import write_folder

REQUEST = (LogMel(n_mels=16), SegmentConfig(segment_seconds=0.3, hop_seconds=0.3))
SPAWN = multiprocessing.get_context("spawn")


def at_once(work, *arguments):
    """Run `work` in two processes that begin together; their exit codes."""
    barrier = SPAWN.Barrier(2)
    both = [SPAWN.Process(target=work, args=(barrier, number, *arguments)) for number in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    return [one.exitcode for one in both]


def extract(barrier, number, dataset: Dataset, folder: Path):
    barrier.wait()
    for _ in range(3):
        assert extract_all(dataset, [REQUEST], FeatureStore(folder), processes=1) == []
        if number == 0:
            break
    for track in dataset.tracks:  # and once more over what is there
        found = FeatureStore(folder).get(track, *REQUEST)
        FeatureStore(folder).save(track, *REQUEST, found)


def test_the_same_features(tmp_path):
    dataset = import_folder(write_folder(tmp_path / "music", n_tracks=15), processes=1)
    alone, shared = FeatureStore(tmp_path / "alone"), FeatureStore(tmp_path / "shared")
    assert at_once(extract, dataset, shared.folder) == [0, 0]
    extract_all(dataset, [REQUEST], alone, processes=1)
    assert shared.missing(dataset, *REQUEST) == []
    for track in dataset.tracks:
        np.testing.assert_array_equal(shared.load(track, *REQUEST).values, alone.load(track, *REQUEST).values)
        assert shared.path(track, *REQUEST).read_bytes() == alone.path(track, *REQUEST).read_bytes()
    assert not list(tmp_path.rglob("*.tmp"))


def save(barrier, number, dataset: Dataset, root: Path):
    """Save, and read what is in force: it must be one of the versions that somebody saved."""
    barrier.wait()
    for turn in range(15):
        tracks = dataset.tracks[: 2 + number * 10 + turn % 5]
        save_dataset(Dataset(dataset.name, tracks, title=str(len(tracks))), root)
        found = load_dataset(dataset.name, root)
        assert found.title == str(len(found.tracks))


def test_the_same_data_set(tmp_path):
    dataset = import_folder(write_folder(tmp_path / "music", n_tracks=10), name="mine", processes=1)
    assert at_once(save, dataset, tmp_path / "sets") == [0, 0]
    found = load_dataset("mine", tmp_path / "sets")
    assert found.title == str(len(found.tracks))
    assert not list(tmp_path.rglob("*.tmp"))

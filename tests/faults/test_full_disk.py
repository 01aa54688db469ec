"""The disk is full at every moment in turn: a clear error, the former version, and nothing half-written that looks whole."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.demo import DEMO_NAME, make_demo
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import list_datasets, load_dataset, save_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.errors import DatasetError
from genre_core.features.spectral import LogMel
from tests.datasets.tiny_songs import write_folder
from tests.faults.full_disk import full_disk

ROOT = Path(__file__).resolve().parents[2]
REQUEST = (LogMel(n_mels=16), SegmentConfig(segment_seconds=0.3, hop_seconds=0.3))
FULL = "The disk is full"


def no_strays(folder):
    return not list(folder.rglob("*.tmp"))


@pytest.fixture
def songs(tmp_path):
    return write_folder(tmp_path / "music", n_tracks=2)


def moments(attempt, *, at_least):
    """Run `attempt` with the disk full at its first use of space, then its second ... until it needs no more."""
    for after in range(200):
        with full_disk(after) as disk:
            error = attempt()
        if not disk.was_full:
            assert error is None
            assert after >= at_least
            return
        yield after, error
    raise AssertionError("it never came to an end")


def error_of(work):
    try:
        work()
    except DatasetError as error:
        return error
    return None


def test_saving_a_data_set(tmp_path, songs):
    old = import_folder(songs, name="mine", processes=1)
    save_dataset(old, tmp_path / "sets")
    shutil.copytree(tmp_path / "sets", tmp_path / "before")
    write_folder(songs, n_tracks=3)
    new = import_folder(songs, name="mine", processes=1)
    for _, error in moments(lambda: error_of(lambda: save_dataset(new, tmp_path / "sets")), at_least=10):
        assert FULL in str(error)
        assert str(tmp_path / "sets" / "mine") in str(error)
        assert load_dataset("mine", tmp_path / "sets") in (old, new)
        assert no_strays(tmp_path / "sets")
        shutil.rmtree(tmp_path / "sets")
        shutil.copytree(tmp_path / "before", tmp_path / "sets")
    assert load_dataset("mine", tmp_path / "sets") == new


def test_saving_the_first_data_set_leaves_none_or_a_whole_one(tmp_path, songs):
    dataset = import_folder(songs, name="mine", processes=1)
    for _, error in moments(lambda: error_of(lambda: save_dataset(dataset, tmp_path / "sets")), at_least=10):
        assert FULL in str(error)
        if list_datasets(tmp_path / "sets"):
            assert load_dataset("mine", tmp_path / "sets") == dataset
        shutil.rmtree(tmp_path / "sets", ignore_errors=True)


def test_storing_features(tmp_path, songs):
    dataset = import_folder(songs, processes=1)
    whole, store = FeatureStore(tmp_path / "whole"), FeatureStore(tmp_path / "features")
    extract_all(dataset, [REQUEST], whole, processes=1)
    for _, error in moments(lambda: error_of(lambda: extract_all(dataset, [REQUEST], store, processes=1)), at_least=8):
        assert FULL in str(error)
        assert "may be deleted" in str(error)
        assert no_strays(store.folder)
        stored = [track for track in dataset.tracks if track not in store.missing(dataset, *REQUEST)]
        assert all(store.load(track, *REQUEST) is not None for track in stored)
        assert len(stored) < len(dataset.tracks)
        shutil.rmtree(store.folder, ignore_errors=True)
    for track in dataset.tracks:
        np.testing.assert_array_equal(store.load(track, *REQUEST).values, whole.load(track, *REQUEST).values)


def test_importing(tmp_path, songs):
    memory, sets = tmp_path / "job" / "heard.jsonl", tmp_path / "sets"
    expected = import_folder(songs, name="mine", processes=1)

    def attempt():
        save_dataset(import_folder(songs, name="mine", processes=1, memory=memory), sets)

    for _, error in moments(lambda: error_of(attempt), at_least=15):
        assert FULL in str(error)
        assert not list_datasets(sets) or load_dataset("mine", sets) == expected
        attempt()  # with space again
        assert load_dataset("mine", sets) == expected
        shutil.rmtree(tmp_path / "job")
        shutil.rmtree(sets, ignore_errors=True)
    assert load_dataset("mine", sets) == expected


def test_making_the_demo_set(tmp_path):
    short = {"n_tracks": 1, "seconds": 1.0, "processes": 1}
    with full_disk(np.inf) as disk:
        expected = make_demo(tmp_path / "whole", **short)
    for after in (0, 2, 4, disk.n_asked // 2, disk.n_asked - 6, disk.n_asked - 2):
        root = tmp_path / str(after)
        with full_disk(after), pytest.raises(DatasetError, match=FULL):
            make_demo(root, **short)
        assert no_strays(tmp_path)
        if DEMO_NAME in list_datasets(root):
            assert load_dataset(DEMO_NAME, root).fingerprint == expected.fingerprint
        assert all(song.stat().st_size > 1000 for song in root.rglob("*.flac"))
        assert make_demo(root, **short).fingerprint == expected.fingerprint


LIMITED = """
import resource, sys
from pathlib import Path
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import extract_all
from genre_core.errors import DatasetError
from tests.faults.test_full_disk import REQUEST, FeatureStore
resource.setrlimit(resource.RLIMIT_FSIZE, (2500, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
root = Path(sys.argv[1])
try:
    extract_all(load_dataset("mine", root / "sets"), [REQUEST], FeatureStore(root / "features"), processes=2)
except DatasetError as error:
    print(error)
"""


def test_an_error_of_the_system_itself_comes_back_from_a_process(tmp_path, songs):
    """Not a played one: the kernel refuses files over 2,500 bytes, in processes of their own."""
    dataset = import_folder(songs, name="mine", processes=1)
    save_dataset(dataset, tmp_path / "sets")
    done = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "cannot be stored" in done.stdout
    assert "File too large" in done.stdout
    assert FeatureStore(tmp_path / "features").missing(dataset, *REQUEST) == list(dataset.tracks)
    assert no_strays(tmp_path)

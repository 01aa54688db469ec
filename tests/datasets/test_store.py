import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.importers import import_folder
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.errors import AudioError, DatasetError
from genre_core.features.base import Feature, segment_features
from genre_core.features.spectral import LogMel
from genre_core.parallel import as_completed
from tests.datasets.tiny_songs import write_folder, write_song


@dataclass(frozen=True)
class Peak(Feature):
    """Largest magnitude, shape (1,)."""

    name: ClassVar[str] = "peak"
    per_frame: ClassVar[bool] = False

    def __call__(self, spectra):
        return np.array([np.abs(spectra.y).max()], np.float32)

    def shape(self, n_samples):
        return (1,)


CUT = SegmentConfig(segment_seconds=0.3, hop_seconds=0.3)
REQUESTS = [(Peak(), CUT), (LogMel(n_mels=16), CUT)]


@pytest.fixture
def dataset(tmp_path):
    return import_folder(write_folder(tmp_path / "music", n_tracks=2), processes=1)


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "features")


def test_stored_features_are_those_computed(dataset, store):
    track = dataset.tracks[0]
    expected = segment_features(track.clip(), *REQUESTS[1])
    for found in (store.get(track, *REQUESTS[1]), store.load(track, *REQUESTS[1])):
        np.testing.assert_array_equal(found.values, expected.values)
        np.testing.assert_array_equal(found.start_seconds, expected.start_seconds)
        np.testing.assert_array_equal(found.end_seconds, expected.end_seconds)
    name = f"{REQUESTS[1][0].fingerprint}-{CUT.fingerprint}"
    assert (store.folder / name / track.sha256[:2] / f"{track.sha256}.npz").is_file()


def test_a_second_run_touches_no_audio(dataset, store, tmp_path):
    assert extract_all(dataset, REQUESTS, store, processes=1) == []
    shutil.rmtree(tmp_path / "music")
    seen = []
    assert extract_all(dataset, REQUESTS, store, processes=1, progress=lambda *count: seen.append(count)) == []
    assert seen == [(0, 0, None)]
    assert store.missing(dataset, *REQUESTS[0]) == []
    assert store.get(dataset.tracks[0], *REQUESTS[0]).values[0, 0] == pytest.approx(0.3, abs=1e-3)


def test_each_track_is_decoded_once_for_all_features(dataset, store, monkeypatch):
    from genre_core.datasets.tracks import Track

    decoded = []
    real = Track.clip
    monkeypatch.setattr(Track, "clip", lambda track, **options: decoded.append(track.id) or real(track, **options))
    extract_all(dataset, REQUESTS, store, processes=1)
    assert sorted(decoded) == sorted(track.id for track in dataset.tracks)


def test_another_parameter_is_another_place(dataset, store):
    track = dataset.tracks[0]
    places = {store.path(track, LogMel(n_mels=n), SegmentConfig(segment_seconds=s)) for n in (16, 32) for s in (3.0, 4.0)}
    assert len(places) == 4


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", "half", "flipped"])
def test_a_damaged_file_is_computed_again(dataset, store, damage):
    track = dataset.tracks[0]
    expected = store.get(track, *REQUESTS[1]).values
    path = store.path(track, *REQUESTS[1])
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]
    path.write_bytes({"half": content[:middle], "flipped": flipped}.get(damage, damage))
    assert store.load(track, *REQUESTS[1]) is None
    np.testing.assert_array_equal(store.get(track, *REQUESTS[1]).values, expected)
    assert path.read_bytes() == content


def test_half_a_temporary_file_is_never_read_and_swept_when_old(dataset, store):
    track = dataset.tracks[0]
    path = store.path(track, *REQUESTS[0])
    path.parent.mkdir(parents=True)
    stray = path.with_name(f".{path.name}.99.ab.tmp")
    stray.write_bytes(b"PK half")
    assert store.missing([track], *REQUESTS[0]) == [track]
    extract_all(dataset, REQUESTS, store, processes=1)
    assert stray.exists()  # it might belong to a writer at work
    os.utime(stray, (0, 0))
    extract_all(dataset, REQUESTS, store, processes=1)
    assert not stray.exists()
    assert store.load(track, *REQUESTS[0]) is not None


def write_again(job):
    store, track = job
    for _ in range(5):
        store.save(track, *REQUESTS[1], segment_features(track.clip(), *REQUESTS[1]))
        assert store.load(track, *REQUESTS[1]) is not None
    return True


def test_two_processes_writing_the_same_thing(dataset, store):
    jobs = [(store, dataset.tracks[0])] * 2
    done = list(as_completed(_write_in_child, [(str(store.folder), str(dataset.tracks[0].path), dataset.tracks[0].sha256)] * 2))
    assert sorted(done) == [(0, True), (1, True)]
    assert jobs[0][0].load(dataset.tracks[0], LogMel(n_mels=16), CUT) is not None
    assert not list(store.folder.rglob("*.tmp"))


def _write_in_child(job):
    from genre_core.datasets.tracks import Track

    folder, path, sha256 = job
    return write_again((FeatureStore(Path(folder)), Track("a", "blues", Path(path), None, 0.7, sha256)))


def test_over_processes_as_in_one(dataset, store, tmp_path):
    other = FeatureStore(tmp_path / "other")
    requests = [REQUESTS[1]]
    assert extract_all(dataset, requests, store, processes=2) == extract_all(dataset, requests, other, processes=1) == []
    for track in dataset.tracks:
        assert store.path(track, *requests[0]).read_bytes() == other.path(track, *requests[0]).read_bytes()


def test_tracks_that_fail_are_named_and_the_rest_is_done(dataset, store):
    gone, changed = dataset.tracks[0], dataset.tracks[1]
    gone.path.unlink()
    write_song(changed.path, pitch=777)
    problems = extract_all(dataset, REQUESTS, store, processes=1)
    assert [(problem.file, problem.kind) for problem in problems] == [(gone.id, "missing"), (changed.id, "changed")]
    assert store.missing(dataset, *REQUESTS[0]) == [gone, changed]
    with pytest.raises(AudioError, match="no file"):
        store.get(gone, *REQUESTS[0])
    with pytest.raises(DatasetError, match="has changed since"):
        store.get(changed, *REQUESTS[0])


def test_a_stop_keeps_what_is_done_and_goes_on_later(dataset, store):
    n_done = []
    extract_all(
        dataset, REQUESTS, store, processes=1, progress=lambda done, *_: n_done.append(done), should_stop=lambda: n_done[-1] >= 1
    )
    assert len(store.missing(dataset, *REQUESTS[0])) == len(dataset.tracks) - 1
    extract_all(dataset, REQUESTS, store, processes=1)
    assert store.missing(dataset, *REQUESTS[0]) == []


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "The disk is full"), (errno.EACCES, "Give write permission")])
def test_a_store_that_cannot_be_written_says_what_to_do(dataset, store, monkeypatch, code, words):
    def refuse(*args, **options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("genre_core.datasets.store.write_whole", refuse)
    with pytest.raises(DatasetError, match=words):
        extract_all(dataset, REQUESTS, store, processes=1)


def test_a_track_without_audio_hash_is_refused(store):
    from genre_core.datasets.tracks import Track

    with pytest.raises(DatasetError, match="no audio hash"):
        store.load(Track("x", "rock", None, None, 1.0, ""), *REQUESTS[0])

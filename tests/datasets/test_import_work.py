"""The import job: wherever songs come from, killed anywhere, continued without loss, and nothing half-made is ever seen."""

import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from genre_core.datasets import import_work
from genre_core.datasets.library import list_datasets, load_dataset, remove_dataset, undo_import
from genre_core.datasets.sources import keep_upload, unpacking
from genre_core.errors import DatasetError
from genre_core.jobs import Journal, prepare
from genre_core.paths import Root
from tests.datasets.tiny_songs import write_folder


class Killed(BaseException):
    """Stands for a kill at one exact place."""


def zipped(folder: Path) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for song in sorted(folder.rglob("*.wav")):
            archive.write(song, song.relative_to(folder))
    return file.getvalue()


@pytest.fixture
def root(tmp_path):
    return Root(tmp_path / "root")


@pytest.fixture
def music(tmp_path):
    return write_folder(tmp_path / "music", n_tracks=3)


def job(root, path, **values):
    return Journal(prepare("import", {"path": str(path), "processes": 1, **values}, root))


def do(root, path, journal=None, **values):
    return import_work.work({"path": str(path), "processes": 1, **values}, root, journal or job(root, path, **values))


def nothing_left_over(root):
    place = root.datasets / import_work.STAGED
    return not place.exists() or not any(place.iterdir())


def test_an_uploaded_archive_becomes_a_data_set_and_is_forgotten(root, music):
    kept = keep_upload(zipped(music), "songs of mine.zip", root.uploads)
    result = do(root, kept, name="mine")
    assert (result["dataset"], result["tracks"]) == ("mine", 6)
    dataset = load_dataset("mine", root.datasets)
    do(root, music, name="folder")
    assert dataset.fingerprint == load_dataset("folder", root.datasets).fingerprint
    assert all(track.path.is_relative_to(root.datasets / "mine" / "audio") for track in dataset.tracks)
    assert all(track.clip().sha256 == track.sha256 for track in dataset.tracks)
    assert not kept.exists()
    assert nothing_left_over(root)
    remove_dataset("mine", root.datasets, for_good=True)
    assert not (root.datasets / "mine").exists()


PLACES = {
    "while unpacking": (unpacking, "_unpack_one", 4),
    "before hearing": (import_work, "import_songs", 1),
    "before saving": (import_work, "save_dataset", 1),
    "before its place": (import_work, "put_in_place", 1),
    "after its place": (import_work, "load_dataset", 1),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_archive_whose_import_was_killed_is_continued(root, music, tmp_path, monkeypatch, place):
    (tmp_path / "a.zip").write_bytes(zipped(music))
    values = {"name": "mine"}
    first = job(root, tmp_path / "a.zip", **values)
    module, name, calls = PLACES[place]
    real, seen = getattr(module, name), []

    def kill(*arguments, **options):
        seen.append(name)
        if len(seen) == calls:
            raise Killed
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, kill)
        with pytest.raises(Killed):
            do(root, tmp_path / "a.zip", first, **values)
    assert list_datasets(root.datasets) == (["mine"] if place == "after its place" else [])
    unpacked = {path: path.stat().st_mtime_ns for path in root.datasets.rglob("0*.wav")}
    assert do(root, tmp_path / "a.zip", first, **values)["tracks"] == 6
    assert nothing_left_over(root)
    kept = {os.fspath(path).rpartition("audio")[2]: path.stat().st_mtime_ns for path in root.datasets.rglob("0*.wav")}
    assert {os.fspath(path).rpartition("audio")[2]: when for path, when in unpacked.items()}.items() <= kept.items()
    assert (tmp_path / "a.zip").exists()


def test_replacing_is_asked_for_and_can_be_undone(root, music, tmp_path):
    do(root, music, name="mine")
    former = load_dataset("mine", root.datasets)
    other = write_folder(tmp_path / "other", genres=("jazz", "pop"))
    with pytest.raises(DatasetError, match="named 'mine' already"):
        do(root, other, name="mine")
    (tmp_path / "a.zip").write_bytes(zipped(other))
    assert do(root, tmp_path / "a.zip", name="mine", replace=True)["genres"] == {"jazz": 3, "pop": 3}
    undo_import("mine", root.datasets)
    assert load_dataset("mine", root.datasets) == former


def test_an_import_that_fails_leaves_what_was_there(root, music, tmp_path):
    do(root, music, name="mine")
    former = load_dataset("mine", root.datasets)
    bad = tmp_path / "bad"
    for genre in ("blues", "rock"):
        (bad / genre).mkdir(parents=True)
        (bad / genre / "a.wav").write_bytes(b"no sound")
    with pytest.raises(DatasetError, match="two genres that can be read"):
        do(root, bad, name="mine", replace=True)
    assert load_dataset("mine", root.datasets) == former


def test_what_a_forgotten_job_had_unpacked_is_swept(root, music, tmp_path, monkeypatch):
    (tmp_path / "a.zip").write_bytes(zipped(music))
    first = job(root, tmp_path / "a.zip", name="mine")
    with monkeypatch.context() as patched:
        patched.setattr(import_work, "import_songs", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            do(root, tmp_path / "a.zip", first, name="mine")
    assert not nothing_left_over(root)
    shutil.rmtree(first.folder)
    do(root, music, name="other")
    assert nothing_left_over(root)


def test_a_job_of_an_earlier_version_still_works(root, music):
    values = {"folder": str(music), "name": "mine", "processes": 1}
    assert import_work.work(values, root, Journal(prepare("import", values, root)))["tracks"] == 6


def test_a_table_of_numbers_goes_the_same_way(root, tmp_path):
    from genre_core.features.summary import Summary57

    names = ["filename", *Summary57.COLUMNS, "label"]
    rows = [[f"{genre}.0000{n}.wav", *[str(n + len(genre))] * 57, genre] for genre in ("blues", "rock") for n in range(3)]
    table = tmp_path / "features_30_sec.csv"
    table.write_text("\n".join(",".join(row) for row in [names, *rows]), encoding="utf-8")
    result = do(root, table, name="numbers")
    assert (result["tracks"], result["has_audio"]) == (6, False)
    assert load_dataset("numbers", root.datasets).given

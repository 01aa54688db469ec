import json
from pathlib import Path

import pytest

from genre_core.datasets.library import list_datasets, load_dataset, remove_dataset, save_dataset
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError


def dataset(root: Path, *, name="mine", n=3, extra=None) -> Dataset:
    tracks = tuple(
        Track(f"rock/{i}", "rock", root / name / "audio" / f"{i}.wav", "A, B" if i else None, i / 3, f"{i:064x}", extra or {})
        for i in range(n)
    )
    return Dataset(name, tracks, title="T", note="N", problems=(Problem("f", "k", "m"),), complete=False)


def test_what_is_saved_comes_back(tmp_path):
    saved = dataset(tmp_path, extra={"title": 'a "b",\nc', "key": "C"})
    save_dataset(saved, tmp_path)
    loaded = load_dataset("mine", tmp_path)
    assert loaded == saved
    assert [track.extra for track in loaded.tracks] == [track.extra for track in saved.tracks]


def test_audio_inside_the_folder_moves_with_it(tmp_path):
    save_dataset(dataset(tmp_path / "a"), tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")
    assert load_dataset("mine", tmp_path / "b").tracks[0].path == tmp_path / "b" / "mine" / "audio" / "0.wav"


def test_file_names_that_are_no_text_survive(tmp_path):
    odd = Dataset("odd", (Track("a", "rock", Path("/music/\udcff.wav"), None, 1.0, "00"),))
    save_dataset(odd, tmp_path)
    assert load_dataset("odd", tmp_path) == odd


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "a\\b", ".hidden", "con", "NUL.txt", "x" * 65, "a\n"])
def test_names_that_leave_the_folder_are_refused(tmp_path, name):
    with pytest.raises(DatasetError, match="Choose another name"):
        load_dataset(name, tmp_path)


@pytest.mark.parametrize("step", [".tracks-", "dataset.json", "tracks.csv"])
def test_a_save_that_breaks_off_leaves_one_whole_version(tmp_path, monkeypatch, step):
    """Each write in turn fails as if the process were killed there: old or new is read, never a mixture."""
    from genre_core.datasets import library

    old, new = dataset(tmp_path, n=3), dataset(tmp_path, n=5)
    save_dataset(old, tmp_path)
    real = library.write_whole

    def broken(path, content, **options):
        if path.name.startswith(step):
            path.with_name(f".{path.name}.1.tmp").write_bytes(content[: len(content) // 2])
            raise OSError(28, "No space left on device")
        real(path, content, **options)

    monkeypatch.setattr(library, "write_whole", broken)
    with pytest.raises(DatasetError, match="No space left"):
        save_dataset(new, tmp_path)
    assert load_dataset("mine", tmp_path) in (old, new)
    monkeypatch.undo()
    save_dataset(new, tmp_path)
    assert load_dataset("mine", tmp_path) == new


def test_a_table_without_its_head_is_refused(tmp_path):
    save_dataset(dataset(tmp_path), tmp_path)
    for table in (tmp_path / "mine").glob("*tracks*.csv"):
        table.write_text(table.read_text(encoding="utf-8").replace("rock/1", "rock/9"), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"damaged: tracks\.csv"):
        load_dataset("mine", tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": "x"}', "\x00"])
def test_a_corrupt_head_says_so(tmp_path, text):
    save_dataset(dataset(tmp_path), tmp_path)
    (tmp_path / "mine" / "dataset.json").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match="damaged"):
        load_dataset("mine", tmp_path)


def test_a_newer_format_says_so(tmp_path):
    save_dataset(dataset(tmp_path), tmp_path)
    path = tmp_path / "mine" / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "format": 99}), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"newer version.*Received: 99"):
        load_dataset("mine", tmp_path)


def test_an_unknown_name_lists_those_there_are(tmp_path):
    save_dataset(dataset(tmp_path), tmp_path)
    with pytest.raises(DatasetError, match="There are: mine"):
        load_dataset("other", tmp_path)


def test_two_tracks_of_one_id_are_refused(tmp_path):
    track = Track("a", "rock", None, None, 1.0, "00")
    with pytest.raises(DatasetError, match="'a' twice"):
        save_dataset(Dataset("x", (track, track)), tmp_path)


@pytest.mark.parametrize("ours", [False, True])
def test_removing_deletes_audio_only_where_the_product_made_it(tmp_path, ours):
    saved = dataset(tmp_path)
    song = saved.tracks[0].path
    song.parent.mkdir(parents=True)
    song.write_bytes(b"x")
    note = tmp_path / "mine" / "my notes.txt"
    note.write_text("keep", encoding="utf-8")
    save_dataset(saved, tmp_path, owns_audio=ours)
    save_dataset(saved, tmp_path)  # says nothing, so it stays as it was
    remove_dataset("mine", tmp_path)
    assert list_datasets(tmp_path) == []
    assert note.exists()
    assert song.exists() is not ours

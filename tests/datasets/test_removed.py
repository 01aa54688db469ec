"""What is removed or replaced comes back whole, and nothing of the user's is touched."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from genre_core.datasets import removed
from genre_core.datasets.library import list_datasets, load_dataset, save_dataset
from genre_core.datasets.removed import list_removed, put_in_place, remove_dataset, restore_dataset, undo_import
from genre_core.datasets.tracks import Dataset, Track
from genre_core.datasets.versions import list_versions, relabel, save_version
from genre_core.errors import DatasetError


def dataset(root: Path, *, name="mine", genres=("jazz", "rock"), title="T") -> Dataset:
    tracks = tuple(Track(f"{g}/1", g, root / name / "audio" / f"{g}.wav", None, 1.0, g.ljust(8, "0")) for g in genres)
    return Dataset(name, tracks, title=title)


def saved(root: Path, *, owns_audio=False, **options) -> Dataset:
    made = dataset(root, **options)
    for track in made.tracks:
        track.path.parent.mkdir(parents=True, exist_ok=True)
        track.path.write_bytes(track.id.encode())
    save_dataset(made, root, owns_audio=owns_audio)
    return made


@pytest.mark.parametrize("ours", [False, True])
def test_what_is_removed_comes_back_whole(tmp_path, ours):
    made = save_version(relabel(saved(tmp_path, owns_audio=ours), {"jazz/1": "blues"}), tmp_path)
    (tmp_path / "mine" / "my notes.txt").write_text("keep", encoding="utf-8")
    entry = remove_dataset("mine", tmp_path)
    assert list_datasets(tmp_path) == []
    assert [(one.name, one.title, one.n_tracks, one.replaced) for one in list_removed(tmp_path)] == [("mine", "T", 2, False)]
    assert (tmp_path / "mine" / "my notes.txt").exists()
    assert made.tracks[0].path.exists() is not ours
    assert (entry.folder / "audio").exists() is ours
    restore_dataset("mine", tmp_path)
    assert load_dataset("mine", tmp_path) == made
    assert [version.number for version in list_versions("mine", tmp_path)] == [1, 2]
    assert all(track.path.read_bytes() for track in made.tracks)
    assert list_removed(tmp_path) == []


def test_an_import_that_replaced_something_is_taken_back_step_by_step(tmp_path):
    saved(tmp_path, title="first")
    for title in ("second", "third"):
        save_dataset(dataset(tmp_path, title=title), tmp_path / ".importing" / title, made_by=title)
        former = put_in_place(tmp_path / ".importing" / title / "mine", tmp_path, replace=True)
        assert former.replaced
    titles = [load_dataset("mine", tmp_path).title]
    for _ in range(2):
        undo_import("mine", tmp_path)
        titles.append(load_dataset("mine", tmp_path).title)
    assert titles == ["third", "second", "first"]
    assert undo_import("mine", tmp_path) is None
    assert list_datasets(tmp_path) == []


def test_undoing_brings_back_only_what_that_import_replaced(tmp_path):
    saved(tmp_path, title="first")
    for title in ("second", "third"):
        save_dataset(dataset(tmp_path, title=title), tmp_path / "staged", made_by=title)
        put_in_place(tmp_path / "staged" / "mine", tmp_path, replace=True)
        if title == "second":
            remove_dataset("mine", tmp_path)
    assert undo_import("mine", tmp_path) is None
    assert {entry.title for entry in list_removed(tmp_path)} == {"first", "second", "third"}


def test_a_name_that_is_taken_is_not_replaced_unasked(tmp_path):
    made = saved(tmp_path)
    save_dataset(dataset(tmp_path, title="other"), tmp_path / "staged")
    with pytest.raises(DatasetError, match="named 'mine' already"):
        put_in_place(tmp_path / "staged" / "mine", tmp_path)
    assert load_dataset("mine", tmp_path) == made
    assert (tmp_path / "staged" / "mine" / "dataset.json").is_file()


def test_a_replacement_that_fails_brings_the_former_back(tmp_path, monkeypatch):
    made = saved(tmp_path)
    save_dataset(dataset(tmp_path, title="other"), tmp_path / "staged")
    real = removed._merge

    def full(source, folder):
        if source.parent.name == "staged":
            raise OSError(28, "No space left on device")
        real(source, folder)

    monkeypatch.setattr(removed, "_merge", full)
    with pytest.raises(DatasetError, match="No space left"):
        put_in_place(tmp_path / "staged" / "mine", tmp_path, replace=True)
    assert load_dataset("mine", tmp_path) == made


def test_nothing_comes_back_over_what_is_here(tmp_path):
    saved(tmp_path)
    remove_dataset("mine", tmp_path)
    saved(tmp_path, title="again")
    with pytest.raises(DatasetError, match="there is a data set of that name again"):
        restore_dataset("mine", tmp_path)
    assert load_dataset("mine", tmp_path).title == "again"


def test_two_of_one_name_come_back_one_after_the_other(tmp_path):
    for title in ("first", "second"):
        saved(tmp_path, title=title)
        remove_dataset("mine", tmp_path)
    assert restore_dataset("mine", tmp_path).title == "second"
    remove_dataset("mine", tmp_path, for_good=True)
    assert restore_dataset("mine", tmp_path).title == "first"
    with pytest.raises(DatasetError, match="No data set named 'mine' was removed"):
        restore_dataset("mine", tmp_path)


def test_after_a_week_it_goes_for_good_with_the_next_removal(tmp_path):
    saved(tmp_path, name="old")
    folder = remove_dataset("old", tmp_path).folder
    mark = json.loads((folder / "removed.json").read_text(encoding="utf-8"))
    mark["removed"] = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    (folder / "removed.json").write_text(json.dumps(mark), encoding="utf-8")
    saved(tmp_path, name="young")
    remove_dataset("young", tmp_path)
    assert [entry.name for entry in list_removed(tmp_path)] == ["young"]
    assert not folder.exists()


def test_a_damaged_mark_does_not_lose_the_data_set(tmp_path):
    made = saved(tmp_path)
    entry = remove_dataset("mine", tmp_path)
    (entry.folder / "removed.json").write_bytes(b"\0")
    restore_dataset("mine", tmp_path)
    assert load_dataset("mine", tmp_path) == made


def test_what_is_not_there_is_said(tmp_path):
    with pytest.raises(DatasetError, match="There is no data set named 'x'"):
        remove_dataset("x", tmp_path)
    with pytest.raises(DatasetError, match="Choose another name"):
        restore_dataset("../x", tmp_path)

"""Versions: a corrected label makes a new one, the old one stays readable, and nobody's change is lost."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from genre_core.datasets import versions
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.versions import list_versions, load_learned, relabel, restore_version, save_version, version_of
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import made

FIRST = made({"blues": 3, "rock": 3})


@pytest.fixture
def root(tmp_path):
    save_dataset(FIRST, tmp_path)
    return tmp_path


def test_a_corrected_label_makes_a_version_and_the_old_one_stays(root):
    second = save_version(relabel(load_dataset("made", root), {"blues.00000": "Rock"}), root)
    third = save_version(relabel(second, {"blues.00001": "jazz", "blues.00002": "jazz"}), root, note="heard again")
    assert [second.version, third.version] == [2, 3]
    assert load_dataset("made", root) == third
    assert [load_dataset("made", root, number) for number in (1, 2, 3)] == [FIRST, second, third]
    assert load_dataset("made", root, 2).version == 2
    found = list_versions("made", root)
    assert [(number, note) for number, _, note in found] == [(1, ""), (2, "blues.00000: blues → rock"), (3, "heard again")]
    assert all(abs((datetime.now(UTC) - created).total_seconds()) < 60 for _, created, _ in found)
    assert [version_of("made", root, one.fingerprint) for one in (FIRST, second, third)] == [1, 2, 3]
    assert version_of("made", root, "none") is None
    assert load_learned("made", root, FIRST.fingerprint) == FIRST
    assert load_learned("made", root, "none") == third


def test_going_back_is_a_new_version(root):
    save_version(relabel(load_dataset("made", root), {"blues.00000": "rock"}), root)
    back = restore_version("made", root, 1)
    assert (back.version, back) == (3, FIRST)
    assert list_versions("made", root)[-1].note == "as version 1"
    assert load_dataset("made", root, 2).by_id["blues.00000"].genre == "rock"


def test_nothing_changed_is_no_version(root):
    assert save_version(load_dataset("made", root), root).version == 1
    assert len(list_versions("made", root)) == 1


def test_a_further_column_alone_is_a_change(root):
    first = load_dataset("made", root)
    tracks = (replace(first.tracks[0], extra={"title": "x"}), *first.tracks[1:])
    assert save_version(replace(first, tracks=tracks), root).version == 2
    assert "title" not in load_dataset("made", root, 1).tracks[0].extra


def test_a_change_of_an_older_version_is_not_saved_over_a_newer_one(root):
    mine, yours = load_dataset("made", root), load_dataset("made", root)
    save_version(relabel(mine, {"blues.00000": "rock"}), root)
    with pytest.raises(DatasetError, match=r"has become version 2 meanwhile"):
        save_version(relabel(yours, {"blues.00001": "rock"}), root)
    assert load_dataset("made", root).by_id["blues.00001"].genre == "blues"


@pytest.mark.parametrize("step", ["_keep", "save_dataset"])
def test_a_kill_between_two_steps_leaves_the_former_version(root, monkeypatch, step):
    class Killed(BaseException):
        pass

    def kill(*arguments, **options):
        raise Killed

    changed = relabel(load_dataset("made", root), {"blues.00000": "rock"})
    with monkeypatch.context() as patched:
        patched.setattr(versions, step, kill)
        with pytest.raises(Killed):
            save_version(changed, root)
    assert load_dataset("made", root) == FIRST
    assert [number for number, _, _ in list_versions("made", root)] == [1]
    assert save_version(changed, root).version == 2
    assert load_dataset("made", root, 1) == FIRST


def test_what_cannot_be_corrected_is_said(root):
    dataset = load_dataset("made", root)
    for genres, words in (
        ({"none": "rock"}, "no track 'none'"),
        ({"blues.00000": "  "}, "needs a genre"),
        ({track.id: "rock" for track in dataset.tracks}, "at least two genres"),
    ):
        with pytest.raises(DatasetError, match=words):
            relabel(dataset, genres)
    with pytest.raises(DatasetError, match="has no version 7"):
        load_dataset("made", root, 7)
    with pytest.raises(DatasetError, match="There is no data set"):
        save_version(replace(dataset, name="other"), root)


def test_a_damaged_version_is_said_and_the_present_one_is_read(root):
    save_version(relabel(load_dataset("made", root), {"blues.00000": "rock"}), root)
    (root / "made" / "versions" / "1" / "tracks.csv").write_text("x", encoding="utf-8")
    with pytest.raises(DatasetError, match="damaged"):
        load_dataset("made", root, 1)
    assert load_dataset("made", root).version == 2


def test_many_corrections_are_counted():
    many = made({"blues": 9, "rock": 3})
    changed = relabel(many, {f"blues.{number:05d}": "rock" for number in range(5)})
    assert versions.changes(many, changed) == "5 genres corrected"
    assert versions.changes(many, replace(many, tracks=many.tracks[2:])) == "2 tracks left out"

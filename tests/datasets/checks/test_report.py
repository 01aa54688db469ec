"""A check that was broken off goes on where it was, and its report is kept with the data set that it is of."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from genre_core.commands.job import do_work
from genre_core.datasets.check_work import MEMORY
from genre_core.datasets.checks import check_dataset, examining, load_report, make_report, near_duplicates, save_report
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import remove_dataset, restore_dataset, save_dataset
from genre_core.errors import DatasetError
from genre_core.jobs import list_jobs, prepare
from genre_core.paths import Root
from tests.audio.tunes import SR, tune
from tests.datasets.tiny_songs import made, write_folder


class Killed(BaseException):
    """A process that ends without a word."""


@pytest.fixture
def tunes(tmp_path):
    """A data set in which rock.3 is pop.0 once more, later and softer, and pop.1 is there twice."""
    songs = {"pop.0": tune(1, seconds=7), "pop.1": tune(2, seconds=7), "rock.2": tune(3, seconds=7)}
    songs |= {"rock.3": 0.2 * songs["pop.0"][2 * SR :], "pop.4": 0.5 * songs["pop.1"]}
    for name, y in songs.items():
        path = tmp_path / "music" / name.split(".")[0] / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, y, SR, subtype="PCM_16")
    return import_folder(tmp_path / "music", name="tunes", processes=1)


def test_the_same_recording_in_two_genres_is_grave_and_can_be_heard(tunes):
    report = make_report(tunes, processes=1)
    pairs = [(pair.first, pair.second, pair.kind) for pair in report.pairs]
    assert pairs == [("pop.0", "rock.3", "near"), ("pop.1", "pop.4", "near")]
    assert report.pairs[0].offset_seconds == pytest.approx(2.0, abs=0.05)
    conflict, repeat = report.problems[:2]
    assert (conflict.file, conflict.kind, conflict.tracks) == ("rock.3", "near_conflict", ("rock.3", "pop.0"))
    assert "The same recording as pop.0 from 2.0 s on" in conflict.message
    assert "which is pop: one of the two labels is wrong" in conflict.message
    assert (repeat.file, repeat.kind, repeat.start_seconds) == ("pop.4", "near_duplicate", 0.0)
    turned = make_report(replace(tunes, tracks=tunes.tracks[::-1]), processes=1)
    first = next(problem for problem in turned.problems if problem.kind == "near_conflict")
    assert first.tracks == ("pop.0", "rock.3")
    assert first.start_seconds == pytest.approx(2.0, abs=0.05)  # where the part begins that both have


def test_both_halves_say_what_the_report_says(tmp_path, tunes):
    report = make_report(tunes, processes=1)
    memory = tmp_path / "memory.jsonl"
    assert tuple(check_dataset(tunes, processes=2, memory=memory)) == report.problems
    assert tuple(near_duplicates(tunes, processes=1, memory=memory)) == report.pairs


def test_a_report_is_kept_with_its_data_set_until_that_changes(tmp_path, tunes):
    report = make_report(tunes, processes=1)
    with pytest.raises(DatasetError, match="There is no data set named 'tunes'"):
        save_report(report, tmp_path / "datasets")
    save_dataset(tunes, tmp_path / "datasets")
    assert load_report("tunes", tmp_path / "datasets") is None
    save_report(report, tmp_path / "datasets")
    assert load_report("tunes", tmp_path / "datasets") == report
    assert not report.is_stale(tunes)
    relabelled = (replace(tunes.tracks[0], genre="rock"), *tunes.tracks[1:])
    assert report.is_stale(replace(tunes, tracks=relabelled))
    remove_dataset("tunes", tmp_path / "datasets")
    assert load_report("tunes", tmp_path / "datasets") is None
    restore_dataset("tunes", tmp_path / "datasets")
    assert load_report("tunes", tmp_path / "datasets") == report


DAMAGED = ["", "[]", "{}", '{"format": 99}', "[" * 100_000, '{"format": 1, "problems": 3, "pairs": []}']


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_report_is_none(tmp_path, content):
    save_dataset(made({"a": 3, "b": 3}), tmp_path)
    (tmp_path / "made" / "report.json").write_text(content, encoding="utf-8")
    assert load_report("made", tmp_path) is None


@pytest.fixture
def decoded(monkeypatch):
    """Paths decoded in this process, in order."""
    seen = []
    real = examining.decode
    monkeypatch.setattr(examining, "decode", lambda path, **options: seen.append(path) or real(path, **options))
    return seen


def test_a_killed_check_goes_on_where_it_was(tmp_path, decoded):
    dataset = import_folder(write_folder(tmp_path / "music", n_tracks=3), name="small", processes=1)
    root = Root(tmp_path / "root")
    save_dataset(dataset, root.datasets)
    folder = prepare("check", {"dataset": "small", "processes": 1}, root)

    def kill(done, total, seconds_left):
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        make_report(dataset, progress=kill, processes=1, memory=folder / MEMORY)
    assert len(decoded) == 4
    assert load_report("small", root.datasets) is None
    with (folder / MEMORY).open("ab") as file:
        file.write(b'{"examining": 1, "path": "half a li')  # the write that the kill broke off
    result = do_work(folder, root)
    assert decoded == [track.path for track in dataset.tracks]
    assert result["tracks"] == 6
    assert load_report("small", root.datasets).fingerprint == dataset.fingerprint
    assert not (folder / MEMORY).exists()
    assert [job.status().state for job in list_jobs(root, "check")] == ["finished"]


def test_files_that_changed_since_are_looked_at_again(tmp_path, decoded):
    dataset = import_folder(write_folder(tmp_path / "music", n_tracks=2), processes=1)
    memory = tmp_path / "memory.jsonl"
    whole = check_dataset(dataset, processes=1, memory=memory)
    assert check_dataset(dataset, processes=1, memory=memory) == whole
    assert len(decoded) == 4
    shutil.copyfile(dataset.tracks[0].path, dataset.tracks[3].path)
    found = check_dataset(dataset, processes=1, memory=memory)
    assert decoded[4:] == [dataset.tracks[3].path]
    assert {(problem.file, problem.kind) for problem in found} >= {
        (dataset.tracks[3].id, "changed"),
        (dataset.tracks[3].id, "conflict"),
    }
    lines = [json.loads(line) for line in memory.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 5
    assert all(np.isfinite(line["limit_hz"]) for line in lines)


def test_the_search_for_repeats_after_the_last_file_tells_how_far_it_is(tunes):
    files, looks = [], []
    report = make_report(
        tunes, processes=1, progress=lambda *told: files.append(told), searching=lambda *told: looks.append(told)
    )
    assert len(report.pairs) == 2
    assert [done for done, *_ in looks] == list(range(2 * len(tunes.tracks)))
    assert {total for _, total, _ in looks} == {2 * len(tunes.tracks)}
    with pytest.raises(Killed):
        make_report(tunes, processes=1, searching=lambda *_: (_ for _ in ()).throw(Killed))

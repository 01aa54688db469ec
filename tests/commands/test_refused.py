"""A request that is refused on the command line leaves nothing behind that a page would offer to discard."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from genre_core import jobs
from genre_core.__main__ import main
from genre_core.commands.job import carry_out
from genre_core.datasets.library import save_dataset
from genre_core.errors import DatasetError, TrainingError
from genre_core.features.summary import Summary57
from genre_core.jobs.job import ALIVE
from genre_core.jobs.locks import FileLock
from genre_core.paths import Root
from tests.datasets.tiny_songs import made, write_song


@pytest.fixture
def root(tmp_path):
    root = Root(tmp_path / "root")
    dataset = made({"a": 6, "b": 6}, artists=False)
    for name in ("made", "gtzan"):
        save_dataset(dataset.__class__(name, dataset.tracks), root.datasets)
    (tmp_path / "empty").mkdir()
    (tmp_path / "nogenre.csv").write_text("path,title\nx.wav,y\n")
    for genre in ("slow", "fast"):
        write_song(tmp_path / "songs" / genre / "one.wav")
    return root


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "EMPTY"], "an empty folder"),
        (["import", "TABLE"], "column of their genres"),
        (["import", "SONGS", "--name", "made"], "There is a data set named 'made' already"),
        (["import", "SONGS", "--name", "a/b"], "1 to 64 letters"),
        (["fetch", "gtzan", "--yes"], "There is a data set named 'gtzan' already"),
        (["check", "gone"], "no data set named 'gone'"),
        (["extract", "--dataset", "gone"], "no data set named 'gone'"),
        (["extract", "--dataset", "made", "--model", "resnet"], "resnet"),
        (["train", "--dataset", "gone"], "no data set named 'gone'"),
        (["train", "--dataset", "made", "--split", "by_artist"], "by_track"),
        (["train", "--dataset", "made", "--split", "by track"], "Choose one of: by_artist, by_track"),
        (["train", "--dataset", "made", "--split", "fma"], "official FMA split"),
        (["train", "--dataset", "made", "--genres", "a,polka"], "polka"),
    ],
)
def test_nothing_is_left(root, tmp_path, arguments, words):
    places = {"EMPTY": tmp_path / "empty", "TABLE": tmp_path / "nogenre.csv", "SONGS": tmp_path / "songs"}
    result = CliRunner().invoke(main, ["--root", str(root.path), *(str(places.get(one, one)) for one in arguments)])
    assert result.exit_code in (1, 2)
    assert words in result.output
    assert "Traceback" not in result.output
    assert jobs.list_jobs(root) == []
    assert not root.jobs.is_dir() or not [entry for entry in root.jobs.iterdir() if entry.is_dir()]


def test_what_broke_off_in_the_middle_stays(root, monkeypatch):
    def breaks(values, root, journal):
        journal.report("working", "Half of it")
        raise TrainingError("The power went.")

    monkeypatch.setattr("genre_core.datasets.check_work.work", breaks)
    with pytest.raises(TrainingError):
        carry_out("check", {"dataset": "made"}, root)
    assert [job.status().state for job in jobs.list_jobs(root)] == ["failed"]


def test_what_has_kept_something_stays(root, monkeypatch):
    def keeps(values, root, journal):
        (journal.folder / "heard.jsonl").write_text("{}")
        raise DatasetError("Nothing could be read.")

    monkeypatch.setattr("genre_core.datasets.check_work.work", keeps)
    with pytest.raises(DatasetError):
        carry_out("check", {"dataset": "made"}, root)
    assert len(jobs.list_jobs(root)) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "EMPTY"], "an empty folder"),
        (["import", "SONGS", "--name", "made"], "Here: --name made-2, or --replace."),
        (["import", "HOLES"], "Received"),
        (["extract", "--dataset", "gone"], "no data set named 'gone'"),
        (["check", "gone"], "no data set named 'gone'"),
        (["train", "--dataset", "gone"], "no data set named 'gone'"),
    ],
)
def test_what_is_refused_does_not_wait_for_another_job(root, tmp_path, monkeypatch, arguments, words):
    other = jobs.prepare("extract", {"dataset": "made"}, root)
    lock = FileLock(other / ALIVE)
    assert lock.acquire()
    monkeypatch.setattr("genre_core.jobs.queue._wait_for_turn", lambda *_: pytest.fail("it waits"))
    row = [0.5] * len(Summary57.COLUMNS)
    lines = [["filename", *Summary57.COLUMNS, "label"], ["a.0", *row, "a"], ["b.0", *row[1:], "nan", "b"]]
    (tmp_path / "holes.csv").write_text("\n".join(",".join(map(str, line)) for line in lines))
    places = {"EMPTY": tmp_path / "empty", "SONGS": tmp_path / "songs", "HOLES": tmp_path / "holes.csv"}
    try:
        result = CliRunner().invoke(main, ["--root", str(root.path), *(str(places.get(one, one)) for one in arguments)])
    finally:
        lock.release()
    assert result.exit_code == 1
    assert words in result.output
    assert [job.id for job in jobs.list_jobs(root)] == [other.name]

"""The job: each song heard once, whatever happens to the process, the files or the model."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from genre_core.collection import classify_work
from genre_core.collection.classify_work import look, request, work
from genre_core.collection.kept import Source, load_collection
from genre_core.errors import CollectionError, DatasetError
from genre_core.inference import Predictor
from genre_core.jobs import Job, Journal, StopAsked, list_jobs, prepare
from genre_core.paths import Root
from tests.collection.songs import write_songs
from tests.faults.kills import ROOT, kill_at_random
from tests.tiny_run import make_run


@pytest.fixture
def root(tmp_path) -> Root:
    return Root(tmp_path / "root")


@pytest.fixture
def asked(root, tmp_path):
    """The values of a job over three songs, in this process."""
    run = make_run(root.runs / "tiny-one")
    return request(Source((write_songs(tmp_path / "music"),)), run, name="mine", processes=1)


@pytest.fixture
def heard(monkeypatch) -> list[str]:
    """Names of the files that are heard from here on."""
    names: list[str] = []
    real = Predictor.classify

    def classify(self, source, **options):
        names.append(Path(source).name)
        return real(self, source, **options)

    monkeypatch.setattr(Predictor, "classify", classify)
    return names


def do(values, root):
    folder = prepare("classify", values, root)
    return work(values, root, Journal(folder)), Job(folder)


def verdicts(root) -> dict[str, str]:
    return {row.song.path.name: row.verdict for row in load_collection("mine", root).table().judged()}


def test_every_song_is_heard_and_told(asked, root, heard):
    result, job = do(asked, root)
    assert result == {"collection": "mine", "songs": 3, "heard": 3, "failed": 0}
    assert job.status().message == "3 songs: 2 low, 1 high"
    assert verdicts(root) == {"a.wav": "high", "b.wav": "low", "c.flac": "low"}
    assert heard == ["a.wav", "b.wav", "c.flac"]


def test_only_what_is_new_or_changed_is_heard_again(asked, root, heard, tmp_path):
    do(asked, root)
    heard.clear()
    do(asked, root)
    assert heard == []
    write_songs(tmp_path / "music", {"b.wav": 7000, "new.wav": 100})
    (tmp_path / "music" / "a.wav").unlink()
    do(asked, root)
    assert heard == ["b.wav", "new.wav"]
    assert verdicts(root) == {"b.wav": "high", "c.flac": "low", "new.wav": "low"}


def test_a_bad_file_is_a_row_and_is_tried_again_where_that_may_help(asked, root, heard, tmp_path):
    (tmp_path / "music" / "letter.wav").write_text("Dear reader, this is no sound. " * 9)
    (tmp_path / "music" / "zero.wav").write_bytes(b"")
    (tmp_path / "music" / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    result, job = do(asked, root)
    assert (result["songs"], result["failed"]) == (6, 3)
    assert job.status().message == "6 songs: 3 not heard, 2 low, 1 high"
    rows = {row.song.path.name: row.said for row in load_collection("mine", root).table().judged()}
    assert [rows[name].kind for name in ("letter.wav", "zero.wav", "gone.wav")] == ["not_audio", "empty", "missing"]
    assert rows["gone.wav"].message.startswith("There is no file")
    heard.clear()
    do(asked, root)
    assert heard == ["gone.wav", "letter.wav"]


def test_another_model_of_the_same_run_hears_all_anew_and_the_former_answers_go(asked, root, heard, tmp_path):
    do(asked, root)
    before = load_collection("mine", root)
    assert before.memory.lines.exists()
    other = make_run(tmp_path / "other", scale=0.0)
    (root.runs / "tiny-one" / "model.onnx").write_bytes((other.folder / "model.onnx").read_bytes())
    heard.clear()
    do(asked, root)
    assert len(heard) == 3
    assert not before.memory.lines.exists()
    assert set(verdicts(root).values()) == {"not sure"}


def test_a_stop_keeps_what_is_done(asked, root, heard, monkeypatch):
    folder = prepare("classify", asked, root)
    journal = Journal(folder)
    monkeypatch.setattr(Journal, "stop_asked", property(lambda self: len(heard) == 2))
    with pytest.raises(StopAsked):
        work(asked, root, journal)
    assert len(load_collection("mine", root).table().rows) == 2
    monkeypatch.undo()
    table = load_collection("mine", root).table()
    assert (len(table.rows), table.n_listed) == (2, 3)
    do(asked, root)
    assert len(verdicts(root)) == 3


def test_a_job_that_broke_off_is_not_offered_once_another_does_its_work(asked, root):
    broken = prepare("classify", asked, root)
    Journal(broken).report("interrupted", "Broken off")
    do(asked, root)
    assert [job.status().state for job in list_jobs(root, "classify")] == ["finished"]


def test_songs_are_looked_for_before_anything_is_written(root, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CollectionError, match=r"Expected songs in empty, files such as mp3, flac or wav\. Received: none\."):
        look(Source((tmp_path / "empty",)), root)
    with pytest.raises(DatasetError, match=r"There is no folder .*gone\. Check the path"):
        look(Source((tmp_path / "gone",)), root)
    with pytest.raises(DatasetError, match="There is no data set named 'none'"):
        look(Source(dataset="none"), root)


CRASHING = """
import os
from genre_core.inference import Predictor
real = Predictor.classify
def classify(self, source, **options):
    if "crash" in str(source):
        os._exit(11)  # as a decoder does that writes where it must not
    return real(self, source, **options)
Predictor.classify = classify
"""


def test_a_file_that_ends_its_process_is_a_row(asked, root, tmp_path, monkeypatch):
    for name in ("b.wav", "deeper/c.flac"):
        (tmp_path / "music" / name).unlink()
    write_songs(tmp_path / "music", {"crash.wav": 110})
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(CRASHING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "start"), str(ROOT)]))
    result, _ = do({**asked, "processes": 2}, root)
    assert (result["heard"], result["failed"]) == (1, 1)
    rows = {row.song.path.name: row.said for row in load_collection("mine", root).table().judged()}
    assert rows["crash.wav"].kind == "crashed"
    assert rows["crash.wav"].message == (
        "Reading 'crash.wav' ended its process each time. Export the song again, or remove the file."
    )


def test_a_killed_job_goes_on_and_hears_nothing_twice(root, tmp_path, heard):
    songs = {f"{number:02}.wav": 100.0 + 10 * number for number in range(12)}
    run = make_run(root.runs / "tiny-one")
    values = request(Source((write_songs(tmp_path / "music", songs, seconds=4.0),)), run, name="mine", processes=1)
    folder = prepare("classify", values, root)
    command = [sys.executable, "-m", "genre_core", "--root", str(root.path), "job", str(folder)]
    slow = {"PYTHONPATH": os.pathsep.join([str(tmp_path / "start"), str(ROOT)])}
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(
        CRASHING.replace('if "crash" in str(source):', "if True:").replace("os._exit(11)", "__import__('time').sleep(0.1)")
    )
    lines = root.collections / "mine"
    killed = kill_at_random(
        command,
        environment=slow,
        at_progress=lambda: sum(path.read_bytes().count(b"\n") for path in lines.glob("said-*.jsonl")) >= 5,
    )
    assert not killed.finished, killed.stderr
    assert killed.orphans == ()
    done = len(load_collection("mine", root).table().rows)
    assert 5 <= done < 12
    heard.clear()
    work(values, root, Journal(folder))
    assert len(heard) == 12 - done
    assert len(verdicts(root)) == 12
    assert classify_work.jobs_of("mine", root)[0].status().state == "finished"

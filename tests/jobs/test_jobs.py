from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genre_core.errors import ParameterError, RunError, TrainingError
from genre_core.paths import Root
from genre_core.training import jobs
from genre_core.training.jobs import Job, list_jobs, prepare, remove_job, start
from genre_core.training.journal import Journal, StopAsked
from genre_core.jobs.locks import FileLock, is_held
from genre_core.training.recipe import TrainRequest

HOLD = """
import sys, time
from pathlib import Path
from genre_core.training.journal import Journal
from genre_core.jobs.locks import FileLock
folder = Path(sys.argv[1])
assert FileLock(folder / "alive.lock").acquire()
Journal(folder).report("training", "Epoch 3 of at most 9", epoch=2, epochs=9)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


def test_a_killed_training_says_interrupted(root: Root) -> None:
    job = Job(prepare(TrainRequest("ann"), root))
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(job.folder)], stdout=subprocess.PIPE, cwd=Path(jobs.__file__).parents[2]
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"ready"
    assert job.status().state == "training"
    with pytest.raises(RunError, match="still going on"):
        remove_job(job)
    child.kill()  # not waited for: a process that nobody buried is dead all the same
    end = time.monotonic() + 5
    while job.status().state != "interrupted" and time.monotonic() < end:
        time.sleep(0.05)
    assert job.status().state == "interrupted"
    assert job.status().epoch == 2
    child.wait()
    child.stdout.close()
    remove_job(job)
    assert list_jobs(root) == []


def test_a_process_that_fails_tells_why(root: Root) -> None:
    job = start(TrainRequest("ann", dataset="nowhere"), root)
    assert job.status().state in {"queued", "preparing", "failed"}
    status = job.wait(timeout_seconds=60)
    assert status.state == "failed"
    assert status.error is not None
    assert status.error["kind"] == "dataset"
    assert "nowhere" in status.message
    assert job.request == TrainRequest("ann", dataset="nowhere")
    assert "nowhere" in job.log()


def test_one_trains_and_the_other_waits_until_stopped(root: Root) -> None:
    root.runs.mkdir(parents=True)
    turn = FileLock(root.runs / ".training.lock")
    assert turn.acquire()
    try:
        job = start(TrainRequest("ann", dataset="nowhere"), root)
        end = time.monotonic() + 30
        while "Waiting" not in job.status().message and time.monotonic() < end:
            time.sleep(0.05)
        assert (job.status().state, job.status().message) == ("queued", "Waiting for another training to end")
        assert not job.stop_asked
        job.stop()
        assert job.stop_asked
        assert job.wait(timeout_seconds=30).state == "stopped"
    finally:
        turn.release()
    with pytest.raises(RunError, match="no finished run"):
        job.run()


def test_a_request_that_does_not_fit_starts_nothing(root: Root) -> None:
    with pytest.raises(ParameterError):
        start(TrainRequest("ann", config={"dropout": 3.0}), root)
    assert list_jobs(root) == []


def test_jobs_started_in_one_second_have_folders_of_their_own(root: Root) -> None:
    folders = {prepare(TrainRequest("ann"), root) for _ in range(5)}
    assert len(folders) == 5
    assert {job.folder for job in list_jobs(root)} == folders


def test_runs_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(TrainingError, match="A run must be written to"):
        prepare(TrainRequest("ann"), Root(tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": "training", "nonsense": 1}'])
def test_a_damaged_status_is_no_crash(root: Root, text: str) -> None:
    job = Job(prepare(TrainRequest("ann"), root))
    (job.folder / "status.json").write_text(text)
    assert job.status().state == "interrupted"


def test_history_leaves_a_half_written_line_out(root: Root) -> None:
    job = Job(prepare(TrainRequest("ann"), root))
    assert job.history() == []
    Journal(job.folder).add_epoch({"epoch": 1, "loss": 2.0})
    with (job.folder / "history.jsonl").open("a") as file:
        file.write('{"epoch": 2, "lo')
    assert job.history() == [{"epoch": 1, "loss": 2.0}]


def test_journal_writes_whole_files_and_hears_stop(root: Root) -> None:
    folder = prepare(TrainRequest("ann"), root)
    heard = []
    journal = Journal(folder, heard.append)
    journal.report("preparing", "Reading")
    assert json.loads((folder / "status.json").read_text())["message"] == "Reading"
    journal.heed_stop()
    (folder / "stop").touch()
    with pytest.raises(StopAsked):
        journal.heed_stop()
    assert [status.state for status in heard] == ["preparing"]
    assert sorted(path.name for path in folder.iterdir()) == ["request.json", "status.json", "stop"]


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert not is_held(tmp_path / "lock")
    assert lock.acquire()
    assert not FileLock(tmp_path / "lock").acquire()
    assert is_held(tmp_path / "lock")
    lock.release()
    assert not is_held(tmp_path / "lock")
    assert FileLock(tmp_path / "lock").acquire()

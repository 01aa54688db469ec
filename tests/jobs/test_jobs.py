"""Jobs: alive as long as their process, one at a time, stopped and continued, and told of wherever somebody looks."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from genre_core import jobs
from genre_core.errors import JobError, ParameterError
from genre_core.jobs import Job, Journal, StopAsked, active_jobs, list_jobs, perform, prepare, remove_job, resume, spawning, start
from genre_core.jobs.job import ALIVE, children
from genre_core.jobs.locks import FileLock, is_held
from genre_core.jobs.queue import TURN, WAITING
from genre_core.jobs.spawning import stand_by
from genre_core.paths import Root
from genre_core.training.recipe import TrainRequest

PROJECT = Path(jobs.__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from genre_core.jobs import Journal
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


def ask(root: Root, **values: object) -> Path:
    """The folder of a training that nobody works on yet."""
    return prepare("train", TrainRequest("ann", **values).to_dict(), root, name="ann")


def until(true, *, seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_a_killed_job_says_interrupted_within_five_seconds(root: Root) -> None:
    job = Job(ask(root))
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(job.folder)], stdout=subprocess.PIPE, cwd=PROJECT)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"ready"
    assert job.status().state == "training"
    assert active_jobs(root) == [job]
    for forbidden in (lambda: remove_job(job), lambda: resume(job, root)):
        with pytest.raises(JobError, match="still going on"):
            forbidden()
    child.kill()  # not waited for: a process that nobody buried is dead all the same
    assert until(lambda: job.status().state == "interrupted", seconds=5.0)
    assert "Epoch 3" in job.status().message
    assert job.status().epoch == 2
    child.wait()
    child.stdout.close()
    remove_job(job)
    assert list_jobs(root) == []


def test_a_job_whose_process_never_came_is_interrupted_soon(root: Root) -> None:
    job = Job(ask(root))
    assert job.status().state == "queued"
    before = json.loads((job.folder / "status.json").read_text())
    (job.folder / "status.json").write_text(json.dumps({**before, "updated": time.time() - 6.0}))
    assert job.status().state == "interrupted"


def test_a_process_that_fails_tells_why_and_can_be_tried_again(root: Root) -> None:
    values = {"folder": str(root.path / "nowhere")}
    job = start("import", values, root)
    status = job.wait(timeout_seconds=60)
    assert status.state == "failed"
    assert status.error is not None
    assert status.error["kind"] == "dataset"
    assert "nowhere" in status.message
    assert (job.kind, job.values) == ("import", values)
    assert "nowhere" in job.log()
    assert resume(job, root).wait(timeout_seconds=60).state == "failed"
    assert list_jobs(root, "train") == []
    assert [found.id for found in list_jobs(root, "import")] == [job.id]


def test_one_works_and_the_other_waits_until_stopped(root: Root) -> None:
    turn = FileLock(root.jobs / TURN)
    assert turn.acquire()
    try:
        job = start("demo", {}, root)
        assert until(lambda: job.status().message == WAITING)
        assert job.status().state == "queued"
        assert not job.stop_asked
        job.stop()
        assert job.stop_asked
        assert job.wait(timeout_seconds=30).state == "stopped"
    finally:
        turn.release()
    assert not (root.datasets / "demo").exists()


def test_jobs_take_turns_oldest_first(root: Root) -> None:
    order: list[str] = []
    turn = FileLock(root.jobs / TURN)
    assert turn.acquire()
    first, second = (start("import", {"folder": f"/no/{name}"}, root, name=name) for name in ("first", "second"))
    assert until(lambda: all(job.status().message == WAITING for job in (first, second)))
    turn.release()
    for job in (first, second):
        assert job.wait(timeout_seconds=60).state == "failed"
        order.append(job.id)
    ends = [job.status().updated for job in (first, second)]
    assert ends == sorted(ends)


def test_perform_writes_down_how_it_ends(root: Root) -> None:
    folder = prepare("demo", {}, root)

    def stopped(journal: Journal) -> None:
        journal.report("working", "Half", progress=0.5)
        (folder / "stop").touch()
        journal.counting("working", "Counting")(1, 2, None)

    with pytest.raises(StopAsked):
        perform(folder, root, stopped)
    assert (Job(folder).status().state, Job(folder).status().progress) == ("stopped", 0.5)

    def breaks(journal: Journal) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (folder / "stop").unlink()
    with pytest.raises(JobError, match="free some space and start again: what is done stays"):
        perform(folder, root, breaks)
    assert Job(folder).status().state == "failed"
    assert "free some space" in Job(folder).status().message
    assert perform(folder, root, lambda journal: 7) == 7
    assert Job(folder).status().state == "finished"
    with pytest.raises(JobError, match="finished"):
        resume(Job(folder), root)
    assert not is_held(folder / ALIVE)
    assert not is_held(root.jobs / TURN)


def test_a_disk_too_full_for_the_status_leaves_the_former_one_and_no_lock(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ask(root)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def work(journal: Journal) -> None:
        journal.report("training", "Epoch 3 of at most 9", epoch=2, epochs=9)
        monkeypatch.setattr("genre_core.jobs.journal.write_json", full)
        journal.report("training", "Epoch 4 of at most 9", epoch=3, epochs=9)

    with pytest.raises(JobError, match="The disk is full"):
        perform(folder, root, work)
    assert (Job(folder).status().state, Job(folder).status().epoch) == ("interrupted", 2)
    assert not is_held(root.jobs / TURN)


def test_a_request_that_does_not_fit_starts_nothing(root: Root) -> None:
    with pytest.raises(ParameterError):
        TrainRequest("ann", config={"dropout": 3.0}).resolve()
    with pytest.raises(ParameterError, match="folds must be"):
        TrainRequest("ann", folds=2).resolve()
    with pytest.raises(ParameterError, match="needs a split"):
        TrainRequest("ann", split="").resolve()


def test_jobs_prepared_in_one_second_have_folders_of_their_own(root: Root) -> None:
    folders = {ask(root) for _ in range(5)}
    assert len(folders) == 5
    assert {job.folder for job in list_jobs(root)} == folders


def test_jobs_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder should be")
    with pytest.raises(JobError, match="A job must be written to"):
        ask(Root(tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": "training", "nonsense": 1}'])
def test_a_damaged_status_is_no_crash(root: Root, text: str) -> None:
    job = Job(ask(root))
    (job.folder / "status.json").write_text(text)
    assert job.status().state == "interrupted"


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_damaged_request_is_said_and_other_jobs_list(root: Root, text: str) -> None:
    broken, whole = prepare("import", {"folder": "/a"}, root), Job(prepare("import", {"folder": "/b"}, root))
    (broken / "request.json").write_text(text)
    with pytest.raises(JobError, match="Expected the request of a job"):
        _ = Job(broken).values
    assert list_jobs(root, "import") == [whole]


def test_journal_writes_whole_files_and_hears_stop(root: Root) -> None:
    folder = ask(root)
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


def test_the_process_that_stands_by_takes_the_next_training(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawning, "_spare", None)
    stand_by()
    spare = spawning._spare
    stand_by()
    assert spawning._spare is spare, "at most one stands by"
    job = start("train", TrainRequest("ann", dataset="nowhere").to_dict(), root, name="ann")
    assert children[job.folder.absolute()] is spare
    status = job.wait(timeout_seconds=120)
    assert (status.state, status.pid) == ("failed", spare.pid)
    spare.wait(timeout=30)  # it prints its last words after it has written down how it ended
    assert "nowhere" in job.log()


def test_the_process_that_stands_by_ends_when_nobody_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawning, "_spare", None)
    monkeypatch.setattr(spawning, "WANTED_SECONDS", 0.5)
    stand_by()
    spare = spawning._spare
    assert until(lambda: spare.poll() is not None)
    assert spare.returncode == 0
    assert spawning._spare is None


def test_the_process_that_stands_by_ends_with_the_one_that_started_it() -> None:
    script = "from genre_core.jobs import spawning; spawning.stand_by(); print(spawning._spare.pid, flush=True)"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60)
    pid = int(done.stdout)

    def is_gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"

    assert until(is_gone)


def test_traces_of_what_ended_long_ago_go_and_others_stay(root: Root) -> None:
    states = ("finished", "failed", "interrupted")
    jobs = {state: prepare("import", {"folder": "/a"}, root, name=state) for state in states}
    fresh = prepare("import", {"folder": "/a"}, root, name="fresh")
    for state, folder in (*jobs.items(), ("finished", fresh)):
        age = 8 * 24 * 3600 if folder != fresh else 3600
        before = json.loads((folder / "status.json").read_text())
        (folder / "status.json").write_text(json.dumps({**before, "state": state, "updated": time.time() - age}))
    prepare("demo", {}, root)
    assert not jobs["finished"].exists()
    assert jobs["failed"].exists()
    assert jobs["interrupted"].exists()
    assert fresh.exists()

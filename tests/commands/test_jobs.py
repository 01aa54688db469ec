"""`jobs`, and the line that follows one."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.commands.output import StatusLine
from genre_core.jobs import Job, Status, prepare
from genre_core.jobs.locks import FileLock
from genre_core.paths import Root


def call(root: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["--root", str(root), *arguments])
    return done.exit_code, done.output


def broken_import(root: Path) -> Job:
    """An import whose process has gone at its thirtieth song."""
    job = Job(prepare("import", {"folder": str(root / "nowhere")}, Root(root)))
    status = {"state": "working", "message": "Reading songs: 30 of 357", "created": 1.0, "updated": 2.0, "pid": 1}
    (job.folder / "status.json").write_text(json.dumps(status), encoding="utf-8")
    return job


def test_nothing_works(tmp_path: Path) -> None:
    assert call(tmp_path, "jobs") == (0, "No job works, waits or broke off.\n")
    assert call(tmp_path, "jobs", "--json") == (0, "")


def test_what_broke_off_is_listed_with_where(tmp_path: Path) -> None:
    job = broken_import(tmp_path)
    code, said = call(tmp_path, "jobs")
    assert code == 0
    assert f"{job.id} (import, " in said
    assert "interrupted: Broken off at: Reading songs: 30 of 357" in said
    code, said = call(tmp_path, "jobs", "--json")
    found = json.loads(said)
    assert (found["job"], found["kind"], found["state"]) == (job.id, "import", "interrupted")


def test_a_finished_job_is_listed_on_demand(tmp_path: Path) -> None:
    job = broken_import(tmp_path)
    (job.folder / "status.json").write_text(json.dumps({"state": "finished", "message": "Done"}), encoding="utf-8")
    assert call(tmp_path, "jobs") == (0, "No job works, waits or broke off.\n")
    assert job.id in call(tmp_path, "jobs", "--all")[1]


def test_stop_asks_a_living_job_and_leaves_a_dead_one(tmp_path: Path) -> None:
    job = broken_import(tmp_path)
    code, said = call(tmp_path, "jobs", "stop", job.id)
    assert code == 1
    assert "is over (interrupted): there is nothing to stop" in said
    assert not job.stop_asked
    alive = FileLock(job.folder / "alive.lock")
    assert alive.acquire()
    try:
        assert call(tmp_path, "jobs", "stop", "import")[0] == 0
        assert job.stop_asked
    finally:
        alive.release()


def test_continue_starts_it_again(tmp_path: Path) -> None:
    job = broken_import(tmp_path)
    code, said = call(tmp_path, "jobs", "continue", job.id)
    assert code == 0
    assert "goes on" in said
    status = job.wait(timeout_seconds=60)
    assert status.state == "failed"
    assert "nowhere" in status.message


@pytest.mark.parametrize("name", ["never", ""])
def test_an_unknown_job_names_those_there_are(tmp_path: Path, name: str) -> None:
    job = broken_import(tmp_path)
    code, said = call(tmp_path, "jobs", "stop", name)
    assert code == 1
    assert f"There is no job named {name!r}" in said
    assert job.id in said


def test_train_resume_names_trainings_only(tmp_path: Path) -> None:
    job = broken_import(tmp_path)
    code, said = call(tmp_path, "train", "--resume", job.id)
    assert code == 1
    assert "none yet" in said


def test_a_status_line_says_each_new_thing_and_counts_sparingly() -> None:
    stream = io.StringIO()
    line = StatusLine(stream=stream)
    for count in range(50):
        line(Status("working", f"Reading songs: {count} of 50", seconds_left=50.0 - count))
    line(Status("training", "Epoch 1 of at most 9"))
    line(Status("failed", "There is no folder", error={"kind": "dataset", "message": "There is no folder"}))
    said = stream.getvalue().splitlines()
    assert said[0] == "Reading songs: 0 of 50, 50 s left"
    assert said[-1] == "Epoch 1 of at most 9"
    assert len(said) < 10, "fifty counts in a moment are not fifty lines"

"""A job as others see it: known by its folder, alive as long as its process holds the folder's lock."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from genre_core.errors import JobError
from genre_core.jobs.journal import STATUS, STOP, Status, read_status
from genre_core.jobs.locks import is_held
from genre_core.paths import Root

ALIVE = "alive.lock"
"""Held by the job's process as long as it lives."""

REQUEST = "request.json"
LOG = "log.txt"

START_SECONDS = 5.0
"""Time a new process has to take its lock before it counts as dead."""

TRAIN = "train"
"""The kind of job whose folder becomes a run."""

SEARCH = "search"
"""The kind that tries settings."""

ROBUSTNESS = "robustness"
"""The kind that lets a run hear copies of songs."""

FAITHFULNESS = "faithfulness"
"""The kind that checks what a run is said to have listened to."""

CLASSIFY = "classify"
"""The kind that names the genre of many songs."""

children: dict[Path, subprocess.Popen[bytes]] = {}
"""Processes that this one has started, by the job's folder: they are known to be dead the moment they are."""


@dataclass(frozen=True)
class Job:
    """A piece of long work, past or present."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def kind(self) -> str:
        """What work it is: `train`, `import`, `extract`, `demo`."""
        return read_request(self.folder)[0]

    @property
    def values(self) -> dict[str, Any]:
        """What was asked for, as plain values; `JobError` if it can't be read."""
        return read_request(self.folder)[1]

    def status(self) -> Status:
        """Where it stands; `interrupted` if its process has gone without a word."""
        status = read_status(self.folder)
        if status is None:
            return Status("interrupted", "The job left no status that can be read.")
        if status.is_over or self._lives(status):
            return status
        again = read_status(self.folder)  # it may have ended between the two looks
        if again is not None and again.is_over:
            return again
        return replace(status, state="interrupted", seconds_left=None, message=f"Broken off at: {status.message}")

    def log(self) -> str:
        """What the process printed."""
        try:
            return (self.folder / LOG).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def stop(self) -> None:
        """Ask it to stop soon and keep what it has; no harm where it is over."""
        if not self.status().is_over:
            (self.folder / STOP).touch()

    @property
    def stop_asked(self) -> bool:
        """True once somebody has asked it to stop; it may still be saving what it keeps."""
        return (self.folder / STOP).exists()

    def wait(self, *, timeout_seconds: float) -> Status:
        """Wait until it is over; `JobError` if it takes longer."""
        end = time.monotonic() + timeout_seconds
        while not (status := self.status()).is_over:
            if time.monotonic() > end:
                raise JobError(f"Expected {self.id} to end within {timeout_seconds:g} s. It is {status.state}: {status.message}")
            time.sleep(0.1)
        return status

    def _lives(self, status: Status) -> bool:
        child = children.get(self.folder.absolute())
        if child is not None:
            return child.poll() is None
        if is_held(self.folder / ALIVE):
            return True
        starting = status.state == "queued" and status.pid is None
        return starting and time.time() - status.updated < START_SECONDS


def read_request(folder: Path) -> tuple[str, dict[str, Any]]:
    """Kind and values of the request in a job's folder; `JobError` if it can't be read."""
    try:
        values = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise JobError(f"Expected the request of a job in {folder}. Received: {error}.") from error
    if not isinstance(values, dict):
        raise JobError(f"Expected the request of a job in {folder}. Received: {type(values).__name__}.")
    return str(values.pop("kind", TRAIN)), values


def list_jobs(root: Root, *kinds: str) -> list[Job]:
    """All jobs of these kinds (of every kind, if none is named), newest first; trainings whose run was deleted left out."""
    places = [root.runs] * (not kinds or TRAIN in kinds) + [root.jobs] * (not kinds or set(kinds) != {TRAIN})
    found = []
    for place in places:
        for folder in place.iterdir() if place.is_dir() else ():
            if folder.name.startswith(".") or not (folder / STATUS).is_file():
                continue
            if place == root.jobs and kinds and _kind(folder) not in kinds:
                continue
            found.append(Job(folder))
    return sorted(found, key=lambda job: _created(job.folder), reverse=True)


def active_jobs(root: Root, *kinds: str) -> list[Job]:
    """Jobs that work or wait for their turn, the one whose turn it is first."""
    looked = [(job, job.status()) for job in list_jobs(root, *kinds)]
    going = [(status.state == "queued", status.created, job.id, job) for job, status in looked if not status.is_over]
    return [job for *_, job in sorted(going, key=lambda entry: entry[:3])]


def remove_job(job: Job) -> None:
    """Delete the traces of a job that is over; `JobError` while it lives."""
    if not job.status().is_over:
        raise JobError(f"The job {job.id} is still going on. Stop it first.")
    shutil.rmtree(job.folder)


def _kind(folder: Path) -> str:
    try:
        return read_request(folder)[0]
    except JobError:
        return ""


def _created(folder: Path) -> tuple[float, str]:
    status = read_status(folder)
    return (status.created if status else 0.0, folder.name)

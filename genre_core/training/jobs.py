"""Trainings in processes of their own. Everything a page needs to know lies on disk, so a reload loses nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import genre_core
from genre_core.errors import RunError, TrainingError
from genre_core.paths import Root
from genre_core.runs import MANIFEST, Run, write_json
from genre_core.training.journal import Status, read_history, read_status
from genre_core.training.locks import is_held
from genre_core.training.recipe import TrainRequest

ALIVE = "alive.lock"
"""Held by the training process as long as it lives."""

START_SECONDS = 30.0
"""Time a new process has to take its lock before it counts as dead."""

_children: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Job:
    """A training, past or present, known by its folder."""

    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def request(self) -> TrainRequest:
        """What was asked for; `TrainingError` if it can't be read."""
        return read_request(self.folder)

    def status(self) -> Status:
        """Where it stands; `interrupted` if its process has gone without a word."""
        status = read_status(self.folder)
        if status is None:
            return Status("interrupted", "The training left no status that can be read. Train again.")
        if status.is_over or self._lives(status):
            return status
        again = read_status(self.folder)  # it may have ended between the two looks
        if again is not None and again.is_over:
            return again
        return replace(status, state="interrupted", seconds_left=None, message="The training's process ended early. Train again.")

    def history(self) -> list[dict[str, float]]:
        """One entry an epoch so far: epoch, loss, accuracy, valid_loss, valid_accuracy, seconds."""
        return read_history(self.folder)

    def log(self) -> str:
        """What the process printed."""
        try:
            return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def stop(self) -> None:
        """Ask it to stop after this batch and keep its best weights; no harm where it is over."""
        if not self.status().is_over:
            (self.folder / "stop").touch()

    @property
    def stop_asked(self) -> bool:
        """True once somebody has asked it to stop; it may still be saving what it keeps."""
        return (self.folder / "stop").exists()

    def run(self) -> Run:
        """The run it made; `RunError` where there is none (yet)."""
        return Run.load(self.folder)

    def wait(self, *, timeout_seconds: float) -> Status:
        """Wait until it is over; `TrainingError` if it takes longer."""
        end = time.monotonic() + timeout_seconds
        while not (status := self.status()).is_over:
            if time.monotonic() > end:
                raise TrainingError(
                    f"Expected {self.id} to end within {timeout_seconds:g} s. It is {status.state}: {status.message}"
                )
            time.sleep(0.1)
        return status

    def _lives(self, status: Status) -> bool:
        child = _children.get(self.folder.absolute())
        if child is not None:
            return child.poll() is None
        if is_held(self.folder / ALIVE):
            return True
        starting = status.state == "queued" and status.pid is None
        return starting and time.time() - status.created < START_SECONDS


def start(request: TrainRequest, root: Root) -> Job:
    """Start a training in a process of its own; it waits as `queued` while another one trains.

    Raises
    ------
    ParameterError
        If a name or value of the request does not fit; nothing is started then.
    TrainingError
        If the process cannot be started.
    """
    request.resolve()
    folder = prepare(request, root)
    package = str(Path(genre_core.__file__).resolve().parent.parent)
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, known] if known else [package])}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    call = [sys.executable, "-m", "genre_core", "--root", str(root.path), "train", "--request", str(folder)]
    try:
        with (folder / "log.txt").open("ab") as log:
            child = subprocess.Popen(
                call, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment, **_detached()
            )
    except OSError as error:
        raise TrainingError(f"The training's process could not be started: {error}.") from error
    _children[folder.absolute()] = child
    return Job(folder)


def prepare(request: TrainRequest, root: Root) -> Path:
    """Make the folder of a new run, with its request and a first status."""
    try:
        root.runs.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        for number in range(1, 1000):
            folder = root.runs / (f"{stamp}-{request.model}" + (f"-{number}" if number > 1 else ""))
            try:
                folder.mkdir()
                break
            except FileExistsError:
                continue
        now = time.time()
        write_json(folder / "request.json", request.to_dict())
        write_json(folder / "status.json", asdict(Status("queued", "Starting", created=now, updated=now)))
    except OSError as error:
        raise TrainingError(
            f"A run must be written to {root.runs}. That failed: {error}. Choose another folder with --root."
        ) from error
    return folder


def read_request(folder: Path) -> TrainRequest:
    """The request in a run's folder."""
    try:
        values = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"Expected the request of a training in {folder}. Received: {error}.") from error
    if not isinstance(values, dict):
        raise TrainingError(f"Expected the request of a training in {folder}. Received: {type(values).__name__}.")
    return TrainRequest.from_dict(values)


def list_jobs(root: Root) -> list[Job]:
    """All trainings, newest first, those whose run has been deleted left out."""
    if not root.runs.is_dir():
        return []
    folders = [folder for folder in root.runs.iterdir() if (folder / "status.json").is_file()]
    return [Job(folder) for folder in sorted(folders, key=_created, reverse=True)]


def remove_job(job: Job) -> None:
    """Delete a training that is over, with its run; `RunError` while it lives."""
    import shutil

    if not job.status().is_over:
        raise RunError(f"The training {job.id} is still going on. Stop it first.")
    (job.folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(job.folder)


def _created(folder: Path) -> tuple[float, str]:
    status = read_status(folder)
    return (status.created if status else 0.0, folder.name)


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}

"""Start a job, continue a broken one, and wait for a turn: jobs work one after another and don't fight for the cores."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from genre_core.errors import JobError
from genre_core.files import why_not_written, write_json
from genre_core.jobs.job import ALIVE, REQUEST, TRAIN, Job, active_jobs, children
from genre_core.jobs.journal import STATUS, STOP, Journal, Status, StopAsked, read_status
from genre_core.jobs.locks import FileLock
from genre_core.jobs.spawning import spawn
from genre_core.paths import Root

Result = TypeVar("Result")

TURN = ".turn.lock"
WAITING = "Waiting for another job to end"
KEPT_SECONDS = 7 * 24 * 3600
"""How long the traces of a finished import, extraction or demo set are kept."""

_LOOK_SECONDS = 0.3


def start(kind: str, values: dict[str, Any], root: Root, *, name: str = "") -> Job:
    """Start a job in a process of its own; it waits as `queued` while another one works.

    Parameters
    ----------
    kind : str
        A row of the table of works (`train`, `import`, `extract`, `demo`).
    values : dict
        What is asked for, as plain JSON values; the caller has checked them.
    root : Root
        Where it reads and writes.
    name : str
        Ending of the folder's name; the kind if not given.

    Raises
    ------
    JobError
        If its folder cannot be written or its process cannot be started.
    """
    folder = prepare(kind, values, root, name=name)
    children[folder.absolute()] = spawn(folder, root, kind)
    return Job(folder)


def resume(job: Job, root: Root) -> Job:
    """Continue a job that broke off or was stopped, in a new process: what it has stored is not made again.

    Raises
    ------
    JobError
        If it still goes on, is finished, or its process cannot be started.
    """
    status = job.status()
    if not status.is_over:
        raise JobError(f"The job {job.id} is still going on. There is nothing to continue.")
    if status.state == "finished":
        raise JobError(f"The job {job.id} is finished. There is nothing to continue.")
    make_ready(job.folder)
    children[job.folder.absolute()] = spawn(job.folder, root, job.kind)
    return job


def make_ready(folder: Path) -> None:
    """Let a job that is over wait for its turn again."""
    earlier, now = read_status(folder), time.time()
    (folder / STOP).unlink(missing_ok=True)
    created = earlier.created if earlier else now
    write_json(folder / STATUS, asdict(Status("queued", "Continuing", created=created, updated=now)))


def prepare(kind: str, values: dict[str, Any], root: Root, *, name: str = "") -> Path:
    """Make the folder of a new job, with its request and a first status; `JobError` if it cannot be written."""
    place = root.runs if kind == TRAIN else root.jobs
    _forget_finished(root)
    try:
        place.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
        for number in range(1, 1000):
            folder = place / (f"{stamp}-{name or kind}" + (f"-{number}" if number > 1 else ""))
            try:
                folder.mkdir()
                break
            except FileExistsError:
                continue
        now = time.time()
        write_json(folder / REQUEST, {"kind": kind, **values})
        write_json(folder / STATUS, asdict(Status("queued", "Starting", created=now, updated=now)))
    except OSError as error:
        raise JobError(f"A job must be written to {place}. That failed: {error}. Choose another folder with --root.") from error
    return folder


def _forget_finished(root: Root) -> None:
    """Remove the traces of work that ended well long ago; what it made lies elsewhere, and trainings are runs."""
    for folder in root.jobs.iterdir() if root.jobs.is_dir() else ():
        status = read_status(folder)
        if status is not None and status.state == "finished" and time.time() - status.updated > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)  # a lock that somebody holds on it keeps it until the next time


def perform(
    folder: Path, root: Root, work: Callable[[Journal], Result], *, listener: Callable[[Status], None] | None = None
) -> Result:
    """Do a job's work in this process once its turn has come, and write down how it ends.

    Parameters
    ----------
    folder : Path
        What `prepare` made.
    root : Root
        Whose queue it waits in.
    work : callable
        `work(journal) -> result`; it reports as it goes, and says `finished` itself where it has more to say than its result.
    listener : callable, optional
        Called with each new `Status`.

    Raises
    ------
    StopAsked
        If somebody asked for it before there was anything to keep.
    JobError
        If another process does this very job.
    Exception
        Whatever the work raises, after the status says so.
    """
    alive, turn = FileLock(folder / ALIVE), FileLock(root.jobs / TURN)
    if not alive.acquire(wait_seconds=5.0):
        raise JobError(f"Another process works in {folder} already. Wait for it, or start a new job.")
    journal = Journal(folder, listener)
    try:
        _wait_for_turn(turn, journal, root)
        result = work(journal)
        if not journal.status.is_over:
            journal.report("finished", "Finished", progress=1.0, seconds_left=0.0)
        return result
    except StopAsked:
        if not journal.status.is_over:
            now = journal.status
            message = "Stopped; what is done is kept"
            journal.report("stopped", message, progress=now.progress, epoch=now.epoch, epochs=now.epochs)
        raise
    except KeyboardInterrupt:
        now = journal.status
        journal.report("interrupted", f"Broken off at: {now.message}", epoch=now.epoch, epochs=now.epochs)
        raise
    except OSError as error:
        told = JobError(f"The work broke off, since something could not be written or read: {why_not_written(error)}")
        journal.fail(told)
        raise told from error
    except Exception as error:  # whatever it was, the page that waits must learn of it; it is raised again
        journal.fail(error)
        raise
    finally:
        turn.release()
        alive.release()


def _wait_for_turn(turn: FileLock, journal: Journal, root: Root) -> None:
    mine = (journal.status.created, journal.folder.name)
    while _older_waits(mine, root) or not turn.acquire():
        journal.report("queued", WAITING, often=True)
        journal.heed_stop()
        time.sleep(_LOOK_SECONDS)


def _older_waits(mine: tuple[float, str], root: Root) -> bool:
    looked = [(job.status(), job.id) for job in active_jobs(root)]
    return any(status.state == "queued" and (status.created, name) < mine for status, name in looked)

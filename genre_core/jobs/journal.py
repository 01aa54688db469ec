"""What a job tells the world while it works: its state, its progress, whether somebody asked it to stop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from genre_core.errors import GenreError
from genre_core.files import write_json

ENDED = ("finished", "stopped", "failed", "interrupted")
STATES = ("queued", "preparing", "working", "training", *ENDED)

STATUS = "status.json"
STOP = "stop"


@dataclass(frozen=True)
class Status:
    """Where a job stands.

    Attributes
    ----------
    state : str
        One of STATES.
    message : str
        What it is doing, in words.
    progress : float
        Share of the present state's work that is done, 0 to 1.
    seconds_left : float or None
        Estimate; None where nothing is known.
    epoch, epochs : int
        Of a training: epochs done, and the most there will be; 0 before it.
    pid : int or None
        The process that works.
    error : dict or None
        `kind` and `message` of what went wrong.
    result : dict or None
        What a finished job made, as plain values.
    created, updated : float
        Seconds since 1970.
    """

    state: str
    message: str = ""
    progress: float = 0.0
    seconds_left: float | None = None
    epoch: int = 0
    epochs: int = 0
    pid: int | None = None
    error: dict[str, str] | None = None
    result: dict[str, Any] | None = None
    created: float = 0.0
    updated: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.state in ENDED


class StopAsked(Exception):  # noqa: N818 - a wish, not an error
    """Somebody asked the job to stop; what it has stored stays."""


class Journal:
    """Writes a job's status.

    Parameters
    ----------
    folder : Path
        The job's folder.
    listener : callable, optional
        Called with each new `Status`.
    """

    def __init__(self, folder: Path, listener: Callable[[Status], None] | None = None) -> None:
        self.folder = folder
        self.listener = listener
        earlier = read_status(folder)
        now = time.time()
        self.status = Status("queued", created=earlier.created if earlier else now, updated=now, pid=os.getpid())
        self._written = 0.0

    def report(self, state: str, message: str, *, often: bool = False, **facts: Any) -> None:
        """Say where the job stands; `often` marks reports that may be left out when they come thick and fast."""
        now = time.time()
        if often and state == self.status.state and 0 <= now - self._written < 0.5:
            return
        self.status = Status(state, message, pid=os.getpid(), created=self.status.created, updated=now, **facts)
        write_json(self.folder / STATUS, asdict(self.status), durable=False)
        self._written = now
        if self.listener is not None:
            self.listener(self.status)

    def counting(self, state: str, doing: str) -> Callable[[int, int, float | None], None]:
        """A progress callback `(done, total, seconds_left)` that reports `doing: 3 of 10` and heeds a wish to stop."""

        def progress(done: int, total: int, seconds_left: float | None = None) -> None:
            self.heed_stop()
            if not total:
                return  # all is there already
            share = done / total if total else 0.0
            self.report(state, f"{doing}: {done} of {total}", often=done < total, progress=share, seconds_left=seconds_left)

        return progress

    def fail(self, error: BaseException) -> None:
        """Say what went wrong."""
        known = isinstance(error, GenreError)
        kind = error.kind if isinstance(error, GenreError) else type(error).__name__
        message = str(error) if known else f"The work broke off: {type(error).__name__}: {error}. Its log says more."
        epoch, epochs = self.status.epoch, self.status.epochs
        try:
            self.report("failed", message, error={"kind": kind, "message": message}, epoch=epoch, epochs=epochs)
        except OSError:
            # On a full disk not even this can be said: the lock goes with the process, so that readers see `interrupted`.
            self.status = replace(self.status, state="failed", message=message)

    @property
    def stop_asked(self) -> bool:
        return (self.folder / STOP).exists()

    def heed_stop(self) -> None:
        """Raise `StopAsked` where somebody asked for it."""
        if self.stop_asked:
            raise StopAsked


def read_status(folder: Path) -> Status | None:
    """The status last written, or None if there is none that can be read."""
    path = folder / STATUS
    try:
        facts = path.stat()
    except OSError:
        return None
    return _parsed(path, (facts.st_mtime_ns, facts.st_size, facts.st_ino))


@lru_cache(maxsize=512)
def _parsed(path: Path, stamp: tuple[int, ...]) -> Status | None:
    """The status in a file, read again only when its stamp is another: every page asks for all jobs each second and a half."""
    try:
        return Status(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None

"""What a training tells the world while it runs: its state, its history, whether somebody asked it to stop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genre_core.errors import GenreError
from genre_core.files import write_json

ENDED = ("finished", "stopped", "failed", "interrupted")
STATES = ("queued", "preparing", "training", *ENDED)


@dataclass(frozen=True)
class Status:
    """Where a training stands.

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
        Epochs done, and the most there will be; 0 before training.
    pid : int or None
        The process that trains.
    error : dict or None
        `kind` and `message` of what went wrong.
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
    created: float = 0.0
    updated: float = 0.0

    @property
    def is_over(self) -> bool:
        return self.state in ENDED


class StopAsked(Exception):  # noqa: N818 - a wish, not an error
    """Somebody asked the training to stop before there was anything to keep."""


class Journal:
    """Writes a training's files.

    Parameters
    ----------
    folder : Path
        The run's folder.
    listener : callable, optional
        Called with each new `Status`.
    """

    def __init__(self, folder: Path, listener: Callable[[Status], None] | None = None) -> None:
        self.folder = folder
        self.listener = listener
        earlier = read_status(folder)
        now = time.time()
        self.status = Status("queued", created=earlier.created if earlier else now, updated=now, pid=os.getpid())
        self.history: list[dict[str, float]] = []
        self._written = 0.0

    def report(self, state: str, message: str, *, often: bool = False, **facts: Any) -> None:
        """Say where the training stands; `often` marks reports that may be left out when they come thick and fast."""
        now = time.time()
        if often and state == self.status.state and 0 <= now - self._written < 0.5:
            return
        self.status = Status(state, message, pid=os.getpid(), created=self.status.created, updated=now, **facts)
        write_json(self.folder / "status.json", asdict(self.status), durable=False)
        self._written = now
        if self.listener is not None:
            self.listener(self.status)

    def fail(self, error: BaseException) -> None:
        """Say what went wrong."""
        known = isinstance(error, GenreError)
        kind = error.kind if isinstance(error, GenreError) else type(error).__name__
        message = str(error) if known else f"The training broke off: {type(error).__name__}: {error}. Its log says more."
        self.report("failed", message, error={"kind": kind, "message": message})

    def add_epoch(self, entry: dict[str, float]) -> None:
        """Append one epoch to the history; a reader sees whole lines only."""
        self.history.append(entry)
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, allow_nan=False) + "\n")

    @property
    def stop_asked(self) -> bool:
        return (self.folder / "stop").exists()

    def heed_stop(self) -> None:
        """Raise `StopAsked` where somebody asked for it."""
        if self.stop_asked:
            raise StopAsked


def read_status(folder: Path) -> Status | None:
    """The status last written, or None if there is none that can be read."""
    try:
        values = json.loads((folder / "status.json").read_text(encoding="utf-8"))
        return Status(**values)
    except (OSError, ValueError, TypeError):
        return None


def read_history(folder: Path) -> list[dict[str, float]]:
    """Epochs so far; a line that is still being written is left out."""
    try:
        text = (folder / "history.jsonl").read_text(encoding="utf-8")
    except OSError:
        return []
    entries = []
    for line in text.splitlines():
        try:
            entries.append(json.loads(line))
        except ValueError:
            continue
    return entries

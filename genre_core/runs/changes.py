"""Changes to the runs of one folder: one at a time, whichever process or thread makes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genre_core.errors import ParameterError, RunError
from genre_core.jobs.locks import FileLock

LOCK = ".runs.lock"
MOST_TITLE, MOST_NOTE = 120, 4000
"""Characters."""

_turn = threading.Lock()
"""A file lock belongs to the process: the visitors of one dashboard take turns by this one."""


@contextmanager
def changing(place: Path, *, wait_seconds: float = 10.0) -> Iterator[None]:
    """Hold the lock of the folder that the runs lie in.

    Raises
    ------
    RunError
        If another process still changes runs after that time, or the folder cannot be written.
    """
    lock = FileLock(place / LOCK)
    with _turn:
        try:
            taken = lock.acquire(wait_seconds=wait_seconds)
        except OSError as error:
            raise cannot_write(place, error) from error
        if not taken:
            raise RunError(f"Another process has been changing the runs in {place} for a while. Try again in a moment.")
        try:
            yield
        finally:
            lock.release()


def cannot_write(place: Path, error: OSError) -> RunError:
    """The sentence for a disk that is full or a folder that may not be written."""
    return RunError(
        f"Nothing was changed: {place} cannot be written ({error.strerror or error}). Free some space or ask its owner."
    )


def checked_title(title: str) -> str:
    """`title` on one line, without spaces at its ends; `ParameterError` if nothing is left, or too much."""
    title = " ".join(shown(title).split())
    if not 0 < len(title) <= MOST_TITLE:
        raise ParameterError(f"A title needs 1 to {MOST_TITLE} characters. Received: {len(title)}.")
    return title


def checked_note(note: str) -> str:
    """`note` without spaces at its ends; it may be empty and have several lines. `ParameterError` if it is too long."""
    note = "\n".join(line.rstrip() for line in shown(note).splitlines()).strip()
    if len(note) > MOST_NOTE:
        raise ParameterError(f"A note may have {MOST_NOTE} characters. Received: {len(note)}. Keep it in a file of its own.")
    return note


def shown(text: str) -> str:
    """`text` without what no page can show: control characters and half characters (stray bytes of a command line)."""
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(letter for letter in whole if letter in "\n\t" or letter.isprintable() or letter in "\u200c\u200d")

"""Locks that the system releases when a process ends, however it ends: no stale lock, no guess from process numbers."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import IO

_held: dict[Path, IO[bytes]] = {}
"""Open files whose lock this process holds; here, so that no lock is lost with the object that took it."""


class FileLock:
    """One process at a time holds the lock of a file.

    The lock belongs to the process: its children don't inherit it, and it goes when the process goes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._mine = False

    def acquire(self, *, wait_seconds: float = 0.0) -> bool:
        """Take the lock, or return False if another process still holds it after `wait_seconds`."""
        if self.path in _held:
            return False
        end = time.monotonic() + wait_seconds
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("ab")
        while not _lock(file):
            if time.monotonic() >= end:
                file.close()
                return False
            time.sleep(0.02)
        _held[self.path] = file
        self._mine = True
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._mine:
            _held.pop(self.path).close()
            self._mine = False


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock of `path`."""
    path = path.absolute()
    if path in _held:  # closing a second handle would release this process's own lock
        return True
    if not path.exists():
        return False
    lock = FileLock(path)
    if lock.acquire():
        lock.release()
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0, os.SEEK_SET)
        except OSError:
            return False
        return True

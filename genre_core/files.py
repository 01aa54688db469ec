"""Writing a file so that a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

TEMPORARY_SUFFIX = ".tmp"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_OLD_SECONDS = 3600.0


def temporary_beside(path: Path) -> Path:
    """A fresh name in the same folder, hidden and ending in `.tmp`; no reader looks at such names."""
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}{TEMPORARY_SUFFIX}")


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write `content` under a temporary name, then rename it to `path`; the folder must exist.

    Parameters
    ----------
    path : Path
        Where the file is to be.
    content : bytes
        All of it.
    durable : bool
        Wait until the bytes and their name lie on the disk, so that even a power cut leaves the old or the new file. False where
        a lost file can be computed again.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; nothing half-written is left behind then.
    """
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        rename_over(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def write_json(path: Path, values: Any, *, durable: bool = True) -> None:
    """Write JSON under a temporary name, then rename: a reader sees the former file or the new one.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, which JSON has no word for; the former file stays.
    OSError
        As `write_whole`.
    """
    write_whole(path, (json.dumps(values, indent=1, allow_nan=False) + "\n").encode(), durable=durable)


def rename_over(source: Path, target: Path) -> None:
    """`os.replace`, tried for a second where Windows refuses because a reader has `target` open."""
    for wait in (0.01, 0.04, 0.15, 0.8):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(wait)
    source.replace(target)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder lie on the disk; where a system has no such wish (Windows), nothing happens."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems know no such wish either
            raise
    finally:
        os.close(opened)


def sweep(folder: Path, pattern: str = "*") -> None:
    """Delete the temporary files that writers which were killed left in `folder / pattern`: those older than an hour."""
    for stray in folder.glob(f"{pattern}/.*{TEMPORARY_SUFFIX}"):
        try:
            if time.time() - stray.stat().st_mtime > _OLD_SECONDS:
                stray.unlink()
        except OSError:
            continue  # another process was first, or it belongs to somebody else


def why_not_written(error: OSError, *, spare: str = "") -> str:
    """Why nothing could be written and what to do, as the end of an error's message.

    Parameters
    ----------
    error : OSError
        What the system said.
    spare : str
        What may be deleted without loss, in words, where there is something.
    """
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        spared = f" ({spare})" if spare else ""
        return f"{reason}. The disk is full, or your share of it; free some space{spared} and start again: what is done stays."
    return f"{reason}. Give write permission there, or choose another folder with --root or GENRE_HOME."

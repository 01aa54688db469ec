"""Where data sets lie: names that can be folders, the folders themselves, and the lock that changes take."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genre_core.errors import DatasetError
from genre_core.files import why_not_written
from genre_core.jobs.locks import FileLock

HEAD = "dataset.json"
TABLE = "tracks.csv"
LOCK = ".datasets.lock"
_NAME = re.compile(r"\w(?:[\w .-]{0,62}\w)?")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})

_turn = threading.RLock()
"""A file lock belongs to the process: the threads of one dashboard take turns by this one."""

_held: list[Path] = []


def check_name(name: str) -> str:
    """`name` itself, if it can be a folder's name on every system.

    Raises
    ------
    DatasetError
        If it is empty, too long, leaves the folder (`..`, `/`) or is reserved by Windows.
    """
    if not _NAME.fullmatch(name) or name.split(".")[0].strip().casefold() in _DEVICES:
        raise DatasetError(
            "A data set's name has 1 to 64 letters, digits, spaces and the signs . - _, with a letter or digit at both ends. "
            f"Received: {name!r}. Choose another name."
        )
    return name


def folder_of(name: str, root_datasets: Path) -> Path:
    """The folder of a data set, whether it is there or not; `DatasetError` for what can be no name."""
    return root_datasets.resolve() / check_name(name)


def list_datasets(root_datasets: Path) -> list[str]:
    """Names of the data sets there, in alphabetical order; a damaged one is listed too, and `load_dataset` says what it lacks."""
    if not root_datasets.is_dir():
        return []
    return sorted(entry.name for entry in root_datasets.iterdir() if not entry.name.startswith(".") and has_head(entry))


def has_head(folder: Path) -> bool:
    """Whether a folder is a data set."""
    try:
        return (folder / HEAD).is_file()
    except OSError:  # a folder that may not be looked into is none of ours
        return False


def owns_audio(folder: Path) -> bool:
    """Whether the product itself wrote the audio below a data set's folder."""
    return head_value(folder, "owns_audio") is True


def head_value(folder: Path, key: str) -> object:
    """One value of a data set's head, None where there is no head, no such value or only rubble."""
    try:
        return json.loads((folder / HEAD).read_bytes()).get(key)
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def no_such(name: str, root_datasets: Path) -> DatasetError:
    """Error for a name that no data set has; it lists those there are."""
    names = ", ".join(list_datasets(root_datasets)) or "none yet; make one with `demo` or `import`"
    return DatasetError(f"There is no data set named {name!r} in {root_datasets}. There are: {names}.")


@contextmanager
def changing(root_datasets: Path, *, wait_seconds: float = 10.0) -> Iterator[None]:
    """Hold the lock of the folder that the data sets lie in; inside itself it does nothing.

    Raises
    ------
    DatasetError
        If another process still changes data sets after that time, or the folder cannot be written.
    """
    place = root_datasets.resolve()
    with _turn:
        if place in _held:
            yield
            return
        lock = FileLock(place / LOCK)
        try:
            taken = lock.acquire(wait_seconds=wait_seconds)
        except OSError as error:
            raise DatasetError(f"Nothing was changed in {place}: {why_not_written(error)}") from error
        if not taken:
            raise DatasetError(f"Another process has been changing the data sets in {place} for a while. Try again in a moment.")
        _held.append(place)
        try:
            yield
        finally:
            _held.remove(place)
            lock.release()

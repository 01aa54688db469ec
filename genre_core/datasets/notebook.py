"""What long work has found in each file, written down at once, so that a second start goes on where the first one ended."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Generic, TypeVar

from genre_core.errors import DatasetError
from genre_core.files import why_not_written

Found = TypeVar("Found")

State = tuple[str, int, int]
"""Path, size in bytes and time of the last change [ns] of a file."""


def state_of(path: Path) -> State | None:
    """The state of a file as it is now, None where it cannot be looked at."""
    try:
        found = path.stat()
    except OSError:
        return None  # decoding says why
    return os.fspath(path.absolute()), found.st_size, found.st_mtime_ns


class Notebook(Generic[Found]):
    """A line of JSON a file; lines are appended whole, and a line that is damaged counts as never written.

    Parameters
    ----------
    path : Path
        Where it lies; made if need be.
    kind : type
        Dataclass of what is found in a file; its fields are text or numbers, and have defaults.
    version : Mapping
        What a line must say to be believed, `{"hearing": 1}`: changed when equal files begin to be understood differently.
    """

    def __init__(self, path: Path, kind: type[Found], version: Mapping[str, int]) -> None:
        self.path = path
        self._kind = kind
        self._types: dict[str, Any] = {field.name: type(field.default) for field in fields(kind)}  # type: ignore[arg-type]
        self._version = dict(version)
        self._known: dict[State, Found] = {}
        self._file: BinaryIO

    def __enter__(self) -> Notebook[Found]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a+b", buffering=0)
            self._file.seek(0)
            lines = self._file.read().split(b"\n")
            if lines[-1]:  # a write that was broken off: the next line must not be glued to it
                self._write(b"\n")
        except OSError as error:
            raise self._unwritable(error) from error
        for line in lines:
            if entry := self._understood(line):
                self._known[entry[0]] = entry[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._file.close()

    def read(self) -> dict[State, Found]:
        """What was noted by now, looked at without opening it for writing; of a file noted twice the later line."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except OSError:
            return {}
        return dict(entry for line in lines if (entry := self._understood(line)))

    def recall(self, state: State | None) -> Found | None:
        """What was found in a file of this very state."""
        return self._known.get(state) if state else None

    def note(self, state: State | None, found: Found) -> None:
        """Write down what was found; nothing for a file that could not be looked at.

        Raises
        ------
        DatasetError
            If nothing can be written.
        """
        if state is None:
            return
        path, size, mtime_ns = state
        entry = {**self._version, "path": path, "size": size, "mtime_ns": mtime_ns, **asdict(found)}  # type: ignore[call-overload]
        try:
            self._write(json.dumps(entry).encode() + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def _write(self, content: bytes) -> None:
        while content:
            content = content[self._file.write(content) :]

    def _unwritable(self, error: OSError) -> DatasetError:
        return DatasetError(f"What was read of the songs cannot be noted in {self.path}: {why_not_written(error)}")

    def _understood(self, line: bytes) -> tuple[State, Found] | None:
        """State of a file and what was found in it, or None for a line that is empty, damaged or of another version."""
        try:
            entry: dict[str, Any] = json.loads(line)
            if any(entry[key] != value for key, value in self._version.items()):
                return None
            state = (str(entry["path"]), int(entry["size"]), int(entry["mtime_ns"]))
            return state, self._kind(**{name: kind(entry[name]) for name, kind in self._types.items()})
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None

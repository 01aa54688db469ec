"""Hearing files: each decoded once, over several processes, and remembered, so that a second start goes on where one ended."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from genre_core.audio.decode import decode
from genre_core.errors import AudioError, DatasetError
from genre_core.files import why_not_written
from genre_core.parallel import Countdown, Progress
from genre_core.scale import as_completed

MIN_SECONDS = 0.5
"""Shorter audio holds no music to judge by, and is left out."""

_HEARING = 1
"""Raised when equal files begin to be heard differently: what was remembered before counts no more."""

_MAY_CHANGE = frozenset({"missing", "unreadable", "not_audio", "crashed"})
"""Reasons that may vanish without a change of the file: a right given, a drive plugged in, a decoder installed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What decoding a file once tells: its length, the SHA-256 of its audio, or the reason why it cannot be used."""

    seconds: float = 0.0
    sha256: str = ""
    sample_rate: int = 0
    format: str = ""
    kind: str = ""
    message: str = ""


def listen(path: Path) -> Heard:
    """Decode one file at 22,050 Hz and say what it is; never raises for a bad file."""
    try:
        clip = decode(path)
    except AudioError as error:
        return Heard(kind=error.kind, message=str(error))
    if clip.seconds < MIN_SECONDS:
        return Heard(kind="too_short", message=f"Expected at least {MIN_SECONDS:g} s of audio. Received: {clip.seconds:.2f} s.")
    if clip.is_silent:
        return Heard(kind="silent", message=f"All {clip.seconds:.1f} s are silent. Export the song again, or remove the file.")
    rate, container = (clip.facts.sample_rate, clip.facts.format) if clip.facts else (clip.sr, "")
    return Heard(clip.seconds, clip.sha256, rate, container)


def listen_all(
    paths: Sequence[Path],
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    memory: Path | None = None,
) -> list[Heard]:
    """`listen` to many files over several processes or a cluster, results in the order of `paths`.

    A file that ends every process which reads it is `crashed`.

    Parameters
    ----------
    paths : sequence of Path
        Files.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop, and no process is left then.
    processes : int or None
        Processes to use, as many as cores by default.
    scheduler : str or None
        Address of a Dask scheduler whose workers are used instead; they must find the files under the same paths.
    memory : Path or None
        File that what was heard is written into at once. Files that it tells of, and whose size and time are still the same, are
        not decoded again.

    Raises
    ------
    DatasetError
        If processes died again and again (memory ran out, as a rule), or `memory` cannot be written.
    ScaleError, ParameterError
        As `scale.as_completed`, where a scheduler is named.
    """
    paths = list(paths)
    with ExitStack() as opened:
        notebook = opened.enter_context(_Notebook(memory)) if memory else None
        states = [_state(path) for path in paths] if notebook else []  # taken before decoding: a later change is seen
        heard = {index: found for index, state in enumerate(states) if notebook and (found := notebook.recall(state))}
        unheard = [index for index in range(len(paths)) if index not in heard]
        countdown = Countdown(progress, len(paths), done=len(heard))
        jobs = [paths[index] for index in unheard]
        seen = tuple(path for path in jobs[:1] if scheduler and _state(path))
        results = as_completed(listen, jobs, processes=processes, scheduler=scheduler, lost=_crashed, seen=seen)
        opened.enter_context(closing(results))
        try:
            for position, sound in results:
                index = unheard[position]
                heard[index] = sound
                if notebook:
                    notebook.note(states[index], sound)
                countdown.step()
        except BrokenProcessPool as error:
            raise DatasetError(
                f"Reading broke off after {len(heard)} of {len(paths)} files, since one process after another was ended from "
                "outside; memory ran out, as a rule. Close other programs or use fewer processes, then try again."
            ) from error
    return [heard[index] for index in range(len(paths))]


def _crashed(path: Path) -> Heard:
    message = f"Reading {path.name!r} ended its process each time. Export the song again, or remove the file."
    return Heard(kind="crashed", message=message)


_State = tuple[str, int, int]
"""Path, size in bytes and time of the last change [ns] of a file."""


def _state(path: Path) -> _State | None:
    try:
        found = path.stat()
    except OSError:
        return None  # decoding says why
    return os.fspath(path.absolute()), found.st_size, found.st_mtime_ns


class _Notebook:
    """What was heard, a line of JSON a file; lines are appended whole, and a line that is damaged counts as never written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[_State, Heard] = {}
        self._file: BinaryIO

    def __enter__(self) -> _Notebook:
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
            if entry := _understood(line):
                self._known[entry[0]] = entry[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._file.close()

    def recall(self, state: _State | None) -> Heard | None:
        return self._known.get(state) if state else None

    def note(self, state: _State | None, sound: Heard) -> None:
        if state is None or sound.kind in _MAY_CHANGE:
            return
        path, size, mtime_ns = state
        entry = {"hearing": _HEARING, "path": path, "size": size, "mtime_ns": mtime_ns, **asdict(sound)}
        try:
            self._write(json.dumps(entry).encode() + b"\n")
        except OSError as error:
            raise self._unwritable(error) from error

    def _write(self, content: bytes) -> None:
        while content:
            content = content[self._file.write(content) :]

    def _unwritable(self, error: OSError) -> DatasetError:
        return DatasetError(f"What was read of the songs cannot be noted in {self.path}: {why_not_written(error)}")


def _understood(line: bytes) -> tuple[_State, Heard] | None:
    """State of a file and what was heard in it, or None for a line that is empty, damaged or of another version."""
    try:
        entry = json.loads(line)
        if entry["hearing"] != _HEARING:
            return None
        state = (str(entry["path"]), int(entry["size"]), int(entry["mtime_ns"]))
        kinds = {"seconds": float, "sample_rate": int}
        return state, Heard(**{field.name: kinds.get(field.name, str)(entry[field.name]) for field in fields(Heard)})
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None

"""Hearing copies: what a run says of a track as it is and after each transform, remembered at once, over several processes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import BinaryIO

from genre_core.datasets.tracks import Track
from genre_core.errors import GenreError, RunError
from genre_core.files import why_not_written
from genre_core.inference import Predictor
from genre_core.inspection.robustness import UNTOUCHED
from genre_core.inspection.transforms import Transform
from genre_core.parallel import Countdown, Progress, as_completed
from genre_core.params import fingerprint

Posterior = tuple[float, ...]
Known = dict[tuple[str, str], Posterior]
"""Hash of a track's sound and fingerprint of a transform -> what the run says of that copy."""

AS_IT_IS = "0"
"""Stands for the fingerprint of a transform where nothing is done."""


@dataclass(frozen=True)
class Listening:
    """One track to be heard by a run, once for each copy that is asked for; sent to another process as it is."""

    run_folder: Path
    changed_ns: int
    track: Track
    copies: Mapping[str, Transform | None]


@dataclass(frozen=True)
class Heard:
    """What came of it: a posterior for each copy and how long one took [s], or why the track could not be heard."""

    posteriors: Mapping[str, Posterior]
    seconds: float = 0.0
    problem: str = ""


def key_of(transform: Transform | None) -> str:
    """What a copy is remembered by."""
    return AS_IT_IS if transform is None else fingerprint({**transform.to_dict(), "version": transform.version})


def wanted_copies(transforms: Mapping[str, Transform]) -> dict[str, Transform | None]:
    """The sound as it is, and each transform, by name."""
    return {UNTOUCHED: None, **transforms}


def hear_all(
    run_folder: Path,
    tracks: Sequence[Track],
    transforms: Mapping[str, Transform],
    memory: Path,
    *,
    progress: Progress | None = None,
    processes: int | None = None,
) -> tuple[Known, dict[str, str]]:
    """Let a run hear each track and its copies; what `memory` holds is not heard again.

    Parameters
    ----------
    run_folder : Path
        Of the run.
    tracks : sequence of Track
    transforms : mapping
        Name -> transform.
    memory : Path
        File that what was heard is written into at once, a line a copy.
    progress : callable or None
        `progress(done, total, seconds_left)` after each track; it may raise to stop, and no process is left then.
    processes : int or None
        As many as cores by default.

    Returns
    -------
    Known, dict
        What the run says of each copy; and for tracks that could not be heard, id -> why.

    Raises
    ------
    RunError
        If the run cannot serve, or `memory` not be written.
    """
    copies = wanted_copies(transforms)
    problems: dict[str, str] = {}
    with _notebook(memory) as (known, note):
        jobs = []
        for track in tracks:
            missing = {name: transform for name, transform in copies.items() if (track.sha256, key_of(transform)) not in known}
            if missing:
                jobs.append(Listening(run_folder, _changed(run_folder), track, missing))
        countdown = Countdown(progress, len(tracks), done=len(tracks) - len(jobs))
        with closing(as_completed(hear, jobs, processes=processes)) as results:
            for index, heard in results:
                job = jobs[index]
                if heard.problem:
                    problems[job.track.id] = heard.problem
                for name, posterior in heard.posteriors.items():
                    note(job.track.sha256, key_of(copies[name]), posterior, heard.seconds)
                countdown.step()
    return known, problems


def hear(job: Listening) -> Heard:
    """Decode a track, make its copies, and let the run judge each; `RunError` where the run itself fails."""
    predictor = _predictor(job.run_folder, job.changed_ns)
    began = time.perf_counter()
    try:
        clip = job.track.clip()
        posteriors = {}
        for name, transform in job.copies.items():
            copy = clip if transform is None else transform(clip)
            posteriors[name] = tuple(float(p) for p in predictor.predict(copy).posterior)
    except RunError:
        raise  # the next track would meet the same
    except GenreError as error:
        return Heard({}, problem=str(error))
    return Heard(posteriors, (time.perf_counter() - began) / len(posteriors))


def remembered(memory: Path) -> Known:
    """What a file of `hear_all` holds; a line that is damaged counts as never written."""
    return {(sound, copy): posterior for sound, copy, posterior, _ in _lines(memory)}


def seconds_a_copy(memory: Path) -> float | None:
    """How long one process took for a copy, in the middle [s]; None where nothing was heard yet."""
    took = [seconds for *_, seconds in _lines(memory)]
    return median(took) if took else None


def _lines(memory: Path) -> Iterator[tuple[str, str, Posterior, float]]:
    try:
        lines = memory.read_bytes().split(b"\n")
    except OSError:
        return
    for line in lines:
        try:
            entry = json.loads(line)
            posterior = tuple(float(p) for p in entry["posterior"])
            found = str(entry["sound"]), str(entry["copy"]), posterior, float(entry["seconds"])
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
        yield found


@lru_cache(maxsize=1)
def _predictor(run_folder: Path, changed_ns: int) -> Predictor:
    from genre_core.runs import Run

    return Predictor.from_run(Run.load(run_folder))


def _changed(run_folder: Path) -> int:
    from genre_core.runs import MANIFEST

    return (run_folder / MANIFEST).stat().st_mtime_ns


class _Note:
    """Writes a line a copy, at once."""

    def __init__(self, file: BinaryIO, path: Path, known: Known) -> None:
        self._file, self._path, self._known = file, path, known

    def __call__(self, sound: str, copy: str, posterior: Posterior, seconds: float) -> None:
        self._known[sound, copy] = posterior
        line = {"sound": sound, "copy": copy, "posterior": posterior, "seconds": round(seconds, 4)}
        try:
            self._file.write(json.dumps(line).encode() + b"\n")
        except OSError as error:
            raise _unwritable(self._path, error) from error


@contextmanager
def _notebook(path: Path) -> Iterator[tuple[Known, _Note]]:
    """What is known, and what writes down more."""
    known = remembered(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab", buffering=0)
        if file.tell() and not path.read_bytes().endswith(b"\n"):  # broken off: the next line must not be glued to it
            file.write(b"\n")
    except OSError as error:
        raise _unwritable(path, error) from error
    with file:
        yield known, _Note(file, path, known)


def _unwritable(path: Path, error: OSError) -> RunError:
    return RunError(f"What the run said of copies cannot be noted in {os.fspath(path)}: {why_not_written(error)}")

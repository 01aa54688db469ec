"""Hearing many songs over the cores of this machine: each process opens the model once, and a bad file is an answer too."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genre_core.errors import CollectionError, GenreError
from genre_core.inference import Predictor
from genre_core.inspection.measured import model_fingerprint
from genre_core.parallel import as_completed
from genre_core.prediction import Prediction
from genre_core.runs import Run

FEW = 8
"""So many songs are heard as soon here as further processes have opened the model."""
FEW_BYTES = 40_000_000
"""Unless they are large: an hour of MP3."""


@dataclass(frozen=True)
class Refused:
    """Why a song could not be heard.

    Attributes
    ----------
    kind : str
        Of the error, `AudioError.KINDS` as a rule; `crashed` where hearing it ended its process.
    message : str
        A sentence a person can act on.
    """

    kind: str
    message: str


@dataclass(frozen=True)
class _Job:
    path: Path
    run_folder: Path
    model: str


def hear_songs(
    run: Run, paths: Sequence[Path], *, processes: int | None = None, should_stop: Callable[[], bool] | None = None
) -> Generator[tuple[int, Prediction | Refused], None, None]:
    """Let a run hear files, and yield `(index, what it says or why it says nothing)` as they are done.

    Use `contextlib.closing` around it: wherever the loop is left, no process stays.

    Parameters
    ----------
    run : Run
    paths : sequence of Path
        Files of any length.
    processes : int or None
        As many as cores by default, but one for a few short files. With one process everything runs in this one, and a file that
        crashes a decoder ends it.
    should_stop : callable or None
        Asked before each song; once it says True, no further one begins.

    Raises
    ------
    RunError
        If the run holds no model.
    CollectionError
        If processes died again and again.
    """
    model = model_fingerprint(run)
    jobs = [_Job(path, run.folder, model) for path in paths]
    workers = processes or (1 if _few(paths) else None)
    with closing(as_completed(_hear, jobs, processes=workers, should_stop=should_stop, lost=_lost)) as results:
        try:
            yield from results
        except BrokenProcessPool as error:
            raise CollectionError(
                "Hearing the songs broke off, since one process after another was ended from outside; memory ran out, as a rule. "
                "What is done stays: use fewer processes and start again."
            ) from error


def _few(paths: Sequence[Path]) -> bool:
    return len(paths) < FEW and sum(_size(path) for path in paths) < FEW_BYTES


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # hearing it says why


def _hear(job: _Job) -> Prediction | Refused:
    try:
        prediction = _predictor(job.run_folder, job.model).classify(job.path)
    except GenreError as error:
        return Refused(error.kind, str(error))
    assert prediction.sections  # found here, where cores share the work, not where the answers come together
    return prediction


def _lost(job: _Job) -> Refused:
    return Refused(
        "crashed", f"Reading '{job.path.name}' ended its process each time. Export the song again, or remove the file."
    )


@lru_cache(maxsize=1)
def _predictor(run_folder: Path, model: str) -> Predictor:
    return Predictor.from_run(Run.load(run_folder), threads=1)

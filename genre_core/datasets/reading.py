"""Reading many files, each once, over several processes; what was read is remembered, so that a second start goes on there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

from genre_core.datasets.notebook import Notebook, state_of
from genre_core.errors import DatasetError
from genre_core.parallel import Countdown, Progress
from genre_core.scale import as_completed

MAY_CHANGE = frozenset({"missing", "unreadable", "not_audio", "crashed"})
"""Reasons that may vanish without a change of the file: a right given, a drive plugged in, a decoder installed."""


class Told(Protocol):
    """What reading a file tells: a data class whose `kind` and `message` say why it cannot be used, empty where it can."""

    @property
    def kind(self) -> str: ...


Record = TypeVar("Record", bound=Told)


def read_all(
    read: Callable[[Path], Record],
    paths: Sequence[Path],
    record: type[Record],
    version: dict[str, Any],
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    memory: Path | None = None,
) -> list[Record]:
    """`read` many files over several processes or a cluster, results in the order of `paths`.

    A file that ends every process which reads it is `crashed`.

    Parameters
    ----------
    read : callable
        A function of a module, from path to record; it never raises for a bad file.
    paths : sequence of Path
        Files.
    record : type
        A data class of plain values with `kind` and `message`.
    version : dict
        Of `read`: what was remembered under another one counts no more.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop, and no process is left then.
    processes : int or None
        Processes to use, as many as cores by default.
    scheduler : str or None
        Address of a Dask scheduler whose workers are used instead; they must find the files under the same paths.
    memory : Path or None
        File that what was found is written into at once. Files that it tells of, and whose size and time are still the same, are
        not read again.

    Raises
    ------
    DatasetError
        If processes died again and again (memory ran out, as a rule), or `memory` cannot be written.
    ScaleError, ParameterError
        As `scale.as_completed`, where a scheduler is named.
    """
    paths = list(paths)

    def crashed(path: Path) -> Record:
        message = f"Reading {path.name!r} ended its process each time. Export the song again, or remove the file."
        return record(kind="crashed", message=message)  # type: ignore[call-arg]

    with ExitStack() as opened:
        notebook = opened.enter_context(Notebook(memory, record, version)) if memory else None
        states = [state_of(path) for path in paths] if notebook else []  # taken before decoding: a later change is seen
        found = {index: known for index, state in enumerate(states) if notebook and (known := notebook.recall(state))}
        left = [index for index in range(len(paths)) if index not in found]
        countdown = Countdown(progress, len(paths), done=len(found))
        jobs = [paths[index] for index in left]
        seen = tuple(path for path in jobs[:1] if scheduler and state_of(path))
        results = as_completed(read, jobs, processes=processes, scheduler=scheduler, lost=crashed, seen=seen)
        opened.enter_context(closing(results))
        try:
            for position, told in results:
                index = left[position]
                found[index] = told
                if notebook and told.kind not in MAY_CHANGE:
                    notebook.note(states[index], told)
                countdown.step()
        except BrokenProcessPool as error:
            raise DatasetError(
                f"Reading broke off after {len(found)} of {len(paths)} files, since one process after another was ended from "
                "outside; memory ran out, as a rule. Close other programs or use fewer processes, then try again."
            ) from error
    return [found[index] for index in range(len(paths))]

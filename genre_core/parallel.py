"""One way to spread work over the cores of this machine: results as they come, how long still, stoppable, no orphans."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import types
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe, connection, context, get_context, parent_process, process
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

Progress = Callable[[int, int, float | None], None]
"""`progress(done, total, seconds_left)`: how all long work tells how far it is; `seconds_left` is None while nothing is known.

It may raise: the work ends at once, what is done stays, and the error reaches the caller.
"""

BATCH_SECONDS = 0.2
"""Jobs that are quicker go several together, so that handing them out costs little and a stop is still quick."""

_LARGEST_BATCH = 256
_AHEAD = 2
"""Batches handed out per process: enough to keep it busy, few enough that a stop is quick."""

_TRIES_ALONE = 2
_MOST_LOST_IN_A_ROW = 5
"""Where so many jobs end their process one after another, it isn't the jobs."""


def n_cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Countdown:
    """Counts what is done and tells a `Progress` callback, with the time left reckoned from the pace so far.

    Parameters
    ----------
    progress : callable or None
        Told at once where the work stands, then after each step; with None nothing happens.
    total : int
        Number of steps in all.
    done : int
        Steps that were done before and cost no time now.
    """

    def __init__(self, progress: Progress | None, total: int, *, done: int = 0) -> None:
        self.total = total
        self.done = self._before = done
        self._progress = progress
        self._began = time.monotonic()
        if progress:
            progress(done, total, None)

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self._progress:
            pace = (time.monotonic() - self._began) / (self.done - self._before)
            self._progress(self.done, self.total, pace * (self.total - self.done))


def as_completed(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    processes: int | None = None,
    should_stop: Callable[[], bool] | None = None,
    lost: Callable[[Job], Result] | None = None,
) -> Generator[tuple[int, Result], None, None]:
    """Call `function` on each job, over several processes, and yield `(index of the job, result)` in the order of completion.

    Wherever the caller leaves the loop, by `break` or by an error, no further job begins and the processes are gone when the
    iterator is closed: use `contextlib.closing` around it. Quick jobs are handed out several at a time.

    A process that dies (memory ran out, or a library crashed) takes nothing with it: the jobs that were handed out by then are
    done again, one at a time, so that the one which ends its process is found; the others go on together.

    Parameters
    ----------
    function : callable
        A function of a module (a spawned process imports it by name). It may be called again for a job whose process died.
    jobs : sequence
        One argument each.
    processes : int or None
        As many as cores by default; with 1, or a single job, everything runs here.
    should_stop : callable or None
        Asked before each job is handed out; once it says True, no further job begins.
    lost : callable or None
        `lost(job)` is the result of a job that ended its process each time; without it that is an error.

    Raises
    ------
    BrokenProcessPool
        If a job ended its process each time and there is no `lost`, or one such job follows another.
    Exception
        Whatever `function` raises.
    """
    stopped = should_stop or (lambda: False)
    workers = max(1, min(processes or n_cores(), len(jobs)))
    if workers == 1:
        for index, job in enumerate(jobs):
            if stopped():
                return
            yield index, function(job)
        return
    line = Line(function, jobs, lost)
    breaks = 0
    while not stopped():
        try:
            yield from _together(line, max(1, workers - breaks // 2), stopped)
            return
        except BrokenProcessPool:
            breaks += 1  # the first may be an accident; where they go on, memory is short, and fewer processes need less
        yield from _one_by_one(line, stopped)


class Line:
    """The jobs that wait to be handed out: how many go together, and which go alone, having lost the process they were in.

    Parameters
    ----------
    function, jobs, lost
        As in `as_completed`.
    batch_seconds : float
        So long the jobs that are handed out together may take.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        jobs: Sequence[Any],
        lost: Callable[[Any], Any] | None,
        batch_seconds: float = BATCH_SECONDS,
    ) -> None:
        self.suspects: deque[int] = deque()
        self._function, self._jobs, self._lost = function, jobs, lost
        self._begun = 0
        self._seconds = self._batch_seconds = batch_seconds
        self._losses: Counter[int] = Counter()
        self._lost_in_a_row = 0

    def take(self, workers: int) -> tuple[int, ...]:
        """The next jobs to hand out together, for that many workers; none when all are handed out."""
        left = len(self._jobs) - self._begun
        fair = left // (4 * workers)  # the last ones end together
        together = min(_LARGEST_BATCH, int(self._batch_seconds / self._seconds), fair)
        first, self._begun = self._begun, min(len(self._jobs), self._begun + max(1, together))
        return tuple(range(first, self._begun))

    def batch(self, indices: Sequence[int]) -> Batch:
        """These jobs as one call that can be sent to another process."""
        return Batch(self._function, tuple(self._jobs[index] for index in indices))

    def finished(self, indices: Sequence[int], outcome: tuple[list[Any], float]) -> list[tuple[int, Any]]:
        """Pairs of index and result; the pace is learned from."""
        results, seconds = outcome
        self._seconds = (self._seconds + max(1e-6, seconds / len(indices))) / 2
        self._lost_in_a_row = 0
        return list(zip(indices, results, strict=True))

    def gone(self, index: int, error: Exception) -> list[tuple[int, Any]]:
        """A job was alone in a process that died: it goes once more, then `lost` speaks for it, or `error` is raised."""
        self._losses[index] += 1
        if self._losses[index] < _TRIES_ALONE:
            self.suspects.appendleft(index)
            return []
        self._lost_in_a_row += 1
        if self._lost is None or self._lost_in_a_row > _MOST_LOST_IN_A_ROW:
            raise error
        return [(index, self._lost(self._jobs[index]))]


@dataclass(frozen=True)
class Batch:
    """Some jobs that go to another process together; called there, it gives their results and the seconds that they took."""

    function: Callable[[Any], Any]
    jobs: tuple[Any, ...]

    def __call__(self) -> tuple[list[Any], float]:
        began = time.perf_counter()
        return [None if _is_over() else self.function(job) for job in self.jobs], time.perf_counter() - began


def _together(line: Line, workers: int, stopped: Callable[[], bool]) -> Generator[tuple[int, Any], None, None]:
    """All jobs of a line over several processes; where one dies, what was handed out is put among the suspects."""
    with _pool(workers) as pool:
        waiting: dict[Future[tuple[list[Any], float]], tuple[int, ...]] = {}
        while True:
            broken: BaseException | None = None
            while len(waiting) < _AHEAD * workers and not stopped() and (indices := line.take(workers)):
                try:
                    waiting[pool.submit(line.batch(indices))] = indices
                except BrokenProcessPool as error:
                    line.suspects += indices
                    broken = error
                    break
            if not waiting and broken is None:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done if waiting else ():
                if isinstance(failure := future.exception(), BrokenProcessPool):
                    broken = failure
                else:
                    yield from line.finished(indices := waiting.pop(future), future.result())
            if broken is not None:
                line.suspects += [index for indices in waiting.values() for index in indices]
                raise broken


def _one_by_one(line: Line, stopped: Callable[[], bool]) -> Generator[tuple[int, Any], None, None]:
    """The suspects of a line, each alone in a process that the next one takes over if it lives."""
    while line.suspects and not stopped():
        index = -1
        try:
            with _pool(1) as pool:
                while line.suspects and not stopped():
                    index = line.suspects.popleft()
                    yield from line.finished([index], pool.submit(line.batch([index])).result())
        except BrokenProcessPool as error:
            yield from line.gone(index, error)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that end with the context, whatever was handed to them."""
    told, tell = Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=_Spawning(), initializer=_begin, initargs=(told,))
    try:
        yield pool
    finally:
        tell.close()  # what lies in the pool's queue can't be cancelled, but returns at once now
        processes = list((pool._processes or {}).values())
        try:
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:  # asked a second time: nothing is waited for, and nobody may be left waiting for work
            for started in processes:
                started.kill()
            raise
        finally:
            told.close()


_main_lock = threading.Lock()


class _Process(get_context("spawn").Process):  # type: ignore[misc]
    """A spawned process that does not import the caller's main module.

    That module may be a script without a main guard, or a page of the dashboard: importing it anew would run it once more.
    Functions that are handed over live in modules of their own, so it is not needed.
    """

    @staticmethod
    def _Popen(process_obj: process.BaseProcess) -> Any:  # noqa: N802 (the standard library's name)
        with _main_lock:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = types.ModuleType("__main__")
            try:
                return get_context("spawn").Process._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _Spawning(context.SpawnContext):
    Process = _Process


_told: connection.Connection | None = None
"""In a process of the pool: at its end as soon as nothing that was handed out is wanted any more."""


def _is_over() -> bool:
    return _told is not None and _told.poll()  # nobody looks at the results any more


def _begin(told: connection.Connection) -> None:
    """First thing in a process: one thread each, interrupts left to the parent, and an end when the parent ends."""
    global _told
    _told = told
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)  # a killed parent can ask for nothing any more, and would leave this process waiting for ever

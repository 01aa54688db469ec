"""One way to spread work over the cores of this machine: results as they come, how long still, stoppable, no orphans."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing import Pipe, connection, context, get_context, parent_process, process
from typing import Any, TypeVar, cast

Job = TypeVar("Job")
Result = TypeVar("Result")

Progress = Callable[[int, int, float | None], None]
"""`progress(done, total, seconds_left)`: how all long work tells how far it is; `seconds_left` is None while nothing is known.

It may raise: the work ends at once, what is done stays, and the error reaches the caller.
"""

_AHEAD = 2
"""Jobs handed out per process: enough to keep it busy, few enough that a stop is quick."""


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
) -> Generator[tuple[int, Result], None, None]:
    """Call `function` on each job, over several processes, and yield `(index of the job, result)` in the order of completion.

    Wherever the caller leaves the loop, by `break` or by an error, no further job begins and the processes are gone when the
    iterator is closed: use `contextlib.closing` around it.

    Parameters
    ----------
    function : callable
        A function of a module (a spawned process imports it by name).
    jobs : sequence
        One argument each.
    processes : int or None
        As many as cores by default; with 1, or a single job, everything runs here.
    should_stop : callable or None
        Asked before each job is handed out; once it says True, no further job begins.

    Raises
    ------
    BrokenProcessPool
        If a process died (memory ran out, or a library crashed).
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
    told, tell = Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=_Spawning(), initializer=_begin, initargs=(told,))
    call = partial(_unless_told, function)
    try:
        waiting: dict[Future[Result], int] = {}
        handed_out = 0
        while True:
            while handed_out < len(jobs) and len(waiting) < _AHEAD * workers and not stopped():
                waiting[pool.submit(call, jobs[handed_out])] = handed_out
                handed_out += 1
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
    finally:
        tell.close()  # what lies in the pool's queue can't be cancelled, but returns at once now
        pool.shutdown(wait=True, cancel_futures=True)
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


def _unless_told(function: Callable[[Job], Result], job: Job) -> Result:
    if _told is not None and _told.poll():
        return cast(Result, None)  # nobody looks at it
    return function(job)


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

"""One map for heavy work: over the processes of this machine, or over the workers of a Dask cluster.

Either way jobs go out a few at a time, results come as they are done, a worker that dies takes nothing with it, and a stop is
heeded. `dask[distributed]` is imported only where a scheduler is named. What the jobs make, they write themselves, to a folder
that all machines share; only small results come back.
"""

from __future__ import annotations

import ctypes
import queue
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import genre_core
from genre_core import parallel
from genre_core.errors import ParameterError, ScaleError
from genre_core.parallel import Batch, Line

Job = TypeVar("Job")
Result = TypeVar("Result")

INSTALL = "pip install -r requirements-scale.txt"

_ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://.+:\d{1,5}")
_CONNECT_SECONDS = 5.0
_WORKER_SECONDS = 30.0
"""How long to wait for a worker where there is none."""

_SEEN_SECONDS = 5.0
_FETCH_SECONDS = 5.0
_LOOK_SECONDS = 0.25
_AHEAD = 2
_BATCH_SECONDS = 0.5
"""Longer than on one machine: client and scheduler take some 15 ms for each batch."""


def as_completed(
    function: Callable[[Job], Result],
    jobs: Sequence[Job],
    *,
    processes: int | None = None,
    scheduler: str | None = None,
    should_stop: Callable[[], bool] | None = None,
    lost: Callable[[Job], Result] | None = None,
    seen: Sequence[Path] = (),
) -> Generator[tuple[int, Result], None, None]:
    """Call `function` on each job and yield `(index of the job, result)` in the order of completion.

    Wherever the caller leaves the loop, no further job begins; use `contextlib.closing` around it.

    Parameters
    ----------
    function : callable
        A function of a module that the workers can import. It may be called again for a job whose worker was lost.
    jobs : sequence
        One argument each, small.
    processes : int or None
        Processes of this machine, as many as cores by default; says nothing where a scheduler is named.
    scheduler : str or None
        Address of a Dask scheduler, `tcp://host:8786`; its workers do the work then, those that join later too.
    should_stop : callable or None
        Asked before jobs are handed out; once it says True, no further job begins.
    lost : callable or None
        `lost(job)` is the result of a job that ended its worker each time; without it that is an error.
    seen : sequence of Path
        Files that every worker must find under the same path, or the work would fail job by job.

    Raises
    ------
    ParameterError
        If `scheduler` is no address.
    ScaleError
        If Dask is not installed here, no scheduler answers, there are no workers, they run another Genrescope or don't see a
        file of `seen`, or a job ended its worker each time and there is no `lost`.
    BrokenProcessPool
        The last of these, for processes of this machine.
    Exception
        Whatever `function` raises.
    """
    if scheduler is None:
        yield from parallel.as_completed(function, jobs, processes=processes, should_stop=should_stop, lost=lost)
    elif jobs:
        with _cluster(scheduler) as client:
            stopped = should_stop or (lambda: False)
            _await_workers(client, scheduler, stopped)
            if not stopped():
                _check_workers(client, seen)
                with closing(_over_cluster(client, Line(function, jobs, lost, _BATCH_SECONDS), stopped)) as results:
                    yield from results


def check_scheduler(address: str) -> None:
    """Raise where `address` is no scheduler's address, Dask is missing, or nobody answers there."""
    with _cluster(address):
        pass


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    if not _ADDRESS.fullmatch(address):
        raise ParameterError(f"A Dask scheduler has an address like tcp://host:8786. Received: scheduler={address!r}.")
    try:
        from distributed import Client
    except ImportError as error:
        raise ScaleError(
            f"Working on a Dask cluster needs dask[distributed], which is not installed here ({error}). "
            f"Install it with `{INSTALL}`, or leave --scheduler away to use the processes of this machine."
        ) from error
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False, name="genrescope")
    except (OSError, ValueError) as error:  # a timeout is an OSError; a name that is no host's, a ValueError
        raise ScaleError(
            f"No Dask scheduler answers at {address} within {_CONNECT_SECONDS:g} s. Start one there with `dask scheduler`, "
            "check host and port, and that no firewall stands between."
        ) from error
    try:
        yield client
    finally:
        client.close(timeout=2)


def _await_workers(client: Any, address: str, stopped: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WORKER_SECONDS
    while not client.nthreads() and not stopped():
        if time.monotonic() > deadline:
            raise ScaleError(
                f"The scheduler at {address} has no workers. Start some with `dask worker {address} --nthreads 1 --nworkers 8`, "
                "in an environment in which Genrescope is installed; work begins when the first is there."
            )
        time.sleep(_LOOK_SECONDS)


def _check_workers(client: Any, seen: Sequence[Path]) -> None:
    """Whether the workers of now run this Genrescope and see these files."""
    paths = tuple(str(Path(path).absolute()) for path in seen)
    for worker, found in client.run(_look, paths, _SEEN_SECONDS, on_error="return").items():
        if isinstance(found, ImportError):
            raise ScaleError(f"The worker {worker} cannot import Genrescope ({found}). Start it in an environment that has it.")
        if isinstance(found, BaseException):
            raise ScaleError(f"The worker {worker} cannot work: {type(found).__name__}: {found}.") from found
        version, missing = found
        if version != genre_core.__version__:
            raise ScaleError(
                f"All machines need one version of Genrescope. Expected: {genre_core.__version__}. "
                f"Received: {version} at the worker {worker}. Update it there."
            )
        if missing:
            raise ScaleError(
                f"The worker {worker} does not see {missing[0]}. Songs and --root must lie in a folder that all machines share, "
                "under the same path."
            )


def _look(paths: tuple[str, ...], wait_seconds: float) -> tuple[str, list[str]]:
    """At a worker: which Genrescope it runs, and which files it does not see; a network folder may lag a little."""
    deadline = time.monotonic() + wait_seconds
    while (missing := [path for path in paths if not Path(path).exists()]) and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
    return genre_core.__version__, missing


def _over_cluster(client: Any, line: Line, stopped: Callable[[], bool]) -> Generator[tuple[int, Any], None, None]:
    from distributed import KilledWorker

    room = _Room(client)
    waiting: dict[str, tuple[Any, tuple[int, ...]]] = {}
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()
    try:
        while True:
            while len(waiting) < _AHEAD * room.workers and not stopped():
                indices = (line.suspects.popleft(),) if line.suspects else line.take(room.workers)
                if not indices:
                    break
                future = client.submit(_at_worker, line.batch(indices), pure=False)
                waiting[future.key] = future, indices
                future.add_done_callback(done.put)
            if not waiting:
                return
            room.look()
            try:
                future, indices = waiting.pop(done.get(timeout=_LOOK_SECONDS).key)
            except queue.Empty:
                continue
            outcome, error = _fetched(future)
            if error is None:
                yield from line.finished(indices, outcome)
            elif isinstance(error, TimeoutError) or (isinstance(error, KilledWorker) and len(indices) > 1):
                future.cancel()
                line.suspects += indices
            elif isinstance(error, KilledWorker):
                yield from line.gone(indices[0], _ended_worker(error))
            else:
                raise error
    finally:
        client.cancel([future for future, _ in waiting.values()])


def _at_worker(batch: Batch) -> tuple[list[Any], float]:
    _keep_freed_memory()
    return batch()


@cache
def _keep_freed_memory() -> None:
    """Let this process keep up to 64 MB of what it frees, as glibc does by itself.

    Dask starts its workers with MALLOC_TRIM_THRESHOLD_=65536, after which every larger array comes from the system anew, page by
    page, and goes back: more than half of the time of a short track.
    """
    with suppress(OSError, AttributeError):  # another system, another C library
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        library.mallopt(_M_TRIM_THRESHOLD, 64 << 20)


_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of malloc.h."""


class _Room:
    """How many threads the workers have, at least one; an error where there has been no worker for long."""

    def __init__(self, client: Any) -> None:
        self.workers = 1
        self._client = client
        self._looked = self._last = time.monotonic()
        self.look(now=True)

    def look(self, *, now: bool = False) -> None:
        """Ask again, every other second."""
        if self._client.status != "running":
            raise _no_scheduler()
        if not now and time.monotonic() - self._looked < 2.0:
            return
        try:
            threads = sum(self._client.nthreads().values())
        except OSError as error:
            raise _no_scheduler() from error
        self.workers = max(1, threads)
        self._looked = time.monotonic()
        if threads:
            self._last = self._looked
        elif self._looked - self._last > _WORKER_SECONDS:
            raise ScaleError(
                f"All workers have gone, and none has come back within {_WORKER_SECONDS:g} s. What is done stays: start workers, "
                "then start again."
            )


def _fetched(future: Any) -> tuple[Any, BaseException | None]:
    """What a task that is done has given, or raised; a `TimeoutError` where its worker died before telling."""
    if future.status == "error":
        return None, future.exception()
    if future.cancelled():
        return None, _no_scheduler()
    try:
        return future.result(timeout=_FETCH_SECONDS), None
    except Exception as error:  # the function's own errors among them: the caller raises whatever it doesn't know
        return None, error


def _no_scheduler() -> ScaleError:
    return ScaleError("The Dask scheduler has gone. What is done stays: start it and its workers anew, then start again.")


def _ended_worker(error: BaseException) -> ScaleError:
    return ScaleError(f"A job ended its worker each time it was tried; memory ran out, as a rule ({error}). What is done stays.")

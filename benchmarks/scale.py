"""How far import, extraction and training carry: `python -m benchmarks.scale` writes its table into docs/benchmarks.md.

Short synthesised tracks go the whole way, as a user's commands do: import, extraction of log-mel spectrograms, a training of one
epoch. Measured are the peak memory of each step at two sizes, tracks a second of extraction with one process, two, and a local
Dask cluster of two workers, and what is lost when a worker is killed half-way.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks import record
from benchmarks.memory import memory, tree
from genre_core.audio import Clip, encode_wav
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Track
from genre_core.features import LogMel
from genre_core.files import write_whole
from genre_core.paths import Root

SR = 22050
GENRES = ("high", "low", "noise", "pulse")
ARTISTS = 10
"""Artists a genre."""

WARM_UP = 0.2
"""Share of the tracks after which the clock starts: by then every worker runs."""

_LOOK_SECONDS = 0.05
_ROOM_BYTES = 4e9


@dataclass(frozen=True)
class Step:
    """A command: its time, and the most memory that it and its processes held together."""

    name: str
    seconds: float
    peak_mb: float


def write_songs(folder: Path, n_tracks: int, *, seconds: float = 1.0) -> None:
    """Songs `genre/artist/number.wav`, each another sound by its seed."""
    t = np.arange(round(seconds * SR)) / SR
    for number in range(n_tracks):
        rng = np.random.default_rng(number)
        genre = GENRES[number % len(GENRES)]
        y = {
            "high": 0.3 * np.sin(2 * np.pi * rng.uniform(1500, 4000) * t),
            "low": 0.3 * np.sin(2 * np.pi * rng.uniform(80, 300) * t),
            "noise": 0.2 * rng.standard_normal(t.size),
            "pulse": 0.5 * (np.sin(2 * np.pi * rng.uniform(2, 8) * t) > 0.99),
        }[genre] + 0.01 * rng.standard_normal(t.size)
        artist = f"{genre} {number // len(GENRES) % ARTISTS}"
        path = folder / genre / artist / f"{number:06d}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, encode_wav(Clip(y.clip(-1, 1).astype(np.float32), SR)), durable=False)


def whole_way(n_tracks: int, *, processes: int = 2) -> list[Step]:
    """Import, extract and train as the command line does, each in a process of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        root, songs = Path(scratch) / "root", Path(scratch) / "songs"
        write_songs(songs, n_tracks)
        spread = ["--processes", str(processes)]
        quick = ["-p", "epochs=1", "-p", "width=0.25"]
        return [
            _measured("import", ["import", str(songs), "--name", "scale", *spread], root),
            _measured("extract", ["extract", "--dataset", "scale", "--model", "cnn_small", *spread], root),
            _measured("train, one epoch", ["train", "--model", "cnn_small", "--dataset", "scale", *quick], root),
        ]


def _measured(name: str, arguments: list[str], root: Path) -> Step:
    began, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "genre_core", "--root", str(root), *arguments]
        running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        while running.poll() is None:
            found = memory(running.pid)
            peak = max(peak, found.all_pss if found else 0.0)
            time.sleep(_LOOK_SECONDS)
        if running.returncode:
            said.seek(0)
            raise SystemExit(f"{name} failed: {said.read().decode()[-2000:]}")
    print(f"{name}: {time.monotonic() - began:.0f} s, {peak:.0f} MB", file=sys.stderr, flush=True)
    return Step(name, time.monotonic() - began, peak)


@dataclass(frozen=True)
class Speed:
    """Tracks a second of one way to work; a value each round."""

    name: str
    rates: list[float]


def speeds(n_tracks: int, rounds: int) -> list[Speed]:
    """Extraction with one process, two, and a cluster of two workers, in turn; each on one core."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as scratch:
        tracks = _tracks(Path(scratch), n_tracks)
        ways: dict[str, Callable[[], float]] = {
            "one process": lambda: _rate_afresh(tracks, processes=1),
            "two processes": lambda: _rate_afresh(tracks, processes=2),
            "Dask, two workers": lambda: _rate_of_cluster(tracks),
        }
        found = {name: Speed(name, []) for name in ways}
        for number in range(rounds):
            for name in list(ways) if number % 2 == 0 else reversed(ways):
                found[name].rates.append(ways[name]())
    return list(found.values())


def _tracks(folder: Path, n_tracks: int, *, seconds: float = 1.0) -> tuple[Track, ...]:
    write_songs(folder / "songs", n_tracks, seconds=seconds)
    root = folder / "root"
    _measured("import", ["import", str(folder / "songs"), "--name", "scale"], root)
    return load_dataset("scale", Root(root).datasets).tracks


def memory_folder() -> str | None:
    """A folder in memory with room enough, so that the disk is not what is measured; None where there is none."""
    folder = Path("/dev/shm")
    return str(folder) if folder.is_dir() and shutil.disk_usage(folder).free > _ROOM_BYTES else None


def _rate_afresh(tracks: tuple[Track, ...], **spread: int | str) -> float:
    """In a process of its own, as a command is: what was loaded and freed before takes no part."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_rate, tracks, **spread).result()


def _rate(tracks: tuple[Track, ...], **spread: int | str) -> float:
    stamps: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        problems = extract_all(
            tracks,
            [(LogMel(), SegmentConfig())],
            FeatureStore(Path(folder)),
            progress=lambda done, total, left: stamps.append((done, time.perf_counter())),
            **spread,  # type: ignore[arg-type]
        )
    if problems:
        raise SystemExit(f"A track could not be computed: {problems[0].message}")
    first = next(stamp for stamp in stamps if stamp[0] >= WARM_UP * len(tracks))
    return (stamps[-1][0] - first[0]) / (stamps[-1][1] - first[1])


def _rate_of_cluster(tracks: tuple[Track, ...]) -> float:
    with cluster() as scheduler:  # it is there for its own rounds only: even at rest its processes take some of two cores
        return _rate_afresh(tracks, scheduler=scheduler)


CLUSTER = """
from distributed import LocalCluster
with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
    print(cluster.scheduler_address, flush=True)
    input()
"""


WORKERS = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""As docs/scale.md starts workers: Dask's profiler would look at each a hundred times a second."""


@contextmanager
def cluster() -> Iterator[str]:
    """A Dask scheduler and two workers of one thread each, apart from this process as on other machines; its address."""
    environment = {**os.environ, **WORKERS}
    command = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as started:
        assert started.stdin is not None
        assert started.stdout is not None
        try:
            yield started.stdout.readline().strip()
        finally:
            started.stdin.write("\n")
            started.stdin.close()
            started.wait()


@dataclass(frozen=True)
class Loss:
    """A worker was killed half-way: tracks done by then, and tracks without features at the end."""

    name: str
    done_before: int
    lost: int
    n_tracks: int


def losses(n_tracks: int) -> list[Loss]:
    """Kill a worker once half of the tracks are done: a process of the pool, then a worker of the cluster."""
    with tempfile.TemporaryDirectory() as scratch, cluster() as scheduler:
        tracks = _tracks(Path(scratch), n_tracks)
        return [_with_a_kill("two processes", tracks, processes=2), _with_a_kill("Dask", tracks, scheduler=scheduler)]


def _with_a_kill(name: str, tracks: tuple[Track, ...], **spread: int | str) -> Loss:
    killed: list[int] = []

    def watch(done: int, total: int, left: float | None) -> None:
        if done >= total // 2 and not killed:
            workers = [pid for pid in tree(os.getpid()) if pid != os.getpid() and _works(pid)]
            os.kill(workers[-1], signal.SIGKILL)
            killed.append(done)

    with tempfile.TemporaryDirectory() as folder:
        store, request = FeatureStore(Path(folder)), (LogMel(), SegmentConfig())
        problems = extract_all(tracks, [request], store, progress=watch, **spread)  # type: ignore[arg-type]
        absent = sum(store.load(track, *request) is None for track in tracks)
    return Loss(name, killed[0], max(absent, len(problems)), len(tracks))


def _works(pid: int) -> bool:
    """Whether a child is one that computes: not the one that only tracks shared resources."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False
    return "spawn_main" in words


def report(options: argparse.Namespace) -> str:
    """The tables as Markdown."""
    parts = []
    small, large = (whole_way(n) for n in (options.small, options.large))
    whole = max(step.peak_mb for step in large) / max(step.peak_mb for step in small)
    rows = [
        (
            few.name,
            f"{few.peak_mb:.0f}",
            f"{many.peak_mb:.0f}",
            f"{many.peak_mb / few.peak_mb:.2f}",
            f"{few.seconds:.0f}",
            f"{many.seconds:.0f}",
        )
        for few, many in zip(small, large, strict=True)
    ]
    sizes = f"{options.small:,}", f"{options.large:,}"
    header = ("step", *(f"peak [MB], {n} tracks" for n in sizes), "ratio", *(f"time [s], {n} tracks" for n in sizes))
    parts.append(
        f"Two processes, tracks of 1 s; peak of the whole way at {sizes[1]} tracks: {whole:.2f} times that at {sizes[0]}."
    )
    parts.append(record.table(header, rows))
    if options.rounds:
        where = "in memory" if memory_folder() else "on the disk"
        parts.append(
            f"{options.tracks:,} tracks, songs and store {where}; counted from a fifth of them on, when all processes work."
        )
        parts.append(_speed_table(speeds(options.tracks, options.rounds)))
        kills = [(loss.name, str(loss.done_before), f"{loss.lost} of {loss.n_tracks}") for loss in losses(options.tracks)]
        parts.append(record.table(("a worker is killed", "tracks done before", "tracks lost"), kills))
    parts.append(f"On {record.machine()}.")
    return "\n\n".join(parts)


def _speed_table(found: list[Speed]) -> str:
    one, two = found[0], found[1]
    rows = []
    for speed in found:
        against_one = statistics.median(rate / base for rate, base in zip(speed.rates, one.rates, strict=True))
        against_two = statistics.median(rate / base for rate, base in zip(speed.rates, two.rates, strict=True))
        rows.append((speed.name, f"{statistics.median(speed.rates):.1f}", f"{against_one:.2f}", f"{against_two:.2f}"))
    return record.table(("log-mel, 1-s tracks", "tracks a second", "times one process", "times two processes"), rows)


def _on_one_core_each() -> None:
    """Begin anew with libraries that use one thread: they read it when they load, and one process must not have two cores."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    if os.environ.get("OMP_NUM_THREADS") != "1":
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.scale", *sys.argv[1:]], {**os.environ, **threads})


def main() -> None:
    _on_one_core_each()
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--small", type=int, default=2000, help="tracks of the smaller data set")
    parser.add_argument("--large", type=int, default=20000, help="tracks of the larger one")
    parser.add_argument("--tracks", type=int, default=6000, help="tracks for the speeds and the kills")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the speeds; 0 leaves speeds and kills out")
    parser.add_argument("--print-only", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    text = report(options)
    print(text)
    if not options.print_only:
        record.write_between(record.DOCUMENT, "scale", text)


if __name__ == "__main__":
    main()

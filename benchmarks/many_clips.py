"""How fast many clips are named, with one process and with two: the command as people call it, on as many cores."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.memory import memory
from benchmarks.record import ROOT, machine, table
from benchmarks.songs import Songs
from genre_core.audio import Clip, encode_wav
from genre_core.runs import Run

WARM_UP, TAIL = 0.15, 0.95
"""Shares of the clips between which the clock runs: every process has opened the model, and all of them still have work."""

LEAST = 20
"""Fewer clips say nothing of how fast many are named."""

_LOOK_SECONDS = 0.25


class Speed(NamedTuple):
    """What one call of the command took.

    Attributes
    ----------
    processes : int
    seconds : float
        The whole command [s].
    whole, running : float
        Clips a second: over the whole command, and between `WARM_UP` and `TAIL`.
    peak_mb : float or None
        Most memory of all processes together [MB], what they share counted once; None where nobody can tell.
    """

    processes: int
    seconds: float
    whole: float
    running: float
    peak_mb: float | None


def write_clips(folder: Path, songs: Songs, n_clips: int, *, seed: int = 0) -> None:
    """Write clips of 30 s as wav files that are all different: songs begun elsewhere and played at another level, so that a
    net that remembers what it heard last is never asked twice.
    """
    rng = np.random.default_rng(seed)
    for number in range(n_clips):
        clip = songs.clips[number % len(songs.clips)]
        shifted = np.roll(clip.y, int(rng.integers(1, clip.n_samples))) * np.float32(rng.uniform(0.5, 1.0))
        (folder / f"{number:05d}.wav").write_bytes(encode_wav(Clip(shifted, clip.sr, clip.name)))


def speed(folder: Path, n_clips: int, processes: int, run: Run) -> Speed:
    """Name all clips of a folder by that many processes on as many cores."""
    command = [sys.executable, "-m", "genre_core", "classify", str(folder), "--run", str(run.folder), "--json"]
    times: list[float] = []
    with _on_cores(processes):
        began = time.perf_counter()
        running = subprocess.Popen(
            [*command, "--processes", str(processes)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    assert running.stdout is not None
    lines = running.stdout
    reader = threading.Thread(target=lambda: times.extend(time.perf_counter() - began for _ in lines))
    reader.start()
    peak: float | None = None
    while running.poll() is None:
        if found := memory(running.pid):
            peak = max(peak or 0.0, found.all_pss)
        time.sleep(_LOOK_SECONDS)
    seconds = time.perf_counter() - began
    reader.join()
    if running.returncode or len(times) != n_clips:
        raise SystemExit(f"Expected {n_clips} verdicts. Received: {len(times)}, exit code {running.returncode}.")
    first, last = int(WARM_UP * n_clips), int(TAIL * n_clips) - 1
    return Speed(processes, seconds, n_clips / seconds, (last - first) / (times[last] - times[first]), peak)


@contextmanager
def _on_cores(count: int) -> Iterator[None]:
    """Processes that are started here have that many cores; they keep them."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(all_of_them)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def report(found: Sequence[Speed], n_clips: int, run: Run, words: str) -> str:
    """The table, and how many times as fast the most processes are as one."""
    rows = [
        (
            str(its.processes),
            f"{its.running:.2f}",
            f"{its.whole:.2f}",
            f"{its.seconds:.0f}",
            "unknown" if its.peak_mb is None else f"{its.peak_mb:.0f}",
        )
        for its in found
    ]
    header = (
        "processes, each on a core",
        "clips a second, once it runs",
        "over the whole command",
        "seconds",
        "memory, all [MB]",
    )
    times = found[-1].running / found[0].running
    told = (
        f"`classify FOLDER` with `{run.id}`: {n_clips:,} clips of 30 s as wav files ({words}, each begun elsewhere), every "
        f"process with a model of its own. {found[-1].processes} processes are {times:.2f} times as fast as one, "
        f"{found[-1].whole / found[0].whole:.2f} times over the whole command."
    )
    return f"""{table(header, rows)}

{told}

{machine()}"""

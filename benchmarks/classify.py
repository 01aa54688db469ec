"""Time to classify a clip of 30 s on one core: as a whole process (cold), and in a process that has done it before (warm);
then how many clips a second a folder of a thousand is named with, by one process and by two.

    python -m benchmarks.classify [RUN ...] [--audio FOLDER] [--clips N] [--print-only]

Without RUN every model that ships is measured, and the folder is named by the default; the tables go into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from benchmarks.many_clips import LEAST, report, speed, write_clips
from benchmarks.record import DOCUMENT, machine, table, write_between
from benchmarks.songs import songs
from genre_core.audio import encode_wav
from genre_core.inference import Predictor
from genre_core.paths import Root, find_root
from genre_core.runs import Run, default_run, find_run, list_runs

N_CLIPS, N_COLD = 20, 5
PROCESSES = (1, 2)


def measured(run: Run, contents: list[bytes]) -> tuple[str, ...]:
    """A row of the table: cold median, warm median and 95th percentile [ms]."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.wav"
        path.write_bytes(contents[0])
        command = [sys.executable, "-m", "genre_core", "classify", str(path), "--run", str(run.folder), "--json"]
        cold = [_milliseconds(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(N_COLD)]
    predictor = Predictor.from_run(run)
    predictor.classify(contents[0])
    # Each clip once: a pretrained net remembers what it said of the last segments.
    warm = [_milliseconds(lambda content=content: predictor.classify(content)) for content in contents[1:]]  # type: ignore[misc]
    size = sum(file.stat().st_size for file in run.folder.iterdir()) / 1e6
    middle, late = statistics.median(warm), float(np.percentile(warm, 95))
    return f"`{run.id}`", f"{size:.2f}", f"{middle:.0f}", f"{late:.0f}", f"{statistics.median(cold) / 1000:.2f}"


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def shipped(root: Root) -> list[Run]:
    """The runs that come with the product, by name."""
    return sorted((run for run in list_runs(root) if run.is_shipped), key=lambda run: run.id)


def one_at_a_time(runs: list[Run], audio: Path | None) -> str:
    """The table of single clips, each run on one core."""
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    if cores:
        os.sched_setaffinity(0, {min(cores)})  # processes that are started inherit it
    found = songs(audio, N_CLIPS + 1)
    contents = [encode_wav(clip) for clip in found.clips]
    rows = [measured(run, contents) for run in runs]
    if cores:
        os.sched_setaffinity(0, cores)
    header = ("model", "size [MB]", "warm, median [ms]", "95th percentile [ms]", "cold, whole process [s]")
    return f"""{table(header, rows)}

From the bytes of a wav of 30 s to the verdict, on one core ({found.words}): {N_CLIPS} clips once each, {N_COLD} processes.

{machine()}"""


def many(run: Run, audio: Path | None, n_clips: int) -> str:
    """The table of a folder, named by one process and by two."""
    found = songs(audio, min(n_clips, N_CLIPS))
    with tempfile.TemporaryDirectory() as folder:
        write_clips(Path(folder), found, n_clips)
        return report([speed(Path(folder), n_clips, processes, run) for processes in PROCESSES], n_clips, run, found.words)


@click.command()
@click.argument("runs", nargs=-1)
@click.option("--audio", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Songs; else demo songs.")
@click.option("--clips", "n_clips", type=click.IntRange(min=LEAST), default=1000, show_default=True, help="In the folder.")
@click.option("--only", type=click.Choice(["one", "many"]), help="Measure single clips, or the folder, alone.")
@click.option("--print-only", is_flag=True, help="Leave docs/benchmarks.md as it is.")
def main(runs: tuple[str, ...], audio: Path | None, n_clips: int, only: str | None, print_only: bool) -> None:
    """Measure each run, and write the tables."""
    root = find_root()
    asked = [find_run(name, root) for name in runs]
    texts = {}
    if only != "many":
        texts["classify"] = one_at_a_time(asked or shipped(root), audio)
    if only != "one":
        texts["classify-many"] = many(asked[0] if asked else default_run(root), audio, n_clips)
    for name, text in texts.items():
        click.echo(text)
        if not print_only:
            write_between(DOCUMENT, name, text)


if __name__ == "__main__":
    main()

"""Time to find out what a model listened to in a clip of 30 s: patches taken away one by one, each answer asked for.

    python -m benchmarks.occlusion [RUN ...] [--audio FOLDER] [--print-only]

Without RUN four models that ship are measured; the table goes into docs/benchmarks.md.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import click

from benchmarks.record import DOCUMENT, machine, table, write_between
from benchmarks.songs import songs
from genre_core.audio import Clip
from genre_core.inference import Predictor
from genre_core.inspection.occlusion import DETAILS, occlude
from genre_core.paths import find_root
from genre_core.runs import Run, find_run

RUNS = ("demo-cnn-small", "blues-classical-jazz-rock-cnn", "demo-ann", "ten-genres")
N_CLIPS = 2
DETAIL = "medium"


def measured(run: Run, clips: list[Clip]) -> tuple[str, ...]:
    """A row of the table: patches, questions, seconds and processor seconds of a clip (medians)."""
    predictor = Predictor.from_run(run, threads=1)
    predictor.posteriors(clips[0])
    took, worked = [], []
    for clip in clips[1:]:
        start, busy = time.perf_counter(), time.process_time()
        found = occlude(predictor, clip, detail=DETAIL)
        took.append(time.perf_counter() - start)
        worked.append(time.process_time() - busy)
    n_bands, n_times = found.values.shape
    return (
        f"`{run.id}`",
        f"{n_times} x {n_bands}",
        f"{found.n_evaluations}",
        f"{statistics.median(took):.1f}",
        f"{statistics.median(worked):.1f}",
    )


@click.command()
@click.argument("runs", nargs=-1)
@click.option("--audio", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Songs; else demo songs.")
@click.option("--print-only", is_flag=True, help="Leave docs/benchmarks.md as it is.")
def main(runs: tuple[str, ...], audio: Path | None, print_only: bool) -> None:
    """Measure each run, and write the table."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    root = find_root()
    found = songs(audio, N_CLIPS + 1)
    rows = [measured(find_run(name, root), list(found.clips)) for name in runs or RUNS]
    header = ("model", "patches", "asked", "a clip of 30 s [s]", "of a processor [s]")
    text = f"""{table(header, rows)}

Detail {DETAIL!r}: the model is asked at most {DETAILS[DETAIL]} times, on two cores ({found.words}, {N_CLIPS} clips, medians).
Where other work shares the cores, the last column says what it costs.

{machine()}"""
    click.echo(text)
    if not print_only:
        write_between(DOCUMENT, "occlusion", text)


if __name__ == "__main__":
    main()

"""How long until the first epoch's point: `python -m benchmarks.first_point`.

A training of `cnn_small` on the demo set, features stored, is started as the Train page starts it, and stopped after its first
epoch: once in a process that must load TensorFlow first, once in one that stands by since the page was opened, and once without
the allocator's large pages. The clock runs from the click's call to the moment the epoch's line is on the disk.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from genre_core import jobs
from genre_core.datasets.demo import make_demo
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.jobs.spawning import LARGE_PAGES, stand_by
from genre_core.models import model_spec
from genre_core.paths import Root, find_root
from genre_core.training.history import read_history
from genre_core.training.recipe import TrainRequest

READY_SECONDS = 30.0


@dataclass(frozen=True)
class Row:
    """One way to start, with the seconds to the first point and of the epoch itself."""

    name: str
    first_point: float
    epoch: float


def measure(name: str, root: Root, *, spare: bool = False, large_pages: bool = True) -> Row:
    """Start a training, wait for its first epoch, stop it."""
    os.environ["GLIBC_TUNABLES"] = LARGE_PAGES if large_pages else "glibc.malloc.hugetlb=0"
    if spare:
        stand_by()
        time.sleep(READY_SECONDS)
    request = TrainRequest("cnn_small", "demo", "by_artist")
    began = time.monotonic()
    job = jobs.start("train", request.to_dict(), root, name="cnn_small")
    while not read_history(job.folder):
        time.sleep(0.02)
        if job.status().is_over:
            raise click.ClickException(job.status().message)
    first = time.monotonic() - began
    job.stop()
    job.wait(timeout_seconds=300)
    return Row(name, first, read_history(job.folder)[0]["seconds"])


@click.command()
@click.option("--root", "folder", type=click.Path(path_type=Path), help="Where the demo set is, or is made; else a new folder.")
def main(folder: Path | None) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as scratch:
        root = find_root(folder or scratch)
        dataset = make_demo(root.datasets)
        spec = model_spec("cnn_small")
        extract_all(dataset, [(feature, spec.segments) for feature in spec.features], FeatureStore(root.features))
        rows = [
            measure("process that stands by", root, spare=True),
            measure("new process", root),
            measure("new process, small pages", root, large_pages=False),
        ]
    click.echo("| start | first point [s] | first epoch [s] |\n|---|---|---|")
    for row in rows:
        click.echo(f"| {row.name} | {row.first_point:.1f} | {row.epoch:.1f} |")


if __name__ == "__main__":
    main()

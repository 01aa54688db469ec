"""`demo-runs`: train the shipped demo runs anew."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import emit, json_option, run_summary, score_words
from genre_core.paths import Root
from genre_core.training.demo_runs import build


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the shipped runs; else where they lie.")
@json_option
@click.pass_obj
def command(root: Root, /, *, out: Path | None, as_json: bool) -> None:
    """Train the shipped demo runs on the demo data set, open their test split once, and write their cards."""
    for run in build(root, out or root.shipped):
        size_bytes = sum(file.stat().st_size for file in run.folder.iterdir())
        emit(
            {**run_summary(run), "size_bytes": size_bytes},
            as_json=as_json,
            text=f"{run.id}: {score_words(run, 'test')}, {size_bytes / 1e6:.2f} MB",
        )

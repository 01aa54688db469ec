"""`demo-runs`: train the shipped demo runs anew."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import emit, json_option
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
        report = run.scores["test"]
        found = {
            "run": run.id,
            "split": run.split_name,
            "test_tracks": report["n_tracks"],
            "test_accuracy": report["tracks"]["accuracy"],
            "size_bytes": size_bytes,
        }
        emit(
            found,
            as_json=as_json,
            text=f"{run.id}: {found['test_accuracy']:.1%} of {found['test_tracks']} test tracks right "
            f"(split {run.split_name}), {size_bytes / 1e6:.2f} MB",
        )

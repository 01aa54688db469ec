"""`check`: what may be wrong with a data set."""

from __future__ import annotations

from dataclasses import asdict

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.paths import Root

_ADVICE_KINDS = frozenset({"few_tracks", "imbalance", "artists_unknown"})


@click.command()
@click.argument("dataset", default="demo")
@click.option("--processes", type=click.IntRange(min=1), default=None, help="Processes to use; as many as cores by default.")
@click.pass_obj
@json_option
def command(root: Root, /, *, dataset: str, processes: int | None, as_json: bool) -> None:
    """Check DATASET (the demo set by default) against its files: gone, changed, unreadable, silent, repeated, unbalanced.

    Prints one problem a line, then a summary. Exit code 1 if a track is affected; remarks on balance and artists don't count.
    """
    from genre_core.datasets.checks import check_dataset
    from genre_core.datasets.library import load_dataset

    loaded = load_dataset(dataset, root.datasets)
    with ProgressLine("Checking songs") as progress:
        problems = check_dataset(loaded, progress=progress, processes=processes)
    for problem in problems:
        emit({"dataset": dataset, **asdict(problem)}, as_json=as_json, text=f"{problem.file}: {problem.kind}. {problem.message}")
    grave = [problem for problem in problems if problem.kind not in _ADVICE_KINDS]
    summary = {"dataset": dataset, "tracks": len(loaded.tracks), "problems": len(grave), "remarks": len(problems) - len(grave)}
    words = f"{dataset}: {len(loaded.tracks)} songs, {len(grave)} problems, {len(problems) - len(grave)} remarks"
    emit(summary, as_json=as_json, text=words)
    if grave:
        click.get_current_context().exit(1)

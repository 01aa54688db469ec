"""`shipped`: make what comes with the product anew."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import StatusLine, emit, json_option, run_summary, score_words
from genre_core.jobs import Status
from genre_core.paths import Root

NAMES = ("ten-genres", "ten-genres-columns", "blues-classical-jazz-rock-cnn", "demo-ann", "demo-cnn-small")
"""Names of `shipped.rows.SHIPPED`; written out, so that --help loads none of it."""


@click.command()
@click.argument("names", nargs=-1, required=True, type=click.Choice(NAMES), metavar="NAME...")
@click.option("--gtzan", type=click.Path(file_okay=False, path_type=Path), help="Folder with GTZAN's tables and songs.")
@click.option("--tags", type=click.Path(dir_okay=False, path_type=Path), help="MusiCNN's tags as they were published, an npz.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder of the shipped runs; else where they lie.")
@click.option("--data-only", is_flag=True, help="Make the data sets that they learn from, and train nothing.")
@click.option("--scores-only", is_flag=True, help="Score anew what ships, from the predictions that it keeps, and train nothing.")
@json_option
@click.pass_obj
def command(
    root: Root,
    /,
    *,
    names: tuple[str, ...],
    gtzan: Path | None,
    tags: Path | None,
    out: Path | None,
    data_only: bool,
    scores_only: bool,
    as_json: bool,
) -> None:
    """Train runs that come with the product, and write their cards: demo-ann, demo-cnn-small, ten-genres, ten-genres-columns,
    blues-classical-jazz-rock-cnn. What the folders hold is told in docs/shipped.md.
    """
    from genre_core.runs import Run
    from genre_core.shipped.build import build
    from genre_core.shipped.rescoring import rescore
    from genre_core.shipped.rows import SHIPPED, Material

    if data_only and scores_only:
        raise click.UsageError("--data-only makes data sets, --scores-only scores what is there. Give one of both.")
    line = StatusLine()

    def say(words: str) -> None:
        line(Status("working", words))

    for name in names:
        if data_only:
            SHIPPED[name].make_data(Material(gtzan, tags), root, say)
            dataset = SHIPPED[name].request.dataset
            emit({"dataset": dataset}, as_json=as_json, text=f"{dataset}: {root.datasets / dataset}")
            continue
        if scores_only:
            run = rescore(Run.load((out or root.shipped) / name), SHIPPED[name], root)
        else:
            run = build(SHIPPED[name], Material(gtzan, tags), root, out or root.shipped, say)
        size_bytes = sum(file.stat().st_size for file in run.folder.iterdir())
        role = "test" if run.test_openings else run.judged_role
        emit(
            {**run_summary(run), "size_bytes": size_bytes},
            as_json=as_json,
            text=f"{run.id}: {score_words(run, role)}, {size_bytes / 1e6:.2f} MB",
        )

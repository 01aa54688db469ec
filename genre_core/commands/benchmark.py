"""`benchmark`: the honest table."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import StatusLine, emit, json_option
from genre_core.datasets.library import load_dataset
from genre_core.errors import JobError, ParameterError
from genre_core.evaluation.listeners import read_answers
from genre_core.files import why_not_written, write_json, write_whole
from genre_core.paths import Root
from genre_core.training.benchmark import (
    BenchmarkPlan,
    BenchmarkRequest,
    chosen_models,
    markdown,
    plan_benchmark,
    run_benchmark,
    summarise,
)
from genre_core.training.benchmark.running import read_records

TABLE, RESULTS = "table.md", "results.json"


@click.command()
@click.option("--dataset", required=True, help="Name of the data set.")
@click.option(
    "--models", default="all", show_default=True, metavar="A,B,...", help="Rows; `all`, or `tabular` for the 57 columns."
)
@click.option(
    "--splits",
    default=None,
    metavar="A,B,...",
    help="How tracks are divided; by_artist,segment_random where no folds are asked for. segment_random is leaky and has a "
    "column of its own.",
)
@click.option(
    "--folds",
    default="",
    metavar="K,...",
    help="Also K folds: each track is judged by a model that did not hear it.",
)
@click.option("--folds-column", default="", metavar="COLUMN", help="Also the folds that this column of the table names.")
@click.option("--genres", default="", metavar="A,B,...", help="Only these genres; all by default.")
@click.option("--split-seed", type=int, default=0, show_default=True, help="Seed of splits and folds.")
@click.option("--seeds", type=int, default=3, show_default=True, metavar="N", help="Trainings of each row, from other seeds.")
@click.option("--epochs", type=int, default=25, show_default=True, help="Most epochs of a net.")
@click.option(
    "--slow-epoch",
    type=float,
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="A net whose epochs take longer is trained from one seed alone.",
)
@click.option(
    "--listeners",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table of what people said (track_id, listener, answer), told beside the scores.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for cells, runs and tables; else benchmarks/DATASET below the root.",
)
@click.option("--table-only", is_flag=True, help="Train nothing: write the table of what is trained already.")
@click.pass_obj
@json_option
def command(
    root: Root,
    /,
    *,
    dataset: str,
    models: str,
    splits: str | None,
    folds: str,
    folds_column: str,
    genres: str,
    split_seed: int,
    seeds: int,
    epochs: int,
    slow_epoch: float,
    listeners: Path | None,
    out: Path | None,
    table_only: bool,
    as_json: bool,
) -> None:
    """Train models under the same divisions of a data set and write their scores and costs side by side.

    Called again it goes on where it was: what is trained is not trained again while its settings stay the same, and what failed
    is tried once more. The runs lie apart from your own. Judged are valid or out-of-fold tracks, never the test split. table.md
    and results.json hold the same numbers.
    """
    if splits is None:
        splits = "" if folds or folds_column else "by_artist,segment_random"
    answers = [] if listeners is None else read_answers(listeners)
    request = BenchmarkRequest(
        dataset,
        chosen_models(_names(models), load_dataset(dataset, root.datasets)),
        _names(splits),
        folds=_numbers(folds),
        folds_column=folds_column,
        genres=_names(genres),
        split_seed=split_seed,
        n_seeds=seeds,
        epochs=epochs,
        slow_epoch_seconds=slow_epoch,
    )
    plan = plan_benchmark(request, root)
    folder = (out or root.path / "benchmarks" / dataset).resolve()
    try:
        records = read_records(plan, folder) if table_only else run_benchmark(plan, root, folder, progress=StatusLine())
    except KeyboardInterrupt:
        raise JobError(_how_to_go_on(plan, folder)) from None
    summary = summarise(plan, records, answers=answers)
    text = markdown(summary)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / RESULTS, summary)
        write_whole(folder / TABLE, text.encode())
    except OSError as error:
        raise JobError(f"The table must be written to {folder}. That failed: {why_not_written(error)}") from error
    emit(summary, as_json=as_json, text=f"{text}\nWritten to {folder / TABLE} and {folder / RESULTS}.")


def _how_to_go_on(plan: BenchmarkPlan, folder: Path) -> str:
    """What a benchmark that is broken off with Ctrl-C has done, and the way on."""
    done = sum(record["state"] == "finished" for record in read_records(plan, folder).values())
    return (
        f"Broken off; {done} of {len(plan.cells)} cells are trained, and kept in {folder}. Go on with the same command; with "
        "--table-only it writes the table of what is there."
    )


def _numbers(text: str) -> tuple[int, ...]:
    if strangers := [name for name in _names(text) if not name.isdigit()]:
        raise ParameterError(f"Numbers of folds are whole numbers, such as 3,5. Received: {strangers[0]!r}.")
    return tuple(int(name) for name in _names(text))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())

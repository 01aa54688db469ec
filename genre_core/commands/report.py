"""`report`: a run as one HTML file, and its predictions as CSV."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import emit, json_option
from genre_core.errors import GenreError, ParameterError
from genre_core.files import why_not_written, write_whole
from genre_core.paths import Root


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="HTML file to write; RUN's id in this folder by default, unless only --csv is asked for.",
)
@click.option("--csv", "csv_out", type=click.Path(path_type=Path), default=None, help="CSV file to write: a row a judged track.")
@click.option("--segments", is_flag=True, help="In the CSV a row a segment, with its ends in seconds.")
@click.option(
    "--split",
    type=click.Choice(["valid", "folds", "test"]),
    default=None,
    help="Tracks: by default those that the run is judged on; test only where it was opened.",
)
@click.pass_obj
@json_option
def command(
    root: Root, /, *, run_name: str, out: Path | None, csv_out: Path | None, segments: bool, split: str | None, as_json: bool
) -> None:
    """Write a report on RUN: one HTML file with figures, tables, errors and its card, that needs nothing beside it.

    With --csv also (or alone) the predictions: track, artist, true and predicted genre, how sure, the probability of each genre.
    What was not measured (robustness) is said with the command that measures it. No test split is opened by this.
    """
    from genre_core.reporting import report_csv, report_html
    from genre_core.runs import find_run
    from genre_core.runs.exporting import safe_name

    if segments and csv_out is None:
        raise click.UsageError("--segments is for the CSV. Name its file with --csv FILE.csv.")
    run = find_run(run_name, root)
    role = split or run.judged_role
    if out is None and csv_out is None:
        out = Path(f"{safe_name(run.id)}-{role}.html")
    for path in filter(None, (out, csv_out)):
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise ParameterError(f"The file to write needs a folder that exists. Received: {path}. Make the folder first.")
    written = {}
    if out is not None:
        written["report"] = _write(out, report_html(run, root, role=role))
    if csv_out is not None:
        written["csv"] = _write(csv_out, report_csv(run, root, role=role, segments=segments))
    text = "\n".join(f"{path} ({path.stat().st_size / 1000:.0f} kB)" for path in written.values())
    emit({"run": run.id, "role": role, **written}, as_json=as_json, text=text)


def _write(path: Path, content: str) -> Path:
    try:
        write_whole(path, content.encode("utf-8"))
    except OSError as error:
        raise GenreError(f"{path} cannot be written: {why_not_written(error)}") from error
    return path

"""`predictions`: take in what another tool predicted, as a run to judge and inspect."""

from __future__ import annotations

from pathlib import Path

import click

from genre_core.commands.output import emit, json_option, run_summary
from genre_core.paths import Root


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--dataset", default="", metavar="NAME", help="The data set whose tracks these are, so that they can be heard.")
@click.option("--title", default="", help="Words for the run; else the file's name.")
@click.pass_obj
@json_option
def command(root: Root, /, *, file: Path, dataset: str, title: str, as_json: bool) -> None:
    """Make a run of FILE, a CSV table with the columns track, true and one of probabilities for each genre.

    It is then judged, compared and inspected like any other run; it holds no model, so that no other songs can be asked about.
    """
    from genre_core.evaluation.report import score_of
    from genre_core.runs.foreign import import_predictions

    run = import_predictions(file, root, title=title, dataset=dataset)
    accuracy = score_of(run.scores["valid"], "accuracy")
    text = f"{run.id}: {run.title}, accuracy {accuracy} of {run.scores['valid']['n_tracks']} tracks"
    text += f"\n{run.note}" if run.note else ""
    emit(run_summary(run), as_json=as_json, text=text)

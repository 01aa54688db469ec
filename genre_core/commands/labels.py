"""`labels`: which labels of a run's data set may be wrong."""

from __future__ import annotations

import click

from genre_core.commands.output import ProgressLine, emit, json_option
from genre_core.paths import Root


@click.command()
@click.argument("run_name", metavar="RUN")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table.")
@click.pass_obj
@json_option
def command(root: Root, /, *, run_name: str, as_csv: bool, as_json: bool) -> None:
    """List the labels that may be wrong in the data set of RUN, which was trained with folds, the most doubtful first.

    Three things speak against a label: the same recording has another one elsewhere (run `check` first to find repeats), a model
    that never heard the track calls it otherwise (confident learning), and hardly a track near it has its label. Listening
    decides. With --json each suspect is one line; the last line says what was looked at.
    """
    from genre_core.inspection.doubted import doubted_labels, refuse_without_folds
    from genre_core.inspection.embeddings import track_embeddings
    from genre_core.inspection.label_issues import suspects_csv
    from genre_core.runs import find_run

    if as_csv and as_json:
        raise click.UsageError("Choose --csv or --json.")
    run = find_run(run_name, root)
    refuse_without_folds(run)
    with ProgressLine("Placing tracks") as progress:
        embeddings = track_embeddings(run, root, progress=progress) if run.has_model else None
    found = doubted_labels(run, root, embeddings)
    if as_csv:
        click.echo(suspects_csv(found.suspects), nl=False)
        return
    for suspect in found.suspects:
        rather = f"{suspect.given}, rather {suspect.suggested}? Support {suspect.quality:.2f}."
        text = f"{suspect.track_id}: {rather} {' '.join(suspect.reasons)}"
        emit({"run": run.id, **suspect.to_dict()}, as_json=as_json, text=text)
    summary = {
        "run": run.id,
        "dataset": run.dataset_name,
        "tracks": found.n_tracks,
        "suspects": len(found.suspects),
        "left_out": found.n_left_out,
        "compared": found.compared,
        "placed": found.placed,
    }
    words = f"{len(found.suspects)} of {found.n_tracks} labels are doubtful. Listen before you change any."
    if not found.compared:
        words += f"\nRepeats were not looked for: python -m genre_core check {run.dataset_name}"
    emit(summary, as_json=as_json, text=words)

"""`runs`: list, show and delete trained runs."""

from __future__ import annotations

from typing import Any

import click

from genre_core.commands.output import emit, emit_error, json_option
from genre_core.errors import RunError
from genre_core.paths import Root
from genre_core.runs import Run, find_run, scan_runs


@click.group(invoke_without_command=True)
@click.pass_context
@json_option
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """List trained runs and their scores; show or delete one."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, as_json=as_json)


@command.command("list")
@click.pass_obj
@json_option
def list_command(root: Root, /, *, as_json: bool) -> None:
    """List the runs, newest first; damaged ones are named as errors."""
    _list(root, as_json=as_json)


@command.command()
@click.argument("run")
@click.pass_obj
@json_option
def show(root: Root, /, *, run: str, as_json: bool) -> None:
    """Show all that RUN's manifest says, but for the roles of single tracks."""
    found = find_run(run, root)
    manifest = {**found.manifest, "split": {key: value for key, value in found.manifest["split"].items() if key != "roles"}}
    lines = [
        _line(found),
        *(f"  {key}: {manifest[key]}" for key in ("model", "config", "training", "dataset", "split", "versions")),
    ]
    emit({**manifest, "shipped": found.is_shipped, "folder": found.folder}, as_json=as_json, text="\n".join(lines))


@command.command()
@click.argument("run")
@click.pass_obj
@json_option
def delete(root: Root, /, *, run: str, as_json: bool) -> None:
    """Delete RUN with its weights and predictions."""
    found = find_run(run, root)
    found.delete()
    emit({"deleted": found.id, "folder": found.folder}, as_json=as_json, text=f"Deleted {found.id}.")


def _list(root: Root, *, as_json: bool) -> None:
    runs, damaged = scan_runs(root)
    for run in runs:
        emit(_values(run), as_json=as_json, text=_line(run))
    for entry in damaged:
        emit_error(RunError(entry.message), as_json=as_json, run=entry.folder.name)
    if not runs and not damaged and not as_json:
        click.echo("There are no runs yet. Train one with: python -m genre_core train", err=True)


def _values(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "title": run.title,
        "state": run.state,
        "model": run.model,
        "dataset": run.dataset_name,
        "note": run.dataset_note,
        "split": run.split_name,
        "genres": run.genres,
        "scores": run.scores,
        "created": run.created.isoformat(),
        "test_openings": run.test_openings,
        "shipped": run.is_shipped,
        "folder": run.folder,
    }


def _line(run: Run) -> str:
    parts = [f"{role} {report['tracks']['accuracy']:.1%} of {report['n_tracks']} tracks" for role, report in run.scores.items()]
    note = f", {run.dataset_note}" if run.dataset_note else ""
    return f"{run.id}: {run.title}, {run.dataset_name}{note}, split {run.split_name}: {'; '.join(parts)}"

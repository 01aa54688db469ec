"""`runs`: list, compare, show, rename, annotate, delete and bring back, export and import trained runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genre_core.commands.output import emit, emit_error, json_option, run_summary, score_words
from genre_core.errors import DatasetError, GenreError, RunError
from genre_core.paths import Root
from genre_core.runs import (
    AlreadyHereError,
    Run,
    by_score,
    deleted_runs,
    export_name,
    export_run,
    find_run,
    import_run,
    restore_run,
    scan_runs,
    why_not_compared,
)
from genre_core.runs.deleted import KEPT

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport

Leaks = Callable[[Run], "LeakReport | None"]


@click.group(invoke_without_command=True)
@click.pass_context
@json_option
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """List trained runs and their scores; show, rename, annotate, delete, export or import one."""
    if ctx.invoked_subcommand is None:
        _exit_well(_list(ctx.obj, sort="created", as_json=as_json))


@command.command("list")
@click.option("--sort", type=click.Choice(["created", "score"]), default="created", show_default=True, help="What comes first.")
@click.option("--deleted", is_flag=True, help="List what was deleted and can be brought back.")
@click.pass_obj
@json_option
def list_command(root: Root, /, *, sort: str, deleted: bool, as_json: bool) -> None:
    """List the runs, newest first or best first; damaged ones are named as errors.

    The scores are those that models are chosen by: on the valid tracks, or out of fold where a run has folds. Exit code 1 if a
    run is damaged.
    """
    if deleted:
        _list_deleted(root, as_json=as_json)
    else:
        _exit_well(_list(root, sort=sort, as_json=as_json))


@command.command()
@click.argument("run")
@click.pass_obj
@json_option
def show(root: Root, /, *, run: str, as_json: bool) -> None:
    """Show all that RUN's manifest says, but for the roles of single tracks."""
    found = find_run(run, root)
    manifest = {**found.manifest, "split": _without(found.manifest["split"], "roles")}
    if found.folds is not None:
        manifest["folds"] = _without(found.folds, "of")
    leaks = _leaks(root)(found)
    lines = [
        _line(found, leaks),
        *(f"  {role}: {score_words(found, role, leaks)}" for role in found.scores),
        f"  test split opened: {_times(len(found.test_openings))}",
        *(f"  {key}: {manifest[key]}" for key in ("model", "config", "training", "dataset", "split", "folds", "versions")),
    ]
    emit({**manifest, **run_summary(found, leaks), "split": manifest["split"]}, as_json=as_json, text="\n".join(lines))


@command.command()
@click.argument("run")
@click.argument("title")
@click.pass_obj
@json_option
def rename(root: Root, /, *, run: str, title: str, as_json: bool) -> None:
    """Give RUN another TITLE; its id stays."""
    found = find_run(run, root)
    found.rename(title)
    emit(run_summary(found), as_json=as_json, text=f"{found.id} is now {found.title!r}.")


@command.command()
@click.argument("run")
@click.argument("text")
@click.pass_obj
@json_option
def note(root: Root, /, *, run: str, text: str, as_json: bool) -> None:
    """Keep TEXT as your words about RUN, in place of what was there; an empty TEXT takes them away."""
    found = find_run(run, root)
    found.annotate(text)
    emit(run_summary(found), as_json=as_json, text=f"{found.id}: {found.note or 'no note'}")


@command.command()
@click.argument("run")
@click.pass_obj
@json_option
def delete(root: Root, /, *, run: str, as_json: bool) -> None:
    """Delete RUN; `runs restore` brings it back within seven days."""
    found = find_run(run, root)
    if not found.is_shipped and found.folder.resolve().parent != root.runs.resolve():
        raise RunError(f"{found.folder} lies outside {root.runs}, so it could not come back. Name its root with --root.")
    entry, gone = found.delete()
    lines = [f"Deleted {found.title!r}. For {KEPT.days} days it comes back with: python -m genre_core runs restore {entry.id}"]
    lines += [f"Removed for good: {old.title!r} ({old.id}), deleted on {old.deleted:%d %B}." for old in gone]
    removed = [old.id for old in gone]
    emit({"deleted": found.id, "kept_in": entry.folder, "removed_for_good": removed}, as_json=as_json, text="\n".join(lines))


@command.command()
@click.argument("run")
@click.pass_obj
@json_option
def restore(root: Root, /, *, run: str, as_json: bool) -> None:
    """Bring back the deleted RUN."""
    found = restore_run(run, root)
    emit(run_summary(found), as_json=as_json, text=f"{found.title!r} ({found.id}) is back.")


@command.command()
@click.argument("run")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="File or folder; by default a file of its name here.")
@click.pass_obj
@json_option
def export(root: Root, /, *, run: str, out: Path | None, as_json: bool) -> None:
    """Write RUN as one file that others can import; it holds no audio and no path of this machine."""
    from genre_core.files import write_whole

    found = find_run(run, root)
    path = out or Path(export_name(found))
    path = path / export_name(found) if path.is_dir() else path
    if path.exists():
        raise RunError(f"There is a file {path} already. Remove it, or name another with --out.")
    content = export_run(found)
    try:
        write_whole(path, content)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error.strerror or error}. Choose another place with --out.") from error
    emit({"run": found.id, "file": path, "bytes": len(content)}, as_json=as_json, text=f"{path} ({len(content) / 1e6:.1f} MB)")


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
@json_option
def import_command(ctx: click.Context, /, *, files: tuple[Path, ...], as_json: bool) -> None:
    """Take in runs that somebody exported; a file that is none is named as an error and the others are taken."""
    root, failed = ctx.obj, False
    for path in files:
        try:
            run, known = import_run(path, root), False
        except AlreadyHereError as error:
            run, known = error.run, True
        except GenreError as error:
            emit_error(error, as_json=as_json, path=path)
            failed = True
            continue
        words = "is here already" if known else "imported"
        emit({**run_summary(run), "already_here": known}, as_json=as_json, text=f"{path}: {words}: {run.title!r} ({run.id})")
    if failed:
        ctx.exit(1)


def _list(root: Root, *, sort: str, as_json: bool) -> bool:
    """Print all runs; False where one of them is damaged."""
    runs, damaged = scan_runs(root)
    leaks = _leaks(root)
    for run in by_score(runs) if sort == "score" else runs:
        emit(run_summary(run, leaks(run)), as_json=as_json, text=_line(run, leaks(run)))
    for entry in damaged:
        emit_error(RunError(entry.message), as_json=as_json, run=entry.folder.name)
    if as_json:
        return not damaged
    if not runs and not damaged:
        click.echo("There are no runs yet. Train one with: python -m genre_core train", err=True)
    elif sort == "score" and (reason := why_not_compared(runs)):
        click.echo(reason, err=True)
    return not damaged


def _exit_well(all_well: bool) -> None:
    if not all_well:
        click.get_current_context().exit(1)


def _list_deleted(root: Root, *, as_json: bool) -> None:
    found = deleted_runs(root)
    for entry in found:
        values = {"run": entry.id, "title": entry.title, "deleted": entry.deleted.isoformat(), "folder": entry.folder}
        emit(values, as_json=as_json, text=f"{entry.id}: {entry.title}, deleted on {entry.deleted:%d %B %H:%M} (UTC)")
    if not found and not as_json:
        click.echo("Nothing that was deleted is left to bring back.", err=True)


def _leaks(root: Root) -> Leaks:
    """What crosses a run's split, found in its data set where the manifest keeps no record of it; None where neither says."""
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.splits import known_pairs, leaks_between
    from genre_core.datasets.tracks import Dataset
    from genre_core.evaluation.report import leaks_kept

    read: dict[str, Dataset | None] = {}

    def found(run: Run) -> LeakReport | None:
        if all(leaks_kept(run.manifest, role) is not None for role in run.scores):
            return None
        if run.dataset_name not in read:
            try:
                read[run.dataset_name] = load_dataset(run.dataset_name, root.datasets)
            except DatasetError:
                read[run.dataset_name] = None
        dataset = read[run.dataset_name]
        if dataset is None or dataset.fingerprint != run.dataset_fingerprint:
            return None
        return leaks_between(run.roles, dataset, known_pairs(dataset, root.datasets))

    return found


def _line(run: Run, leaks: LeakReport | None) -> str:
    about = f", {run.dataset_note}" if run.dataset_note else ""
    origin = [word for word, holds in (("comes with Genrescope", run.is_shipped), ("imported", run.is_imported)) if holds]
    opened = [f"test split opened {_times(len(run.test_openings))}"] if run.test_openings else []
    line = ", ".join([f"{run.id}: {run.title}", *origin, f"{run.dataset_name}{about}: {score_words(run, found=leaks)}", *opened])
    return line + "".join(f"\n    {words}" for words in run.note.splitlines())


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}

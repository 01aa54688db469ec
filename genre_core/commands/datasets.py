"""`datasets`: list, remove and bring back data sets, correct labels, leave tracks out, and their versions."""

from __future__ import annotations

from typing import Any

import click

from genre_core.commands.output import emit, emit_error, json_option
from genre_core.errors import GenreError, ParameterError
from genre_core.paths import Root


@click.group(invoke_without_command=True)
@click.pass_context
@json_option
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """List the data sets; remove or bring one back, correct labels, leave tracks out, go back to a former version."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj, as_json=as_json)


@command.command("list")
@click.option("--removed", is_flag=True, help="List what was removed or replaced and can be brought back.")
@click.pass_obj
@json_option
def list_command(root: Root, /, *, removed: bool, as_json: bool) -> None:
    """List the data sets; damaged ones are named as errors."""
    if not removed:
        _list(root, as_json=as_json)
        return
    from genre_core.datasets.removed import KEPT, list_removed

    entries = list_removed(root.datasets)
    for entry in entries:
        facts = {"dataset": entry.name, "title": entry.title, "tracks": entry.n_tracks, "removed": entry.removed.isoformat()}
        how = "replaced" if entry.replaced else "removed"
        text = f"{entry.name}: {entry.n_tracks} tracks, {how} {entry.removed:%d %B %H:%M} UTC"
        emit({**facts, "replaced": entry.replaced, "folder": entry.folder}, as_json=as_json, text=text)
    if not entries and not as_json:
        click.echo(f"Nothing was removed in the last {KEPT.days} days.")


@command.command()
@click.argument("dataset")
@click.option("--for-good", is_flag=True, help="Delete at once what the product wrote, for the room; it cannot come back.")
@click.pass_obj
@json_option
def remove(root: Root, /, *, dataset: str, for_good: bool, as_json: bool) -> None:
    """Remove DATASET; your own audio files stay where they are. `datasets restore` brings it back within seven days.

    To take back an import that replaced another data set, use `datasets undo`: it removes the new one and restores the former.
    """
    from genre_core.datasets.removed import KEPT, remove_dataset

    entry = remove_dataset(dataset, root.datasets, for_good=for_good)
    back = f"For {KEPT.days} days it comes back with: python -m genre_core datasets restore {entry.name!r}"
    words = f"Removed {entry.title!r}. {'It is gone for good.' if for_good else back}"
    emit(
        {"removed": entry.name, "for_good": for_good, "kept_in": None if for_good else entry.folder}, as_json=as_json, text=words
    )


@command.command()
@click.argument("dataset")
@click.pass_obj
@json_option
def restore(root: Root, /, *, dataset: str, as_json: bool) -> None:
    """Bring back DATASET as it was when it was last removed or replaced: the way back from `datasets remove`.

    It comes back only where no data set of its name is here: where an import took its place, `datasets undo` does both.
    """
    from genre_core.datasets.removed import restore_dataset

    entry = restore_dataset(dataset, root.datasets)
    emit({"restored": entry.name, "tracks": entry.n_tracks}, as_json=as_json, text=f"{entry.title!r} is back.")


@command.command()
@click.argument("dataset")
@click.pass_obj
@json_option
def undo(root: Root, /, *, dataset: str, as_json: bool) -> None:
    """Take back the import of DATASET: `datasets remove` of it, and `datasets restore` of what it had replaced, in one.

    What is taken back can itself be restored for seven days, once its name is free again.
    """
    from genre_core.datasets.removed import undo_import

    former = undo_import(dataset, root.datasets)
    words = f"The import of {dataset} is taken back" + (f"; the former {former.title!r} is here again." if former else ".")
    emit({"undone": dataset, "restored": former.name if former else None}, as_json=as_json, text=words)


@command.command()
@click.argument("dataset")
@click.option("--restore", "number", type=click.IntRange(min=1), help="Let this former version be in force again, as a new one.")
@click.pass_obj
@json_option
def versions(root: Root, /, *, dataset: str, number: int | None, as_json: bool) -> None:
    """List the versions of DATASET: each corrected label makes one, and the old ones stay."""
    from genre_core.datasets.versions import list_versions, restore_version

    if number is not None:
        restore_version(dataset, root.datasets, number)
    for version in list_versions(dataset, root.datasets):
        facts = {"dataset": dataset, "version": version.number, "created": version.created.isoformat(), "note": version.note}
        text = f"{dataset} {version.number}: {version.created:%Y-%m-%d %H:%M} {version.note or 'as imported'}"
        emit(facts, as_json=as_json, text=text)


@command.command()
@click.argument("dataset")
@click.argument("labels", nargs=-1, required=True, metavar="TRACK=GENRE...")
@click.option("--note", default="", help="Why, in your words.")
@click.pass_obj
@json_option
def relabel(root: Root, /, *, dataset: str, labels: tuple[str, ...], note: str, as_json: bool) -> None:
    """Correct the genre of tracks of DATASET, each as TRACK=GENRE; this makes a new version, and the old one stays."""
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.versions import list_versions, relabel, save_version

    genres: dict[str, str] = {}
    for label in labels:
        track, sign, genre = label.rpartition("=")
        if not sign:
            raise ParameterError(f"A correction is written TRACK=GENRE. Received: {label!r}.")
        genres[track] = genre
    saved = save_version(relabel(load_dataset(dataset, root.datasets), genres), root.datasets, note=note)
    words = list_versions(dataset, root.datasets)[-1].note
    facts = {"dataset": dataset, "version": saved.version, "fingerprint": saved.fingerprint, "note": words}
    emit(facts, as_json=as_json, text=f"{dataset} is now version {saved.version}: {words}")


@command.command("leave-out")
@click.argument("dataset")
@click.argument("tracks", nargs=-1, required=True, metavar="TRACK...")
@click.option("--note", default="", help="Why, in your words.")
@click.pass_obj
@json_option
def leave_out_command(root: Root, /, *, dataset: str, tracks: tuple[str, ...], note: str, as_json: bool) -> None:
    """Leave TRACKs out of DATASET; this makes a new version, and the old one stays. Your files stay where they are."""
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.versions import leave_out, list_versions, save_version

    saved = save_version(leave_out(load_dataset(dataset, root.datasets), set(tracks)), root.datasets, note=note)
    words = list_versions(dataset, root.datasets)[-1].note
    facts = {"dataset": dataset, "version": saved.version, "fingerprint": saved.fingerprint, "note": words}
    emit(facts, as_json=as_json, text=f"{dataset} is now version {saved.version}: {words}")


@command.command()
@click.argument("dataset")
@click.option("--csv", "as_csv", is_flag=True, help="As a table.")
@click.option("--apply", "apply_them", is_flag=True, help="Correct what is said to be labelled wrong; this makes a new version.")
@click.pass_obj
@json_option
def opinions(root: Root, /, *, dataset: str, as_csv: bool, apply_them: bool, as_json: bool) -> None:
    """List what people said of the labels of DATASET after hearing its tracks, or apply it."""
    from genre_core.datasets.library import load_dataset
    from genre_core.datasets.opinions import LABEL_WRONG, VERDICTS, apply_opinions, load_opinions, opinions_csv
    from genre_core.datasets.versions import list_versions

    if apply_them:
        saved = apply_opinions(dataset, root.datasets)
        words = list_versions(dataset, root.datasets)[-1].note
        facts = {"dataset": dataset, "version": saved.version, "fingerprint": saved.fingerprint, "note": words}
        emit(facts, as_json=as_json, text=f"{dataset} is now version {saved.version}: {words}")
        return
    found = load_opinions(dataset, root.datasets)
    by_id = load_dataset(dataset, root.datasets).by_id
    if as_csv:
        click.echo(opinions_csv(found), nl=False)
        return
    for entry in found.values():
        right = f", it is {entry.genre}" if entry.genre else ""
        note = f" ({entry.note})" if entry.note else ""
        changed = entry.track_id not in by_id or by_id[entry.track_id].genre != entry.label
        done = "; done" if entry.verdict == LABEL_WRONG and changed else ""
        text = f"{entry.track_id}, {entry.label}: {VERDICTS.get(entry.verdict, 'a note')}{right}{note}{done}"
        emit({"dataset": dataset, **vars(entry)}, as_json=as_json, text=text)


def _list(root: Root, *, as_json: bool) -> None:
    from genre_core.datasets.library import list_datasets, load_dataset

    names = list_datasets(root.datasets)
    for name in names:
        try:
            dataset = load_dataset(name, root.datasets)
        except GenreError as error:
            emit_error(error, as_json=as_json, dataset=name)
            continue
        seconds = sum(track.seconds for track in dataset.tracks)
        facts: dict[str, Any] = {
            "dataset": name,
            "title": dataset.title,
            "note": dataset.note,
            "version": dataset.version,
            "tracks": len(dataset.tracks),
            "genres": list(dataset.genres),
            "seconds": round(seconds, 3),
            "artists_known": dataset.artists_known,
            "has_audio": dataset.has_audio,
            "problems": len(dataset.problems),
            "fingerprint": dataset.fingerprint,
        }
        length = f", {seconds / 60:.0f} min" if dataset.has_audio else ", without audio"
        changed = f", version {dataset.version}" if dataset.version > 1 else ""
        emit(
            facts, as_json=as_json, text=f"{name}: {len(dataset.tracks)} tracks in {len(dataset.genres)} genres{length}{changed}"
        )
    if not names and not as_json:
        click.echo("No data sets yet. Make one with: python -m genre_core demo, or import FOLDER")

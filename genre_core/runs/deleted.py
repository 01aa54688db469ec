"""Deleted runs: kept aside for a while, so that a deletion can be undone."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genre_core.errors import RunError
from genre_core.files import write_json
from genre_core.jobs.job import Job
from genre_core.jobs.journal import STATUS
from genre_core.runs.manifest import MANIFEST, read_manifest

DELETED = ".deleted"
KEPT = timedelta(days=7)
"""How long a deleted run can be brought back; it goes for good at the first deletion after that."""

_MARK = "deleted.json"


@dataclass(frozen=True)
class DeletedRun:
    """A run that was deleted and can still be brought back.

    Attributes
    ----------
    id, title : str
        As its manifest has them.
    deleted : datetime
        When.
    name : str
        Its folder's name while it was a run.
    folder : Path
        Where it lies now.
    """

    id: str
    title: str
    deleted: datetime
    name: str
    folder: Path


def put_aside(folder: Path) -> tuple[DeletedRun, list[DeletedRun]]:
    """Move a run's folder into `.deleted` beside it, and remove for good what has lain there for longer than `KEPT`.

    Call it inside `changing`.

    Returns
    -------
    DeletedRun, list of DeletedRun
        What was moved, and what went for good.

    Raises
    ------
    RunError
        If its training still lives.
    OSError
        If the folder cannot be moved; it is still a run then.
    """
    if (folder / STATUS).is_file() and not Job(folder).status().is_over:
        raise RunError(f"The training {folder.name} is still going on. Stop it first, then delete its run.")
    place = folder.parent / DELETED
    gone = purge(place)
    place.mkdir(exist_ok=True)
    target, number = place / folder.name, 2
    while target.exists():  # the same name was deleted before, and both can still come back
        target, number = place / f"{folder.name}~{number}", number + 1
    write_json(folder / _MARK, {"deleted": datetime.now(UTC).isoformat(timespec="seconds"), "name": folder.name})
    folder.rename(target)
    return _look(target), gone


def list_deleted(place: Path) -> list[DeletedRun]:
    """What lies in a `.deleted` folder, latest first; what is no run is left out."""
    found = []
    for folder in place.iterdir() if place.is_dir() else ():
        try:
            found.append(_look(folder))
        except RunError:
            continue
    return sorted(found, key=lambda entry: entry.deleted, reverse=True)


def purge(place: Path, *, older_than: timedelta = KEPT) -> list[DeletedRun]:
    """Remove for good what was deleted longer ago than that; returns what it was."""
    before = datetime.now(UTC) - older_than
    gone = [entry for entry in list_deleted(place) if entry.deleted < before]
    for entry in gone:
        shutil.rmtree(entry.folder, ignore_errors=True)
    return gone


def bring_back(entry: DeletedRun) -> Path:
    """Move a deleted run back to where it lay; `RunError` if another one has taken its place. Call it inside `changing`."""
    target = entry.folder.parent.parent / entry.name
    if target.exists():
        raise RunError(f"{entry.title!r} cannot come back: there is a run {entry.name} again. Delete that one first.")
    entry.folder.rename(target)
    (target / _MARK).unlink(missing_ok=True)
    return target


def _look(folder: Path) -> DeletedRun:
    manifest = read_manifest(folder / MANIFEST)
    try:
        mark = json.loads((folder / _MARK).read_text(encoding="utf-8"))
        when, name = datetime.fromisoformat(mark["deleted"]), str(mark["name"])
        if when.tzinfo is None or Path(name).name != name:
            raise ValueError("a time without zone, or a path instead of a name")
    except (OSError, ValueError, KeyError, TypeError):  # the mark has suffered: the folder's own time and name stand in
        when, name = datetime.fromtimestamp(folder.stat().st_mtime, UTC), folder.name
    return DeletedRun(manifest["id"], manifest["title"], when, name, folder)

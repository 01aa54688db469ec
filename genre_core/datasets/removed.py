"""Removed data sets: kept aside for a while, so that a removal, or an import that replaced something, can be undone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from genre_core.datasets.places import HEAD, TABLE, changing, check_name, folder_of, has_head, head_value, no_such, owns_audio
from genre_core.errors import DatasetError
from genre_core.files import why_not_written, write_json

REMOVED = ".removed"
KEPT = timedelta(days=7)
"""How long a removed data set can be brought back; it goes for good at the first removal after that."""

OWN = (HEAD, TABLE, ".tracks-*.csv", "versions", "report.json", "given.npz")
"""What the product writes into a data set's folder, beside `audio/` where it made that; anything else there is the user's."""

_MARK = "removed.json"


@dataclass(frozen=True)
class RemovedDataset:
    """A data set that was removed and can still be brought back.

    Attributes
    ----------
    name, title : str
        As its head has them.
    removed : datetime
        When.
    replaced : bool
        True where an import took its place, False where a person removed it.
    replaced_by : str
        The job of that import.
    n_tracks : int
    folder : Path
        Where it lies now.
    """

    name: str
    title: str
    removed: datetime
    replaced: bool
    replaced_by: str
    n_tracks: int
    folder: Path


def remove_dataset(name: str, root_datasets: Path, *, replaced_by: str | None = None, for_good: bool = False) -> RemovedDataset:
    """Move a data set aside: its tables, and its audio only where the product itself made it.

    Anything else that lies in the folder stays. Stored features stay too; they belong to the audio, not to the data set. What
    was removed longer than `KEPT` ago goes for good.

    Parameters
    ----------
    name : str
        Its key.
    root_datasets : Path
        Folder of all data sets.
    replaced_by : str or None
        The job whose data set takes its place, `made_by` there; `undo_import` looks for it.
    for_good : bool
        Delete it at once, for the room on the disk.

    Raises
    ------
    DatasetError
        If there is none of this name, or it cannot be moved.
    """
    folder = folder_of(name, root_datasets)
    if not has_head(folder):
        raise no_such(name, root_datasets)
    with changing(root_datasets):
        place = folder.parent / REMOVED
        _purge(place)
        try:
            entry = _put_aside(folder, place, replaced_by)
            if for_good:
                shutil.rmtree(entry.folder)
            if not folder.is_symlink() and not any(folder.iterdir()):
                folder.rmdir()
        except OSError as error:
            raise DatasetError(f"The data set {name!r} cannot be removed from {folder}: {error.strerror or error}.") from error
    return entry


def list_removed(root_datasets: Path) -> list[RemovedDataset]:
    """What can be brought back, latest first; what is damaged is left out."""
    place = root_datasets.resolve() / REMOVED
    found = [entry for folder in place.iterdir() if (entry := _look(folder))] if place.is_dir() else []
    return sorted(found, key=lambda entry: entry.removed, reverse=True)


def restore_dataset(name: str, root_datasets: Path, *, entry: RemovedDataset | None = None) -> RemovedDataset:
    """Bring back the data set of this name that was removed last, or another entry of `list_removed`.

    Raises
    ------
    DatasetError
        If none of this name lies there, one of its name is here again, or nothing can be written.
    """
    folder = folder_of(name, root_datasets)
    with changing(root_datasets):
        entry = entry or next((one for one in list_removed(root_datasets) if one.name == name), None)
        if entry is None:
            names = ", ".join(dict.fromkeys(one.name for one in list_removed(root_datasets))) or "none"
            raise DatasetError(f"No data set named {name!r} was removed in the last {KEPT.days} days. There are: {names}.")
        if has_head(folder):
            raise DatasetError(f"{name!r} cannot come back: there is a data set of that name again. Remove that one first.")
        try:
            _merge(entry.folder, folder)
            shutil.rmtree(entry.folder, ignore_errors=True)
        except OSError as error:
            raise DatasetError(f"The data set {name!r} cannot be brought back: {why_not_written(error)}") from error
    return entry


def undo_import(name: str, root_datasets: Path) -> RemovedDataset | None:
    """Take back an import: its data set is moved aside, and the one that it replaced comes back.

    Returns
    -------
    RemovedDataset or None
        What came back, None where the import had replaced nothing.
    """
    with changing(root_datasets):
        made_by = head_value(folder_of(name, root_datasets), "made_by")
        replaced = [one for one in list_removed(root_datasets) if one.name == name and one.replaced]
        former = next((one for one in replaced if one.replaced_by == made_by), None)
        remove_dataset(name, root_datasets)
        return restore_dataset(name, root_datasets, entry=former) if former else None


def put_in_place(staged: Path, root_datasets: Path, *, replace: bool = False) -> RemovedDataset | None:
    """Let a data set that was made whole elsewhere below `root_datasets` become `root_datasets / staged.name`.

    Returns
    -------
    RemovedDataset or None
        The one that was replaced.

    Raises
    ------
    DatasetError
        If one of this name is here and is not to be replaced, or nothing can be written; all is as before then.
    """
    name = check_name(staged.name)
    folder = folder_of(name, root_datasets)
    with changing(root_datasets):
        if has_head(folder) and not replace:
            raise taken(name)
        made_by = str(head_value(staged, "made_by") or "")
        former = remove_dataset(name, root_datasets, replaced_by=made_by) if has_head(folder) else None
        try:
            _merge(staged, folder)
            staged.rmdir() if staged.is_dir() else None
        except OSError as error:
            if former is not None:
                restore_dataset(name, root_datasets, entry=former)
            raise DatasetError(f"The data set {name!r} cannot be written to {folder}: {why_not_written(error)}") from error
    return former


class NameTakenError(DatasetError):
    """A name that a data set has already; `free` is one that none has, where it was looked for."""

    def __init__(self, message: str, *, free: str = "") -> None:
        super().__init__(message)
        self.free = free


def taken(name: str, free: str = "") -> NameTakenError:
    """Error for a name that a data set has already."""
    other = f"another name ({free} is free)" if free else "another name"
    return NameTakenError(
        f"There is a data set named {name!r} already. Give {other}, or replace it: the former is kept for {KEPT.days} days.",
        free=free,
    )


def _put_aside(folder: Path, place: Path, replaced_by: str | None) -> RemovedDataset:
    place.mkdir(exist_ok=True)
    target, number = place / folder.name, 2
    while target.exists():  # the same name was removed before, and both can still come back
        target, number = place / f"{folder.name}~{number}", number + 1
    target.mkdir()
    now = datetime.now(UTC)
    write_json(target / _MARK, {"removed": now.isoformat(), "name": folder.name, "replaced_by": replaced_by})
    ours = list(_own_entries(folder))
    for entry in ours:  # the head comes first: from there on it is no data set
        shutil.move(entry, target / entry.name)
    found = _look(target)
    return found or RemovedDataset(folder.name, folder.name, now, replaced_by is not None, replaced_by or "", 0, target)


def _own_entries(folder: Path) -> Iterator[Path]:
    ours_too = owns_audio(folder)
    for pattern in OWN:
        yield from sorted(folder.glob(pattern))
    audio = folder / "audio"
    if ours_too and audio.is_dir() and not audio.is_symlink():
        yield audio


def _merge(source: Path, folder: Path) -> None:
    """Move all that lies in `source` into `folder`, the head last, so that it is a data set once it is whole."""
    if not folder.exists():
        folder.mkdir(parents=True)
    entries = [entry for entry in source.iterdir() if entry.name not in (HEAD, _MARK)]
    for entry in entries:
        target = folder / entry.name
        if target.is_dir():
            raise FileExistsError(17, f"{target} is there already and is none of ours; move it away", str(target))
        shutil.move(entry, target)
    shutil.move(source / HEAD, folder / HEAD)


def _purge(place: Path) -> None:
    before = datetime.now(UTC) - KEPT
    for folder in place.iterdir() if place.is_dir() else ():
        entry = _look(folder)
        if entry is not None and entry.removed < before:
            shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path) -> RemovedDataset | None:
    if not has_head(folder):
        return None
    try:
        mark = json.loads((folder / _MARK).read_bytes())
        when, name, replaced_by = datetime.fromisoformat(mark["removed"]), check_name(mark["name"]), mark["replaced_by"]
        if when.tzinfo is None:
            raise ValueError("a time without zone")
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        DatasetError,
    ):  # the mark has suffered: time and name of the folder stand in
        when, name, replaced_by = datetime.fromtimestamp(folder.stat().st_mtime, UTC), folder.name.partition("~")[0], None
    count = head_value(folder, "n_tracks")
    title = str(head_value(folder, "title") or name)
    n_tracks = count if isinstance(count, int) else 0
    return RemovedDataset(name, title, when, replaced_by is not None, str(replaced_by or ""), n_tracks, folder)

"""Data sets on disk: one folder each, `dataset.json` and `tracks.csv`.

The two files cannot disagree. `dataset.json` names the SHA-256 of its table and is the one rename by which a new version comes
into force; the table itself is written before, as `.tracks-<digest>.csv`, which no other writer touches. `tracks.csv` is its copy
under the name that people look for. A reader takes whichever of the two has the digest. Audio of the user's own is never moved,
changed or deleted. Former versions lie in `versions/` (versions.py), what was removed in `.removed/` beside (removed.py).
"""

from __future__ import annotations

import csv
import hashlib
import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genre_core.datasets.places import (
    HEAD,
    TABLE,
    check_name,
    folder_of,
    has_head,
    head_value,
    list_datasets,
    no_such,
    owns_audio,
)
from genre_core.datasets.removed import list_removed, remove_dataset, restore_dataset, undo_import
from genre_core.datasets.tables import COLUMNS, table_bytes, tracks_of
from genre_core.datasets.tracks import Dataset, Problem
from genre_core.errors import DatasetError
from genre_core.files import sync_folder, why_not_written, write_whole

__all__ = [
    "COLUMNS",
    "check_name",
    "has_head",
    "list_datasets",
    "list_removed",
    "load_dataset",
    "remove_dataset",
    "restore_dataset",
    "save_dataset",
    "undo_import",
]

FORMAT = 1
VERSIONS = "versions"
_READS = 5
_OLD_SECONDS = 60.0


def save_dataset(
    dataset: Dataset,
    root_datasets: Path,
    *,
    owns_audio: bool | None = None,
    made_by: str | None = None,
    version_note: str = "",
) -> None:
    """Write a data set to `root_datasets / dataset.name`, at once: a reader sees the old or the new version.

    Parameters
    ----------
    dataset : Dataset
        What to write; its name is the folder's.
    root_datasets : Path
        Folder of all data sets, `Root.datasets`; made if need be.
    owns_audio : bool or None
        True where the product itself wrote the audio below the data set's folder, so that `remove_dataset` may delete it.
        None keeps what an earlier version said, False if there was none.
    made_by : str or None
        The job that made it, so that one that is continued knows its own work; None keeps what was said, like `owns_audio`.
    version_note : str
        What is new in this version, in words.

    Raises
    ------
    DatasetError
        If the name does not fit, two tracks share an id, or the folder cannot be written.
    """
    folder = folder_of(dataset.name, root_datasets)
    table = table_bytes(dataset, folder)
    digest = hashlib.sha256(table).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        head = {
            "format": FORMAT,
            "name": dataset.name,
            "title": dataset.title,
            "note": dataset.note,
            "complete": dataset.complete,
            "genres": list(dataset.genres),
            "n_tracks": len(dataset.tracks),
            "tracks_sha256": digest,
            "fingerprint": dataset.fingerprint,
            "version": dataset.version,
            "version_note": version_note,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": str(head_value(folder, "made_by") or "") if made_by is None else made_by,
            "owns_audio": _owned(folder) if owns_audio is None else owns_audio,
            "given": list(dataset.given),
            "problems": [asdict(problem) for problem in dataset.problems],
        }
        bound = folder / bound_name(digest)
        write_whole(bound, table)
        write_whole(folder / HEAD, json.dumps(head, indent=1).encode())
        write_whole(folder / TABLE, table, durable=False)
        sync_folder(folder.parent)  # a new folder's own name
        _forget_old(folder, keep=bound)
    except OSError as error:
        raise DatasetError(f"The data set {dataset.name!r} cannot be written to {folder}: {why_not_written(error)}") from error


def load_dataset(name: str, root_datasets: Path, version: int | None = None) -> Dataset:
    """Read a data set; audio is not touched.

    Parameters
    ----------
    name : str
        Its key.
    root_datasets : Path
        Folder of all data sets.
    version : int or None
        One of `list_versions`; by default the present one.

    Raises
    ------
    DatasetError
        If there is none of this name or version, or its files are damaged or of a newer version of the product.
    """
    folder = folder_of(name, root_datasets)
    head, table = read_saved(folder, name, version)
    try:
        problems = tuple(Problem(**entry) for entry in map(_known, head["problems"]))
        return Dataset(
            name=name,
            tracks=tracks_of(table, folder),
            title=str(head["title"]),
            note=str(head["note"]),
            problems=problems,
            complete=bool(head["complete"]),
            given=tuple(head.get("given", ())),
            version=int(head.get("version", 1)),
        )
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise damaged(name, folder, f"{type(error).__name__}: {error}") from error


def read_saved(folder: Path, name: str, version: int | None = None) -> tuple[dict[str, Any], bytes]:
    """Head and table of a version, raising what `load_dataset` raises."""
    if version is None:
        return _read(folder, name)
    present = read_head(folder / HEAD, name, folder)
    if int(present.get("version", 1)) == version:
        return _read(folder, name)
    place = folder / VERSIONS / str(version)
    if not (place / HEAD).is_file():
        raise DatasetError(f"The data set {name!r} has no version {version}. Its present one is {present.get('version', 1)}.")
    head = read_head(place / HEAD, name, folder)
    try:
        table = (place / TABLE).read_bytes()
    except OSError as error:
        raise damaged(name, place, f"{TABLE} cannot be read, {error.strerror}") from error
    if hashlib.sha256(table).hexdigest() != head.get("tracks_sha256"):
        raise damaged(name, place, f"{TABLE} is not the table that {HEAD} was written with")
    return head, table


def bound_name(digest: str) -> str:
    """Name of a table beside the head that names its digest."""
    return f".tracks-{digest[:16]}.csv"


def _owned(folder: Path) -> bool:
    return owns_audio(folder)


def _known(entry: dict[str, Any]) -> dict[str, Any]:
    """What is known of a problem's fields; lists become tuples."""
    if not isinstance(entry, dict):
        raise TypeError(f"a problem that is {entry!r}")
    fields = {key: value for key, value in entry.items() if key in Problem.__dataclass_fields__}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}


def _forget_old(folder: Path, *, keep: Path) -> None:
    """Delete tables of former versions; a young one may be what another writer is about to name."""
    for old in folder.glob(bound_name("*")):
        try:
            if old != keep and time.time() - old.stat().st_mtime > _OLD_SECONDS:
                old.unlink()
        except OSError:
            continue  # another writer was first, or a reader has it open on Windows: it is only in the way


def _read(folder: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """Head and the table that belongs to it, read again where a writer came between the two."""
    for _ in range(_READS):
        head = read_head(folder / HEAD, name, folder)
        digest = str(head.get("tracks_sha256"))
        if not digest.isalnum():
            raise damaged(name, folder, "dataset.json names no table")
        for path in (folder / bound_name(digest), folder / TABLE):
            try:
                table = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise damaged(name, folder, f"{path.name} cannot be read, {error.strerror}") from error
            if hashlib.sha256(table).hexdigest() == digest:
                return head, table
    raise damaged(name, folder, "tracks.csv is not the table that dataset.json was written with")


def read_head(path: Path, name: str, folder: Path) -> dict[str, Any]:
    """The head of a version in a file; raises what `load_dataset` raises."""
    try:
        head = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise no_such(name, folder.parent) from None
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(name, folder, f"dataset.json cannot be read, {error}") from error
    if not isinstance(head, dict) or not isinstance(head.get("format"), int):
        raise damaged(name, folder, "dataset.json names no format")
    if not isinstance(head.setdefault("version", 1), int):
        raise damaged(name, folder, "dataset.json names no version")
    if head["format"] > FORMAT:
        raise DatasetError(
            f"The data set {name!r} was written by a newer version: expected format {FORMAT} or less. "
            f"Received: {head['format']}. Update Genrescope, or import the folder again under another name."
        )
    return head


def damaged(name: str, folder: Path, why: str) -> DatasetError:
    """Error for files that don't fit together any more."""
    return DatasetError(f"The data set {name!r} in {folder} is damaged: {why}. Remove that folder, then import or make it again.")

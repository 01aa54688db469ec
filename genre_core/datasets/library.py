"""Data sets on disk: one folder each, `dataset.json` and `tracks.csv`.

The two files cannot disagree. `dataset.json` names the SHA-256 of its table and is the one rename by which a new version comes
into force; the table itself is written before, as `.tracks-<digest>.csv`, which no other writer touches. `tracks.csv` is its copy
under the name that people look for. A reader takes whichever of the two has the digest. Audio of the user's own is never moved,
changed or deleted.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import secrets
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError
from genre_core.files import sync_folder, why_not_written, write_whole

FORMAT = 1
COLUMNS = ("id", "genre", "path", "artist", "seconds", "sha256")
_NAME = re.compile(r"\w(?:[\w .-]{0,62}\w)?")
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
_READS = 5
_OLD_SECONDS = 60.0


def check_name(name: str) -> str:
    """`name` itself, if it can be a folder's name on every system.

    Raises
    ------
    DatasetError
        If it is empty, too long, leaves the folder (`..`, `/`) or is reserved by Windows.
    """
    if not _NAME.fullmatch(name) or name.split(".")[0].strip().casefold() in _DEVICES:
        raise DatasetError(
            "A data set's name has 1 to 64 letters, digits, spaces and the signs . - _, with a letter or digit at both ends. "
            f"Received: {name!r}. Choose another name."
        )
    return name


def save_dataset(dataset: Dataset, root_datasets: Path, *, owns_audio: bool | None = None) -> None:
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

    Raises
    ------
    DatasetError
        If the name does not fit, two tracks share an id, or the folder cannot be written.
    """
    folder = _folder(dataset.name, root_datasets)
    table = _table(dataset, folder)
    digest = hashlib.sha256(table).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if owns_audio is None:
            owns_audio = _owns_audio(folder)
        head = {
            "format": FORMAT,
            "name": dataset.name,
            "title": dataset.title,
            "note": dataset.note,
            "complete": dataset.complete,
            "genres": list(dataset.genres),
            "n_tracks": len(dataset.tracks),
            "tracks_sha256": digest,
            "owns_audio": owns_audio,
            "problems": [asdict(problem) for problem in dataset.problems],
        }
        bound = folder / _bound_name(digest)
        write_whole(bound, table)
        write_whole(folder / "dataset.json", json.dumps(head, indent=1).encode())
        write_whole(folder / "tracks.csv", table, durable=False)
        sync_folder(folder.parent)  # a new folder's own name
        _forget_old(folder, keep=bound)
    except OSError as error:
        raise DatasetError(f"The data set {dataset.name!r} cannot be written to {folder}: {why_not_written(error)}") from error


def load_dataset(name: str, root_datasets: Path) -> Dataset:
    """Read a data set; audio is not touched.

    Raises
    ------
    DatasetError
        If there is none of this name, or its files are damaged or of a newer version of the product.
    """
    folder = _folder(name, root_datasets)
    head, table = _read(folder, name)
    try:
        tracks = _tracks(table, folder)
        problems = tuple(Problem(entry["file"], entry["kind"], entry["message"]) for entry in head["problems"])
        found = Dataset(
            name=name,
            tracks=tracks,
            title=str(head["title"]),
            note=str(head["note"]),
            problems=problems,
            complete=bool(head["complete"]),
        )
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise _damaged(name, folder, f"{type(error).__name__}: {error}") from error
    return found


def list_datasets(root_datasets: Path) -> list[str]:
    """Names of the data sets there, in alphabetical order; a damaged one is listed too, and `load_dataset` says what it lacks."""
    if not root_datasets.is_dir():
        return []
    return sorted(entry.name for entry in root_datasets.iterdir() if not entry.name.startswith(".") and _has_head(entry))


def remove_dataset(name: str, root_datasets: Path) -> None:
    """Forget a data set: delete its table, and its audio only where the product itself made it.

    Anything else that lies in the folder stays. Stored features stay too; they belong to the audio, not to the data set.

    Raises
    ------
    DatasetError
        If there is none of this name, or it cannot be deleted.
    """
    folder = _folder(name, root_datasets)
    if not (folder / "dataset.json").is_file():
        raise _no_such(name, root_datasets)
    try:
        owns_audio = _owns_audio(folder)
        (folder / "dataset.json").unlink()  # first: from here on it is no data set
        for table in (folder / "tracks.csv", *folder.glob(_bound_name("*"))):
            table.unlink(missing_ok=True)
        audio = folder / "audio"
        if owns_audio and audio.is_dir() and not audio.is_symlink():
            doomed = folder / f".audio.{secrets.token_hex(4)}.tmp"
            audio.rename(doomed)
            shutil.rmtree(doomed)
        if not folder.is_symlink() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as error:
        raise DatasetError(f"The data set {name!r} cannot be removed from {folder}: {error.strerror or error}.") from error


def _folder(name: str, root_datasets: Path) -> Path:
    return root_datasets.resolve() / check_name(name)


def _has_head(folder: Path) -> bool:
    try:
        return (folder / "dataset.json").is_file()
    except OSError:  # a folder that may not be looked into is none of ours
        return False


def _bound_name(digest: str) -> str:
    return f".tracks-{digest[:16]}.csv"


def _forget_old(folder: Path, *, keep: Path) -> None:
    """Delete tables of former versions; a young one may be what another writer is about to name."""
    for old in folder.glob(_bound_name("*")):
        try:
            if old != keep and time.time() - old.stat().st_mtime > _OLD_SECONDS:
                old.unlink()
        except OSError:
            continue  # another writer was first, or a reader has it open on Windows: it is only in the way


def _owns_audio(folder: Path) -> bool:
    try:
        return json.loads((folder / "dataset.json").read_bytes()).get("owns_audio") is True
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def _read(folder: Path, name: str) -> tuple[dict[str, Any], bytes]:
    """Head and the table that belongs to it, read again where a writer came between the two."""
    for _ in range(_READS):
        head = _read_head(folder, name)
        digest = str(head.get("tracks_sha256"))
        if not digest.isalnum():
            raise _damaged(name, folder, "dataset.json names no table")
        for path in (folder / _bound_name(digest), folder / "tracks.csv"):
            try:
                table = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _damaged(name, folder, f"{path.name} cannot be read, {error.strerror}") from error
            if hashlib.sha256(table).hexdigest() == digest:
                return head, table
    raise _damaged(name, folder, "tracks.csv is not the table that dataset.json was written with")


def _read_head(folder: Path, name: str) -> dict[str, Any]:
    try:
        head = json.loads((folder / "dataset.json").read_bytes())
    except FileNotFoundError:
        raise _no_such(name, folder.parent) from None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(name, folder, f"dataset.json cannot be read, {error}") from error
    if not isinstance(head, dict) or not isinstance(head.get("format"), int):
        raise _damaged(name, folder, "dataset.json names no format")
    if head["format"] > FORMAT:
        raise DatasetError(
            f"The data set {name!r} was written by a newer version: expected format {FORMAT} or less. "
            f"Received: {head['format']}. Update Genrescope, or import the folder again under another name."
        )
    return head


def _table(dataset: Dataset, folder: Path) -> bytes:
    extra = sorted({key for track in dataset.tracks for key in track.extra})
    if clash := sorted(set(extra) & set(COLUMNS)):
        raise DatasetError(f"A further column must not be named like one of the table's own. Received: {', '.join(clash)}.")
    if len(dataset.by_id) != len(dataset.tracks):
        ids = [track.id for track in dataset.tracks]
        twice = next(track_id for track_id in ids if ids.count(track_id) > 1)
        raise DatasetError(f"Each track needs an id of its own. Received {twice!r} twice.")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *extra])
    for track in dataset.tracks:
        row = [
            track.id,
            track.genre,
            _path_text(track.path, folder),
            track.artist or "",
            repr(float(track.seconds)),
            track.sha256,
        ]
        writer.writerow(row + [track.extra.get(key, "") for key in extra])
    return text.getvalue().encode("utf-8", "surrogateescape")  # file names may hold bytes that are no text


def _path_text(path: Path | None, folder: Path) -> str:
    if path is None:
        return ""
    whole = path if path.is_absolute() else Path.cwd() / path
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)


def _tracks(table: bytes, folder: Path) -> tuple[Track, ...]:
    rows = csv.reader(io.StringIO(table.decode("utf-8", "surrogateescape"), newline=""))
    names = next(rows, [])
    if tuple(names[: len(COLUMNS)]) != COLUMNS:
        raise ValueError(f"tracks.csv has the columns {', '.join(names)}")
    found = []
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"line {rows.line_num} of tracks.csv has {len(row)} values")
        track_id, genre, path, artist, seconds, sha256 = row[: len(COLUMNS)]
        extra = {key: value for key, value in zip(names[len(COLUMNS) :], row[len(COLUMNS) :], strict=True) if value}
        found.append(Track(track_id, genre, folder / path if path else None, artist or None, float(seconds), sha256, extra))
    return tuple(found)


def _no_such(name: str, root_datasets: Path) -> DatasetError:
    names = ", ".join(list_datasets(root_datasets)) or "none yet; make one with `demo` or `import`"
    return DatasetError(f"There is no data set named {name!r} in {root_datasets}. There are: {names}.")


def _damaged(name: str, folder: Path, why: str) -> DatasetError:
    return DatasetError(f"The data set {name!r} in {folder} is damaged: {why}. Remove that folder, then import or make it again.")

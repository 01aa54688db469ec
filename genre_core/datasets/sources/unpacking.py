"""Songs out of their archive into a folder of the product's own: each written whole, and not written twice."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from genre_core.damaged import DAMAGED_ZIP
from genre_core.datasets.sources.found import Found, SongFile
from genre_core.datasets.sources.zipped import LIMITS, Limits, open_archive
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError
from genre_core.files import rename_over, temporary_beside, why_not_written, write_whole
from genre_core.parallel import Countdown, Progress

_PIECE = 1 << 20
_LONGEST = 40
"""Characters of a name, which may be four bytes each."""

_OLD_UPLOAD_SECONDS = 24 * 3600.0
_LIST = ".archive"


def unpack(found: Found, place: Path, *, progress: Progress | None = None, limits: Limits = LIMITS) -> Found:
    """Unpack the songs of an archive below `place`; what lies there already is not unpacked again.

    Names are made anew from genre, number and stem, so that nothing in the archive decides where a file goes.

    Parameters
    ----------
    found : Found
        What `find_zip` found; anything else is returned as it is.
    place : Path
        Folder of the product's own; emptied first where it was begun with another archive.
    progress : callable or None
        `progress(done, total, seconds_left)` after each song; it may raise to stop, and a later call goes on there.
    limits : Limits
        What it may unpack to, counted as the bytes come.

    Returns
    -------
    Found
        With the unpacked files' paths. Members that are damaged are problems and no songs any more.

    Raises
    ------
    DatasetError
        If the disk has no room, or the folder cannot be written.
    """
    if found.archive is None or found.owns_audio:
        return found
    songs: list[SongFile] = []
    problems = list(found.problems)
    try:
        _begin(found, place)
        countdown = Countdown(progress, found.n_songs)
        room = limits.n_bytes
        with open_archive(found.archive, found.path.name) as archive:
            entries = archive.infolist()
            for number, (song, member) in enumerate(zip(found.songs, found.members, strict=True)):
                if member >= len(entries):
                    raise DatasetError(f"{found.path.name} has changed while it was imported. Start the import again.")
                entry = entries[member]
                target = place / _safe(song.genre) / f"{number:06d} {_safe(Path(song.shown).stem)}{song.path.suffix.lower()}"
                problem = _unpack_one(archive, entry, target, song, room)
                if problem is None:
                    room -= entry.file_size
                    songs.append(replace(song, path=target))
                else:
                    problems.append(problem)
                countdown.step()
    except OSError as error:
        raise DatasetError(f"{found.path.name} cannot be unpacked to {place}: {why_not_written(error)}") from error
    return replace(found, songs=songs, problems=problems, members=[], archive=None, owns_audio=True)


def keep_upload(content: Any, name: str, folder: Path) -> Path:
    """Write an uploaded archive to disk, for the job that imports it; it is deleted when that is done.

    Parameters
    ----------
    content : bytes or binary file object
        The upload.
    name : str
        Its name on the user's machine.
    folder : Path
        Where to, `Root.uploads`; uploads that nobody imported within a day are deleted there.

    Raises
    ------
    DatasetError
        If the disk is full or the folder cannot be written.
    """
    stem = _safe(Path(name).stem) or "songs"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_uploads(folder)
        target = folder / f"{time.time_ns():x}" / f"{stem}.zip"
        target.parent.mkdir()
        temporary = temporary_beside(target)
        with temporary.open("wb") as file:
            for piece in _pieces(content):
                file.write(piece)
        rename_over(temporary, target)
    except OSError as error:
        raise DatasetError(f"The upload {name!r} cannot be kept in {folder}: {why_not_written(error)}") from error
    return target


def forget_upload(path: Path, folder: Path) -> None:
    """Delete an upload that was imported; anything that lies elsewhere is left alone."""
    if path.parent.parent == folder:
        shutil.rmtree(path.parent, ignore_errors=True)


def _begin(found: Found, place: Path) -> None:
    """Make the folder, empty of what another archive left there, and refuse what the disk has no room for."""
    listing = [f"{song.shown}\0{song.genre}" for song in found.songs]
    digest = hashlib.sha256("\n".join([*listing, str(found.n_bytes)]).encode("utf-8", "surrogateescape")).hexdigest()
    mark = place / _LIST
    if not mark.is_file() or mark.read_text(encoding="utf-8") != digest:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        write_whole(mark, digest.encode())
    there = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
    free = shutil.disk_usage(place).free
    if found.n_bytes - there > free:
        raise DatasetError(
            f"{found.path.name} unpacks to {found.n_bytes / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free at {place}. "
            "Free some space, or choose another folder with --root or GENRE_HOME."
        )


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, song: SongFile, room: int) -> Problem | None:
    if target.is_file() and target.stat().st_size == entry.file_size:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(target.with_name(target.name[:6]))
    try:
        with temporary.open("wb") as file:
            for piece in _members_bytes(archive, entry, room):
                file.write(piece)
        rename_over(temporary, target)
    except _BadMemberError as error:
        return Problem(song.shown, "damaged", f"It cannot be unpacked: {error}. Zip it again.")
    finally:
        temporary.unlink(missing_ok=True)
    return None


class _BadMemberError(Exception):
    """A member that is damaged, in words; apart from the errors of the disk that it is written to."""


def _members_bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> Iterator[bytes]:
    size = 0
    try:
        with archive.open(entry) as member:
            while piece := member.read(_PIECE):
                size += len(piece)
                if size > room:
                    raise DatasetError("The archive unpacks to more than it may. Unpack it yourself, then give the folder.")
                yield piece
    except DAMAGED_ZIP as error:
        raise _BadMemberError(str(error) or type(error).__name__) from error


def _pieces(content: Any) -> Iterable[bytes]:
    if isinstance(content, bytes | bytearray | memoryview):
        yield bytes(content)
        return
    content.seek(0)
    while piece := content.read(_PIECE):
        yield piece


def _safe(text: str) -> str:
    """Letters, digits and a few signs of a name, short enough for every file system."""
    plain = re.sub(r"[^\w()'&+-]+", " ", text.encode("utf-8", "ignore").decode("utf-8"))
    return plain.strip()[:_LONGEST].strip() or "_"


def _forget_uploads(folder: Path) -> None:
    for entry in folder.iterdir():
        try:
            if entry.is_dir() and time.time() - entry.stat().st_mtime > _OLD_UPLOAD_SECONDS:
                shutil.rmtree(entry, ignore_errors=True)
        except OSError:
            continue  # another process was first

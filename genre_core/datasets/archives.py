"""Unpacking a fetched archive, tar or ZIP, below a folder: no name leads out of it, no link is followed, sizes are counted."""

from __future__ import annotations

import re
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from genre_core.damaged import DAMAGED_ZIP
from genre_core.datasets.downloading import FetchError
from genre_core.files import why_not_written

MOST_FILES = 200_000
_PIECE = 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
_UNREADABLE = (tarfile.TarError, *DAMAGED_ZIP)
"""What reading a damaged archive raises; writing is looked after apart from it."""

Told = Callable[[int, int], None]


class _Member(NamedTuple):
    name: str
    open: Callable[[], IO[bytes]]
    place: Callable[[], int]
    """How far the archive has been read [bytes]."""


def unpack_archive(archive: Path, folder: Path, *, most_bytes: int, only: Sequence[str] = (), told: Told | None = None) -> int:
    """Unpack the plain files of an archive.

    Parameters
    ----------
    archive : Path
        `.tar`, `.tar.gz` and the like, or `.zip`.
    folder : Path
        Where to; made if need be.
    most_bytes : int
        What it may unpack to, counted as the bytes come.
    only : sequence of str
        Names of the members that are wanted; empty for all. Hidden files, links and devices never are.
    told : callable or None
        `told(done, total)` in bytes of the archive; it may raise to stop.

    Returns
    -------
    int
        Number of files.

    Raises
    ------
    FetchError
        If it is damaged, holds a name that leads out of it, unpacks to more than it may, or the disk is full.
    """
    size, room, count = archive.stat().st_size, most_bytes, 0
    if shutil.disk_usage(_existing(folder)).free < most_bytes // 2:
        free = shutil.disk_usage(_existing(folder)).free
        raise FetchError(
            f"{archive.name} unpacks to about {most_bytes / 2e6:,.0f} MB, and {free / 1e6:,.0f} MB are free in {folder.parent}: "
            "the disk is too full. Free some space, or choose another folder with --to."
        )
    for member in _members(archive):
        parts = _parts(member.name, archive)
        if any(part.startswith(".") or part == "__MACOSX" for part in parts) or (only and "/".join(parts) not in only):
            continue
        count += 1
        if count > MOST_FILES:
            raise FetchError(
                f"{archive.name} holds more than {MOST_FILES} files, which no data set here does. It is not unpacked."
            )
        room -= _write(member, folder.joinpath(*parts), room, archive)
        if told is not None:
            told(member.place(), size)
    if not count:
        raise FetchError(
            f"Expected songs in {archive.name}. Received: no file that can be unpacked. Fetch it from elsewhere (--url)."
        )
    return count


def _existing(folder: Path) -> Path:
    return folder if folder.is_dir() else _existing(folder.parent)


def _members(archive: Path) -> Iterator[_Member]:
    """Plain files, in the archive's order."""
    opened = _zip_members if zipfile.is_zipfile(archive) else _tar_members
    members = opened(archive)
    while True:
        try:
            member = next(members, None)
        except _UNREADABLE as error:
            raise _damaged(archive, error) from error
        if member is None:
            return
        yield member


def _tar_members(archive: Path) -> Iterator[_Member]:
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as tar:
        for entry in tar:
            if entry.isfile():
                yield _Member(entry.name, partial(_extracted, tar, entry), raw.tell)


def _extracted(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    found = tar.extractfile(entry)
    if found is None:
        raise ValueError(f"{entry.name} is no file")
    return found


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as content:
        packed = 0
        for entry in content.infolist():
            packed += entry.compress_size
            kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == 3 else 0  # 3: made on a Unix, with links
            if not entry.is_dir() and kind in (0, stat.S_IFREG):
                yield _Member(entry.filename, partial(content.open, entry), partial(int, packed))


def _parts(name: str, archive: Path) -> tuple[str, ...]:
    whole = name.replace("\\", "/")
    parts = tuple(part for part in PurePosixPath(whole).parts if part != ".")
    if whole.startswith("/") or _DRIVE.match(whole) or ".." in parts or "\0" in whole or not parts:
        raise FetchError(
            f"{archive.name} holds a file whose name leads out of it ({name[:80]!r}): it was made to do harm. It is not "
            "unpacked; delete it, and fetch it from elsewhere (--url)."
        )
    return parts


def _write(member: _Member, target: Path, room: int, archive: Path) -> int:
    size = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for piece in _pieces(member, archive):
                size += len(piece)
                if size > room:
                    raise FetchError(f"{archive.name} unpacks to more than it should: it is another file than was meant.")
                file.write(piece)
    except OSError as error:
        raise FetchError(f"{archive.name} cannot be unpacked to {target.parent}: {why_not_written(error)}") from error
    return size


def _pieces(member: _Member, archive: Path) -> Iterator[bytes]:
    try:
        with member.open() as source:
            while piece := source.read(_PIECE):
                yield piece
    except _UNREADABLE as error:
        raise _damaged(archive, error) from error


def _damaged(archive: Path, error: BaseException) -> FetchError:
    return FetchError(f"{archive} is damaged: {error}. Delete it, then start again.")

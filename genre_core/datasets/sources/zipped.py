"""ZIP archives of songs, looked at as if they were made to do harm: only the list of contents is read here."""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from genre_core.damaged import DAMAGED_ZIP
from genre_core.datasets.sources.folder import arrange, nothing_words, tell_arrangement
from genre_core.datasets.sources.found import Found, Parts, SongFile, kind_of_file, name_for
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError


class Limits(NamedTuple):
    """What an archive may hold."""

    files: int = 200_000
    n_bytes: int = 64_000_000_000
    """Unpacked."""
    ratio: float = 50.0
    """Unpacked over packed, from `_SMALL` bytes on: sound hardly shrinks, so a larger one is a bomb."""


LIMITS = Limits()
_SMALL = 10_000_000
_MOST_LISTING = 100_000_000
"""Bytes of the list of contents, all of which Python reads at once."""

_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar"})
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})
_END, _END_SIZE = b"PK\x05\x06", 22
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_DRIVE = re.compile(r"[A-Za-z]:")


def find_zip(source: Any, *, artist_folders: bool = True, limits: Limits = LIMITS, **_: Any) -> Found:
    """Find the songs in an archive, one folder a genre, from its list of contents.

    Parameters
    ----------
    source : path, bytes or binary file object
        The archive.
    artist_folders : bool
        As in `find_folder`.
    limits : Limits
        What it may hold.

    Raises
    ------
    DatasetError
        If it is no ZIP, is damaged, names files outside of itself, or would unpack to too much; nothing is unpacked then. Links,
        archives inside, and members with a password are left out and named.
    """
    path = Path(source) if isinstance(source, str | os.PathLike) else Path(str(getattr(source, "name", "") or "archive.zip"))
    found = Found("zip", path, path, name_for(Path(path.stem or "songs")), archive=source)
    with open_archive(source, path.name) as archive:
        entries = archive.infolist()
        _check_sizes(entries, path.name, _packed_size(source), limits)
        members = {parts: (place, entries[place]) for parts, place in _songs(entries, found)}
    if not members:
        raise DatasetError(_nothing(found))
    arranged = arrange(sorted(members), artist_folders=artist_folders)
    found.home = path.joinpath(*arranged.home)
    tell_arrangement(arranged, found)
    for song in arranged.songs:
        place, entry = members[song.parts]
        shown = "/".join(song.parts)
        found.songs.append(SongFile(Path(*song.parts), song.genre, song.artist, song.part, song.inside, shown=shown))
        found.members.append(place)
        found.n_bytes += entry.file_size
    return found


def is_zip(path: Path) -> bool:
    """Whether a file is a ZIP archive, by its own bytes or, where it is damaged, by its name."""
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", _END) or path.suffix.lower() == ".zip"
    except OSError:
        return path.suffix.lower() == ".zip"


@contextmanager
def open_archive(source: Any, name: str) -> Iterator[zipfile.ZipFile]:
    """The archive, open for reading; a file object is left open at the end.

    Raises
    ------
    DatasetError
        If it is none, or its list of contents cannot be read.
    """
    file: BinaryIO
    if isinstance(source, str | os.PathLike):
        try:
            file = Path(source).open("rb")  # noqa: SIM115 - closed below, where it is ours
        except OSError as error:
            raise DatasetError(f"The archive {source} cannot be read: {error.strerror or error}.") from error
    else:
        file = io.BytesIO(source) if isinstance(source, bytes | bytearray | memoryview) else source
    ours = file is not source
    try:
        _check_listing(file, name)
        try:
            archive = zipfile.ZipFile(file)
        except DAMAGED_ZIP as error:
            raise DatasetError(f"{name} is damaged: {error}. Download or zip it again.") from error
        with archive:
            yield archive
    finally:
        if ours:
            file.close()


def _check_listing(file: BinaryIO, name: str) -> None:
    """Refuse what is no ZIP, and a list of contents that alone would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_SIZE - 0xFFFF))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_SIZE:
        raise DatasetError(f"Expected a ZIP archive. Received: {name}, which is none, or only a part of one. Download it again.")
    (listing,) = struct.unpack_from("<I", tail, end + 12)
    if end >= 20 and tail[end - 20 : end - 16] == _LOCATOR64:
        (place,) = struct.unpack_from("<Q", tail, end - 20 + 8)
        if place + 56 <= size:
            file.seek(place)
            record = file.read(56)
            if record[:4] == _END64:
                (listing,) = struct.unpack_from("<Q", record, 40)
    if listing > _MOST_LISTING:
        raise DatasetError(f"{name} lists more files than can be looked at ({listing / 1e6:.0f} MB of names). Split it.")
    file.seek(0)


def _packed_size(source: Any) -> int:
    if isinstance(source, str | os.PathLike):
        return Path(source).stat().st_size
    if isinstance(source, bytes | bytearray | memoryview):
        return len(source)
    here = source.tell()
    size = source.seek(0, os.SEEK_END)
    source.seek(here)
    return int(size)


def _check_sizes(entries: list[zipfile.ZipInfo], name: str, packed_size: int, limits: Limits) -> None:
    """Refuse bombs by what the list claims; that the claims hold is seen as the bytes come."""
    if len(entries) > limits.files:
        raise DatasetError(f"An archive may hold {limits.files} files. Received: {len(entries)} in {name}. Unpack it yourself.")
    unpacked, packed = (sum(sizes) for sizes in ([e.file_size for e in entries], [e.compress_size for e in entries]))
    if unpacked > limits.n_bytes:
        raise DatasetError(
            f"An archive may unpack to {limits.n_bytes / 1e9:.0f} GB. Received: {unpacked / 1e9:.1f} GB in {name}. "
            "Unpack it yourself, then give the folder."
        )
    if packed > packed_size:
        raise DatasetError(f"{name} claims to hold more packed bytes than it has: its members overlap. It is not unpacked.")
    if unpacked > _SMALL and unpacked > limits.ratio * max(packed, 1):
        raise DatasetError(
            f"{name} would unpack to {unpacked / max(packed, 1):.0f} times its size, and sound never shrinks that far: it is not "
            "unpacked. If you trust it, unpack it yourself, then give the folder."
        )


def _songs(entries: list[zipfile.ZipInfo], found: Found) -> Iterator[tuple[Parts, int]]:
    """Path and place of the members that may be unpacked; what is passed over is counted or named."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        parts = _parts(entry, found.path.name)
        if entry.is_dir() or not parts:
            continue
        shown, kind = "/".join(parts), kind_of_file(parts[-1])
        if any(name.startswith(".") or name == "__MACOSX" for name in parts[:-1]) or kind == "hidden":
            found.passed_over["hidden"] += 1
        elif kind in _ARCHIVES:
            message = "It is an archive inside the archive and was not opened. Unpack it, and zip the songs themselves."
            found.problems.append(Problem(shown, "nested", message))
        elif kind != "audio":
            found.passed_over[kind] += 1
        elif refusal := _refusal(entry):
            found.problems.append(Problem(shown, *refusal))
        elif shown in seen:
            found.problems.append(Problem(shown, "twice", "The archive holds this name twice; the first one counts."))
        else:
            seen.add(shown)
            yield parts, place


def _parts(entry: zipfile.ZipInfo, name: str) -> Parts:
    """The names of a member's path; `DatasetError` for one that leaves the archive's own folder."""
    whole = _text(entry).replace("\\", "/")
    parts = tuple(part for part in whole.split("/") if part not in ("", "."))
    if whole.startswith("/") or _DRIVE.match(whole) or ".." in parts or "\0" in whole:
        raise DatasetError(
            f"{name} holds a file whose name leads out of the archive ({_text(entry)[:80]!r}): it was made to do harm, or by a "
            "broken program. Nothing is unpacked."
        )
    return parts


def _text(entry: zipfile.ZipInfo) -> str:
    """A member's name; many programs write UTF-8 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    try:
        return entry.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.orig_filename


def _refusal(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Kind and words for a song that is not unpacked."""
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == 3 else 0  # 3: made on a Unix, which knows links
    if kind not in (0, stat.S_IFREG):
        return "link", "It is a link or a device, not a file, and was left out. Zip the file itself."
    if entry.flag_bits & 1:
        return "password", "It needs a password and was left out. Zip it without one."
    if entry.compress_type not in _METHODS:
        return "packed", "It is packed in a way that cannot be read and was left out. Zip it the usual way."
    return None


def _nothing(found: Found) -> str:
    nested = [problem.file for problem in found.problems if problem.kind == "nested"]
    if nested:
        return (
            f"{found.path.name} holds no song, but archives ({', '.join(nested[:3])}): archives inside archives are not opened. "
            "Unpack it, then give the folder that holds the genre folders."
        )
    if found.problems:
        return f"{found.path.name} holds no song that may be unpacked. {found.problems[0].file}: {found.problems[0].message}"
    return nothing_words(found)

"""Playlists that every player reads: extended M3U in UTF-8, with titles and lengths; and what players write, read back."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote_to_bytes

from genre_core.datasets.sources.names import printable
from genre_core.errors import CollectionError
from genre_core.files import why_not_written, write_whole

EXTENSIONS = (".m3u8", ".m3u")
MOST_BYTES = 20_000_000
"""A longer file is no playlist: it would name two hundred thousand songs."""

_HEAD, _TITLE = "#EXTM3U", "#PLAYLIST:"
_ENTRY = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)(?:[^,\"]|\"[^\"]*\")*(?:,(.*))?", re.IGNORECASE)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_DRIVE = re.compile(r"/[a-z]:/", re.IGNORECASE)
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class PlaylistEntry:
    """A song of a playlist.

    Attributes
    ----------
    path : Path
        Where it lies, absolute.
    title : str
        How it is to be shown; its file's name where empty.
    seconds : float or None
        Its length [s]; None where nobody said.
    """

    path: Path
    title: str = ""
    seconds: float | None = None

    @property
    def shown(self) -> str:
        """The title, or the file's name without its extension."""
        return self.title or printable(self.path.stem)


@dataclass(frozen=True)
class Playlist:
    """Songs in order, with a title.

    Attributes
    ----------
    title : str
    entries : tuple of PlaylistEntry
    passed_over : tuple of str
        Lines of a file that name no file on this machine: streams on the net.
    """

    title: str
    entries: tuple[PlaylistEntry, ...]
    passed_over: tuple[str, ...] = ()


def playlist_bytes(playlist: Playlist, *, relative_to: Path | None = None) -> bytes:
    """A playlist as extended M3U in UTF-8.

    A path that no line can hold (with a line break, bytes that are no text, spaces at its end) is written as a `file://` address.

    Parameters
    ----------
    playlist : Playlist
    relative_to : Path or None
        Folder that the file will lie in, where paths are to be relative to it; absolute by default.
    """
    lines = [_HEAD]
    if title := _one_line(playlist.title):
        lines.append(_TITLE + title)
    for entry in playlist.entries:
        seconds = -1 if entry.seconds is None else round(entry.seconds)
        lines += [f"#EXTINF:{seconds},{_one_line(entry.shown)}", _place(entry.path, relative_to)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def write_playlist(path: Path, playlist: Playlist, *, relative: bool = False) -> None:
    """Write a playlist, whole or not at all; its folder is made if need be.

    Parameters
    ----------
    path : Path
        The file, `.m3u8`.
    playlist : Playlist
    relative : bool
        Paths relative to the file's folder: it can then be moved along with the songs.

    Raises
    ------
    CollectionError
        If it cannot be written.
    """
    path = path.absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, playlist_bytes(playlist, relative_to=path.parent if relative else None))
    except OSError as error:
        raise CollectionError(f"The playlist {printable(str(path))} cannot be written: {why_not_written(error)}") from error


def read_playlist(path: Path) -> Playlist:
    """Read a playlist that this product or a player wrote: M3U or M3U8, plain or extended, whichever ends its lines have.

    Relative paths are those from its own folder; backslashes, `file://` addresses and old 8-bit letters are understood. Whether
    the songs are there is not looked at. Its title is that of the file where it says none.

    Raises
    ------
    CollectionError
        If it cannot be read, or is no playlist.
    """
    path = path.absolute()
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CollectionError(f"The playlist {printable(str(path))} cannot be read ({reason}). Check its path.") from error
    return parse_playlist(content, path.parent, name=path.stem)


def parse_playlist(content: bytes, folder: Path, *, name: str = "") -> Playlist:
    """What the bytes of a playlist say.

    Parameters
    ----------
    content : bytes
    folder : Path
        From which its relative paths start.
    name : str
        Title where it says none.

    Raises
    ------
    CollectionError
        If it is no playlist.
    """
    text = _text(content[:MOST_BYTES])
    if len(content) > MOST_BYTES or "\0" in text:
        raise CollectionError(
            f"Expected a playlist (M3U), a text with a line a song. Received: {printable(name) or 'a file'}, which is none."
        )
    title, entries, passed_over = name, list[PlaylistEntry](), list[str]()
    told: tuple[str, float | None] = ("", None)
    for line in (line.strip() for line in re.split(r"\r\n|\r|\n", text)):
        if found := _ENTRY.match(line):
            seconds = float(found[1])
            told = (found[2] or "").strip(), seconds if seconds > 0 else None
        elif line.upper().startswith(_TITLE):
            title = line[len(_TITLE) :].strip() or title
        elif line and not line.startswith("#"):
            place = _found_place(line, folder)
            if place is None:
                passed_over.append(line)
            else:
                entries.append(PlaylistEntry(place, *told))
            told = ("", None)
    return Playlist(title, tuple(entries), tuple(passed_over))


def list_playlists(folder: Path) -> list[Path]:
    """The playlists in a folder, in alphabetical order; none where there is no such folder."""
    try:
        found = [entry for entry in folder.iterdir() if entry.suffix.lower() in EXTENSIONS and not entry.name.startswith(".")]
    except OSError:
        return []
    return sorted(entry for entry in found if entry.is_file())


def file_name(title: str) -> str:
    """A file name for a playlist of this title, that every system takes: `One of each genre.m3u8`.

    >>> file_name("R&B: soft/slow")
    'R B soft slow.m3u8'
    """
    plain = " ".join(re.sub(r"[^\w.\-]+", " ", printable(title)).split()).strip(" .-_")[:64].strip(" .-_")
    return f"{plain or 'playlist'}{EXTENSIONS[0]}"


def _one_line(text: str) -> str:
    """`text` as a line can hold it: line breaks and tabs as spaces, what no screen shows spelt out."""
    return printable(" ".join(text.split()))


def _place(path: Path, relative_to: Path | None) -> str:
    """A path as a line of a playlist."""
    text = str(path.absolute())
    if relative_to is not None:
        try:
            text = os.path.relpath(text, relative_to)
        except ValueError:  # another drive
            relative_to = None
    if not text.isprintable() or text != text.strip() or not _is_text(text):
        return path.absolute().as_uri()
    if relative_to is not None:
        text = Path(text).as_posix()
        # A line that begins with # is a remark, and one with a name and two slashes an address.
        return f"./{text}" if text.startswith("#") or _ADDRESS.match(text) else text
    return text


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text(content: bytes) -> str:
    """A playlist's letters: UTF-8 with or without its mark, UTF-16 with one, else the 8-bit letters of old players."""
    for mark, coding in ((_MARK, "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return content[len(mark) :].decode(coding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _found_place(line: str, folder: Path) -> Path | None:
    """The file that a line names; None for an address on the net."""
    address = _ADDRESS.match(line)
    if address is not None:
        if address[1].lower() != "file":
            return None
        rest = line[len(address[0]) :]
        name = os.fsdecode(unquote_to_bytes(rest[rest.find("/") :] if "/" in rest else rest))
        if os.name == "nt" and _DRIVE.match(name):
            name = name[1:]
        return Path(name) if "\0" not in name else None
    if os.name != "nt" and "\\" in line and "/" not in line and not (folder / line).exists():
        windows = PureWindowsPath(line)  # written on Windows: a relative path goes the same way here
        line = windows.as_posix() if not windows.drive else line
    return Path(os.path.normpath(folder / PurePosixPath(line) if os.name != "nt" else folder / line))

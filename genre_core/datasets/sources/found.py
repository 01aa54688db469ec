"""What lies at a path, before anything is decoded or written: songs with what is said of them, and what was passed over."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from genre_core.audio.decode import AUDIO_EXTENSIONS
from genre_core.datasets.places import check_name
from genre_core.datasets.sources.names import printable
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError

Parts = tuple[str, ...]
"""A path relative to what was given, name by name."""

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"})
HIDDEN = "hidden"
_AUDIO = frozenset(AUDIO_EXTENSIONS)
_GENERIC = frozenset({"genres_original", "genres", "audio", "data", "songs", "music", "tracks", "metadata", "fma_metadata"})
_NAMED = 8
_MANY_GENRES = 30


@dataclass(frozen=True, slots=True)
class SongFile:
    """A file to import, with what was said of it.

    Attributes
    ----------
    path : Path
        Where it lies; inside its archive for one that is not yet unpacked.
    genre : str
        As `canonical_genre` writes it.
    artist : str or None
        None where nobody said.
    part : str or None
        train, valid or test where it lies in a folder of that name.
    inside : str
        Its path inside the genre's folder, from which its id is made.
    id_wish : str
        The id that its table gives it.
    shown : str
        Its name in reports.
    extra : dict
        What else is known of it: title, album, split, further columns.
    """

    path: Path
    genre: str
    artist: str | None = None
    part: str | None = None
    inside: str = ""
    id_wish: str = ""
    shown: str = ""
    extra: dict[str, str] = field(default_factory=dict)


@dataclass
class Found:
    """What an import would bring; nothing is decoded and nothing written yet.

    Attributes
    ----------
    kind : str
        A name of `SOURCES`.
    path : Path
        What was given.
    home : Path
        Folder, table or archive that the songs were found by.
    name : str
        Name that fits the data set.
    songs : list of SongFile
        In the order of the tracks to be.
    problems : list of Problem
        What can be said by now to be left out, with the reason.
    passed_over : Counter
        Files that are no songs, by extension.
    archive : object or None
        Path, bytes or file object of an archive; `unpack` must come before `import_songs`.
    members : list of int
        Places in the archive's list of contents, in the order of `songs`.
    n_bytes : int
        Size of the songs of an archive once unpacked [bytes].
    owns_audio : bool
        True once the songs are the product's own copies.
    """

    kind: str
    path: Path
    home: Path
    name: str
    songs: list[SongFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    archive: Any = None
    members: list[int] = field(default_factory=list)
    n_bytes: int = 0
    owns_audio: bool = False

    @property
    def n_songs(self) -> int:
        return len(self.songs)

    @property
    def genres(self) -> dict[str, int]:
        """Songs of each genre, in alphabetical order."""
        return dict(sorted(Counter(song.genre for song in self.songs).items()))

    @property
    def n_with_artist(self) -> int:
        return sum(song.artist is not None for song in self.songs)

    @property
    def artists_known(self) -> bool:
        return bool(self.songs) and self.n_with_artist == self.n_songs

    @property
    def parts(self) -> dict[str, int]:
        """Songs of each given part (train, validation, ...), as their table or folders name it."""
        return dict(sorted(Counter(part for song in self.songs if (part := song.extra.get("split") or song.part)).items()))

    def words(self) -> list[str]:
        """The preview in sentences."""
        from genre_core.datasets.sources import SOURCES

        lines = [f"{counted(self.n_songs, 'song')} in {counted(len(self.genres), 'genre')}. {SOURCES[self.kind].description}"]
        if self.n_bytes:
            lines.append(f"They are unpacked into {_size(self.n_bytes)} of the product's own.")
        lines.append(self._artist_words())
        if self.parts:
            parts = ", ".join(f"{count} {part}" for part, count in self.parts.items())
            lines.append(f"A split is given: {parts}.")
        if self.kind == "folder" and len(self.genres) > _MANY_GENRES:
            lines.append("Are these folders artists rather than genres? `tags` reads the genres from the files themselves.")
        if self.problems:
            kinds = Counter(problem.kind.replace("_", " ") for problem in self.problems)
            named = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
            lines.append(f"{counted(len(self.problems), 'remark')}: {named}.")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the songs by their counts only."""
        return {
            "kind": self.kind,
            "path": str(self.path),
            "home": str(self.home),
            "name": self.name,
            "songs": self.n_songs,
            "genres": self.genres,
            "artists_known": self.artists_known,
            "parts": self.parts,
            "passed_over": dict(self.passed_over),
            "unpacked_bytes": self.n_bytes,
            "words": self.words(),
        }

    def _artist_words(self) -> str:
        if self.artists_known:
            return f"The artist of each song is known, {len({song.artist for song in self.songs})} in all."
        if self.n_with_artist:
            return f"The artist is known of {counted(self.n_with_artist, 'song')} only, so a split by artist cannot be proved."
        return "Artists are unknown: whether one is heard in training and test cannot be proved."


def kind_of_file(name: str) -> str:
    """`audio` by extension, `hidden`, or the extension that says it is no song."""
    if name.startswith("."):
        return HIDDEN
    suffix = Path(name).suffix.lower()
    return "audio" if suffix in _AUDIO else suffix or "no extension"


def walk(folder: Path, found: Found) -> list[Parts]:
    """Audio files by extension, sorted, relative to `folder`; links are followed, each real folder once.

    What is no song is counted in `found.passed_over`, a folder that cannot be looked into is a problem.
    """
    files: list[Parts] = []
    seen: set[str] = set()

    def unreadable(error: OSError) -> None:
        place = Path(os.fsdecode(error.filename or folder))
        name = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else str(place)
        reason = error.strerror or str(error)
        message = f"The folder cannot be looked into ({reason}), so its songs are missing here. Give the right to read it."
        found.problems.append(Problem(name, "unreadable", message))

    for place, folders, names in os.walk(folder, followlinks=True, onerror=unreadable):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        above = Path(place).relative_to(folder).parts
        for name in names:
            kind = kind_of_file(name)
            if kind == "audio":
                files.append((*above, name))
            else:
                found.passed_over[kind] += 1
    return sorted(files)


def passed_over_problem(found: Found) -> list[Problem]:
    """Files that are no songs, as one line with their number; empty where there are none."""
    words = passed_over_words(found.passed_over)
    return [Problem(".", "ignored", words)] if words else []


def passed_over_words(passed_over: Counter[str]) -> str:
    """How many files are no songs, by extension, in a sentence; empty where there are none."""
    total = passed_over.total()
    if not total:
        return ""
    counts = [f"{count} {suffix}" for suffix, count in passed_over.most_common() if suffix != HIDDEN]
    if passed_over[HIDDEN]:
        counts.append(f"{passed_over[HIDDEN]} hidden")
    words = "1 file was" if total == 1 else f"{total} files were"
    return f"{words} ignored, being no audio by name: {', '.join(counts)}."


def said(problem: Problem) -> Problem:
    """A problem in signs that can be shown anywhere."""
    return replace(problem, file=printable(problem.file), message=printable(problem.message))


def check_folder(folder: Path) -> None:
    """Raise `DatasetError` unless there is such a folder."""
    if not os.path.lexists(folder):
        raise DatasetError(f"There is no folder {folder}. Check the path; it must be one on the machine where Genrescope runs.")
    if not folder.is_dir():
        raise DatasetError(
            f"Expected a folder of songs. Received the file {folder}. Unpack it if it is an archive, "
            "then give the folder that holds the genre folders."
        )


def check_genres(found: Found, advice: str) -> None:
    """Raise `DatasetError` unless the songs have at least two genres."""
    if len(found.genres) < 2:
        first = f" {found.problems[0].file}: {found.problems[0].message}" if found.problems else ""
        genres = ", ".join(found.genres) or "none"
        raise DatasetError(f"Expected songs of at least two genres in {found.home}. Received: {genres}. {advice}{first}")


def name_for(path: Path) -> str:
    """A data set's name made of its folder's or file's, or of the folder above where that says more."""
    for part in reversed(path.parts):
        plain = re.sub(r"[^\w.-]+", "-", part)[:64].strip("-._")
        if plain and plain.lower() not in _GENERIC:
            return check_name(plain)
    return "songs"


def counted(count: int, thing: str) -> str:
    """`1 song`, `2 songs`."""
    return f"{count} {thing}{'s' * (count != 1)}"


def listed(names: list[str]) -> str:
    """The first names of many, with the number of the others."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{max(n_bytes / 1e6, 0.1):.1f} MB"

"""A folder a genre: what the places of files say of genre, artist and part. Any copy of GTZAN is such a folder."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from genre_core.audio.decode import AUDIO_EXTENSIONS
from genre_core.datasets.sources.found import PICTURES, Found, Parts, SongFile, check_folder, name_for, passed_over_problem, walk
from genre_core.datasets.sources.genres import GTZAN_GENRES, canonical_genre
from genre_core.datasets.sources.names import printable
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError

_CONTAINERS = ("genres_original", "genres", "audio")
"""Folders that hold the genre folders in the copies of GTZAN that people have; the first one there is taken."""

_PARTS = {"train": "train", "training": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test"}
_NO_ARTIST = re.compile(r"(cd|dis[ck]|vol(ume)?|part|side|track|fold)?[\s._-]*\d*|various( artists)?|unknown( artist)?|misc|new")
_LEVELS = 2
_NUMBERED = re.compile(r"\d{6}\.")


@dataclass(frozen=True)
class Place:
    """What a file's place says of it."""

    parts: Parts
    genre: str
    artist: str | None
    part: str | None
    inside: str


@dataclass
class Arrangement:
    """Files sorted by what their places say: songs, songs in no genre folder, songs beside the genre folders."""

    home: Parts = ()
    songs: list[Place] = field(default_factory=list)
    loose: list[Parts] = field(default_factory=list)
    beside: list[Parts] = field(default_factory=list)

    @property
    def genres(self) -> list[str]:
        return sorted({song.genre for song in self.songs})


def find_folder(path: Path, *, artist_folders: bool = True, **_: Any) -> Found:
    """Find the songs below `path`, one folder a genre.

    The genre folders may lie in `path` itself or one or two levels below (`genres_original/`, `Data/genres_original/`), and
    may be doubled in `train/`, `valid/` and `test/`. A folder inside a genre folder is taken for the artist, unless its name
    says otherwise (`CD1`, `2`, `Various Artists`) or `artist_folders` is False.

    Raises
    ------
    DatasetError
        If there is no such folder, no audio in it, or fewer than two genres; the message says what was found.
    """
    check_folder(path)
    found = Found("folder", path, path, name_for(path))
    files = walk(path, found)
    if not files:
        raise DatasetError(nothing_words(found))
    arranged = arrange(files, artist_folders=artist_folders)
    found.home = path.joinpath(*arranged.home)
    found.songs = [
        SongFile(path.joinpath(*song.parts), song.genre, song.artist, song.part, song.inside, shown="/".join(song.parts))
        for song in arranged.songs
    ]
    tell_arrangement(arranged, found)
    return found


def tell_arrangement(arranged: Arrangement, found: Found) -> None:
    """Add what was left out to the problems; `DatasetError` where fewer than two genres are left, or they are mere numbers."""
    if arranged.songs and all(song.genre.isdecimal() and _NUMBERED.match(song.parts[-1]) for song in arranged.songs):
        raise DatasetError(
            f"The folders in {found.home} are numbers ({arranged.genres[0]} ...), not genres. If these are FMA's clips, unpack "
            "fma_metadata.zip beside them: its tracks.csv names the genres."
        )
    if len(arranged.genres) < 2:
        raise DatasetError(
            f"Expected at least two folders with songs, one a genre, in {found.home}. "
            f"Received: {', '.join(arranged.genres) or 'none'}. "
            "Sort the songs into a folder for each genre, and give the folder that holds these; or give a table that names the "
            "genre of each file, or files whose tags do."
        )
    advice = "The file lies in no genre folder. Move it into the folder of its genre."
    found.problems += [Problem("/".join(file), "no_genre", advice) for file in arranged.loose]
    if arranged.beside:
        message = f"{len(arranged.beside)} songs lie beside the genre folders of {found.home.name}/ and were not imported."
        found.problems.append(Problem("/".join(arranged.beside[0][:-1]) or ".", "beside", message))
    found.problems += passed_over_problem(found)


def arrange(files: Sequence[Parts], *, artist_folders: bool = True) -> Arrangement:
    """Sort files by what their places say; works on names alone, of a folder or of an archive."""
    inside = _folders_with_songs(files)
    arranged = Arrangement(_home(inside))
    home = arranged.home
    parts = {name for name in inside[home] if name.lower() in _PARTS}
    for file in files:
        if file[: len(home)] != home:
            arranged.beside.append(file)  # beside the container that was chosen: another copy of the same songs, as a rule
            continue
        levels = file[len(home) :]
        part = None
        if len(levels) > 1 and levels[0] in parts:
            part, levels = _PARTS[levels[0].lower()], levels[1:]
        if len(levels) < 2:
            arranged.loose.append(file)
            continue
        named = artist_folders and len(levels) > 2 and not _NO_ARTIST.fullmatch(levels[1].lower())
        artist = printable(levels[1]) if named else None
        arranged.songs.append(Place(file, canonical_genre(levels[0]), artist, part, "/".join(levels[1:])))
    return arranged


def nothing_words(found: Found) -> str:
    """Why there is nothing to import, and what was seen instead."""
    total = sum(found.passed_over.values())
    pictures = sum(count for suffix, count in found.passed_over.items() if suffix in PICTURES)
    if pictures > total / 2:
        return (
            f"{found.path} holds {pictures} pictures and no sound: a picture of a spectrogram has lost phase, loudness and exact "
            "frequencies, so nothing could be heard, checked or computed anew; give the songs themselves (genres_original), or "
            "the table features_30_sec.csv."
        )
    there = f"{total} files, none of them audio by its extension" if total else "an empty folder"
    return f"Expected songs ({' '.join(AUDIO_EXTENSIONS[:8])} ...) in {found.path}, one folder a genre. Received: {there}."


def _folders_with_songs(files: Iterable[Parts]) -> dict[Parts, set[str]]:
    """Folder -> names of the folders directly inside that hold songs at any depth."""
    inside: dict[Parts, set[str]] = defaultdict(set)
    for file in files:
        for depth in range(len(file) - 1):
            inside[file[:depth]].add(file[depth])
    return inside


def _home(inside: dict[Parts, set[str]]) -> Parts:
    """The folder whose folders are the genres, at most two levels below the one given."""
    home: Parts = ()
    for _ in range(_LEVELS):
        names = inside.get(home, set())
        container = next((name for name in _CONTAINERS if name in names and len(inside.get((*home, name), ())) > 1), None)
        if container is None and len(names) == 1:
            (only,) = names
            if canonical_genre(only) not in GTZAN_GENRES and inside.get((*home, only)):
                container = only
        if container is None:
            break
        home = (*home, container)
    return home

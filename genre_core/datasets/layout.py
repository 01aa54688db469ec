"""Which files of a folder are songs, and what their place says: genre, artist, part."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from genre_core.audio.decode import AUDIO_EXTENSIONS
from genre_core.errors import DatasetError

GTZAN_GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
_SAME_GENRE = {"hip hop": "hiphop", "hip-hop": "hiphop", "hip_hop": "hiphop"}
_CONTAINERS = ("genres_original", "genres", "audio")
"""Folders that hold the genre folders in the copies of GTZAN that people have; the first one there is taken."""

_PARTS = {"train": "train", "training": "train", "valid": "valid", "val": "valid", "validation": "valid", "test": "test"}
_NO_ARTIST = re.compile(r"(cd|dis[ck]|vol(ume)?|part|side|track|fold)?[\s._-]*\d*|various( artists)?|unknown( artist)?|misc|new")
_LEVELS = 2


@dataclass(frozen=True)
class SongFile:
    """A file to import, with what its folders say of it; `part` is train, valid or test where a folder has that name."""

    path: Path
    genre: str
    artist: str | None
    part: str | None
    inside: str


@dataclass
class Layout:
    """What lies in a folder: songs in order, songs in no genre folder, songs beside the genre folders, how much is no song."""

    home: Path = Path()
    songs: list[SongFile] = field(default_factory=list)
    loose: list[Path] = field(default_factory=list)
    beside: list[Path] = field(default_factory=list)
    n_hidden: int = 0
    no_audio: Counter[str] = field(default_factory=Counter)


def canonical_genre(name: str) -> str:
    """A genre's name as the product writes it: small letters, single spaces, `hiphop` for hip-hop, hip hop and hip_hop."""
    plain = " ".join(unicodedata.normalize("NFC", name).split()).lower()
    return _SAME_GENRE.get(plain, plain)


def find_songs(folder: Path, *, artist_folders: bool = True) -> Layout:
    """Find the songs below `folder`, one folder a genre.

    The genre folders may lie in `folder` itself or one or two levels below (`genres_original/`, `Data/genres_original/`), and
    may be doubled in `train/`, `valid/` and `test/`. A folder inside a genre folder is taken for the artist, unless its name
    says otherwise (`CD1`, `2`, `Various Artists`) or `artist_folders` is False.

    Raises
    ------
    DatasetError
        If there is no such folder, no audio in it, or fewer than two genres; the message says what was found.
    """
    _check_folder(folder)
    layout = Layout()
    songs: dict[Path, int] = {}
    files = list(_walk(folder, layout))
    for file in files:
        for above in file.relative_to(folder).parents:
            songs[folder / above] = songs.get(folder / above, 0) + 1
    if not files:
        raise DatasetError(_nothing(folder, layout))
    layout.home = home = _home(folder, songs)
    parts = [home / name for name in _folders(home, songs) if name.lower() in _PARTS]
    for file in files:
        top = next((part for part in parts if file.is_relative_to(part)), home)
        if not file.is_relative_to(top):
            layout.beside.append(file)  # beside the container that was chosen: another copy of the same songs, as a rule
            continue
        levels = file.relative_to(top).parts
        if len(levels) < 2:
            layout.loose.append(file)
            continue
        artist = levels[1] if artist_folders and len(levels) > 2 and not _NO_ARTIST.fullmatch(levels[1].lower()) else None
        part = None if top == home else _PARTS[top.name.lower()]
        layout.songs.append(SongFile(file, canonical_genre(levels[0]), artist, part, "/".join(levels[1:])))
    genres = sorted({song.genre for song in layout.songs})
    if len(genres) < 2:
        raise DatasetError(
            f"Expected at least two folders with songs, one a genre, in {home}. Received: {', '.join(genres) or 'none'}. "
            "Sort the songs into a folder for each genre, and give the folder that holds these."
        )
    return layout


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise DatasetError(f"There is no folder {folder}. Check the path; it must be one on the machine where Genrescope runs.")
    if not folder.is_dir():
        raise DatasetError(
            f"Expected a folder with one folder a genre. Received the file {folder}. Unpack it if it is an archive, "
            "then give the folder that holds the genre folders."
        )


def _walk(folder: Path, layout: Layout) -> list[Path]:
    """Audio files by extension, sorted; links are followed, each real folder once."""
    found, seen = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in names:
            suffix = Path(name).suffix.lower()
            if name.startswith("."):
                layout.n_hidden += 1
            elif suffix in AUDIO_EXTENSIONS:
                found.append(Path(place) / name)
            else:
                layout.no_audio[suffix or "no extension"] += 1
    return sorted(found)


def _folders(folder: Path, songs: dict[Path, int]) -> list[str]:
    """Names of the folders directly inside that hold songs at any depth."""
    return sorted(place.name for place in songs if place.parent == folder and place != folder)


def _home(folder: Path, songs: dict[Path, int]) -> Path:
    """The folder whose folders are the genres, at most two levels below the one given."""
    home = folder
    for _ in range(_LEVELS):
        inside = _folders(home, songs)
        container = next((name for name in _CONTAINERS if name in inside and len(_folders(home / name, songs)) > 1), None)
        if container is None and len(inside) == 1 and canonical_genre(inside[0]) not in GTZAN_GENRES:
            container = inside[0] if _folders(home / inside[0], songs) else None
        if container is None:
            break
        home = home / container
    return home


def _nothing(folder: Path, layout: Layout) -> str:
    others = sum(layout.no_audio.values()) + layout.n_hidden
    there = f"{others} files, none of them audio by its extension" if others else "an empty folder"
    return f"Expected songs ({' '.join(AUDIO_EXTENSIONS[:8])} ...) in {folder}, one folder a genre. Received: {there}."

"""Labels from the files' own tags: ID3 of mp3, aiff and wav, Vorbis comments of flac, ogg and opus, atoms of m4a."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genre_core.datasets.sources.folder import nothing_words
from genre_core.datasets.sources.found import (
    Found,
    Parts,
    SongFile,
    check_folder,
    check_genres,
    name_for,
    passed_over_problem,
    walk,
)
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError
from genre_core.parallel import Countdown, Progress

_FIELDS = {
    "genre": ("TCON", "\xa9gen", "genre", "WM/Genre"),
    "artist": ("TPE1", "\xa9ART", "artist", "Author"),
    "title": ("TIT2", "\xa9nam", "title", "Title"),
    "album": ("TALB", "\xa9alb", "album", "WM/AlbumTitle"),
}
"""Field -> its key in ID3, MP4, Vorbis comments and APE, and ASF."""

_SAMPLE = 24
_DAMAGED = (struct.error, ValueError, KeyError, IndexError, TypeError, EOFError, OSError, OverflowError, MemoryError)
"""What mutagen's parsers let through on damaged files, beside its own error."""


@dataclass(frozen=True)
class Tags:
    """What a file says of itself; empty where it says nothing."""

    genres: tuple[str, ...] = ()
    artist: str = ""
    title: str = ""
    album: str = ""


def read_tags(path: Path) -> Tags:
    """Read the tags of a file; numbers of ID3's table of genres become names.

    Raises
    ------
    DatasetError
        If they are damaged, or the file cannot be read. A file without tags gives empty ones.
    """
    import mutagen

    try:
        file = mutagen.File(path)
        tags = file.tags if file is not None else None
        genres = _texts(tags, "genre")
    except (mutagen.MutagenError, *_DAMAGED) as error:
        raise DatasetError(f"Its tags cannot be read ({str(error) or type(error).__name__}). Write them anew.") from error
    named = [name for text in genres for name in text.replace("\0", ";").split(";")]
    plain = dict.fromkeys(genre for name in named if (genre := canonical_genre(name)))
    return Tags(tuple(plain), *("; ".join(_texts(tags, field)) for field in ("artist", "title", "album")))


def find_tags(path: Path, *, progress: Progress | None = None, **_: Any) -> Found:
    """Find the songs below a folder, however they are sorted, and read genre, artist, title and album from their tags.

    Of several genres the first one counts, all are kept in `extra["genres"]`.

    Raises
    ------
    DatasetError
        If there is no such folder, no audio in it, or fewer than two genres are named.
    """
    check_folder(path)
    found = Found("tags", path, path, name_for(path))
    files = walk(path, found)
    if not files:
        raise DatasetError(nothing_words(found))
    countdown = Countdown(progress, len(files))
    for parts in files:
        song = _song(path, parts, found)
        if song is not None:
            found.songs.append(song)
        countdown.step()
    found.songs.sort(key=lambda song: (song.genre, song.inside))
    found.problems += passed_over_problem(found)
    check_genres(found, "Write the genre into the files' tags, or sort the songs into a folder a genre.")
    return found


def say_genres(folder: Path, files: Sequence[Parts], *, read: Callable[[Path], Tags] = read_tags) -> bool:
    """Whether most of a sample of files name a genre in their tags."""
    step = max(1, len(files) // _SAMPLE)
    sample = files[::step][:_SAMPLE]
    named = 0
    for parts in sample:
        try:
            named += bool(read(folder.joinpath(*parts)).genres)
        except DatasetError:
            continue
    return bool(sample) and named * 2 >= len(sample)


def _song(folder: Path, parts: Parts, found: Found) -> SongFile | None:
    shown = "/".join(parts)
    path = folder.joinpath(*parts)
    try:
        tags = read_tags(path)
    except DatasetError as error:
        found.problems.append(Problem(shown, "no_tags", str(error)))
        return None
    if not tags.genres:
        found.problems.append(Problem(shown, "no_genre", "Its tags name no genre. Write one with a tag editor."))
        return None
    extra = {"title": tags.title, "album": tags.album, "genres": "; ".join(tags.genres) if len(tags.genres) > 1 else ""}
    kept = {name: value for name, value in extra.items() if value}
    return SongFile(path, tags.genres[0], tags.artist or None, inside=shown, shown=shown, extra=kept)


def _texts(tags: Any, field: str) -> list[str]:
    """The values of a field, without spaces at their ends; ID3's own frames know the names of numbered genres."""
    if tags is None:
        return []
    keys: Mapping[str, str] = {key.casefold(): key for key in tags.keys()}  # noqa: SIM118 - ASF's tags iterate over pairs
    for wanted in _FIELDS[field]:
        key = keys.get(wanted.casefold())
        if key is None:
            continue
        value = tags[key]
        values = getattr(value, "genres", None) or getattr(value, "text", None) or value
        values = [values] if isinstance(values, str) else list(values)
        return [text for entry in values if (text := " ".join(str(entry).split(" ")).strip())]
    return []

"""A table that names files and their genres: CSV or Parquet, columns in any order."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from genre_core.datasets.sources.found import Found, SongFile, check_genres, listed, name_for, walk
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.sheet import Sheet, is_nothing, plain_name, read_sheet
from genre_core.datasets.tables import COLUMNS
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError

PATH = ("path", "filename", "file", "file_name", "file_path", "filepath", "audio", "audio_path", "audio_file", "location")
GENRE = ("genre", "label", "genre_top", "class")
ARTIST = ("artist", "artist_name", "performer", "band")
TITLE = ("title", "track_title", "song_title", "song")
SPLIT = ("split",)
ID = ("track_id", "id")
_OURS = frozenset({*COLUMNS, "sample_rate", "format"})
"""Names that the data set's own table has: a further column of this name gets another one."""


def find_table(path: Path, *, audio: Path | None = None, **_: Any) -> Found:
    """Find the songs that a table names.

    Parameters
    ----------
    path : Path
        CSV (any usual separator and encoding) or Parquet, with a column of file names (path, filename or file) and one of genres
        (genre or label); artist, title, split and track_id are understood, further columns are kept.
    audio : Path or None
        Folder that the names are relative to; by default the table's own. A bare name that is not there is looked for in
        the folders below.

    Raises
    ------
    DatasetError
        If it is no such table, or names fewer than two genres with files that are there.
    """
    sheet = read_sheet(path)
    files, genres = sheet.column(*PATH), sheet.column(*GENRE)
    if files is None or genres is None:
        raise _lacking(sheet, files, genres)
    base = (audio or path.parent).expanduser().absolute()
    if not base.is_dir():
        raise DatasetError(f"There is no folder {base} that the files of {path.name} could lie in. Name one with --audio.")
    found = Found("table", path, path, name_for(path.with_suffix("")))
    finder = _Finder(base)
    columns = _Columns.of(sheet, files, genres)
    first: dict[Path, tuple[int, str]] = {}
    for line, row in sheet.rows:
        song = _song(columns, line, row, finder, first, found)
        if song is not None:
            found.songs.append(song)
    check_genres(found, f"The files are looked for in {base}; name another folder with --audio if they lie elsewhere.")
    return found


def fits(names: tuple[str, ...]) -> bool:
    """Whether a table of these columns names files and genres."""
    sheet = Sheet(Path(), names, [])
    return sheet.column(*PATH) is not None and sheet.column(*GENRE) is not None


def _lacking(sheet: Sheet, files: int | None, genres: int | None) -> DatasetError:
    wanted = {"the files (path, filename or file)": files, "their genres (genre or label)": genres}
    missing = " and one of ".join(words for words, index in wanted.items() if index is None)
    return DatasetError(
        f"Expected a column of {missing} in {sheet.path}. Received the columns: {listed(list(sheet.names))}. "
        "Rename the column that holds them."
    )


class _Columns(NamedTuple):
    """Indices of the columns that are understood, None where there is none, and of the others by the name that they keep."""

    path: int
    genre: int
    artist: int | None
    title: int | None
    split: int | None
    id: int | None
    others: dict[str, int]

    @classmethod
    def of(cls, sheet: Sheet, files: int, genres: int) -> _Columns:
        artist, title, split, id_ = (sheet.column(*names) for names in (ARTIST, TITLE, SPLIT, ID))
        others: dict[str, int] = {}
        for index, name in enumerate(sheet.names):
            if index in (files, genres, artist, title, split, id_) or not name:
                continue
            plain = plain_name(name)
            others[f"table_{plain}" if plain in _OURS or name in _OURS else name] = index
        return cls(files, genres, artist, title, split, id_, others)


def _song(
    columns: _Columns,
    line: int,
    row: list[str],
    finder: _Finder,
    first: dict[Path, tuple[int, str]],
    found: Found,
) -> SongFile | None:
    """The song of a row, or None with a problem that says what is wrong with it."""
    value, genre = row[columns.path], canonical_genre(row[columns.genre])
    path = None if is_nothing(value) else finder.find(value)
    if is_nothing(value):
        problem = Problem(f"row {line}", "no_path", f"Row {line} names no file.")
    elif is_nothing(genre):
        problem = Problem(value, "no_genre", f"Row {line} names no genre.")
    elif path is None:
        problem = Problem(value, "missing", f"Row {line}: {finder.why(value)}")
    elif path in first:
        before, other = first[path]
        differs = f", as {other}; which of the two is right only you can say" if other != genre else ""
        problem = Problem(value, "twice", f"Row {line} names the file of row {before} again{differs}. The first one counts.")
    else:
        first[path] = (line, genre)
        inside, wish = _inside(path, finder.base), _value(row, columns.id)
        artist = _value(row, columns.artist) or None
        return SongFile(path, genre, artist, inside=inside, id_wish=wish, shown=value, extra=_extra(columns, row))
    found.problems.append(problem)
    return None


def _extra(columns: _Columns, row: list[str]) -> dict[str, str]:
    extra = {name: row[index] for name, index in columns.others.items()}
    extra |= {"title": _value(row, columns.title), "split": _value(row, columns.split)}
    return {name: value for name, value in extra.items() if not is_nothing(value)}


def _value(row: list[str], index: int | None) -> str:
    value = row[index].strip() if index is not None else ""
    return "" if is_nothing(value) else value


def _inside(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name


class _Finder:
    """Finds the file that a table means: as written, with other slashes, in another writing of the same letters, or below."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._below: dict[str, list[Path]] | None = None

    def find(self, value: str) -> Path | None:
        for name in dict.fromkeys((value, value.strip(), *_writings(value.strip()))):
            path = self.base / name
            try:
                if path.is_file():
                    return Path(os.path.normpath(path))
            except (OSError, ValueError):  # too long, or with a zero byte
                continue
        found = self._named(value)
        return found[0] if len(found) == 1 else None

    def why(self, value: str) -> str:
        """Why nothing was found, in words."""
        several = self._named(value)
        if len(several) > 1:
            names = listed([path.relative_to(self.base).as_posix() for path in several])
            return f"several files have this name: {names}. Write the path."
        return f"there is no such file in {self.base}."

    def _named(self, value: str) -> list[Path]:
        """Files below of this very name, else those that differ by the extension alone."""
        plain = value.strip().replace("\\", "/").rpartition("/")[2].casefold()
        if self._below is None:
            self._below = defaultdict(list)
            for parts in walk(self.base, Found("table", self.base, self.base, "")):
                path, name = self.base.joinpath(*parts), parts[-1].casefold()
                self._below[name].append(path)
                self._below[f"{Path(name).stem}/"].append(path)
        return self._below.get(plain) or self._below.get(f"{Path(plain).stem}/") or []


def _writings(value: str) -> list[str]:
    """Other ways in which the same name may be written on the disk."""
    slashed = value.replace("\\", "/")
    found = [slashed, *(unicodedata.normalize(form, slashed) for form in ("NFC", "NFD"))]
    with suppress(UnicodeEncodeError):
        found.append(os.fsdecode(slashed.encode("cp1252")))  # bytes on the disk that are the table's very bytes
    return found

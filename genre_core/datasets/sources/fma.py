"""FMA: folders of numbered clips, and tracks.csv with two rows of names that tells of genre, artist, title and official split.

Layout and split: Defferrard, Benzi, Vandergheynst and Bresson, "FMA: A dataset for music analysis", ISMIR 2017, and the data's
own notes: tracks.csv names its columns in two rows (album, artist, set, track above; genre_top, name, split, ... below), then
one row that says `track_id`; the split is training, validation and test, with no artist in two of them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from genre_core.datasets.sources.found import (
    Found,
    SongFile,
    check_folder,
    check_genres,
    counted,
    listed,
    name_for,
    passed_over_problem,
    walk,
)
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.sheet import is_nothing
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError

TABLE = "tracks.csv"
_METADATA = "fma_metadata"
_COLUMNS = {
    "genre": ("track", "genre_top"),
    "artist": ("artist", "name"),
    "artist_id": ("artist", "id"),
    "title": ("track", "title"),
    "album": ("album", "title"),
    "license": ("track", "license"),
    "split": ("set", "split"),
    "subset": ("set", "subset"),
}
_NEEDED = ("genre", "split", "subset")
_SUBSETS = {"fma_small": ("small",), "fma_medium": ("small", "medium"), "fma_large": ("small", "medium", "large")}


def is_fma(table: Path) -> bool:
    """Whether a file begins like FMA's tracks.csv."""
    try:
        with table.open("rb") as file:
            head = file.read(1 << 16).decode("utf-8-sig", "replace")
    except OSError:
        return False
    rows = csv.reader(io.StringIO(head, newline=""))
    try:
        first, second = next(rows, []), next(rows, [])
    except csv.Error:
        return False
    return {("track", "genre_top"), ("set", "split")} <= set(zip(first, second, strict=False))


def table_of(path: Path) -> Path | None:
    """FMA's tracks.csv for a folder of clips: inside it, in fma_metadata/ inside it or beside it, or beside it."""
    if path.is_file():
        return path if is_fma(path) else None
    places = (path, path / _METADATA, path.parent / _METADATA, path.parent)
    return next((place / TABLE for place in places if is_fma(place / TABLE)), None)


def find_fma(path: Path, *, audio: Path | None = None, **_: Any) -> Found:
    """Find FMA's clips, with what tracks.csv says of them.

    Parameters
    ----------
    path : Path
        Folder of the clips (`fma_small/` with `000/000002.mp3`) or one above it; or tracks.csv itself.
    audio : Path or None
        Folder of the clips where `path` is the table; by default the folder above fma_metadata/.

    Returns
    -------
    Found
        Tracks `fma.000002` with the official split in `extra["split"]`: training, validation or test.

    Raises
    ------
    DatasetError
        If there is no tracks.csv of FMA, or no clip that it tells of.
    """
    table = table_of(path)
    if table is None:
        raise DatasetError(
            f"Expected FMA's {TABLE} in {path}, in {_METADATA}/ there, or beside it. Unpack fma_metadata.zip beside the clips."
        )
    folder = (audio or (path if path.is_dir() else _clips_beside(table))).expanduser().absolute()
    check_folder(folder)
    found = Found("fma", path, folder, name_for(folder))
    clips = {int(parts[-1].partition(".")[0]): parts for parts in walk(folder, found) if _is_clip(parts[-1])}
    if not clips:
        raise DatasetError(
            f"Expected FMA's clips (000/000002.mp3 ...) in {folder}. Received: none. Name their folder with --audio."
        )
    wanted = _SUBSETS.get(folder.name.lower(), ())
    absent: list[str] = []
    for number, facts in _rows(table):
        parts = clips.pop(number, None)
        if parts is not None:
            _add(found, folder, parts, number, facts)
        elif facts["subset"] in wanted:
            absent.append(f"{number:06d}")
    found.songs.sort(key=lambda song: song.id_wish)
    _tell(found, absent, [parts[-1] for parts in clips.values()])
    check_genres(found, f"{table} names no genre for them; fma_small and fma_medium have one for each clip.")
    return found


def _clips_beside(table: Path) -> Path:
    above = table.parent.parent if table.parent.name == _METADATA else table.parent
    there = [above / name for name in _SUBSETS if (above / name).is_dir()]
    return there[0] if len(there) == 1 else above


def _is_clip(name: str) -> bool:
    stem, _, _ = name.partition(".")
    return len(stem) == 6 and stem.isascii() and stem.isdecimal()


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and facts of each track."""
    csv.field_size_limit(1 << 24)
    with table.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        try:
            names = list(zip(next(rows), next(rows), strict=False))
            where = {key: names.index(column) for key, column in _COLUMNS.items() if column in names}
            if missing := [" ".join(_COLUMNS[key]) for key in _NEEDED if key not in where]:
                raise DatasetError(
                    f"{table} lacks the columns {', '.join(missing)}. Take tracks.csv from fma_metadata.zip as it is."
                )
            for row in rows:
                if row and row[0].isdecimal():  # the third row says `track_id`, and empty ones may follow
                    yield int(row[0]), {key: row[index].strip() if index < len(row) else "" for key, index in where.items()}
        except (csv.Error, StopIteration) as error:
            raise DatasetError(f"{table} is damaged: {error}. Unpack fma_metadata.zip again.") from error


def _add(found: Found, folder: Path, parts: tuple[str, ...], number: int, facts: dict[str, str]) -> None:
    shown = "/".join(parts)
    if is_nothing(facts["genre"]):
        message = f"FMA names no top genre for it (subset {facts['subset'] or 'none'})."
        found.problems.append(Problem(shown, "no_genre", message))
        return
    extra = {name: value for name, value in facts.items() if name not in ("genre", "artist") and not is_nothing(value)}
    genre = canonical_genre(facts["genre"])
    track_id = f"fma.{number:06d}"
    artist = facts.get("artist") or None
    found.songs.append(SongFile(folder.joinpath(*parts), genre, artist, inside=shown, id_wish=track_id, shown=shown, extra=extra))


def _tell(found: Found, absent: list[str], unknown: list[str]) -> None:
    if absent:
        message = (
            f"Of {found.home.name}, {counted(len(absent), 'clip')} cannot be found: {listed(absent)}. Unpack the archive again."
        )
        found.problems.append(Problem(found.home.name, "missing", message))
    found.problems += [Problem(name, "not_listed", f"{TABLE} does not tell of this clip.") for name in unknown]
    found.problems += passed_over_problem(found)

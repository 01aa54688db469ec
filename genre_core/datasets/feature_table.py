"""Reading tables of summary columns, as Kaggle publishes them with GTZAN: a row a track, or a row a segment of one."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from genre_core.audio.decode import AUDIO_EXTENSIONS
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.sheet import Sheet, is_nothing, plain_name, read_sheet
from genre_core.datasets.tracks import Problem
from genre_core.errors import DatasetError
from genre_core.features.summary import Summary57

NAMES = ("track_id", "id", "filename", "file_name", "file", "track", "path")
"""Columns that may say which track a row is of; the first one that is there is taken."""

GENRES = ("genre", "label", "class")
SEGMENTS = ("segment", "segment_index")
STARTS = ("start_seconds",)
SECONDS = ("seconds", "duration")
SAMPLES = ("length",)
"""Kaggle's length of a row's sound in samples at `KAGGLE_SR`."""

KAGGLE_SR = 22050
_OWN = {"id", "genre", "path", "artist", "seconds", "sha256"}
_SEGMENT_OF = re.compile(r"(?P<track>.+\.\d{5})\.(?P<segment>\d{1,4})")


@dataclass(frozen=True)
class Row:
    """One row: where it stands, whose it is, which part of that track, its numbers, float32, shape (57,), and the rest."""

    line: int
    track_id: str
    genre: str
    segment: int | None
    start_seconds: float | None
    seconds: float | None
    values: np.ndarray
    extra: dict[str, str]


@dataclass
class FeatureTable:
    """What a table holds: its usable rows in their order, and a problem for each row that was left out."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def row_seconds(self) -> float | None:
        """Length of a row's sound [s], to a tenth; None where no column says it."""
        known = [row.seconds for row in self.rows if row.seconds]
        return round(statistics.median(known), 1) if known else None


def read_feature_table(path: Path) -> FeatureTable:
    """Read a table whose rows have a name, a genre and the 57 columns of `Summary57`, in any order, among others.

    Raises
    ------
    DatasetError
        If it cannot be read, lacks a column, has one twice, or not one of its rows can be used; a row that cannot is left out
        and reported with its line and column.
    """
    sheet = read_sheet(path)
    columns = _Columns.of(sheet)
    found = FeatureTable()
    for line, cells in sheet.rows:
        try:
            found.rows.append(columns.row(line, cells))
        except _BadRowError as error:
            found.problems.append(Problem(f"{path.name}, line {line}", error.what, str(error)))
    if not found.rows:
        raise DatasetError(
            f"Expected rows of numbers in {path.name}. Received: none that can be used. "
            f"The first of {len(found.problems)} problems: {found.problems[0].message}"
        )
    return found


class _BadRowError(Exception):
    def __init__(self, message: str, what: str = "no_number") -> None:
        super().__init__(message)
        self.what = what


@dataclass(frozen=True)
class _Columns:
    """Places of what is read of a row."""

    names: tuple[str, ...]
    track: int
    genre: int
    segment: int | None
    start: int | None
    seconds: int | None
    samples: int | None
    values: tuple[int, ...]
    extra: tuple[int, ...]

    @classmethod
    def of(cls, sheet: Sheet) -> _Columns:
        plain, path = [plain_name(name) for name in sheet.names], sheet.path
        if lacking := [name for name in Summary57.COLUMNS if name not in plain]:
            raise DatasetError(
                f"A table of features needs the {len(Summary57.COLUMNS)} columns of Kaggle's GTZAN table. {path.name} lacks "
                f"{len(lacking)}: {_listed(lacking)}. It has: {_listed([name for name in sheet.names if name])}."
            )

        track, genre = sheet.column(*NAMES), sheet.column(*GENRES)
        for place, what, choices in ((track, "says which song a row is of", NAMES), (genre, "says its genre", GENRES)):
            if place is None:
                raise DatasetError(
                    f"A table of features needs a column that {what}: {', '.join(choices)}. {path.name} has none of these names. "
                    "Rename the column."
                )
        assert track is not None
        assert genre is not None
        used = {track, genre, *(plain.index(name) for name in Summary57.COLUMNS)}
        places = {
            key: sheet.column(*choices) for key, choices in {"segment": SEGMENTS, "start": STARTS, "seconds": SECONDS}.items()
        }
        extra = tuple(i for i, name in enumerate(plain) if name and i not in used and i not in places.values())
        values = tuple(plain.index(name) for name in Summary57.COLUMNS)
        return cls(tuple(plain), track, genre, **places, samples=sheet.column(*SAMPLES), values=values, extra=extra)

    def row(self, line: int, cells: Sequence[str]) -> Row:
        if len(cells) != len(self.names):
            raise _BadRowError(f"Line {line} has {len(cells)} values, the header {len(self.names)}.", "wrong_length")
        name, genre = cells[self.track].strip(), canonical_genre(cells[self.genre])
        for what, text, place in (("the name of a song", name, self.track), ("a genre", genre, self.genre)):
            if is_nothing(text):
                raise _BadRowError(f"Line {line}, column {self.names[place]}: expected {what}. Received: nothing.", "empty")
        values = np.array([self._number(line, cells, place) for place in self.values], dtype=np.float32)  # (57,)
        track_id, segment = _whose(name)
        if self.segment is not None:
            segment = int(self._number(line, cells, self.segment))
        samples = self._optional(line, cells, self.samples)
        seconds = self._optional(line, cells, self.seconds)
        if seconds is None and samples is not None:
            seconds = samples / KAGGLE_SR if samples > 600 else samples
        extra = {self._extra_name(place): cells[place].strip() for place in self.extra if not is_nothing(cells[place])}
        return Row(line, track_id, genre, segment, self._optional(line, cells, self.start), seconds, values, extra)

    def _optional(self, line: int, cells: Sequence[str], place: int | None) -> float | None:
        if place is None or is_nothing(cells[place]):
            return None
        number = self._number(line, cells, place)
        if number < 0:
            raise _BadRowError(f"Line {line}, column {self.names[place]}: expected no negative time. Received: {cells[place]}.")
        return number

    def _number(self, line: int, cells: Sequence[str], place: int) -> float:
        text = cells[place].strip()
        try:
            number = float(text)
        except ValueError:
            try:
                number = float(text.replace(",", "."))  # a decimal comma, in tables that other signs separate
            except ValueError:
                number = float("nan")
        if not np.isfinite(number) or abs(number) > float(np.finfo(np.float32).max):
            received = repr(text[:40]) if text else "nothing"
            raise _BadRowError(f"Line {line}, column {self.names[place]}: expected a number. Received: {received}.")
        return number

    def _extra_name(self, place: int) -> str:
        name = self.names[place]
        return f"{name}_given" if name in _OWN - {"artist"} else name


def _whose(name: str) -> tuple[str, int | None]:
    """Track and segment that a name means: `blues.00000.wav` is a track, `blues.00000.3.wav` a segment of it."""
    plain = name.replace("\\", "/")
    for suffix in AUDIO_EXTENSIONS:
        if plain.lower().endswith(suffix):
            plain = plain[: -len(suffix)]
            break
    last = plain.rsplit("/", 1)[-1]
    if match := _SEGMENT_OF.fullmatch(last):
        return match["track"], int(match["segment"])
    return plain.strip("/"), None


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "no column") + more

"""Predictions in a table of another tool: a line a track or a segment, a column of probabilities for each genre."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.sheet import Sheet, is_nothing, parse_sheet, plain_name
from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from genre_core.datasets.tracks import Dataset

TRACK = ("track", "track_id", "id", "file", "path", "filename", "file_name")
TRUE = ("true", "y_true", "true_genre", "truth", "genre", "label")
START, END = ("start_seconds", "start"), ("end_seconds", "end")
BESIDE = frozenset(
    {"predicted", "y_pred", "confidence", "right", "artist", "role", "split", "fold", "segment", "run", "decision", "reason"}
)
"""Columns that may stand beside the probabilities; they are left alone."""

PREFIXES = ("posterior_", "probability_", "prob_", "p_")
"""What may stand before a genre in the name of its column."""

MOST_BYTES = 200_000_000
TOLERANCE = 0.01
"""How far the probabilities of a row may sum up beside one: programs round them."""


@dataclass(frozen=True)
class _Columns:
    """Where in a table everything stands; None for what is not there."""

    track: int
    true: int | None
    start: int | None
    end: int | None
    genres: tuple[str, ...]
    places: tuple[int, ...]


def read_predictions(content: bytes, path: Path, dataset: Dataset | None = None) -> Predictions:
    """The predictions in a table's bytes.

    Parameters
    ----------
    content : bytes
        Of a CSV file.
    path : Path
        What errors call it.
    dataset : Dataset, optional
        Whose tracks these are: its labels hold where the table has none.

    Raises
    ------
    RunError
        If a column is missing, a probability is none, or a row does not sum to one; the message names the line.
    DatasetError
        If none of the tracks is one of the data set.
    """
    try:
        sheet = parse_sheet(content, path)
    except DatasetError as error:
        raise RunError(str(error)) from error
    columns = _columns(sheet, dataset)
    if not sheet.rows:
        raise RunError(f"Expected a line a track below the names of the columns in {path.name}. Received: none.")
    tracks: dict[str, str] = {}
    rows: dict[str, list[tuple[float, float, np.ndarray]]] = {}
    for line, row in sheet.rows:
        track_id = row[columns.track].strip()
        if not track_id:
            raise _at(path, line, "expected a track", "none")
        true = _true(row, columns, track_id, dataset, path, line)
        if tracks.setdefault(track_id, true) != true:
            raise _at(path, line, f"expected the same genre as before for {track_id!r}, {tracks[track_id]!r}", repr(true))
        if track_id in rows and columns.start is None:
            raise _at(path, line, f"expected one line for {track_id!r}, or its segments with start_seconds", "a second line")
        rows.setdefault(track_id, []).append(
            (*_times(row, columns, track_id, dataset, path, line), _row(row, columns, path, line))
        )
    if dataset is not None and not set(tracks) & set(dataset.by_id):
        raise DatasetError(
            f"The tracks of {path.name} must be some of the data set {dataset.name!r}, by their ids, such as "
            f"{next(iter(dataset.by_id))!r}. Received: {next(iter(tracks))!r} and others. Choose another data set, or none."
        )
    counts = [len(its) for its in rows.values()]
    segments = [segment for its in rows.values() for segment in sorted(its, key=lambda entry: entry[0])]
    return Predictions(
        columns.genres,
        np.array(list(tracks), dtype=np.str_),
        np.array([columns.genres.index(true) for true in tracks.values()], dtype=np.int64),
        np.repeat(np.arange(len(counts)), counts),
        np.array([start for start, _, _ in segments]),
        np.array([end for _, end, _ in segments]),
        np.stack([posterior for _, _, posterior in segments]).astype(np.float32),
    )


def content_of(source: str | os.PathLike[str] | bytes, path: Path) -> bytes:
    """The bytes of a table; `RunError` where they cannot be read, are too many, or no text."""
    try:
        content = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError as error:
        raise RunError(f"The predictions in {path} cannot be read: {error.strerror or error}.") from error
    if len(content) > MOST_BYTES:
        raise RunError(f"Expected at most {MOST_BYTES / 1e6:.0f} MB of predictions. Received: {len(content) / 1e6:.0f} MB.")
    if b"\0" in content[:4096]:
        raise RunError(f"Expected a CSV table in {path.name}. Received: other bytes. Save it as CSV.")
    return content


def _columns(sheet: Sheet, dataset: Dataset | None) -> _Columns:
    track = sheet.column(*TRACK)
    if track is None:
        raise RunError(
            f"Expected a column 'track' in {sheet.path.name}, beside 'true' and one of probabilities for each genre. "
            f"Received the columns: {', '.join(sheet.names)}."
        )
    start, end = sheet.column(*START), sheet.column(*END)
    true = sheet.column(*TRUE)
    if true is None and dataset is None:
        raise RunError(
            f"Expected a column 'true' with the genre of each track in {sheet.path.name}. Received the columns: "
            f"{', '.join(sheet.names)}. Add it, or name the data set whose labels hold."
        )
    taken = {place for place in (track, true, start, end) if place is not None}
    named = {
        place: _genre(name)
        for place, name in enumerate(sheet.names)
        if place not in taken and name.strip() and plain_name(name) not in BESIDE
    }
    if len(set(named.values())) < 2:
        raise RunError(
            f"Expected a column of probabilities for each of at least two genres in {sheet.path.name}. Received beside the "
            f"others: {', '.join(named.values()) or 'none'}."
        )
    if len(set(named.values())) < len(named):
        raise RunError(
            f"Expected one column a genre in {sheet.path.name}. Received several of one name: {', '.join(sheet.names)}."
        )
    order = sorted(named, key=named.__getitem__)
    return _Columns(track, true, start, end, tuple(named[place] for place in order), tuple(order))


def _genre(column: str) -> str:
    name = plain_name(column)
    prefix = next((its for its in PREFIXES if name.startswith(its) and len(name) > len(its)), "")
    return canonical_genre(name[len(prefix) :].replace("_", " "))


def _true(row: Sequence[str], columns: _Columns, track_id: str, dataset: Dataset | None, path: Path, line: int) -> str:
    if columns.true is not None and not is_nothing(row[columns.true]):
        true = canonical_genre(row[columns.true])
    elif dataset is not None and track_id in dataset.by_id:
        true = dataset.by_id[track_id].genre
    else:
        raise _at(path, line, f"expected the true genre of {track_id!r}", "none")
    if true not in columns.genres:
        raise _at(path, line, f"expected a true genre that has a column ({', '.join(columns.genres)})", repr(true))
    return true


def _times(
    row: Sequence[str], columns: _Columns, track_id: str, dataset: Dataset | None, path: Path, line: int
) -> tuple[float, float]:
    """Start and end of a row's segment [s]; of a whole track from 0 to its length where that is known."""
    if columns.start is None:
        track = None if dataset is None else dataset.by_id.get(track_id)
        return 0.0, 0.0 if track is None else track.seconds
    start = _number(row[columns.start], path, line, "start_seconds")
    end = start if columns.end is None else _number(row[columns.end], path, line, "end_seconds")
    if not 0 <= start <= end:
        raise _at(path, line, "expected a segment that begins at 0 s or later and ends after that", f"{start:g} to {end:g} s")
    return start, end


def _row(row: Sequence[str], columns: _Columns, path: Path, line: int) -> np.ndarray:
    """The posterior of a row, float64, shape (n_genres,), summing to one."""
    places = zip(columns.genres, columns.places, strict=True)
    found = np.array([_number(row[place], path, line, genre) for genre, place in places])
    total = float(found.sum())
    if found.min() < 0 or abs(total - 1) > TOLERANCE:
        hint = (
            " Divide percentages by 100." if abs(total - 100) <= 100 * TOLERANCE else " Scores become probabilities by a softmax."
        )
        raise _at(
            path,
            line,
            "expected probabilities from 0 on that sum to 1",
            f"a least of {found.min():g} and a sum of {total:g}",
            hint,
        )
    return found / total


def _number(text: str, path: Path, line: int, column: str) -> float:
    try:
        value = float(text.replace(",", "."))  # as half of Europe writes decimals
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _at(path, line, f"expected a number in the column {column!r}", repr(text))
    return value


def _at(path: Path, line: int, expected: str, received: str, hint: str = "") -> RunError:
    return RunError(f"{path.name}, line {line}: {expected}. Received: {received}.{hint}")

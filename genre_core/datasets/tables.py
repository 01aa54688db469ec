"""The table of a data set: `tracks.csv`, a line a track, whatever signs its names hold."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from pathlib import Path

from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError

COLUMNS = ("id", "genre", "path", "artist", "seconds", "sha256")


def table_bytes(dataset: Dataset, folder: Path) -> bytes:
    """The table; paths inside `folder` are written relative to it, so that it can be moved.

    Raises
    ------
    DatasetError
        If a further column is named like one of `COLUMNS`, or two tracks share an id.
    """
    extra = sorted({key for track in dataset.tracks for key in track.extra})
    if clash := sorted(set(extra) & set(COLUMNS)):
        raise DatasetError(f"A further column must not be named like one of the table's own. Received: {', '.join(clash)}.")
    if len(dataset.by_id) != len(dataset.tracks):
        twice = Counter(track.id for track in dataset.tracks).most_common(1)[0][0]
        raise DatasetError(f"Each track needs an id of its own. Received {twice!r} twice.")
    table = io.BytesIO()
    # Not a StringIO, which takes four bytes a sign. File names may hold bytes that are no text.
    text = io.TextIOWrapper(table, "utf-8", errors="surrogateescape", newline="")
    plain = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow([*COLUMNS, *extra])
    for track in dataset.tracks:
        row = [
            track.id,
            track.genre,
            _path_text(track.path, folder),
            track.artist or "",
            repr(float(track.seconds)),
            track.sha256,
        ]
        row += [track.extra.get(key, "") for key in extra]
        # Python 3.11 leaves a lone carriage return unquoted, and would read two lines there
        (quoted if any("\r" in value for value in row) else plain).writerow(row)
    text.flush()
    return table.getvalue()


def tracks_of(table: bytes, folder: Path) -> tuple[Track, ...]:
    """Inverse of `table_bytes`; raises ValueError or csv.Error for what is no such table."""
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(table), "utf-8", errors="surrogateescape", newline=""))
    names = next(rows, [])
    if tuple(names[: len(COLUMNS)]) != COLUMNS:
        raise ValueError(f"tracks.csv has the columns {', '.join(names)}")
    found = []
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"line {rows.line_num} of tracks.csv has {len(row)} values")
        track_id, genre, path, artist, seconds, sha256 = row[: len(COLUMNS)]
        # What many tracks share is kept once.
        values = map(sys.intern, row[len(COLUMNS) :])
        extra = {key: value for key, value in zip(names[len(COLUMNS) :], values, strict=True) if value}
        where, who = folder / path if path else None, sys.intern(artist) or None
        found.append(Track(track_id, sys.intern(genre), where, who, float(seconds), sha256, extra))
    return tuple(found)


def _path_text(path: Path | None, folder: Path) -> str:
    if path is None:
        return ""
    whole = path if path.is_absolute() else Path.cwd() / path
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)

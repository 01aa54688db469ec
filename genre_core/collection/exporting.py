"""What was said of many songs, taken away: CSV, JSON, playlists."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from genre_core.collection.kept import Collection
from genre_core.collection.playlists import Playlist, PlaylistEntry, file_name, playlist_bytes
from genre_core.collection.table import NOT_SURE, Judged
from genre_core.datasets.sources.names import cell_text, printable
from genre_core.evaluation.aggregation import WITHIN
from genre_core.prediction import THRESHOLD

_VERDICT = ("genre", "decision", "confidence", "reason", "unlike", "mix", "run")
"""Columns of what was said of a song as a whole."""


def songs_csv(rows: Iterable[Mapping[str, Any]], genres: Sequence[str]) -> str:
    """One row a song of what `Prediction.to_dict` gives: path, length [s], verdict with its reason, why it is unlike all songs,
    what a mix is, run, the probability of each genre; and what stood in the way of hearing it. What a spreadsheet would take
    for a formula is told as text.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["path", "seconds", *_VERDICT, *genres, "error", "message"])
    for row in rows:
        path = cell_text(printable(row["path"]))
        if error := row.get("error"):
            blank = [""] * (1 + len(_VERDICT) + len(genres))
            table.writerow([path, *blank, error["kind"], cell_text(printable(error["message"]))])
            continue
        confidence = "" if row["confidence"] is None else f"{row['confidence']:.6f}"
        verdict = [cell_text(row[name] or "") if name != "confidence" else confidence for name in _VERDICT]
        shares = [f"{row['posterior'][genre]:.6f}" for genre in genres]
        table.writerow([path, f"{row['seconds']:.2f}", *verdict, *shares, "", ""])
    return out.getvalue()


def songs_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """A list with one object a song."""
    return json.dumps(list(rows), indent=1, allow_nan=False)


def told_of(
    rows: Iterable[Judged], collection: Collection, *, threshold: float = THRESHOLD, aggregation: str = WITHIN[0]
) -> Iterator[dict[str, Any]]:
    """What `Prediction.to_dict` says of each song of a collection, but for its segments; of one not heard path and error.

    Raises
    ------
    CollectionError
        If what was noted is damaged.
    """
    for row in rows:
        path = str(row.song.path)
        if row.said.kind:
            yield {"path": path, "error": {"kind": row.said.kind, "message": row.said.message}}
            continue
        prediction = collection.memory.prediction(row.said, run=collection.run, name=path)
        values = prediction.aggregated(aggregation, threshold).to_dict()
        del values["segments"]
        yield values


def playlist_of(rows: Iterable[Judged], title: str) -> Playlist:
    """The songs of rows that were heard, in their order."""
    return Playlist(
        title, tuple(PlaylistEntry(row.song.path, row.song.shown, row.said.seconds) for row in rows if not row.said.kind)
    )


def playlists_by_genre(rows: Sequence[Judged], genres: Sequence[str], *, least: float = 0.0) -> dict[str, Playlist]:
    """A playlist for each genre that has a song, the surest first, and one of those that are not sure.

    Parameters
    ----------
    rows : sequence of Judged
    genres : sequence of str
    least : float
        Probability that a song needs to stand in its genre's list; one with less is among those that are not sure.
    """
    apart: dict[str, list[Judged]] = {genre: [] for genre in (*genres, NOT_SURE)}
    for row in sorted(rows, key=lambda row: -row.confidence):
        if not row.said.kind:
            sure = row.decision == "genre" and row.confidence >= least
            apart[row.verdict if sure else NOT_SURE].append(row)
    return {name: playlist_of(its, name) for name, its in apart.items() if its}


def playlists_zip(playlists: Iterable[Playlist]) -> bytes:
    """A ZIP archive with a file for each playlist."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for playlist in playlists:
            archive.writestr(file_name(playlist.title), playlist_bytes(playlist))
    return out.getvalue()

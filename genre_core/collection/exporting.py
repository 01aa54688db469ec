"""What was said of many songs, taken away: CSV, JSON, playlists."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genre_core.collection.playlists import Playlist, PlaylistEntry, file_name, playlist_bytes
from genre_core.collection.table import NOT_SURE, Judged
from genre_core.datasets.sources.names import cell_text, printable


def songs_csv(rows: Iterable[Mapping[str, Any]], genres: Sequence[str]) -> str:
    """One row a song of what `to_dict` gives: path, verdict with its reason, why it is unlike all songs, run, the probability
    of each genre, and what stood in the way of hearing it. What a spreadsheet would take for a formula is told as text.
    """
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["path", "genre", "decision", "confidence", "reason", "unlike", "run", *genres, "error", "message"])
    for row in rows:
        path = cell_text(printable(row["path"]))
        if error := row.get("error"):
            table.writerow([path, *[""] * (6 + len(genres)), error["kind"], cell_text(printable(error["message"]))])
            continue
        verdict = [row["genre"] or "", row["decision"], f"{row['confidence']:.6f}", row["reason"], row["unlike"], row["run"]]
        shares = [f"{row['posterior'][genre]:.6f}" for genre in genres]
        table.writerow([path, *(cell_text(text) for text in verdict), *shares, "", ""])
    return out.getvalue()


def songs_json(rows: Iterable[Mapping[str, Any]]) -> str:
    """A list with one object a song."""
    return json.dumps(list(rows), indent=1, allow_nan=False)


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

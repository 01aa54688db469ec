"""How commands tell what was said of songs: rows for people, playlists and tables as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre_core.collection.exporting import playlists_by_genre, songs_csv
from genre_core.collection.playlists import file_name, write_playlist
from genre_core.collection.table import Judged
from genre_core.errors import CollectionError
from genre_core.files import why_not_written, write_whole

if TYPE_CHECKING:
    from genre_core.prediction import Prediction

RUNNERS_UP = 2


def words(prediction: Prediction, path: str) -> str:
    """A row for people: verdict, probability, runners-up, path; the reason where it is not sure, the sections of a mix.

    What is unlike all songs has no probability in its row: it would be one of genres that don't apply.
    """
    mix = f"\n{'':12}{prediction.mix}" if prediction.mix else ""
    if prediction.unlike:
        return f"{'not sure':<12}{'':6}{f'({prediction.unlike})':<34}{path}\n{'':12}{prediction.reason}{mix}"
    verdict = prediction.genre if prediction.decision == "genre" else "not sure"
    first = prediction.decision == "genre"  # else the best guess is one of them
    others = ", ".join(f"{genre} {p:.2f}" for genre, p in prediction.ranking[first : first + RUNNERS_UP])
    row = f"{verdict:<12}{prediction.confidence:<6.2f}{f'({others})':<34}{path}"
    return f"{row}{mix}" if prediction.decision == "genre" else f"{row}\n{'':12}{prediction.reason}{mix}"


def write_csv(path: Path, rows: Iterable[Mapping[str, Any]], genres: Sequence[str]) -> None:
    """Write a table of songs; `CollectionError` where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, songs_csv(rows, genres).encode())
    except OSError as error:
        raise CollectionError(f"The table cannot be written to {path}: {why_not_written(error)}") from error


def write_playlists(folder: Path, rows: Sequence[Judged], genres: Sequence[str]) -> list[Path]:
    """Write a playlist a genre, and one of the songs that are not sure; returns their paths."""
    written = []
    for name, playlist in playlists_by_genre(rows, genres).items():
        path = folder / file_name(name)
        write_playlist(path, playlist)
        written.append(path)
    return written

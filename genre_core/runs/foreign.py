"""Predictions of another tool as a run: what it said of tracks, to be judged, compared and inspected like our own."""

from __future__ import annotations

import math
import os
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.datasets.sources.genres import canonical_genre
from genre_core.datasets.sources.sheet import Sheet, is_nothing, parse_sheet, plain_name
from genre_core.errors import DatasetError, RunError
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.files import write_json
from genre_core.paths import Root
from genre_core.runs.changes import cannot_write, changing, checked_title
from genre_core.runs.library import unused_title
from genre_core.runs.manifest import FORMAT_VERSION, MANIFEST, PREDICTIONS_ALONE, versions
from genre_core.runs.run import Run

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

UNKNOWN_LEAKS: dict[str, Any] = {
    "tracks": [],
    "artists": [],
    "hashes": [],
    "near_duplicates": [],
    "artists_known": False,
    "segments": False,
    "badge": "? what it learned from is not known",
    "verdict": "what it learned from is not known: not provable",
}


@dataclass(frozen=True)
class _Columns:
    """Where in a table everything stands; None for what is not there."""

    track: int
    true: int | None
    start: int | None
    end: int | None
    genres: tuple[str, ...]
    places: tuple[int, ...]


def import_predictions(
    source: str | os.PathLike[str] | bytes, root: Root, *, name: str = "", title: str = "", dataset: str = ""
) -> Run:
    """Make a run of a table of predictions; it appears whole or not at all.

    Parameters
    ----------
    source : path or bytes
        A CSV file: a column `track`, a column `true`, and a column of probabilities for each genre, named like it. A line a
        track; or a line a segment, with `start_seconds` and `end_seconds`. Without `true` the data set's labels are taken.
    root : Root
        Where it goes.
    name : str
        What errors call the file, where it comes as bytes.
    title : str
        Words for the run; empty takes the file's name.
    dataset : str
        Name of the data set whose tracks these are, so that they can be heard and artists are known. Empty for none.

    Raises
    ------
    RunError
        If the table lacks a column, a probability is none, a row does not sum to one, or the run cannot be written; the message
        names the line.
    DatasetError
        If there is no such data set, or none of the tracks is one of its own.
    """
    path = Path(name or ("predictions" if isinstance(source, bytes) else os.fspath(source)))
    known = load_dataset(dataset, root.datasets) if dataset else None
    predictions = read_predictions(_content(source, path), path, known)
    title = checked_title(title or path.stem)
    now = datetime.now(UTC)
    draft = root.runs / f".predictions-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        draft.mkdir(parents=True)
        predictions.save(draft / "predictions_valid.npz")
        artists = None if known is None else _artists(predictions, known)
        with changing(root.runs):
            run_id = _free_id(root, now)
            values = _manifest(run_id, unused_title(title, root), path.name, predictions, known, now)
            write_json(draft / MANIFEST, {**values, "scores": {"valid": score_report(predictions, artists)}})
            draft.rename(root.runs / run_id)
        return Run.load(root.runs / run_id)
    except OSError as error:
        raise cannot_write(root.runs, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read_predictions(content: bytes, path: Path, dataset: Dataset | None = None) -> Predictions:
    """The predictions in a table's bytes; raises what `import_predictions` raises of the table."""
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


def _content(source: str | os.PathLike[str] | bytes, path: Path) -> bytes:
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
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _at(path, line, f"expected a number in the column {column!r}", repr(text))
    return value


def _at(path: Path, line: int, expected: str, received: str, hint: str = "") -> RunError:
    return RunError(f"{path.name}, line {line}: {expected}. Received: {received}.{hint}")


def _artists(predictions: Predictions, dataset: Dataset) -> list[str | None] | None:
    ids = [str(track_id) for track_id in predictions.track_ids]
    return [dataset.by_id[name].artist for name in ids] if all(name in dataset.by_id for name in ids) else None


def _free_id(root: Root, now: datetime) -> str:
    stamp = f"{time.strftime('%Y%m%d-%H%M%S', now.timetuple())}-{PREDICTIONS_ALONE}"
    taken = {entry.name for entry in root.runs.iterdir()}
    number = next(number for number in range(1, len(taken) + 2) if (stamp if number == 1 else f"{stamp}-{number}") not in taken)
    return stamp if number == 1 else f"{stamp}-{number}"


def _manifest(
    run_id: str, title: str, file_name: str, predictions: Predictions, dataset: Dataset | None, now: datetime
) -> dict[str, Any]:
    moment = now.isoformat(timespec="seconds")
    about = {"name": "", "title": "tracks that are not here", "note": "", "fingerprint": ""}
    if dataset is not None:
        about = {"name": dataset.name, "title": dataset.title, "note": dataset.note, "fingerprint": dataset.fingerprint}
    return {
        "format_version": FORMAT_VERSION,
        "id": run_id,
        "title": title,
        "note": "",
        "state": "finished",
        "model": PREDICTIONS_ALONE,
        "preset": "",
        "fitted": {},
        "features": [],
        "segments": SegmentConfig().to_dict(),
        "config": {},
        "training": {},
        "genres": list(predictions.genres),
        "scaler": [],
        "split": {
            "name": "of another tool",
            "seed": 0,
            "roles": {str(track_id): "valid" for track_id in predictions.track_ids},
            "unit": "track",
            "genres": [],
            "train_share": 1.0,
        },
        "leaks": UNKNOWN_LEAKS,
        "folds": None,
        "imported": {"at": moment, "id": file_name},
        "calibration": None,
        "dataset": about,
        "seed": 0,
        "versions": versions(),
        "scores": {},
        "history": [],
        "created": moment,
        "test_openings": [],
    }

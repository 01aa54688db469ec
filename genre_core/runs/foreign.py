"""Predictions of another tool as a run: what it said of tracks, to be judged, compared and inspected like our own."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.files import write_json
from genre_core.paths import Root
from genre_core.runs.changes import cannot_write, changing, checked_title
from genre_core.runs.foreign_table import content_of, read_predictions
from genre_core.runs.library import unused_title
from genre_core.runs.manifest import FORMAT_VERSION, MANIFEST, PREDICTIONS_ALONE, versions
from genre_core.runs.run import Run

if TYPE_CHECKING:
    from genre_core.datasets.tracks import Dataset

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
    predictions = read_predictions(content_of(source, path), path, known)
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
            values["note"] = "" if known is None else contradictions(predictions, known)
            write_json(draft / MANIFEST, {**values, "scores": {"valid": score_report(predictions, artists)}})
            draft.rename(root.runs / run_id)
        return Run.load(root.runs / run_id)
    except OSError as error:
        raise cannot_write(root.runs, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def contradictions(predictions: Predictions, dataset: Dataset) -> str:
    """How many true genres of the table are not those of the data set, in a sentence; empty where all agree."""
    genres = [predictions.genres[index] for index in predictions.y_true]
    known = [
        (true, dataset.by_id[its].genre) for its, true in zip(predictions.track_ids, genres, strict=True) if its in dataset.by_id
    ]
    differing = sum(true != label for true, label in known)
    if not differing:
        return ""
    of = f"{differing} of {len(known)} true genres in the table"
    return f"{of} are not the labels of {dataset.name!r}: it is judged by the table's."


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

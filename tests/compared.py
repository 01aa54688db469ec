"""Runs to compare: predictions that are right where they are told to be, on songs with artists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.library import save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.runs import Run
from tests.runs import samples

GENRES = ("blues", "metal", "rock")


def ids(n: int, *, first: int = 0) -> list[str]:
    return [f"song.{number:03d}" for number in range(first, first + n)]


def judged(right: Any, *, first: int = 0, n_segments: int = 2) -> Predictions:
    """Predictions of `len(right)` tracks, of the three genres in turn; where wrong, the next genre is named."""
    right = np.asarray(right, dtype=bool)
    n = len(right)
    y_true = (np.arange(n) + first) % len(GENRES)
    named = np.where(right, y_true, (y_true + 1) % len(GENRES))
    posteriors = np.full((n, len(GENRES)), 0.1, np.float32)
    posteriors[np.arange(n), named] = 0.8
    starts = np.tile(3.0 * np.arange(n_segments), n)
    track = np.repeat(np.arange(n), n_segments)
    return Predictions(GENRES, np.array(ids(n, first=first)), y_true, track, starts, starts + 3.0, posteriors[track])


def songs(root: Path, n: int, *, n_artists: int) -> Dataset:
    """A data set of `n` tracks, each artist's one after the other; 0 artists: nobody knows."""
    tracks = tuple(
        Track(name, GENRES[place % 3], root / f"{name}.wav", f"artist {place * n_artists // n}" if n_artists else None, 3.0, name)
        for place, name in enumerate(ids(n))
    )
    dataset = Dataset("songs", tracks)
    save_dataset(dataset, root / "datasets")
    return dataset


def save_run(root: Path, name: str, predictions: Predictions, *, role: str = "valid", **changes: Any) -> Run:
    """A run judged on these predictions, of a data set that `songs` made (or that is not here)."""
    held = dict.fromkeys(predictions.track_ids.tolist(), "test" if role == "test" else "valid")
    given = {
        "title": name,
        "genres": list(GENRES),
        "split": {"name": "by_artist", "seed": 0, "roles": held},
        "dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": "0"},
        "test_openings": ["2026-11-21T12:00:00+00:00"] if role == "test" else [],
        "folds": {"count": 3, "seed": 0, "grouped_by": "artist", "of": dict.fromkeys(held, 0)} if role == "folds" else None,
        "scores": {role: score_report(predictions)},
        **changes,
    }
    run = samples.save(root / "runs" / name, **given)
    predictions.save(run.folder / f"predictions_{role}.npz")
    return run

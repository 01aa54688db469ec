"""Rows for the tables on the pages, in words and rounded as people read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genre_core.datasets.layout import Layout
from genre_core.datasets.splits import Split
from genre_core.datasets.tracks import Dataset, Problem
from genre_core.evaluation.metrics import ScoreReport
from genre_core.runs import Run
from pages.ui import words

Row = dict[str, Any]


def by_role(split: Split, dataset: Dataset) -> Mapping[str, Sequence[int]]:
    """Role to the tracks of each genre."""
    counted = split.counts(dataset)
    return {role: [counted[genre][role] for genre in dataset.genres] for role in ("train", "valid", "test")}


def tracks(dataset: Dataset) -> list[Row]:
    """One row a track."""
    return [
        {
            "id": track.id,
            "genre": track.genre,
            "title": track.extra.get("title", ""),
            "artist": track.artist or "",
            "length [s]": round(track.seconds, 1),
        }
        for track in dataset.tracks
    ]


def problems(entries: Sequence[Problem]) -> list[Row]:
    """One row a file."""
    return [{"file": entry.file, "what": entry.kind.replace("_", " "), "why": entry.message} for entry in entries]


def found(layout: Layout) -> list[Row]:
    """Songs a genre that a folder holds."""
    counted = Counter(song.genre for song in layout.songs)
    return [{"genre": genre, "songs": counted[genre]} for genre in sorted(counted)]


def genre_scores(report: ScoreReport) -> list[Row]:
    """Precision, recall, F1 and average precision a genre; None where there is nothing to say."""
    return [
        {
            "genre": row.genre,
            "precision": row.precision,
            "recall": row.recall,
            "F1": row.f1,
            "average precision": row.average_precision,
            "true": row.support,
            "predicted": row.predicted,
        }
        for row in report.genres
    ]


def runs(entries: Sequence[Run]) -> list[Row]:
    """One row a run, with its scores on the valid split."""
    rows = []
    for run in entries:
        valid = run.scores.get("valid", {})
        by_track = valid.get("tracks", {})
        rows.append(
            {
                "run": run.title,
                "data set": run.dataset_title,
                "split": run.split_name.replace("_", " "),
                "accuracy, valid tracks": by_track.get("accuracy"),
                "macro F1": by_track.get("macro_f1"),
                "tracks": valid.get("n_tracks"),
                "epochs": len(run.history),
                "trained": f"{run.created:%Y-%m-%d %H:%M}",
                "id": run.id,
            }
        )
    return rows


def datasets(entries: Iterable[Dataset]) -> list[Row]:
    """One row a data set."""
    return [
        {
            "data set": entry.title or entry.name,
            "tracks": len(entry.tracks),
            "genres": len(entry.genres),
            "sound": words.duration(sum(track.seconds for track in entry.tracks)),
        }
        for entry in entries
    ]


def short_runs(entries: Sequence[Run]) -> list[Row]:
    """One row a run, as much as Home has room for."""
    return [
        {
            "model": row["run"],
            "trained on": row["data set"],
            "accuracy, valid": None if row["accuracy, valid tracks"] is None else round(row["accuracy, valid tracks"], 2),
        }
        for row in runs(entries)
    ]

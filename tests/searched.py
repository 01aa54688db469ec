"""A search as it may stand on disk, made without training."""

from __future__ import annotations

from typing import Any

from genre_core.training.recipe import TrainRequest
from genre_core.training.search_record import SearchRecord, TrialRecord
from genre_core.training.search_request import SearchRequest

TRIALS = (
    TrialRecord(1, "complete", {"k": 15, "weights": "uniform"}, 0.9, seconds=1.0),
    TrialRecord(2, "complete", {"k": 3, "weights": "distance"}, 0.6, seconds=1.0),
    TrialRecord(3, "failed", {"k": 60, "weights": "distance"}, why="There are only 36 segments."),
    TrialRecord(4, "pruned", {"k": 7, "weights": "uniform"}, epochs=3),
    TrialRecord(5, "complete", {"k": 5, "weights": "distance"}, 0.7, seconds=1.0),
)


def searched(**changes: Any) -> SearchRecord:
    """A search for `knn` on the songs of `given_numbers`; its second trial won."""
    request = SearchRequest(TrainRequest("knn", "songs"))
    space = tuple(
        {
            "place": entry.place,
            "name": entry.name,
            "title": entry.title,
            "choices": list(entry.choices),
            "low": entry.low,
            "high": entry.high,
            "log": entry.log,
            "words": entry.words,
        }
        for entry in request.space()
    )
    given = {
        "id": "20261121-120000-search-knn",
        "train": request.train.to_dict(),
        "metric": "log_loss",
        "n_trials": 5,
        "seed": 0,
        "study": "knn-songs-0",
        "storage": "study.db",
        "split_title": "split by artist",
        "level": "tracks",
        "n_judged": 6,
        "space": space,
        "start": {"k": 15, "weights": "uniform"},
        "created": "2026-11-21T12:00:00+00:00",
        "trials": TRIALS,
        "importance": {"k": 0.8, "weights": 0.2},
    }
    return SearchRecord(**{**given, **changes})

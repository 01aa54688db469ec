"""Predictions as files: the same values as the command line prints."""

from __future__ import annotations

import json
from collections.abc import Mapping

from genre_core.collection.exporting import songs_csv
from genre_core.prediction import Prediction


def as_json(predictions: Mapping[str, Prediction]) -> str:
    """A list with one object a song, segments included."""
    return json.dumps([prediction.to_dict(path=name) for name, prediction in predictions.items()], indent=1)


def as_csv(predictions: Mapping[str, Prediction]) -> str:
    """One row a song: path, verdict with its reason, why it is unlike all songs, run, and the probability of each genre."""
    genres = next(iter(predictions.values())).genres if predictions else ()
    return songs_csv((prediction.to_dict(path=name) for name, prediction in predictions.items()), genres)

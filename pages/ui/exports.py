"""Predictions as files: the same values as the command line prints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from genre_core.collection.exporting import songs_csv
from genre_core.errors import GenreError
from genre_core.prediction import Prediction


def as_json(found: Mapping[str, Prediction | GenreError]) -> str:
    """A list with one object a song, segments included; of a song that cannot be heard its error."""
    return json.dumps(_values(found), indent=1)


def as_csv(found: Mapping[str, Prediction | GenreError]) -> str:
    """One row a song: path, length, verdict with its reason, run, and the probability of each genre; or why there is none."""
    genres = next((said.genres for said in found.values() if isinstance(said, Prediction)), ())
    return songs_csv(_values(found), genres)


def _values(found: Mapping[str, Prediction | GenreError]) -> list[dict[str, Any]]:
    return [
        said.to_dict(path=name)
        if isinstance(said, Prediction)
        else {"path": name, "error": {"kind": said.kind, "message": str(said)}}
        for name, said in found.items()
    ]

"""Predictions as files: the same values as the command line prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from genre_core.prediction import Prediction


def as_json(predictions: Mapping[str, Prediction]) -> str:
    """A list with one object a song, segments included."""
    return json.dumps([prediction.to_dict(path=name) for name, prediction in predictions.items()], indent=1)


def as_csv(predictions: Mapping[str, Prediction]) -> str:
    """One row a song: path, verdict with its reason, why it is unlike all songs, run, and the probability of each genre."""
    out = io.StringIO()
    genres = next(iter(predictions.values())).genres if predictions else ()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["path", "genre", "decision", "confidence", "reason", "unlike", "run", *genres])
    for name, entry in predictions.items():
        shares = [f"{share:.6f}" for share in entry.posterior.tolist()]
        verdict = [entry.genre or "", entry.decision, f"{entry.confidence:.6f}", entry.reason, entry.unlike]
        rows.writerow([name, *verdict, entry.run, *shares])
    return out.getvalue()

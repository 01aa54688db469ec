"""Predictions as files: the same values as the command line prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from genre_core.inference import Prediction


def as_json(predictions: Mapping[str, Prediction]) -> str:
    """A list with one object a song, segments included."""
    return json.dumps([prediction.to_dict(path=name) for name, prediction in predictions.items()], indent=1)


def as_csv(predictions: Mapping[str, Prediction]) -> str:
    """One row a song: path, genre, decision, confidence, and the probability of each genre."""
    out = io.StringIO()
    genres = next(iter(predictions.values())).genres if predictions else ()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["path", "genre", "decision", "confidence", "reason", "run", *genres])
    for name, entry in predictions.items():
        shares = [f"{share:.6f}" for share in entry.posterior.tolist()]
        rows.writerow([name, entry.genre or "", entry.decision, f"{entry.confidence:.6f}", entry.reason, entry.run, *shares])
    return out.getvalue()

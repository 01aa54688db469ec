"""Runs for the tests of runs: a manifest as a training writes it, and a whole run with a model that works."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.features import FEATURES
from genre_core.runs import FORMAT_VERSION, Run, versions
from tests.tiny_run import GENRES as TINY_GENRES
from tests.tiny_run import make_run

GENRES = ("blues", "metal")
ROLES = {"a": "train", "b": "valid", "c": "test", "d": "test"}


def manifest(name: str = "20260101-000000-ann", **changes: Any) -> dict[str, Any]:
    """A manifest as a training writes it."""
    values = {
        "format_version": FORMAT_VERSION,
        "id": name,
        "title": "Try",
        "note": "",
        "state": "finished",
        "model": "ann",
        "preset": "",
        "features": [FEATURES["summary57"]().to_dict()],
        "segments": {"segment_seconds": 3.0, "hop_seconds": 3.0},
        "config": {"name": "ann", "dropout": 0.3},
        "training": {"name": "train", "epochs": 2},
        "genres": list(GENRES),
        "scaler": [{"mean": [0.0], "std": [1.0]}],
        "fitted": {},
        "calibration": None,
        "split": {"name": "by_artist", "seed": 0, "roles": dict(ROLES)},
        "leaks": None,
        "folds": None,
        "imported": None,
        "dataset": {"name": "demo", "title": "Demo", "note": "synthesised", "fingerprint": "0123456789ab"},
        "seed": 0,
        "versions": versions(),
        "scores": {},
        "history": [{"epoch": 1, "valid_loss": 2.0}, {"epoch": 2, "valid_loss": 1.0}, {"epoch": 3, "valid_loss": 1.5}],
        "created": "2026-01-01T00:00:00+00:00",
        "test_openings": [],
    }
    return {**values, **changes}


def save(folder: Path, **changes: Any) -> Run:
    """A run without a model, written."""
    folder.mkdir(parents=True)
    run = Run(folder, manifest(folder.name, **changes))
    run.save()
    return run


def predictions(genres: tuple[str, ...] = GENRES) -> Predictions:
    """Of the test tracks c (right, from two segments) and d (wrong)."""
    posteriors = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]], np.float32)
    return Predictions(genres, np.array(["c", "d"]), [0, 1], [0, 0, 1], [0.0, 3.0, 0.0], [3.0, 6.0, 3.0], posteriors)


def whole_run(folder: Path, *, run_id: str = "20261121-120000-tiny", **changes: Any) -> Run:
    """A run with a model, predictions of its valid and test tracks, an opened test split, a history and a request."""
    run = make_run(folder, run_id=run_id, roles=ROLES)
    posteriors = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]], np.float32)
    valid = Predictions(TINY_GENRES, np.array(["b"]), [0], [0, 0], [0.0, 3.0], [3.0, 6.0], posteriors)
    test = Predictions(TINY_GENRES, np.array(["c", "d"]), [0, 2], [0, 1], [0.0, 0.0], [3.0, 3.0], posteriors)
    judged = {"valid": valid, "test": test}
    for role, its in judged.items():
        its.save(folder / f"predictions_{role}.npz")
    run.manifest.update(
        {
            "scores": {role: score_report(its) for role, its in judged.items()},
            "test_openings": ["2026-11-21T12:00:00+00:00", "2026-11-21T13:00:00+00:00"],
            "history": [{"epoch": 1, "loss": 1.0, "valid_loss": 1.1}, {"epoch": 2, "loss": 0.5, "valid_loss": 0.9}],
            "leaks": {
                "badge": "✖ 1 artist crosses",
                "verdict": "1 artist crosses",
                "tracks": [],
                "artists": ["Zoë"],
                "hashes": [],
                "artists_known": True,
                "near_duplicates": [],
                "segments": False,
            },
            **changes,
        }
    )
    run.save()
    (folder / "history.jsonl").write_text('{"epoch": 1, "valid_loss": 1.1}\n')
    (folder / "request.json").write_text('{"model": "tiny", "dataset": "none"}')
    return run


def pack(members: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def members(content: bytes) -> dict[str, bytes]:
    """The members of a zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}

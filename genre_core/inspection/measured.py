"""What the jobs that let a model hear songs again have in common: which songs, and where their results lie."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from genre_core.datasets.tracks import NoAudioError, Track
from genre_core.errors import RunError
from genre_core.files import why_not_written, write_json
from genre_core.models.serve import model_file
from genre_core.params import fingerprint
from genre_core.paths import Root
from genre_core.runs import Run

_METHOD = 1
"""Raised when models begin to be asked in another way."""


class Result(Protocol):
    """What is kept: it says of which part of a split it is."""

    @property
    def role(self) -> str: ...

    def to_dict(self) -> dict[str, Any]: ...


Found = TypeVar("Found", bound=Result)


def model_fingerprint(run: Run) -> str:
    """Changes with whatever a run's posteriors follow from: weights, features, cuts, temperature."""
    run.refuse_without_model()
    path = model_file(run.folder)
    try:
        weights = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise RunError(
            f"The model of {run.title!r} cannot be read ({error.strerror or error}): {path}. Train it again."
        ) from error
    calibration = run.calibration
    return fingerprint(
        {
            "method": _METHOD,
            "weights": weights,
            "features": [feature.fingerprint for feature in run.features],
            "segments": run.segments.fingerprint,
            "temperature": None if calibration is None else calibration["temperature"],
            "genres": list(run.genres),
        }
    )


def judged_songs(run: Run, role: str, root: Root) -> list[Track]:
    """The tracks of one part of a run's split, with their sound.

    Raises
    ------
    RunError
        If the run holds no model, was not judged on that part, its test split has not been opened, or its data set has changed.
    DatasetError
        If its data set is not here, or (`NoAudioError`) holds numbers without audio.
    """
    from genre_core.datasets.versions import load_learned

    run.refuse_without_model()
    if role == "test" and not run.test_openings:
        raise RunError(f"The test split of {run.title!r} has not been opened: this is measured on valid, or out of fold.")
    ids = run.track_ids(role)
    if not ids:
        raise RunError(f"{run.title!r} has no tracks of the part {role!r}. It was judged on: {', '.join(run.scores) or 'none'}.")
    dataset = load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint)
    if not dataset.has_audio:
        raise NoAudioError(f"{dataset.name!r} holds numbers without audio: there is no sound to hear.")
    if dataset.fingerprint != run.dataset_fingerprint:
        raise RunError(
            f"The data set {dataset.name!r} has changed since {run.title!r} was trained, so its tracks are others. Train again, "
            "or bring the former tracks back."
        )
    return [dataset.by_id[track_id] for track_id in ids]


def keep_result(path: Path, model: str, found: Result) -> None:
    """Write a result with the model that it is of; `RunError` where it cannot be written."""
    try:
        write_json(path, {"model": model, **found.to_dict()})
    except OSError as error:
        raise RunError(f"The result cannot be written to {path}: {why_not_written(error)}") from error


def read_result(path: Path, model: str, of_dict: Callable[[Mapping[str, Any]], Found]) -> Found | None:
    """A result of that model; None where the file is gone, or of another model. `RunError` if it is damaged."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("model") != model:
            return None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, AttributeError, RecursionError) as error:
        raise RunError(f"{path} is damaged ({error}). Delete it, and measure again.") from error
    return of_dict(values)


def newest(run: Run, root: Root, kind: str, role: str | None, of_dict: Callable[[Mapping[str, Any]], Found]) -> Found | None:
    """The newest result of the model as it is now, on one part or on any; None where nothing was measured of it."""
    if not run.has_model:
        return None
    folder, model = root.inspections / run.id, model_fingerprint(run)
    for path in sorted(folder.glob(f"{kind}-*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        found = read_result(path, model, of_dict)
        if found is not None and role in (None, found.role):
            return found
    return None

"""The manifest: its format, what it must hold, and how one of an earlier format is read."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genre_core import __version__
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import GenreError, RunError
from genre_core.features import feature_from_dict

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport

FORMAT_VERSION = 2
MANIFEST = "manifest.json"
ROLES = ("train", "valid", "test")
JUDGED = ("valid", "test", "folds")
"""Keys that `scores` may have."""

ADVICE = "Delete the run's folder, or restore it from a copy."
_LIBRARIES = ("numpy", "scipy", "keras", "tensorflow", "tensorflow-cpu", "onnx", "onnxruntime")
_ADDED_BY_2: dict[str, Any] = {"note": "", "leaks": None, "folds": None}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "title": str,
    "note": str,
    "state": str,
    "model": str,
    "features": list,
    "segments": dict,
    "config": dict,
    "training": dict,
    "genres": list,
    "scaler": list,
    "split": dict,
    "leaks": (dict, type(None)),
    "folds": (dict, type(None)),
    "dataset": dict,
    "seed": int,
    "versions": dict,
    "scores": dict,
    "history": list,
    "created": str,
    "test_openings": list,
}


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest in that file, checked, in the present format.

    Raises
    ------
    RunError
        If there is none, or it is damaged or of a format that is not read; the message says what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(
            f"There is no finished run in {path.parent}: it has no {MANIFEST}. Let its training end, or train anew."
        ) from None
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    return parse_manifest(text, path)


def parse_manifest(text: str, path: Path) -> dict[str, Any]:
    """`read_manifest` of text that is already here; `path` is named where something is wrong."""
    try:
        values = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    return checked_manifest(values, path)


def checked_manifest(values: Any, path: Path) -> dict[str, Any]:
    """`values` in the present format, or `RunError` if they are no manifest."""
    version = values.get("format_version") if isinstance(values, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise RunError(f"Expected the manifest of a run in {path}, with its format_version. Received: something else. {ADVICE}")
    if version > FORMAT_VERSION:
        raise RunError(
            f"The run in {path.parent} was written by a newer Genrescope (format {version}; this one reads up to "
            f"{FORMAT_VERSION}). Update it."
        )
    if version != FORMAT_VERSION and version not in _MIGRATIONS:
        raise RunError(
            f"The run in {path.parent} was written by an older Genrescope (format {version}; this one reads from "
            f"{min(_MIGRATIONS)}). Train it again."
        )
    while version != FORMAT_VERSION:
        values = {**_MIGRATIONS[version](values), "format_version": version + 1}
        version += 1
    values = {**_ADDED_BY_2, **values}
    _check(values, path)
    return values


def _from_1(values: dict[str, Any]) -> dict[str, Any]:
    """Format 1 knew no note, no folds and no record of what crosses its split."""
    return {**values, **_ADDED_BY_2}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""Format number -> what makes the next format of it, in memory; the file changes when the run is next saved."""


def _check(values: dict[str, Any], path: Path) -> None:
    wrong = [key for key, kind in _TYPES.items() if key not in values or not isinstance(values[key], kind)]
    if wrong:
        raise RunError(f"The manifest {path} must hold {', '.join(wrong)}, in the right type. It does not. {ADVICE}")
    try:
        for feature in values["features"]:
            feature_from_dict(feature)
        SegmentConfig.from_dict(values["segments"])
        datetime.fromisoformat(values["created"])
        for moment in values["test_openings"]:
            datetime.fromisoformat(moment)
        _check_names(values)
        _check_numbers(values)
        _check_leaks(values["leaks"])
        _check_folds(values["folds"])
    except KeyError as error:
        raise RunError(f"The manifest {path} is damaged: it lacks {error}. {ADVICE}") from error
    except (GenreError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"The manifest {path} is damaged: {error}. {ADVICE}") from error


def _check_names(values: dict[str, Any]) -> None:
    genres, split, dataset = values["genres"], values["split"], values["dataset"]
    _require(values["features"] and genres, "no features or no genres")
    _require(
        all(isinstance(genre, str) for genre in genres) and len(set(genres)) == len(genres), "genres that are not distinct words"
    )
    _require(isinstance(split["name"], str) and isinstance(split["roles"], dict), "a split without name or roles")
    _require(all(role in ROLES for role in split["roles"].values()), "a role that does not exist")
    _require(
        isinstance(dataset["name"], str) and isinstance(dataset["fingerprint"], str), "a data set without name or fingerprint"
    )


def _check_numbers(values: dict[str, Any]) -> None:
    for role, report in values["scores"].items():
        _require(role in JUDGED, f"scores of {role!r}")
        _require(_is_number(report["n_tracks"]) and _is_number(report["tracks"]["accuracy"]), f"{role} scores without numbers")
    for entry in values["history"]:
        _require(
            all(_is_number(value) or value is None for value in entry.values()), "a history with something else than numbers"
        )
        _require(_is_number(entry["epoch"]) and _is_number(entry["valid_loss"]), "a history without epoch or valid_loss")


def _check_leaks(leaks: dict[str, Any] | None) -> None:
    if leaks is None:
        return
    for name in ("tracks", "artists", "hashes"):
        _require(isinstance(leaks[name], list) and all(isinstance(entry, str) for entry in leaks[name]), f"leaks without {name}")
    _require(isinstance(leaks["artists_known"], bool), "leaks without artists_known")


def _check_folds(folds: dict[str, Any] | None) -> None:
    if folds is None:
        return
    count = folds["count"]
    _require(isinstance(count, int) and count >= 2, "folds without a count")
    _require(folds["grouped_by"] in ("artist", "track"), "folds grouped by something unknown")
    _require(all(isinstance(fold, int) and 0 <= fold < count for fold in folds["of"].values()), "a fold that does not exist")


def _require(holds: object, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number that JSON knows")


def _damaged(path: Path, error: Exception) -> RunError:
    return RunError(f"Expected the manifest of a run in {path}. Received: a damaged file ({error}). {ADVICE}")


def leak_record(report: LeakReport) -> dict[str, Any]:
    """What a manifest keeps of a leak report, so that the run carries its badge where its data set is not."""
    return {
        "badge": report.badge,
        "verdict": report.verdict,
        "tracks": list(report.tracks),
        "artists": list(report.artists),
        "hashes": list(report.hashes),
        "artists_known": report.artists_known,
    }


def versions() -> dict[str, str]:
    """Versions of Python, of this product and of the libraries a run depends on, without importing them."""
    found = {"genrescope": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found

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
from genre_core.errors import FeatureError, GenreError, RunError
from genre_core.features import feature_from_dict

if TYPE_CHECKING:
    from genre_core.datasets.splits import LeakReport

FORMAT_VERSION = 5
MANIFEST = "manifest.json"
ROLES = ("train", "valid", "test")
MIXED = "mixed"
"""The role of a track whose segments have several."""

JUDGED = ("valid", "test", "folds")
"""Keys that `scores` may have."""

SIGNS = ("✔", "✖", "?")
"""How a badge begins: nothing crosses the split, something does, not provable."""

PREDICTIONS_ALONE = "predictions"
"""Stands for the model of a run that came as predictions of another tool: it can be judged, not asked."""

ADVICE = "Delete the run's folder, or restore it from a copy."
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "keras", "tensorflow", "tensorflow-cpu", "skl2onnx", "onnx", "onnxruntime")
_ADDED_BY_2: dict[str, Any] = {"note": "", "leaks": None, "folds": None, "imported": None}
_SPLIT_ADDED_BY_3: dict[str, Any] = {"unit": "track", "genres": [], "train_share": 1.0}
_ADDED_BY_4: dict[str, Any] = {"preset": "", "fitted": {}}
_ADDED_BY_5: dict[str, Any] = {"calibration": None}
_LEAKS_ADDED_BY_3: dict[str, Any] = {"near_duplicates": [], "segments": False}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "title": str,
    "note": str,
    "state": str,
    "model": str,
    "preset": str,
    "fitted": dict,
    "features": list,
    "segments": dict,
    "config": dict,
    "training": dict,
    "genres": list,
    "scaler": list,
    "split": dict,
    "leaks": (dict, type(None)),
    "folds": (dict, type(None)),
    "imported": (dict, type(None)),
    "calibration": (dict, type(None)),
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
    return checked_manifest(read_values(path), str(path))


def read_values(path: Path) -> Any:
    """What a manifest's file holds, not yet checked; `RunError` if there is none or it is no JSON."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(
            f"There is no finished run in {path.parent}: it has no {MANIFEST}. Let its training end, or train anew."
        ) from None
    except (OSError, ValueError) as error:
        raise _damaged(str(path), error, ADVICE) from error
    return parse_values(text, str(path))


def parse_values(text: str, where: str, *, advice: str = ADVICE) -> Any:
    """The values of a manifest's text; `where` and `advice` are named in the `RunError` of a text that is no JSON."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _damaged(where, error, advice) from error


def checked_manifest(values: Any, where: str, *, advice: str = ADVICE) -> dict[str, Any]:
    """`values` in the present format, or `RunError` if they are no manifest."""
    version = values.get("format_version") if isinstance(values, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise RunError(f"Expected the manifest of a run in {where}, with its format_version. Received: something else. {advice}")
    if version > FORMAT_VERSION:
        raise RunError(
            f"The manifest {where} was written by a newer Genrescope (format {version}; this one reads up to {FORMAT_VERSION}). "
            "Update it."
        )
    if version != FORMAT_VERSION and version not in _MIGRATIONS:
        raise RunError(
            f"The manifest {where} was written by an older Genrescope (format {version}; this one reads from "
            f"{min(_MIGRATIONS)}). Train it again."
        )
    while version != FORMAT_VERSION:
        values = {**_MIGRATIONS[version](values), "format_version": version + 1}
        version += 1
    values = _from_2({**_ADDED_BY_2, **values})
    try:
        _check(values)
    except KeyError as error:
        raise RunError(f"The manifest {where} is damaged: it lacks {error}. {advice}") from error
    except FeatureError as error:  # its sentence says what to do: nothing is damaged
        raise RunError(f"The run in {where} cannot be used here. {error}") from error
    except (GenreError, TypeError, ValueError, AttributeError) as error:
        raise RunError(f"The manifest {where} is damaged: {error}. {advice}") from error
    return values


def _from_1(values: dict[str, Any]) -> dict[str, Any]:
    """Format 1 knew no note, no folds, no import and no record of what crosses its split."""
    return {**values, **_ADDED_BY_2}


def _from_2(values: dict[str, Any]) -> dict[str, Any]:
    """Format 2 knew no roles of segments, no part of the genres or of the training tracks, and no near-duplicates."""
    for key, added in (("split", _SPLIT_ADDED_BY_3), ("leaks", _LEAKS_ADDED_BY_3)):
        if isinstance(values.get(key), dict):
            values = {**values, key: {**added, **values[key]}}
    return values


def _from_3(values: dict[str, Any]) -> dict[str, Any]:
    """Format 3 knew networks only: no preset, and nothing that a model reports beside its weights."""
    return {**_ADDED_BY_4, **values}


def _from_4(values: dict[str, Any]) -> dict[str, Any]:
    """Format 4 knew no temperature: probabilities were those of the model's file."""
    return {**_ADDED_BY_5, **values}


_MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1, 2: _from_2, 3: _from_3, 4: _from_4}
"""Format number -> what makes the next format of it, in memory; the file changes when the run is next saved."""


def _check(values: dict[str, Any]) -> None:
    wrong = [key for key, kind in _TYPES.items() if key not in values or not isinstance(values[key], kind)]
    _require(not wrong, f"it must hold {', '.join(wrong)}, in the right type")
    for feature in values["features"]:
        feature_from_dict(feature)
    SegmentConfig.from_dict(values["segments"])
    for moment in (values["created"], *values["test_openings"]):
        # One without zone cannot be sorted among the others: it would break every list.
        _require(datetime.fromisoformat(moment).tzinfo is not None, f"the time {moment} without its zone")
    _check_names(values)
    _check_numbers(values)
    _check_split(values["split"])
    _check_leaks(values["leaks"])
    # A score that flatters must say so: the unit, the name and the record of what crosses stand and fall together.
    leaky = values["split"]["unit"] == "segment"
    _require(leaky == (values["split"]["name"] == "segment_random"), "a split whose name and unit don't fit each other")
    _require(leaky == bool(values["leaks"] and values["leaks"]["segments"]), "a leaky split without its record, or the reverse")
    _check_folds(values["folds"])
    _check_calibration(values["calibration"])
    search = values.get("search", {})  # of the winner of a search only
    of_search = {"id": str, "words": str, "n_trials": int, "metric": str}
    _require(
        isinstance(search, dict) and (not search or all(isinstance(search.get(name), kind) for name, kind in of_search.items())),
        "a search that is none",
    )
    imported = values["imported"]
    _require(imported is None or all(isinstance(imported[name], str) for name in ("at", "id")), "an import without time or id")


def _check_names(values: dict[str, Any]) -> None:
    genres, split, dataset = values["genres"], values["split"], values["dataset"]
    _require(genres and (values["features"] or values["model"] == PREDICTIONS_ALONE), "no features or no genres")
    _require(
        all(isinstance(genre, str) for genre in genres) and len(set(genres)) == len(genres), "genres that are not distinct words"
    )
    _require(isinstance(split["name"], str) and isinstance(split["roles"], dict), "a split without name or roles")
    _require(
        isinstance(dataset["name"], str) and isinstance(dataset["fingerprint"], str), "a data set without name or fingerprint"
    )


def _check_split(split: dict[str, Any]) -> None:
    _require(split["unit"] in ("track", "segment"), "roles of something unknown")
    allowed = ROLES if split["unit"] == "track" else (MIXED,)
    _require(all(role in allowed for role in split["roles"].values()), "a role that does not exist")
    genres, share = split["genres"], split["train_share"]
    _require(isinstance(genres, list) and all(isinstance(genre, str) for genre in genres), "a split of unknown genres")
    _require(_is_number(share) and 0 < share <= 1, "a share of the training tracks that is none")


def _check_numbers(values: dict[str, Any]) -> None:
    for role, report in values["scores"].items():
        _require(role in JUDGED, f"scores of {role!r}")
        _require(_is_number(report["n_tracks"]) and _is_number(report["tracks"]["accuracy"]), f"{role} scores without numbers")
        for level in ("tracks", "segments"):
            for interval in report.get(level, {}).get("intervals", {}).values():
                _check_interval(interval)
    for entry in values["history"]:
        numbers = [value for name, value in entry.items() if name != "part"]
        _require(all(_is_number(value) for value in numbers), "a history with something else than numbers")
        _require("epoch" in entry and isinstance(entry.get("part", ""), str), "a history without epochs")


def _check_interval(interval: dict[str, Any]) -> None:
    numbers = (interval["value"], interval["low"], interval["high"])
    _require(all(value is None or _is_number(value) for value in numbers), "an interval of something else than numbers")
    _require((interval["low"] is None) == (interval["high"] is None), "an interval with one end")


def _check_leaks(leaks: dict[str, Any] | None) -> None:
    if leaks is None:
        return
    for name in ("tracks", "artists", "hashes"):
        _require(isinstance(leaks[name], list) and all(isinstance(entry, str) for entry in leaks[name]), f"leaks without {name}")
    for pair in leaks["near_duplicates"]:
        _require(
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(track_id, str) for track_id in pair),
            "near-duplicates that are no pairs",
        )
    for name in ("artists_known", "segments"):
        _require(isinstance(leaks[name], bool), f"leaks without {name}")
    counts = [leaks.get(name, 0) for name in ("n_tracks", "n_named")]  # runs of former days did not count them
    _require(all(type(count) is int for count in counts) and 0 <= counts[1] <= counts[0], "leaks that count no tracks")
    _require(isinstance(leaks["badge"], str) and isinstance(leaks["verdict"], str), "leaks without badge or verdict")
    _require(leaks["badge"][:1] in SIGNS, "a badge without its sign")


def _check_folds(folds: dict[str, Any] | None) -> None:
    if folds is None:
        return
    count = folds["count"]
    _require(isinstance(count, int) and count >= 2, "folds without a count")
    _require(folds["grouped_by"] in ("artist", "track", "column"), "folds grouped by something unknown")
    _require(all(isinstance(fold, int) and 0 <= fold < count for fold in folds["of"].values()), "a fold that does not exist")


def _check_calibration(calibration: dict[str, Any] | None) -> None:
    if calibration is None:
        return
    temperature = calibration["temperature"]
    _require(_is_number(temperature) and temperature > 0, "a temperature that is none")
    _require(calibration["role"] in JUDGED, "a temperature chosen on something unknown")
    for name in ("log_loss", "brier", "calibration_error"):
        _require(len(calibration[name]) == 2 and all(map(_is_number, calibration[name])), f"a calibration without {name}")


def _require(holds: object, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number that JSON knows")


def _damaged(where: str, error: Exception, advice: str) -> RunError:
    return RunError(f"Expected the manifest of a run in {where}. Received: a damaged file ({error}). {advice}")


def leak_record(report: LeakReport) -> dict[str, Any]:
    """What a manifest keeps of a leak report, so that the run carries its badge where its data set is not."""
    return report.to_dict()


def versions() -> dict[str, str]:
    """Versions of Python, of this product and of the libraries a run depends on, without importing them."""
    found = {"genrescope": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found

"""The numbers of a view, taken away: CSV for a spreadsheet, JSON for a program, npz for numpy."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.base import Feature

_AXES = {"frequencies": ("frequency [Hz]", " Hz"), "tempi": ("tempo [bpm]", " bpm")}
"""Attributes of a feature that say what number each row stands for: title of a column of them, and their unit."""


def as_csv(feature: Feature, values: np.ndarray, *, start_seconds: float = 0.0) -> str:
    """The values as a table: one line a frame, first its time [s], then one column a row of the feature.

    A feature without frames, such as a spectrum or the 57 summary columns, has one line a row: its name or frequency, its value.
    What is not a number, such as the pitch of an unvoiced frame, is an empty cell. Nine digits hold every float32 exactly.

    Parameters
    ----------
    feature : Feature
        What was computed.
    values : np.ndarray
        Its result, shape (n_rows, n_frames) or (n_rows,).
    start_seconds : float
        Where the region begins in its clip; added to the times.

    Raises
    ------
    ParameterError
        If `values` has another shape.
    """
    _check(values)
    unit = f" [{feature.value_unit}]" if feature.value_unit else ""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    if values.ndim == 1:
        title, names = _axis(feature, len(values))
        table.writerow([title, f"value{unit}"])
        table.writerows(zip(names, _numbers(values, ""), strict=True))
        return out.getvalue()
    _, names = _axis(feature, len(values))
    suffix = _AXES.get(_kind(feature, len(values)), ("", ""))[1]
    title, times = _time_axis(feature, values.shape[1], start_seconds)
    table.writerow([title, *(f"{name}{suffix}{unit}" for name in names)])
    for time, frame in zip(times, values.T, strict=True):
        out.write(",".join([time, *_numbers(frame, "")]) + "\n")
    return out.getvalue()


def as_json(feature: Feature, values: np.ndarray, *, clip: Clip | None = None, start_seconds: float = 0.0) -> str:
    """The values with all that is needed to have them again, as one JSON object.

    `feature` holds name and parameters, `unit` that of the values, `clip` name, rate, length and hash of the sound, `times` the
    centres of frames [s], `frequencies` [Hz], `tempi` [bpm] or `rows` (names) what the rows are, `values` a list a row (of
    numbers a frame; a plain list where there are no frames). What is not a number is null.

    Parameters
    ----------
    feature, values, start_seconds
        As `as_csv`.
    clip : Clip or None
        The sound the values were computed of.

    Raises
    ------
    ParameterError
        If `values` has another shape than (n_rows, n_frames) or (n_rows,).
    """
    _check(values)
    entries = {key: json.dumps(entry, allow_nan=False) for key, entry in _facts(feature, clip, start_seconds).items()}
    kind = _kind(feature, len(values))
    if values.ndim == 2:
        entries["times"] = f"[{', '.join(_time_axis(feature, values.shape[1], start_seconds)[1])}]"
        lists = [f"[{', '.join(_numbers(row, 'null'))}]" for row in values]
    else:
        lists = _numbers(values, "null")
    axis = _numbers(getattr(feature, kind), "null") if kind in _AXES else None  # the tempo of a lag of nothing is infinite
    entries[kind] = f"[{', '.join(axis)}]" if axis else json.dumps(_axis(feature, len(values))[1])
    entries["values"] = "[" + (",\n" if values.ndim == 2 else ", ").join(lists) + "]"
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {text}" for key, text in entries.items()) + "\n}\n"


def as_npz(feature: Feature, values: np.ndarray, *, clip: Clip | None = None, start_seconds: float = 0.0) -> bytes:
    """The values as numpy's npz file: arrays `values`, `times` and `frequencies`, `tempi` or `rows`; `about` is a JSON text.

    Parameters and errors are those of `as_json`. It is read without pickle: `np.load(file)["values"]`.
    """
    _check(values)
    kind = _kind(feature, len(values))
    arrays: dict[str, Any] = {
        "values": values,
        kind: np.asarray(getattr(feature, kind)) if kind in _AXES else np.array(_axis(feature, len(values))[1]),
        "about": np.array(json.dumps(_facts(feature, clip, start_seconds))),
    }
    if values.ndim == 2:
        arrays["times"] = _times(feature, values.shape[1], start_seconds)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _check(values: np.ndarray) -> None:
    if values.ndim not in (1, 2):
        raise ParameterError(f"Expected values of shape (n_rows,) or (n_rows, n_frames). Received: shape {values.shape}.")


def _facts(feature: Feature, clip: Clip | None, start_seconds: float) -> dict[str, Any]:
    facts: dict[str, Any] = {"feature": feature.to_dict(), "title": feature.title, "unit": feature.value_unit}
    if clip is not None:
        facts["clip"] = {
            "name": clip.name,
            "sample_rate": clip.sr,
            "start_seconds": start_seconds,
            "seconds": clip.seconds,
            "sha256": clip.sha256,
        }
    return facts


def _kind(feature: Feature, n_rows: int) -> str:
    """What says what the rows are: `frequencies`, `tempi`, or `rows` for names."""
    if len(feature.rows) == n_rows:
        return "rows"
    return next((kind for kind in _AXES if len(getattr(feature, kind, ())) == n_rows), "rows")


def _axis(feature: Feature, n_rows: int) -> tuple[str, list[str]]:
    """Title for a column of the rows, and each row in words or as a number."""
    kind = _kind(feature, n_rows)
    if kind in _AXES:
        return _AXES[kind][0], [f"{value:.9g}" for value in getattr(feature, kind)]
    for known in (feature.rows, getattr(feature, "COLUMNS", ())):
        if len(known) == n_rows:
            return "name", [str(name) for name in known]
    return "row", [str(number) for number in range(1, n_rows + 1)]


def _times(feature: Feature, n_frames: int, start_seconds: float) -> np.ndarray:
    """Time of each frame [s], float64, shape (n_frames,); the frame's number where a feature does not know it."""
    times = getattr(feature, "times", None)
    return np.arange(float(n_frames)) if times is None else start_seconds + times(n_frames)


def _time_axis(feature: Feature, n_frames: int, start_seconds: float) -> tuple[str, list[str]]:
    title = "time [s]" if hasattr(feature, "times") else "frame"
    return title, [f"{time:.9g}" for time in _times(feature, n_frames, start_seconds)]


def _numbers(values: np.ndarray, missing: str) -> list[str]:
    """Each value in nine digits; NaN and infinity, for which CSV and JSON have no word, as `missing`."""
    words = ("%.9g " * values.size % tuple(values.tolist())).split()
    for index in np.flatnonzero(~np.isfinite(values)).tolist():
        words[index] = missing
    return words

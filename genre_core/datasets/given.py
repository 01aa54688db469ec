"""Data sets without audio: a table's numbers stand in for the features that would be computed.

The numbers lie in `datasets/<name>/given.npz`, which is kept; `provide` lays them into the feature store, from which training and
scoring read them like any others. A track is known by the SHA-256 of its numbers.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.given_import import Values, import_features, request_key
from genre_core.datasets.library import check_name, save_dataset
from genre_core.datasets.store import FeatureStore, Request
from genre_core.datasets.tracks import Dataset, NoAudioError
from genre_core.errors import DatasetError
from genre_core.features import feature_from_dict
from genre_core.features.base import SegmentFeatures
from genre_core.files import why_not_written, write_whole

__all__ = [
    "GIVEN",
    "Values",
    "check_given",
    "given_requests",
    "import_features",
    "load_given",
    "provide",
    "request_key",
    "save_given",
]

GIVEN = "given.npz"
_ARRAYS = ("sha256", "counts", "values", "start_seconds", "end_seconds")
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def save_given(dataset: Dataset, values: Sequence[Values], root_datasets: Path, **options: Any) -> None:
    """Write a data set without audio and its numbers.

    Parameters
    ----------
    dataset : Dataset
        Its `given` says what the numbers are of.
    values : sequence of mappings
        For each pair in `given`, the numbers of each track by its id. A feature that a track lacks is NaN in all its segments.
    root_datasets : Path
        Where data sets lie.
    **options
        Those of `save_dataset`.

    Raises
    ------
    DatasetError
        If the name does not fit or the folder cannot be written.
    """
    folder = root_datasets.resolve() / check_name(dataset.name)
    arrays: dict[str, np.ndarray] = {}
    for request, its in zip(given_requests(dataset), values, strict=True):
        arrays |= _packed({track.sha256: its[track.id] for track in dataset.tracks}, request_key(*request))
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / GIVEN, content.getvalue())
    except OSError as error:
        raise DatasetError(f"The numbers of {dataset.name!r} cannot be written to {folder}: {why_not_written(error)}") from error
    save_dataset(dataset, root_datasets, **options)


def load_given(dataset: Dataset, root_datasets: Path, request: Request) -> dict[str, SegmentFeatures]:
    """Numbers by the tracks' SHA-256.

    Raises
    ------
    DatasetError
        If they are gone or damaged.
    """
    folder = root_datasets.resolve() / check_name(dataset.name)
    found = _unpacked(_read(folder), request_key(*request))
    lacking = [track.id for track in dataset.tracks if track.sha256 not in found]
    if lacking:
        raise DatasetError(
            f"The numbers of {len(lacking)} tracks of {dataset.name!r}, {lacking[0]} among them, are not in {folder / GIVEN}: it "
            "is gone or damaged. Import the table again."
        )
    return found


def given_requests(dataset: Dataset) -> list[Request]:
    """What a data set without audio gives, as pairs of feature and segments; empty where there is audio."""
    return [(feature_from_dict(pair["feature"]), SegmentConfig.from_dict(pair["segments"])) for pair in dataset.given]


def provide(dataset: Dataset, requests: Iterable[Request], root_datasets: Path, store: FeatureStore) -> None:
    """See that the store holds what is asked of a data set without audio; nothing is done for one with audio.

    To be called before anything reads its features, so that what it does not give is said before time is spent.

    Raises
    ------
    NoAudioError
        If other features or segments are asked for than the data set gives.
    DatasetError
        If its numbers are gone or damaged, or the store cannot be written.
    """
    if not dataset.given:
        return
    requests = list(requests)
    check_given(dataset, requests)
    for request in requests:
        lacking = [track for track in dataset.tracks if store.load(track, *request) is None]
        if lacking:
            numbers = load_given(dataset, root_datasets, request)
            for track in lacking:
                store.save(track, *request, numbers[track.sha256])


def check_given(dataset: Dataset, requests: Sequence[Request], *, who: str = "This") -> None:
    """Raise `NoAudioError` unless a data set without audio gives all of `requests`; one with audio gives anything."""
    if not dataset.given:
        return
    given = {request_key(*request) for request in given_requests(dataset)}
    for request in requests:
        if request_key(*request) not in given:
            raise NoAudioError(
                f"{who} needs {_words(*request)}; the data set {dataset.name!r} gives "
                f"{', '.join(_words(*pair) for pair in given_requests(dataset))} without audio, so nothing else can be computed. "
                "Import the songs themselves."
            )


def _words(feature: Any, segments: SegmentConfig) -> str:
    return f"{feature.name} of segments of {segments.segment_seconds:g} s every {segments.hop_seconds:g} s"


def _packed(numbers: Mapping[str, SegmentFeatures], key: str) -> dict[str, np.ndarray]:
    found = list(numbers.values())
    arrays = (
        np.array(list(numbers), dtype=np.str_),
        np.array([len(entry.values) for entry in found], dtype=np.int64),
        np.concatenate([entry.values for entry in found]),  # (n_rows, *feature shape)
        np.concatenate([entry.start_seconds for entry in found]),
        np.concatenate([entry.end_seconds for entry in found]),
    )
    return {f"{key}{name}": array for name, array in zip(_ARRAYS, arrays, strict=True)}


def _unpacked(arrays: Mapping[str, np.ndarray], key: str) -> dict[str, SegmentFeatures]:
    try:
        sha256, counts, values, starts, ends = (arrays[f"{key}{name}"] for name in _ARRAYS)
        stops = np.cumsum(counts)
        fits = values.dtype == np.float32 and len(sha256) == len(counts) and values.shape[:1] == starts.shape == ends.shape
        if not fits or (len(stops) and stops[-1] != len(values)):
            return {}
    except (KeyError, ValueError, TypeError):
        return {}
    return {
        str(name): SegmentFeatures(values[stop - count : stop], starts[stop - count : stop], ends[stop - count : stop])
        for name, count, stop in zip(sha256, counts, stops, strict=True)
    }


def _read(folder: Path) -> dict[str, np.ndarray]:
    """All arrays of the file, none where there is none or it is damaged."""
    try:
        with np.load(folder / GIVEN, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except _UNREADABLE:
        return {}

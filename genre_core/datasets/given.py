"""Data sets without audio: a table's numbers stand in for the features that would be computed.

The numbers lie in `datasets/<name>/given.npz`, which is kept; `provide` lays them into the feature store, from which training and
scoring read them like any others. A track is known by the SHA-256 of its numbers.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.feature_table import FeatureTable, Row, read_feature_table
from genre_core.datasets.library import check_name, save_dataset
from genre_core.datasets.store import FeatureStore, Request
from genre_core.datasets.tracks import Dataset, NoAudioError, Problem, Track
from genre_core.errors import DatasetError
from genre_core.features import feature_from_dict
from genre_core.features.base import SegmentFeatures
from genre_core.features.summary import Summary57
from genre_core.files import why_not_written, write_whole

GIVEN = "given.npz"
NOTE = "given as numbers, without audio"
"""Note of such a data set, which stands wherever its numbers, and those of runs that learned from it, appear."""

TRACK_SECONDS, SEGMENT_SECONDS = 30.0, 3.0
"""Length of a row's sound where its table doesn't say: of whole tracks, and of segments, as in Kaggle's two tables [s]."""

_ARRAYS = ("sha256", "counts", "values", "start_seconds", "end_seconds")
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)

Values = Mapping[str, SegmentFeatures]


def import_features(path: str | Path, *, name: str | None = None, title: str = "") -> tuple[Dataset, Values]:
    """Read a table of summary columns: a data set without audio, and the numbers of its tracks.

    Rows named `blues.00000.3.wav`, rows with a `segment` column and rows of one name are the segments of one track, so that no
    split can tear them apart. Rows that cannot be used, and tracks that repeat another of their genre, are reported.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet file with the 57 columns of `Summary57`, a column that names the song (`filename`, `track_id`, ...) and
        one that names the genre (`label`, `genre`). `artist`, `title`, `split` and further columns are kept.
    name, title : str
        Key of the data set, by default the file's name; words to show, by default the key.

    Returns
    -------
    Dataset, mapping
        Its tracks have no path; the mapping leads from their ids to `SegmentFeatures`, values of shape (n_segments, 57).

    Raises
    ------
    DatasetError
        If the table cannot be read, lacks columns, or holds fewer than two genres.
    """
    path = Path(path).expanduser().absolute()
    name = check_name(name or _name_of(path))
    table = read_feature_table(path)
    rows = _by_track(table, path)
    segments, problems = _segments(table, rows, path)
    request = (Summary57(), segments)
    tracks: list[Track] = []
    values: dict[str, SegmentFeatures] = {}
    for track_id, own in rows.items():
        found = _features(own, segments.segment_seconds)
        values[track_id] = found
        tracks.append(_track(track_id, own, found, request))
    tracks, repeats = _without_repeats(tracks)
    if len(genres := sorted({track.genre for track in tracks})) < 2:
        raise DatasetError(f"Expected songs of at least two genres in {path.name}. Received: {', '.join(genres)} only.")
    given = ({"feature": request[0].to_dict(), "segments": segments.to_dict()},)
    problems = [*table.problems, *problems, *repeats]
    dataset = Dataset(name, tuple(tracks), title=title or name, note=NOTE, problems=tuple(problems), given=given)
    return dataset, {track.id: values[track.id] for track in tracks}


def save_given(dataset: Dataset, values: Values, root_datasets: Path, **options: Any) -> None:
    """Write a data set without audio with its numbers; `options` are those of `save_dataset`.

    Numbers that former versions of the data set need stay beside the new ones.

    Raises
    ------
    DatasetError
        If the name does not fit or the folder cannot be written.
    """
    folder = root_datasets.resolve() / check_name(dataset.name)
    ((feature, segments),) = given_requests(dataset)
    key = _key(feature, segments)
    arrays = {name: array for name, array in _read(folder).items() if not name.startswith(key)}
    numbers = {**_unpacked(_read(folder), key), **{track.sha256: values[track.id] for track in dataset.tracks}}
    arrays |= _packed(numbers, key)
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
    found = _unpacked(_read(folder), _key(*request))
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
    given = {_key(*request) for request in given_requests(dataset)}
    for request in requests:
        if _key(*request) not in given:
            raise NoAudioError(
                f"{who} needs {_words(*request)}; the data set {dataset.name!r} gives "
                f"{', '.join(_words(*pair) for pair in given_requests(dataset))} without audio, so nothing else can be computed. "
                "Import the songs themselves."
            )


def _words(feature: Any, segments: SegmentConfig) -> str:
    return f"{feature.name} of segments of {segments.segment_seconds:g} s every {segments.hop_seconds:g} s"


def _key(feature: Any, segments: SegmentConfig) -> str:
    return f"{feature.fingerprint}-{segments.fingerprint}."


def _name_of(path: Path) -> str:
    plain = "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in path.stem)[:64].strip("-._")
    return plain or "features"


def _by_track(table: FeatureTable, path: Path) -> dict[str, list[Row]]:
    """Rows of each track in order of time."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in table.rows:
        first = rows[row.track_id][0] if row.track_id in rows else row
        if row.genre != first.genre:
            raise DatasetError(
                f"A song has one genre. {path.name} calls {row.track_id} {first.genre} in line {first.line} and {row.genre} in "
                f"line {row.line}. Mend one of the two."
            )
        rows[row.track_id].append(row)
    for track_id, own in rows.items():
        seen: dict[int, int] = {}
        for row in own:
            if row.segment is not None and row.segment in seen:
                raise DatasetError(
                    f"Each segment of a song stands in one row. {path.name} has segment {row.segment} of {track_id} in the lines "
                    f"{seen[row.segment]} and {row.line}. Remove one of them."
                )
            if row.segment is not None:
                seen[row.segment] = row.line
        own.sort(key=lambda row: (row.start_seconds or 0.0, row.segment or 0))
    return dict(rows)


def _segments(table: FeatureTable, rows: Mapping[str, list[Row]], path: Path) -> tuple[SegmentConfig, list[Problem]]:
    """How the tracks were cut, and a word where the table does not say how long a row's sound is."""
    if seconds := table.row_seconds:
        seconds = min(600.0, max(0.1, seconds))
        return SegmentConfig(segment_seconds=seconds, hop_seconds=seconds), []
    whole = max(map(len, rows.values())) == 1
    seconds = TRACK_SECONDS if whole else SEGMENT_SECONDS
    message = (
        f"No column says how long the sound of a row is; it is taken for {seconds:g} s, as in Kaggle's table of "
        f"{'tracks' if whole else 'segments'}. Add a column seconds if it is not."
    )
    return SegmentConfig(segment_seconds=seconds, hop_seconds=seconds), [Problem(path.name, "assumed_length", message)]


def _features(rows: Sequence[Row], segment_seconds: float) -> SegmentFeatures:
    starts, ends = [], []
    for index, row in enumerate(rows):
        place = index if row.segment is None else row.segment
        start = place * segment_seconds if row.start_seconds is None else row.start_seconds
        starts.append(start)
        ends.append(start + (row.seconds or segment_seconds))
    return SegmentFeatures(np.stack([row.values for row in rows]), np.array(starts), np.array(ends))  # (n_segments, 57)


def _track(track_id: str, rows: Sequence[Row], found: SegmentFeatures, request: Request) -> Track:
    digest = hashlib.sha256(_key(*request).encode())
    for array in (found.values, found.start_seconds, found.end_seconds):
        digest.update(np.ascontiguousarray(array).tobytes())
    extra = dict(rows[0].extra)
    for row in rows[1:]:
        extra = {key: value for key, value in extra.items() if row.extra.get(key) == value}  # what holds for the whole track
    artist = extra.pop("artist", None)
    return Track(track_id, rows[0].genre, None, artist, float(found.end_seconds.max()), digest.hexdigest(), extra)


def _without_repeats(tracks: Sequence[Track]) -> tuple[list[Track], list[Problem]]:
    """Tracks without those whose numbers another of their genre has already, and a problem for each repeat."""
    kept: dict[tuple[str, str], Track] = {}
    problems = []
    many = {sha256 for sha256, count in Counter(track.sha256 for track in tracks).items() if count > 1}
    for track in tracks:
        twin = kept.setdefault((track.sha256, track.genre), track)
        others = [other for (sha256, _), other in kept.items() if sha256 == track.sha256 and other is not track] if many else []
        if twin is not track:
            problems.append(Problem(track.id, "duplicate", f"The same numbers as {twin.id}; left out, so that it counts once."))
        elif others:
            message = f"The same numbers as {others[0].id}, which is {others[0].genre}: one of the two genres is wrong."
            problems.append(Problem(track.id, "conflict", message))
    return list(kept.values()), problems


def _packed(numbers: Mapping[str, SegmentFeatures], key: str) -> dict[str, np.ndarray]:
    found = list(numbers.values())
    arrays = (
        np.array(list(numbers), dtype=np.str_),
        np.array([len(entry.values) for entry in found], dtype=np.int64),
        np.concatenate([entry.values for entry in found]),  # (n_rows, 57)
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

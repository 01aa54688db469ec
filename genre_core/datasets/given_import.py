"""From a table of summary columns to a data set without audio: whose segments its rows are, and what may be wrong with them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.feature_table import FeatureTable, Row, read_feature_table
from genre_core.datasets.places import check_name
from genre_core.datasets.sources.found import counted
from genre_core.datasets.splits.columns import COLUMNS
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import DatasetError
from genre_core.features.base import Feature, SegmentFeatures
from genre_core.features.summary import Summary57

Values = Mapping[str, SegmentFeatures]

NOTE = "given as numbers, without audio"
"""Note of such a data set, which stands wherever its numbers, and those of runs that learned from it, appear."""

TRACK_SECONDS, SEGMENT_SECONDS = 30.0, 3.0
"""Length of a row's sound where its table doesn't say: of whole tracks, and of segments, as in Kaggle's two tables [s]."""


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


@dataclass(frozen=True)
class FoundNumbers:
    """What a table of numbers holds, before it is imported: the counterpart of `sources.Found`."""

    path: Path
    dataset: Dataset
    n_rows: int

    @property
    def name(self) -> str:
        return self.dataset.name

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.dataset.problems

    @property
    def genres(self) -> dict[str, int]:
        """Tracks of each genre, in alphabetical order."""
        return dict(sorted(Counter(track.genre for track in self.dataset.tracks).items()))

    @property
    def artists_known(self) -> bool:
        return self.dataset.artists_known

    @property
    def parts(self) -> dict[str, int]:
        """Tracks of each part (train, valid, ...) that a column names."""
        columns = {name for track in self.dataset.tracks for name, value in track.extra.items() if value}
        column = next((name for name in COLUMNS if name in columns), "")
        return dict(sorted(Counter(part for track in self.dataset.tracks if (part := track.extra.get(column))).items()))

    def words(self) -> list[str]:
        """The preview in sentences."""
        n_tracks, named = len(self.dataset.tracks), [track.artist for track in self.dataset.tracks if track.artist]
        lines = [
            f"{counted(self.n_rows, 'row')} of numbers can be used: {counted(n_tracks, 'track')} in "
            f"{counted(len(self.genres), 'genre')}, without audio. Models that read these numbers can train on it; nothing "
            "can be heard."
        ]
        if self.artists_known:
            lines.append(f"The artist of each track is known, {len(set(named))} in all.")
        elif named:
            lines.append(f"The artist is known of {len(named)} of {n_tracks} tracks, so a split by artist cannot be proved.")
        else:
            lines.append("Artists are unknown: whether one is heard in training and test cannot be proved.")
        if self.parts:
            lines.append(f"A split is given: {', '.join(f'{count} {part}' for part, count in self.parts.items())}.")
        if self.problems:
            kinds = Counter(problem.kind.replace("_", " ") for problem in self.problems)
            named_kinds = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
            lines.append(f"{counted(len(self.problems), 'remark')}: {named_kinds}.")
        return lines

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the tracks by their counts only."""
        return {
            "kind": "features",
            "path": str(self.path),
            "name": self.name,
            "songs": len(self.dataset.tracks),
            "rows": self.n_rows,
            "genres": self.genres,
            "artists_known": self.artists_known,
            "parts": self.parts,
            "words": self.words(),
        }


def look_at_features(path: str | Path) -> FoundNumbers:
    """What `import_features` would bring; raises what it raises."""
    dataset, values = import_features(path)
    return FoundNumbers(Path(path), dataset, sum(len(found.values) for found in values.values()))


def request_key(feature: Feature, segments: SegmentConfig) -> str:
    """What numbers are of, as a short text: the beginning of their arrays' names."""
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


def _track(track_id: str, rows: Sequence[Row], found: SegmentFeatures, request: tuple[Feature, SegmentConfig]) -> Track:
    digest = hashlib.sha256(request_key(*request).encode())
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
    first: dict[str, Track] = {}
    for track in tracks:
        twin = kept.setdefault((track.sha256, track.genre), track)
        other = first.setdefault(track.sha256, track)
        if twin is not track:
            problems.append(Problem(track.id, "duplicate", f"The same numbers as {twin.id}; left out, so that it counts once."))
        elif other is not track:
            message = f"The same numbers as {other.id}, which is {other.genre}: one of the two genres is wrong."
            problems.append(Problem(track.id, "conflict", message))
    return list(kept.values()), problems

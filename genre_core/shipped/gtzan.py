"""GTZAN as three data sets: its songs at hand, its published columns, and what the pretrained net says of each song."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets import sources
from genre_core.datasets.given import import_features, request_key, save_given
from genre_core.datasets.importers import import_songs
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.places import folder_of, has_head
from genre_core.datasets.store import FeatureStore, Request, extract_all
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from genre_core.features.base import Feature, SegmentFeatures
from genre_core.features.musicnn import Backbone
from genre_core.features.summary import Summary57, SummaryAround
from genre_core.models import MODELS
from genre_core.paths import Root

SONGS, COLUMNS, NUMBERS = "gtzan", "gtzan-columns", "gtzan-numbers"
"""Names of the data sets."""

NUMBERS_NOTE = "partly published numbers"
FEATURES: tuple[Feature, ...] = (
    Backbone(),
    Backbone(layer="mean_pool"),
    Backbone(even_level=True),
    Backbone(layer="mean_pool", even_level=True),
    SummaryAround(),
)
"""What is known of each song in `gtzan-numbers`; published tags stand for those of even loudness too."""

WINDOW_HOP, WINDOW, SR = 62 * 256, 187 * 256, 16000
"""Samples from one published segment to the next, and in it, and their rate [Hz]."""
EVERY = 3
"""Of published segments every third is taken: they overlap by two thirds."""
LEAST = 1e-6
"""Least published probability of which a logit is taken."""

Say = Callable[[str], None]


class Song(NamedTuple):
    """A clip of the published lists."""

    track_id: str
    part: str
    artist: str | None
    columns: np.ndarray
    """Published, float32, shape (57,)."""


def make_songs(folder: Path, root: Root, say: Say) -> Dataset:
    """The data set of the songs in `tracks.csv`, with artists and the fault-filtered lists; made unless it is there.

    Raises
    ------
    DatasetError
        If the folder has no such table, or a song cannot be read.
    """
    if has_head(folder_of(SONGS, root.datasets)):
        return load_dataset(SONGS, root.datasets)
    _all_there(folder / "tracks.csv")
    found = sources.find(folder / "tracks.csv", "table")

    def tell(done: int, total: int, left: float | None) -> None:
        say(f"{done} of {total} songs read")

    save_dataset(import_songs(found, name=SONGS, title="GTZAN, what is at hand", progress=tell), root.datasets)
    return load_dataset(SONGS, root.datasets)


def make_columns(folder: Path, root: Root) -> Dataset:
    """The data set of the published 57 columns, with a published division by artist in its column `fold`.

    The folder holds `features_30_sec.csv` (a row a clip) and `artist_folds.csv` (track_id, fold, artist_group). Clips that the
    division leaves out have the fold `excluded` and no artist.

    Raises
    ------
    DatasetError
        If a table is missing or cannot be used.
    """
    if has_head(folder_of(COLUMNS, root.datasets)):
        return load_dataset(COLUMNS, root.datasets)
    columns, folds = folder / "features_30_sec.csv", folder / "artist_folds.csv"
    _all_there(columns, folds)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{COLUMNS}.csv"
        join(columns, folds, path)
        dataset, values = import_features(path, name=COLUMNS, title="GTZAN, published columns")
    save_given(dataset, [values], root.datasets)
    return load_dataset(COLUMNS, root.datasets)


def join(columns: Path, folds: Path, out: Path) -> tuple[int, int]:
    """Write the joined table; how many rows it has, and how many of them are in a fold."""
    with folds.open(encoding="utf-8", newline="") as file:
        known = {row["track_id"]: row for row in csv.DictReader(file)}
    with columns.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    n_known = 0
    for row in rows:
        its = known.get(Path(row["filename"]).stem)
        n_known += its is not None
        row["fold"] = its["fold"] if its else "excluded"
        row["artist"] = f"artist group {its['artist_group']}" if its else ""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return len(rows), n_known


def make_numbers(folder: Path, tags: Path, root: Root, say: Say) -> Dataset:
    """The data set of what is known of the fault-filtered train and valid songs by `FEATURES`; made unless it is there.

    Songs at hand are heard. Of the others the tags are known as a study published them, `tags` (an npz with `tags` and
    `track_id`: what MusiCNN said of segments of the training songs), and the columns; the layer below the tags is NaN.

    Raises
    ------
    DatasetError
        If a table is missing, or a song cannot be read.
    """
    if has_head(folder_of(NUMBERS, root.datasets)):
        return load_dataset(NUMBERS, root.datasets)
    # What is missing is said at once, and before songs are read.
    songs_there = has_head(folder_of(SONGS, root.datasets))
    tables = ["features_30_sec.csv", "artist_folds.csv", *([] if songs_there else ["tracks.csv"])]
    _all_there(tags, *(folder / name for name in tables))
    told, listed = published(tags), read_songs(folder)
    at_hand = {track.id: track for track in make_songs(folder, root, say).tracks}
    store, segments = FeatureStore(root.features), MODELS["transfer"].segments
    requests: list[Request] = [(feature, segments) for feature in FEATURES]
    songs = [song for song in listed if song.track_id in at_hand or song.track_id in told]

    def tell(done: int, total: int, left: float | None) -> None:
        say(f"{done} of {total} songs heard{'' if left is None else f', {left:.0f} s left'}")

    heard = [at_hand[song.track_id] for song in songs if song.track_id in at_hand]
    if problems := extract_all(heard, requests, store, progress=tell):
        raise DatasetError(problems[0].message)
    tracks: list[Track] = []
    values: list[dict[str, SegmentFeatures]] = [{} for _ in requests]
    for song in songs:
        track = at_hand.get(song.track_id)
        numbers = [store.get(track, *request) for request in requests] if track else _published_numbers(song, told[song.track_id])
        tracks.append(_track(song, numbers, requests))
        for its, found in zip(values, numbers, strict=True):
            its[song.track_id] = found
    given = tuple({"feature": feature.to_dict(), "segments": segments.to_dict()} for feature, segments in requests)
    title = "GTZAN, fault-filtered train and valid"
    save_given(Dataset(NUMBERS, tuple(tracks), title=title, note=NUMBERS_NOTE, given=given), values, root.datasets)
    return load_dataset(NUMBERS, root.datasets)


def read_songs(folder: Path) -> list[Song]:
    """The clips of the fault-filtered train and valid lists; `DatasetError` where a table is missing."""
    _all_there(folder / "artist_folds.csv", folder / "features_30_sec.csv")
    with (folder / "artist_folds.csv").open(encoding="utf-8", newline="") as file:
        artists = {row["track_id"]: f"artist group {row['artist_group']}" for row in csv.DictReader(file)}
    with (folder / "features_30_sec.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] in ("train", "valid")]
    return [
        Song(
            track_id := Path(row["filename"]).stem,
            row["split"],
            artists.get(track_id),
            np.array([float(row[name]) for name in Summary57.COLUMNS], np.float32),
        )
        for row in rows
    ]


def published(path: Path) -> dict[str, np.ndarray]:
    """Log-odds of the published tags of each song, float32, shape (n_segments, 50)."""
    with np.load(path, allow_pickle=False) as stored:
        tags, ids = stored["tags"].astype(np.float64), stored["track_id"]
    odds = np.log(tags.clip(LEAST, 1 - LEAST)) - np.log1p(-tags.clip(LEAST, 1 - LEAST))
    return {str(track_id): odds[ids == track_id][::EVERY].astype(np.float32) for track_id in np.unique(ids)}


def _published_numbers(song: Song, tags: np.ndarray) -> list[SegmentFeatures]:
    """What each feature says of a song that is not at hand: published, or missing."""
    starts = np.arange(len(tags)) * EVERY * WINDOW_HOP / SR
    return [SegmentFeatures(_values(feature, song, tags), starts, starts + WINDOW / SR) for feature in FEATURES]


def _values(feature: Feature, song: Song, tags: np.ndarray) -> np.ndarray:
    if isinstance(feature, Backbone):
        missing = np.full((len(tags), *feature.shape(WINDOW)), np.nan, np.float32)
        return tags if feature.layer == "tags" else missing
    return np.repeat(song.columns[None], len(tags), axis=0)  # (n_segments, 57)


def _track(song: Song, numbers: list[SegmentFeatures], requests: list[tuple[Feature, SegmentConfig]]) -> Track:
    digest = hashlib.sha256(song.track_id.encode())
    for request, found in zip(requests, numbers, strict=True):
        digest.update(request_key(*request).encode())
        digest.update(np.ascontiguousarray(found.values).tobytes())
    seconds = float(numbers[0].end_seconds.max())
    return Track(song.track_id, song.track_id.split(".")[0], None, song.artist, seconds, digest.hexdigest(), {"split": song.part})


def _all_there(*paths: Path) -> None:
    """Raise `DatasetError` unless all these files are there; it names every one that is not."""
    missing = [f"{path.name} at {path}" for path in paths if not path.is_file()]
    if missing:
        files = "files" if len(missing) > 1 else "file"
        raise DatasetError(
            f"Expected GTZAN's {' and '.join(missing)}. Received: no such {files}. docs/shipped.md says what it holds."
        )

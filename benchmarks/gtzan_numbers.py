"""GTZAN as numbers: what the pretrained net says of each song at hand, and of the others what was published.

    python -m benchmarks.gtzan_numbers GTZAN_FOLDER TAGS.npz [--dataset gtzan] [--name gtzan-numbers] [--root FOLDER]

GTZAN_FOLDER holds `features_30_sec.csv` (a row a clip, `split` among its columns) and `artist_folds.csv` (track_id, fold,
artist_group); TAGS.npz holds `tags` and `track_id`: what MusiCNN said of segments of the fault-filtered training songs, as it was
published. The data set `--dataset` in the library holds the songs at hand. Written is a data set without audio: of the
fault-filtered train and valid songs whose tags are known, all that the preset `gaussian` of the model `transfer` reads. Of a song
that is not at hand the pooled layer is unknown, NaN, and the columns are the published ones.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.given import request_key, save_given
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, Request, extract_all
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.base import Feature, SegmentFeatures
from genre_core.features.musicnn import Backbone
from genre_core.features.summary import Summary57
from genre_core.models import MODELS
from genre_core.paths import find_root

NOTE = "partly published numbers"
WINDOW_HOP, WINDOW, SR = 62 * 256, 187 * 256, 16000
"""Samples from one published segment to the next, and in it, and their rate [Hz]."""
EVERY = 3
"""Of published segments every third is taken: they overlap by two thirds."""
LEAST = 1e-6
"""Least published probability of which a logit is taken."""


class Song(NamedTuple):
    """A clip of the published lists."""

    track_id: str
    part: str
    artist: str | None
    columns: np.ndarray
    """Published, float32, shape (57,)."""


def read_songs(folder: Path) -> list[Song]:
    """The clips of the fault-filtered train and valid lists."""
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


def numbers_of(
    song: Song, requests: list[Request], track: Track | None, store: FeatureStore, tags: np.ndarray | None
) -> list[SegmentFeatures]:
    """What each feature says of a song: computed where it is at hand, else published or missing."""
    if track is not None:
        return [store.get(track, *request) for request in requests]
    assert tags is not None
    starts = np.arange(len(tags)) * EVERY * WINDOW_HOP / SR
    ends = starts + WINDOW / SR
    return [SegmentFeatures(_values(feature, song, tags), starts, ends) for feature, _ in requests]


def _values(feature: Feature, song: Song, tags: np.ndarray) -> np.ndarray:
    if isinstance(feature, Backbone):
        missing = np.full((len(tags), *feature.shape(WINDOW)), np.nan, np.float32)
        return tags if feature.layer == "tags" else missing
    return np.repeat(song.columns[None], len(tags), axis=0)  # (n_segments, 57)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("tags", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", default="gtzan", show_default=True, help="Name of the data set with the songs at hand.")
@click.option("--name", default="gtzan-numbers", show_default=True, help="Name of the data set that is written.")
@click.option("--root", type=click.Path(file_okay=False), help="Folder for data sets and features.")
def main(folder: Path, tags: Path, dataset: str, name: str, root: str | None) -> None:
    """Write the data set and say what it holds."""
    place = find_root(root)
    store, spec = FeatureStore(place.features), MODELS["transfer"]
    requests: list[Request] = [(feature, spec.segments) for feature in spec.presets["gaussian"].features]
    heard = {track.id: track for track in load_dataset(dataset, place.datasets).tracks}
    told, songs = published(tags), read_songs(folder)
    at_hand = [heard[song.track_id] for song in songs if song.track_id in heard]
    for problem in extract_all(at_hand, requests, store, progress=_say):
        raise click.ClickException(problem.message)
    click.echo("", err=True)
    tracks, values = [], [{} for _ in requests]
    for song in songs:
        track = heard.get(song.track_id)
        if track is None and song.track_id not in told:
            continue
        numbers = numbers_of(song, requests, track, store, told.get(song.track_id))
        tracks.append(_track(song, numbers, requests))
        for its, found in zip(values, numbers, strict=True):
            its[song.track_id] = found
    given = tuple({"feature": feature.to_dict(), "segments": spec.segments.to_dict()} for feature, _ in requests)
    save_given(
        Dataset(name, tuple(tracks), title="GTZAN, fault-filtered train and valid", note=NOTE, given=given),
        values,
        place.datasets,
    )
    click.echo(f"{len(tracks)} songs, {len(at_hand)} of them heard: {place.datasets / name}")


def _track(song: Song, numbers: list[SegmentFeatures], requests: list[tuple[Feature, SegmentConfig]]) -> Track:
    digest = hashlib.sha256(song.track_id.encode())
    for request, found in zip(requests, numbers, strict=True):
        digest.update(request_key(*request).encode())
        digest.update(np.ascontiguousarray(found.values).tobytes())
    seconds = float(numbers[0].end_seconds.max())
    return Track(song.track_id, song.track_id.split(".")[0], None, song.artist, seconds, digest.hexdigest(), {"split": song.part})


def _say(done: int, total: int, left: float | None) -> None:
    click.echo(f"\r{done} of {total} songs heard{'' if left is None else f', {left:.0f} s left'} ", err=True, nl=False)


if __name__ == "__main__":
    main()

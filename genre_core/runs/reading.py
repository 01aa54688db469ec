"""How a run reads tracks, and what its classifier says of those of a data set."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.evaluation.predictions import Predictions, predict_tracks
from genre_core.features.base import Feature, SegmentFeatures

if TYPE_CHECKING:
    from genre_core.datasets.splits import Split
    from genre_core.datasets.store import FeatureStore
    from genre_core.datasets.tracks import Dataset
    from genre_core.models.base import Classifier
    from genre_core.runs.run import Run


class Reading(NamedTuple):
    """How a model reads tracks: the order of its genres, its features and its cuts."""

    genres: tuple[str, ...]
    features: tuple[Feature, ...]
    segments: SegmentConfig


def predict_dataset(
    classifier: Classifier, dataset: Dataset, track_ids: list[str], reading: Reading | Run, store: FeatureStore
) -> Predictions:
    """Predictions of some tracks of a data set, from stored features (computed where missing), one track in memory at a time."""
    return _predict(classifier, dataset, track_ids, reading, store, lambda _, parts: parts)


def predict_role(
    classifier: Classifier, dataset: Dataset, split: Split, role: str, reading: Reading | Run, store: FeatureStore
) -> Predictions:
    """Predictions of what has one role in a split: whole tracks, or, of a leaky split, only those segments of each track.

    A track of which no segment has the role is left out.
    """
    if not split.leaky:
        return predict_dataset(classifier, dataset, split.ids(role), reading, store)
    feature = reading.features[0]

    def n_segments(track_id: str) -> int:
        return len(store.get(dataset.by_id[track_id], feature, reading.segments).values)

    ids = [track_id for track_id in split.ids(role) if role in split.segment_roles(track_id, n_segments(track_id))]

    def kept(track_id: str, parts: list[SegmentFeatures]) -> list[SegmentFeatures]:
        roles = np.array(split.segment_roles(track_id, len(parts[0].values)))
        its = roles == role  # (n_segments,)
        return [SegmentFeatures(part.values[its], part.start_seconds[its], part.end_seconds[its]) for part in parts]

    return _predict(classifier, dataset, ids, reading, store, kept)


def _predict(
    classifier: Classifier,
    dataset: Dataset,
    track_ids: list[str],
    reading: Reading | Run,
    store: FeatureStore,
    kept: Callable[[str, list[SegmentFeatures]], list[SegmentFeatures]],
) -> Predictions:
    tracks = [dataset.by_id[track_id] for track_id in track_ids]
    parts = (kept(track.id, [store.get(track, feature, reading.segments) for feature in reading.features]) for track in tracks)
    y_true = [reading.genres.index(track.genre) for track in tracks]
    return predict_tracks(classifier, parts, genres=reading.genres, track_ids=track_ids, y_true=y_true)

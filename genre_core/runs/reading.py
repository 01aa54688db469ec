"""How a run reads tracks, and what its classifier says of those of a data set."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genre_core.audio.segments import SegmentConfig
from genre_core.evaluation.predictions import Predictions, predict_tracks
from genre_core.features.base import Feature

if TYPE_CHECKING:
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
    tracks = [dataset.by_id[track_id] for track_id in track_ids]
    parts = ([store.get(track, feature, reading.segments) for feature in reading.features] for track in tracks)
    y_true = [reading.genres.index(track.genre) for track in tracks]
    return predict_tracks(classifier, parts, genres=reading.genres, track_ids=track_ids, y_true=y_true)

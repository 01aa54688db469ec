"""The place of a track in a run's embedding: the mean over its segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from genre_core.datasets.store import FeatureStore
    from genre_core.datasets.tracks import Dataset, Track
    from genre_core.models.base import Classifier
    from genre_core.runs.reading import Reading
    from genre_core.runs.run import Run


def mean_embedding(classifier: Classifier, track: Track, reading: Reading | Run, store: FeatureStore) -> np.ndarray:
    """Mean embedding of a track's segments from stored features (computed where missing), float64, shape (n_embedding,).

    It holds NaN where a segment lacks a feature altogether, as numbers with gaps do.

    Raises
    ------
    AudioError, DatasetError
        As `FeatureStore.get`.
    RunError
        As the classifier.
    """
    parts = [store.get(track, feature, reading.segments).values for feature in reading.features]
    mean: np.ndarray = classifier(*parts).embedding.mean(axis=0, dtype=np.float64)
    return mean


def mean_embeddings(run: Run, dataset: Dataset, ids: Sequence[str], store: FeatureStore) -> tuple[np.ndarray, np.ndarray]:
    """Mean embedding of each track, float64, shape (n_tracks, n_embedding), and which of them lack nothing, bool, (n_tracks,).

    Raises what `mean_embedding` raises.
    """
    classifier = run.classifier()
    embeddings = np.stack([mean_embedding(classifier, dataset.by_id[track_id], run, store) for track_id in ids])
    return embeddings, np.isfinite(embeddings).all(axis=1)

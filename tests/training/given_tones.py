"""The tones once more, as a table of numbers without audio."""

from __future__ import annotations

import csv
from pathlib import Path

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.features.summary import Summary57
from genre_core.paths import Root


def write_table(dataset: Dataset, segments: SegmentConfig, root: Root, path: Path) -> Path:
    """The summary columns of a data set's segments, one row each, in full precision."""
    store, feature = FeatureStore(root.features), Summary57()
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["track_id", "segment", "seconds", "artist", *Summary57.COLUMNS, "label"])
        for track in dataset.tracks:
            for index, values in enumerate(store.get(track, feature, segments).values):
                rows.writerow([track.id, index, segments.segment_seconds, track.artist, *map(repr, values.tolist()), track.genre])
    return path


def make_numbers(dataset: Dataset, segments: SegmentConfig, root: Root, name: str = "numbers") -> Dataset:
    """The data set of that table, saved."""
    made, values = import_features(write_table(dataset, segments, root, root.path / f"{name}.csv"), name=name, title="Numbers")
    save_given(made, [values], root.datasets)
    return made

"""Songs as a table of numbers that a small model tells apart, made without a sound."""

from __future__ import annotations

import csv

import numpy as np

from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.tracks import Dataset
from genre_core.features.summary import Summary57
from genre_core.paths import Root

GENRES = ("blues", "metal", "pop")


def make_songs(root: Root, name: str = "songs", *, n_tracks: int = 10) -> Dataset:
    """Three genres of `n_tracks` tracks and five artists each, two segments a track; a genre shows in all columns, weakly."""
    rng = np.random.default_rng(3)
    columns = Summary57.COLUMNS
    path = root.path / f"{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["track_id", "segment", "seconds", "artist", *columns, "label"])
        for index, genre in enumerate(GENRES):
            for number in range(n_tracks):
                for segment in range(2):
                    values = rng.standard_normal(len(columns)) + 0.35 * index
                    rows.writerow(
                        [f"{genre}.{number}", segment, 3.0, f"{genre} {number % 5}", *map(repr, values.tolist()), genre]
                    )
    dataset, values = import_features(path, name=name, title="Songs")
    save_given(dataset, [values], root.datasets)
    return dataset

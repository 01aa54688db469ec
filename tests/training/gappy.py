"""Numbers of songs of which some lack a feature, as the preset `gaussian` reads them."""

from __future__ import annotations

import numpy as np

from genre_core.datasets.given import save_given
from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.base import SegmentFeatures
from genre_core.models import MODELS
from genre_core.paths import Root

GENRES = ("blues", "metal", "pop")
SPEC = MODELS["transfer"]
FEATURES = SPEC.presets["gaussian"].features


def make_gappy(root: Root, name: str = "gappy", *, shown: float = 1.2) -> Dataset:
    """Twelve tracks a genre of two segments; the genre shows in some columns, and every third track lacks the second feature."""
    rng = np.random.default_rng(5)
    tracks = []
    values: list[dict[str, SegmentFeatures]] = [{} for _ in FEATURES]
    for index, genre in enumerate(GENRES):
        for number in range(12):
            track = f"{genre}.{number}"
            tracks.append(Track(track, genre, None, f"{genre} {number % 6}", 6.0, f"{index}{number:063}"))
            for place, (its, feature) in enumerate(zip(values, FEATURES, strict=True)):
                found = rng.standard_normal((2, *feature.shape(48000))).astype(np.float32)
                found[:, index * 9 : (index + 1) * 9] += shown
                if place == 1 and number % 3 == 0:
                    found[:] = np.nan
                its[track] = SegmentFeatures(found, np.array([0.0, 3.0]), np.array([3.0, 6.0]))
    given = tuple({"feature": feature.to_dict(), "segments": SPEC.segments.to_dict()} for feature in FEATURES)
    dataset = Dataset(name, tuple(tracks), title="Gappy", note="numbers", given=given)
    save_given(dataset, values, root.datasets)
    return dataset

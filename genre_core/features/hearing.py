"""What a pretrained net says of a whole sound beside what a model makes of it: its tags, and whether it is music."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre_core.features.backbones import BACKBONES
from genre_core.features.base import Feature
from genre_core.features.is_music import can_tell, open_check
from genre_core.features.musicnn import Backbone


class Ears:
    """Hears the segments of one sound as the features of a model have them; knows nothing where none of them asks the net.

    Parameters
    ----------
    features : sequence of Feature
        Of the model.

    Raises
    ------
    FeatureError
        If the check for music is missing or altered.
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self._music_at = next((place for place, feature in enumerate(features) if can_tell(feature)), None)
        self._tags_at = next((place for place, feature in enumerate(features) if _tells_tags(feature)), None)
        self._check = None if self._music_at is None else open_check()
        self._names = () if self._tags_at is None else _net(features[self._tags_at])
        self._log_odds: list[np.ndarray] = []
        self._tags: list[np.ndarray] = []

    def listen(self, values: Sequence[np.ndarray]) -> None:
        """Take some segments: one array a feature, shape (n_segments, n_columns)."""
        if self._check is not None and self._music_at is not None:
            self._log_odds.append(self._check.log_odds(values[self._music_at]))
        if self._tags_at is not None:
            self._tags.append(1 / (1 + np.exp(-values[self._tags_at].astype(np.float64))))

    @property
    def music(self) -> float | None:
        """Log-odds that it is music, mean of the segments; None where no feature tells."""
        return None if (log_odds := self.segment_music) is None else float(log_odds.mean())

    @property
    def segment_music(self) -> np.ndarray | None:
        """Log-odds that each segment is music, shape (n_segments,); None where no feature tells."""
        return np.concatenate(self._log_odds) if self._log_odds else None

    @property
    def tags(self) -> tuple[tuple[str, float], ...]:
        """Tags with their mean probability, most probable first; empty where no feature tells."""
        if not self._tags:
            return ()
        mean = np.concatenate(self._tags).mean(axis=0)  # (n_tags,)
        return tuple((self._names[index], float(mean[index])) for index in np.argsort(-mean, kind="stable"))


def _tells_tags(feature: Feature) -> bool:
    return isinstance(feature, Backbone) and feature.layer == "tags" and not feature.spread


def _net(feature: Feature) -> tuple[str, ...]:
    assert isinstance(feature, Backbone)
    return BACKBONES[feature.net].tags

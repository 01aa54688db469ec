"""Is it music at all? Asked of what MusiCNN hears, since no model of genres can say "none of them"."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from genre_core import paths
from genre_core.features.backbones import read_known
from genre_core.features.base import Feature
from genre_core.features.musicnn import Backbone

NET, LAYER = "msd_musicnn", "mean_pool"
"""Whose ears it has: the mean of this net's feature maps, loudness evened out."""

FILE = "is_music.npz"
SHA256 = "f7f7063b34868c6da6d79e79e2d1a58f32a05c525bab1ef4a2f1911d90cb8353"
"""Of the file that comes with the product."""

_REBUILD = "Bring it back from the product's archive, or rebuild it: docs/shipped.md says how."


@dataclass(frozen=True, eq=False)
class MusicCheck:
    """Logistic regression on the feature maps of a segment: music, or speech, animals, noise, tones.

    Attributes
    ----------
    weights : np.ndarray
        float32, shape (n_columns,).
    offset : float
    """

    weights: np.ndarray
    offset: float

    def log_odds(self, values: np.ndarray) -> np.ndarray:
        """How sure it is that each segment is music, log-odds, shape (n_segments,); below zero it is not.

        Parameters
        ----------
        values : np.ndarray
            The layer's values, shape (n_segments, n_columns).
        """
        return values @ self.weights + self.offset

    def content(self) -> bytes:
        """As a file."""
        packed = io.BytesIO()
        np.savez(packed, weights=self.weights.astype(np.float32), offset=np.float32(self.offset))
        return packed.getvalue()


def can_tell(feature: Feature) -> bool:
    """Whether what a feature says is what the check reads."""
    return isinstance(feature, Backbone) and (feature.net, feature.layer, feature.spread, feature.even_level) == (
        NET,
        LAYER,
        False,
        True,
    )


def open_check() -> MusicCheck:
    """The check that comes with the product, read once a process.

    Raises
    ------
    FeatureError
        If its file is missing or altered.
    """
    return _open(paths.BACKBONES / FILE)


@cache
def _open(path: Path) -> MusicCheck:
    content = read_known(path, SHA256, "the check for music", _REBUILD)
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        return MusicCheck(stored["weights"], float(stored["offset"]))

"""Which tags a pretrained net hears in a sound, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import ParameterError
from genre_core.features.base import Feature, segment_features
from genre_core.features.musicnn import Backbone

MOST_TAGS = 10


@dataclass(frozen=True, eq=False)
class TagsOverTime:
    """Tags of a sound, segment by segment.

    Attributes
    ----------
    names : tuple of str
        The likeliest of the net's tags, by their mean over the segments, first the clearest.
    probabilities : np.ndarray
        float32, shape (n_tags, n_segments); each tag is judged alone, so they need not sum to one.
    start_seconds, end_seconds : np.ndarray
        True ends of each segment [s], shape (n_segments,).
    """

    names: tuple[str, ...]
    probabilities: np.ndarray
    start_seconds: np.ndarray
    end_seconds: np.ndarray

    @property
    def edges(self) -> np.ndarray:
        """Edges of the segments [s], each drawn up to the next, shape (n_segments + 1,)."""
        return np.r_[self.start_seconds, self.end_seconds[-1]]


def listener_of(features: Sequence[Feature]) -> Backbone | None:
    """The feature by which a model's pretrained net tells its tags; None where no feature asks such a net."""
    asked = next((feature for feature in features if isinstance(feature, Backbone)), None)
    return None if asked is None else replace(asked, layer="tags", spread=False)


def tags_over_time(features: Sequence[Feature], segments: SegmentConfig, clip: Clip, *, n_tags: int = MOST_TAGS) -> TagsOverTime:
    """What the pretrained net of a model hears in a clip.

    Parameters
    ----------
    features, segments
        Of the model.
    clip : Clip
        Any sound.
    n_tags : int
        How many tags.

    Raises
    ------
    ParameterError
        If none of the features asks a pretrained net, or the clip is silent.
    AudioError
        If the clip is too short.
    """
    feature = listener_of(features)
    if feature is None:
        raise ParameterError("Tags are heard by models on a pretrained net (transfer). Received: features of another model.")
    if clip.is_silent:
        raise ParameterError(f"Silence has no tags. Received: silence in {clip.name or 'the clip'}. Choose another clip.")
    found = segment_features(clip, feature, segments)
    probabilities = 1 / (1 + np.exp(-found.values.astype(np.float64)))  # (n_segments, n_tags)
    order = np.argsort(-probabilities.mean(axis=0), kind="stable")[:n_tags]
    names = tuple(feature.rows[index] for index in order)
    return TagsOverTime(names, probabilities[:, order].T.astype(np.float32), found.start_seconds, found.end_seconds)

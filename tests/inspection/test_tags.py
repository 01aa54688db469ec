"""Tags over time are what the net says of each segment, clearest first."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import ParameterError
from genre_core.features.base import segment_features
from genre_core.features.musicnn import Backbone
from genre_core.features.spectral import LogMel
from genre_core.features.tags import MSD_TAGS
from genre_core.inspection.tags import listener_of, tags_over_time
from tests.tiny_run import SR, noise


def test_the_clearest_tags_segment_by_segment():
    clip, segments = noise(6.5), SegmentConfig(tail_seconds=0.4)
    asked = (Backbone(layer="mean_pool", even_level=True, spread=True),)
    found = tags_over_time(asked, segments, clip, n_tags=4)
    all_of_them = segment_features(clip, Backbone(even_level=True), segments).values  # (n_segments, 50)
    probabilities = 1 / (1 + np.exp(-all_of_them))
    best = int(probabilities.mean(axis=0).argmax())
    assert (found.names[0], found.probabilities.shape) == (MSD_TAGS[best], (4, 3))
    assert found.probabilities[0] == pytest.approx(probabilities[:, best], abs=1e-6)
    assert np.all(np.diff(found.probabilities.mean(axis=1)) <= 0)
    assert found.edges == pytest.approx([0.0, 3.0, 3.5, 6.5])


def test_models_without_such_a_net_and_silence_are_told():
    assert listener_of((LogMel(),)) is None
    with pytest.raises(ParameterError, match="models on a pretrained net"):
        tags_over_time((LogMel(),), SegmentConfig(), noise(3.0))
    with pytest.raises(ParameterError, match=r"Silence has no tags\. Received: silence in rest\."):
        tags_over_time((Backbone(),), SegmentConfig(), Clip(np.zeros(3 * SR, np.float32), SR, "rest"))

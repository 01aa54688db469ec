from dataclasses import dataclass

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.errors import ParameterError
from genre_core.features import LogMel, Summary57, SummaryAround, feature_from_dict
from genre_core.features.base import Feature, segment_features
from genre_core.features.stft import Spectra

SR = 22050


def clip(seconds: float) -> Clip:
    return Clip(np.random.default_rng(0).normal(size=round(seconds * SR)).astype(np.float32), SR)


@pytest.mark.parametrize("feature", [LogMel(n_mels=20), Summary57()])
def test_each_segment_is_the_feature_of_its_slice(feature):
    whole = clip(3.4)
    found = segment_features(whole, feature, SegmentConfig(segment_seconds=1.0, hop_seconds=1.0))
    np.testing.assert_allclose(found.start_seconds, [0, 1, 2, 2.4], atol=1 / SR)
    np.testing.assert_allclose(found.end_seconds, [1, 2, 3, 3.4], atol=1 / SR)
    for values, start, end in zip(found.values, found.start_seconds, found.end_seconds, strict=True):
        np.testing.assert_array_equal(values, feature.of(whole.slice(start, end)))


def test_a_feature_with_a_context_hears_the_stretch_around_each_segment():
    whole, feature = clip(12.5), SummaryAround(context_seconds=5.0)
    found = segment_features(whole, feature, SegmentConfig(segment_seconds=2.0, hop_seconds=2.0))
    assert found.start_seconds.tolist() == pytest.approx([0, 2, 4, 6, 8, 10, 10.5], abs=1 / SR)
    stretches = [(0, 5), (0, 5), (5, 10), (5, 10), (5, 10), (7.5, 12.5), (7.5, 12.5)]  # a middle at 5 s lies behind the first one
    for values, (start, end) in zip(found.values, stretches, strict=True):
        np.testing.assert_array_equal(values, Summary57().of(whole.slice(start, end)))
    short = segment_features(clip(3.0), feature, SegmentConfig(segment_seconds=2.0, hop_seconds=2.0))
    np.testing.assert_array_equal(short.values, np.stack([Summary57().of(clip(3.0))] * 2))


def test_a_short_clip_is_padded_with_silence_for_pictures():
    short, config = clip(0.5), SegmentConfig(segment_seconds=3.0, hop_seconds=3.0)
    found = segment_features(short, LogMel(), config)
    padded = np.pad(short.y, (0, config.length(SR) - short.n_samples))
    np.testing.assert_array_equal(found.values[0], LogMel()(Spectra(padded, sr=SR)))
    assert found.values.shape == (1, *LogMel().shape(config.length(SR)))
    assert found.end_seconds[0] == pytest.approx(0.5, abs=1 / SR)


def test_padding_never_votes_in_a_summary():
    short = clip(0.5)
    found = segment_features(short, Summary57(), SegmentConfig(segment_seconds=3.0, hop_seconds=3.0))
    np.testing.assert_array_equal(found.values[0], Summary57().of(short))


def test_audio_is_brought_to_the_features_rate():
    found = LogMel(sr=16000).of(clip(1.0))
    assert found.shape == LogMel(sr=16000).shape(16000)


def test_unknown_feature_lists_those_there_are():
    with pytest.raises(ParameterError, match=r"no feature named 'smell'.*log_mel, mel, mfcc,.*spectrogram, spectrum, summary57"):
        feature_from_dict({"name": "smell"})


def test_a_feature_without_a_body_says_so():
    @dataclass(frozen=True)
    class Empty(Feature):
        """Nothing, shape ()."""

    with pytest.raises(TypeError, match=r"Empty.*define __call__"):
        Empty()(Spectra(np.ones(10), sr=SR))
    with pytest.raises(TypeError, match=r"Empty.*define shape"):
        Empty().shape(10)

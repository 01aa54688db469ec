"""What augmentation does to a batch: physics of gain, the widths of masks, and that nothing else changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.base import Feature
from genre_core.features.spectral import LogMel, Mfcc
from genre_core.training.augment import GAINS, Augmentation, crop, mask, mix
from genre_core.training.recipe import TrainConfig, TrainRequest

SR = 22050


def noise(seconds: float = 1.0) -> Clip:
    return Clip((0.1 * np.random.default_rng(0).standard_normal(round(seconds * SR))).astype(np.float32), SR)


@pytest.mark.parametrize("feature", [LogMel(), LogMel(n_mels=64), Mfcc(), Mfcc(n_mfcc=20, n_mels=64)])
def test_a_gain_of_features_is_that_of_the_sound(feature: Feature) -> None:
    clip = noise()
    louder = Clip(clip.y * 2, SR)
    altered = GAINS[feature.name](feature.of(clip)[None], np.array([20 * np.log10(2)]), feature)
    np.testing.assert_allclose(altered[0], feature.of(louder), atol=2e-3)


@given(st.integers(0, 2**31), st.floats(0.01, 0.5), st.sampled_from([1, 2]))
def test_a_mask_hides_one_stretch_no_wider_than_its_share(seed: int, share: float, axis: int) -> None:
    values, fill = np.ones((5, 8, 12)), np.arange(8.0) + 10
    masked = mask(values, fill, axis, np.random.default_rng(seed), share)
    hidden = masked != 1
    assert (masked[hidden] == np.broadcast_to(fill[None, :, None], values.shape)[hidden]).all()
    for one in hidden:
        along = one.any(axis=2 - axis)  # (size of the axis,)
        assert (one == (along[:, None] if axis == 1 else along[None, :])).all()
        assert along.sum() <= share * values.shape[axis] + 1
        assert np.count_nonzero(np.diff(np.r_[0, along.astype(int), 0]) == 1) <= 1


def test_a_crop_begins_in_one_segment_and_ends_in_the_next() -> None:
    time = np.arange(20.0).reshape(1, 1, 20)
    here, behind = time[..., :10], time[..., 10:]
    cut = crop(np.repeat(here, 3, axis=0), np.repeat(behind, 3, axis=0), np.array([0.0, 0.55, 0.999]))
    assert [row[0].tolist() for row in cut] == [list(range(start, start + 10)) for start in (0, 5, 9)]


@given(st.integers(0, 2**31), st.floats(0.05, 2.0))
def test_mixed_targets_stay_shares_and_follow_the_segments(seed: int, alpha: float) -> None:
    targets = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0]]
    (mixed,), shares = mix([targets.copy()], targets, np.random.default_rng(seed), alpha)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(mixed, shares, atol=1e-6)


def test_nothing_asked_for_changes_nothing() -> None:
    augmentation = Augmentation(TrainConfig(), (LogMel(),), (np.zeros(3),))
    assert not augmentation.is_on
    values, targets = np.random.default_rng(0).random((2, 3, 4)).astype(np.float32), np.eye(2, dtype=np.float32)
    (same,), also = augmentation([values], lambda: [], targets, np.random.default_rng(0))
    assert (same == values).all()
    assert (also == targets).all()


def test_all_at_once_keeps_shapes_and_follows_the_seed() -> None:
    config = TrainConfig(gain_db=6, time_masks=2, frequency_masks=1, mixup=0.2, random_crop=True)
    augmentation = Augmentation(config, (LogMel(), Mfcc()), (np.zeros(8), np.zeros(3)))
    rng = np.random.default_rng(1)
    arrays = [rng.random((4, 8, 10)).astype(np.float32), rng.random((4, 3, 10)).astype(np.float32)]
    results = [
        augmentation(arrays, lambda: arrays, np.eye(4, dtype=np.float32), np.random.default_rng(seed)) for seed in (5, 5, 6)
    ]
    for (mels, mfcc), targets in results:
        assert (mels.shape, mfcc.shape, targets.shape) == ((4, 8, 10), (4, 3, 10), (4, 4))
        assert mels.dtype == mfcc.dtype == targets.dtype == np.float32
    assert (results[0][0][0] == results[1][0][0]).all()
    assert (results[0][0][0] != results[2][0][0]).any()


@pytest.mark.parametrize(
    ("model", "values", "message"),
    [
        ("ann", {"time_masks": 1}, r"need a feature with frames\. Received: summary57"),
        ("ann", {"gain_db": 3.0}, r"A gain can be applied to log_mel, mfcc\. Received: summary57"),
        ("ann", {"random_crop": True}, r"need a feature with frames"),
    ],
)
def test_what_a_feature_does_not_have_is_refused_in_words(model: str, values: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        TrainRequest(model, training=values).resolve()

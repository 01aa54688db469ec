"""Batches without TensorFlow: order, weights, targets and what follows a segment."""

from __future__ import annotations

import numpy as np
import pytest

from genre_core.features.spectral import LogMel
from genre_core.training.augment import Augmentation
from genre_core.training.batches import JUDGED_AT_ONCE, Batches, Segments
from genre_core.training.optimizers import learning_rate
from genre_core.training.recipe import TrainConfig

N = 23


@pytest.fixture
def segments() -> Segments:
    values = np.arange(N * 2 * 3, dtype=np.float32).reshape(N, 2, 3)
    return Segments((values,), np.array([0] * 15 + [1] * 6 + [2] * 2), np.repeat(np.arange(5), [5, 5, 5, 6, 2]))


def batches(segments: Segments, **values: object) -> Batches:
    config = TrainConfig(batch_size=4, **values)
    return Batches(segments, np.arange(N), 3, config, Augmentation(config, (LogMel(),), (np.zeros(2),)))


def rows_of(found: list) -> list[int]:
    return [int(array[0, 0] // 6) for (arrays, _, _) in found for array in arrays[0]]


def test_each_epoch_reads_every_segment_once_in_an_order_of_its_own(segments: Segments) -> None:
    asked = batches(segments)
    first, again, second = (list(asked._read(epoch)) for epoch in (0, 0, 1))
    assert sorted(rows_of(first)) == list(range(N))
    assert rows_of(first) == rows_of(again) != rows_of(second)
    assert [len(weights) for _, _, weights in first] == [4] * 5 + [3]
    assert len(asked) == 6


def test_judging_reads_in_order_and_alters_nothing(segments: Segments) -> None:
    config = TrainConfig(batch_size=4, label_smoothing=0.2, class_weights="balanced", mixup=1.0)
    (found,) = Batches(segments, np.arange(N), 3, config)._read(3)
    assert rows_of([found]) == list(range(N))
    assert (found[1] == np.eye(3)[segments.genres]).all()
    assert (found[2] == 1).all()
    assert JUDGED_AT_ONCE >= N


def test_balanced_weights_give_every_genre_the_same_say(segments: Segments) -> None:
    targets, weights = np.zeros((0, 3)), np.zeros(0)
    for _, some, its in batches(segments, class_weights="balanced")._read(0):
        targets, weights = np.concatenate([targets, some]), np.concatenate([weights, its])
    np.testing.assert_allclose(targets.T @ weights, [N / 3] * 3, rtol=1e-6)


def test_smoothed_targets_keep_their_sum(segments: Segments) -> None:
    for _, targets, _ in batches(segments, label_smoothing=0.3)._read(0):
        np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
        np.testing.assert_allclose(targets.max(axis=1), 0.7 + 0.1, rtol=1e-6)


def test_what_follows_a_segment_is_the_next_of_its_track_but_for_the_last_two(segments: Segments) -> None:
    following = segments.following(np.arange(N))
    assert following[:5].tolist() == [1, 2, 3, 3, 4]  # the last segment ends with the track and may overlap the one before
    assert following[15:21].tolist() == [16, 17, 18, 19, 19, 20]
    assert following[21:].tolist() == [21, 22]


@pytest.mark.parametrize("schedule", ["constant", "cosine", "exponential"])
def test_the_learning_rate_warms_up_and_then_follows_its_schedule(schedule: str) -> None:
    config = TrainConfig(learning_rate=0.4, epochs=10, warmup_epochs=3, schedule=schedule)
    rates = [learning_rate(config, epoch) for epoch in range(10)]
    np.testing.assert_allclose(rates[:4], [0.1, 0.2, 0.3, 0.4])
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert (rates[-1] == 0.4) == (schedule == "constant")
    assert min(rates) > 0

from __future__ import annotations

import numpy as np
import pytest

from genre_core.evaluation.calibration import HOTTEST, best_temperature, cross_tempered, with_temperature
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import brier, reliability
from genre_core.models.tempered import tempered

GENRES = ("blues", "jazz", "pop", "rock")


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def drawn(n_tracks: int, temperature: float, *, seed: int = 0, n_segments: int = 1) -> Predictions:
    """Tracks whose genre is drawn with the probabilities that their logits mean, said with logits so many times as large."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (n_tracks, len(GENRES)))
    y_true = (softmax(logits).cumsum(axis=1) < rng.random((n_tracks, 1))).sum(axis=1).clip(0, len(GENRES) - 1)
    track = np.repeat(np.arange(n_tracks), n_segments)
    starts = np.zeros(track.size)
    ids = np.array([f"song.{number}" for number in range(n_tracks)])
    return Predictions(GENRES, ids, y_true, track, starts, starts + 3, softmax(temperature * logits)[track].astype(np.float32))


def two(sure: list[float], right: list[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Verdicts between two genres, said with these probabilities."""
    return (~np.array(right)).astype(int), np.array([[p, 1 - p] for p in sure], np.float32)


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_finds_the_temperature_that_posteriors_were_made_with(temperature: float) -> None:
    predictions = drawn(6000, temperature)
    found = best_temperature(predictions)
    assert found == pytest.approx(temperature, rel=0.08)
    mended = with_temperature(predictions, found)
    assert reliability(mended.y_true, mended.posteriors).error < 0.02
    if temperature != 1:
        assert reliability(predictions.y_true, predictions.posteriors).error > 0.05


def test_no_other_temperature_has_a_better_score() -> None:
    predictions = drawn(300, 2.0, n_segments=2)
    found = best_temperature(predictions)

    def score(temperature: float) -> float:
        its = with_temperature(predictions, temperature)
        return brier(its.y_true, its.posteriors)

    assert all(score(found) <= score(found * factor) for factor in (0.5, 0.9, 1.1, 2))


@pytest.mark.parametrize(("right", "edge"), [(True, 1 / HOTTEST), (False, HOTTEST)])
def test_stays_between_its_ends(right: bool, edge: float) -> None:
    y_true, posteriors = two([0.8] * 5, [right] * 5)
    ids, zeros = np.array(list("abcde")), np.zeros(5)
    found = best_temperature(Predictions(("blues", "pop"), ids, y_true, np.arange(5), zeros, zeros + 3, posteriors))
    assert found == pytest.approx(edge, rel=0.5)
    assert 1 / HOTTEST <= found <= HOTTEST


def test_what_no_temperature_mends_stays() -> None:
    """All right and wholly sure: the loss is nothing at any temperature."""
    y_true, posteriors = two([1.0] * 4, [True] * 4)
    zeros = np.zeros(4)
    predictions = Predictions(("blues", "pop"), np.array(list("abcd")), y_true, np.arange(4), zeros, zeros + 3, posteriors)
    assert best_temperature(predictions) == 1


def test_looks_at_the_tracks_it_is_told_to() -> None:
    hot, cold = drawn(800, 4.0, seed=1), drawn(800, 0.5, seed=2)
    both = Predictions(
        GENRES,
        np.array([f"song.{number}" for number in range(1600)]),
        np.concatenate([hot.y_true, cold.y_true]),
        np.arange(1600),
        np.zeros(1600),
        np.full(1600, 3.0),
        np.concatenate([hot.segment_posteriors, cold.segment_posteriors]),
    )
    first = np.arange(1600) < 800
    assert best_temperature(both, tracks=first) == pytest.approx(best_temperature(hot), rel=1e-3)
    assert best_temperature(both, tracks=~first) == pytest.approx(best_temperature(cold), rel=1e-3)


def test_a_fold_has_no_part_in_its_temperature() -> None:
    predictions = drawn(90, 2.0, n_segments=2)
    folds = {str(track_id): number % 3 for number, track_id in enumerate(predictions.track_ids)}
    found = cross_tempered(predictions, folds)
    fold = np.array([folds[str(track_id)] for track_id in predictions.track_ids])
    for number in range(3):
        temperature = best_temperature(predictions, tracks=fold != number)
        its = fold[predictions.segment_track] == number
        expected = tempered(predictions.segment_posteriors[its], temperature)
        np.testing.assert_array_equal(found.segment_posteriors[its], expected)
    other = Predictions(
        GENRES,
        predictions.track_ids,
        np.where(fold == 0, (predictions.y_true + 1) % len(GENRES), predictions.y_true),
        predictions.segment_track,
        predictions.start_seconds,
        predictions.end_seconds,
        predictions.segment_posteriors,
    )
    its = fold[predictions.segment_track] == 0
    changed = cross_tempered(other, folds)
    np.testing.assert_array_equal(changed.segment_posteriors[its], found.segment_posteriors[its])
    assert (changed.segment_posteriors[~its] != found.segment_posteriors[~its]).any()
    np.testing.assert_array_equal(found.y_true, predictions.y_true)


def test_temperatures_of_the_other_folds_mend_a_fold_too() -> None:
    predictions = drawn(900, 3.0)
    found = cross_tempered(predictions, {str(track_id): number % 5 for number, track_id in enumerate(predictions.track_ids)})
    assert brier(found.y_true, found.posteriors) < brier(predictions.y_true, predictions.posteriors) - 0.02

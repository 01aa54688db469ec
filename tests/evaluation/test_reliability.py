"""How often verdicts are right by how sure they are: by hand, against a loop, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import groups_of
from genre_core.evaluation.reliability import bin_intervals, brier, reliability

GENRES = ("blues", "jazz", "pop", "rock")


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def two(sure: list[float], right: list[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Verdicts between two genres, said with these probabilities."""
    return (~np.array(right)).astype(int), np.array([[p, 1 - p] for p in sure], np.float32)


def test_verdicts_are_sorted_by_what_was_said() -> None:
    found = reliability(*two([0.55, 0.65, 0.65, 0.95, 0.95, 0.95, 0.95], [True, True, False, True, True, True, False]))
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 1, 2, 0, 0, 4]
    np.testing.assert_allclose(found.confidence[[5, 6, 9]], [0.55, 0.65, 0.95], atol=1e-6)
    np.testing.assert_allclose(found.accuracy[[5, 6, 9]], [1, 0.5, 0.75])
    assert np.isnan(found.confidence[0])
    assert np.isnan(found.accuracy[0])
    assert found.error == pytest.approx((0.45 + 2 * 0.15 + 4 * 0.2) / 7, abs=1e-6)


def test_a_bin_holds_its_upper_end() -> None:
    found = reliability(*two([0.5, 0.75, 1.0], [True] * 3), n_bins=4)
    assert found.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert found.counts.tolist() == [0, 1, 1, 1]


def test_always_sure_and_never_right_is_all_error() -> None:
    assert reliability(np.array([1, 1]), np.array([[1.0, 0.0], [1.0, 0.0]])).error == 1
    assert reliability(np.array([0, 0]), np.array([[1.0, 0.0], [1.0, 0.0]])).error == 0


@pytest.mark.parametrize(("n", "n_bins", "words"), [(0, 10, "0 verdicts, 10 bins"), (2, 0, "2 verdicts, 0 bins")])
def test_nothing_to_sort_is_told(n: int, n_bins: int, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        reliability(np.zeros(n, int), np.full((n, 2), 0.5), n_bins=n_bins)


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 60), n_bins=st.integers(1, 25))
def test_equals_a_loop_over_bins(seed: int, n: int, n_bins: int) -> None:
    rng = np.random.default_rng(seed)
    posteriors = rng.dirichlet(np.full(3, 0.6), n).astype(np.float32)
    y_true = rng.integers(0, 3, n)
    found = reliability(y_true, posteriors, n_bins=n_bins)
    gap = 0.0
    for number in range(n_bins):
        low, high = number / n_bins, (number + 1) / n_bins
        inside = [row for row in range(n) if low < max(map(float, posteriors[row])) <= high]
        assert found.counts[number] == len(inside)
        if inside:
            sure = sum(max(map(float, posteriors[row])) for row in inside) / len(inside)
            right = sum(int(np.argmax(posteriors[row]) == y_true[row]) for row in inside) / len(inside)
            assert found.confidence[number] == pytest.approx(sure)
            assert found.accuracy[number] == pytest.approx(right)
            gap += len(inside) * abs(sure - right)
    assert found.error == pytest.approx(gap / n)


def test_each_bin_has_its_interval_or_says_why_not() -> None:
    rng = np.random.default_rng(0)
    posteriors, y_true = rng.dirichlet(np.full(3, 0.6), 60), rng.integers(0, 3, 60)
    found = bin_intervals(y_true, posteriors, groups_of(60, [f"artist {number // 3}" for number in range(60)]))
    bins = reliability(y_true, posteriors)
    for count, accuracy, entry in zip(bins.counts, bins.accuracy, found, strict=True):
        if not count:
            assert (entry.value, entry.low, entry.reason) == (None, None, "Nothing has this confidence.")
            continue
        assert entry.value == pytest.approx(accuracy)
        assert entry.over == "artists"
        assert entry.reason if entry.low is None else entry.low <= entry.value <= entry.high
    assert sum(entry.low is not None for entry in found) > 4


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 30))
def test_brier_equals_that_of_scikit_learn(seed: int, n: int) -> None:
    from sklearn.metrics import brier_score_loss

    rng = np.random.default_rng(seed)
    posteriors, y_true = rng.dirichlet(np.ones(3), n), rng.integers(0, 3, n)
    each = [brier_score_loss(y_true == genre, posteriors[:, genre], pos_label=True) for genre in range(3)]
    assert brier(y_true, posteriors) == pytest.approx(sum(each), abs=1e-9)


def test_brier_is_nothing_for_the_truth_and_two_for_its_contrary() -> None:
    assert brier(np.array([0, 1]), np.eye(2, dtype=np.float32)) == 0
    assert brier(np.array([1, 0]), np.eye(2, dtype=np.float32)) == 2

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.models.base import Scores
from genre_core.models.tempered import Tempered, tempered

TEMPERATURES = st.floats(0.1, 20)


def softmax(logits: np.ndarray) -> np.ndarray:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)


def logits(seed: int, *, spread: float = 3.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, spread, (6, 4)).astype(np.float32)


class Known:
    """A classifier whose input is its logits."""

    def __call__(self, *inputs: np.ndarray) -> Scores:
        return Scores(inputs[0], softmax(inputs[0]), 2 * inputs[0])


@given(seed=st.integers(0, 10_000), temperature=TEMPERATURES)
def test_is_the_softmax_of_divided_logits(seed: int, temperature: float) -> None:
    given_logits = logits(seed)
    np.testing.assert_allclose(tempered(softmax(given_logits), temperature), softmax(given_logits / temperature), atol=2e-6)


@given(seed=st.integers(0, 10_000), temperature=TEMPERATURES)
def test_orders_genres_as_before_and_sums_to_one(seed: int, temperature: float) -> None:
    before = softmax(logits(seed))
    after = tempered(before, temperature)
    assert after.dtype == np.float32
    np.testing.assert_allclose(after.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(after.argmax(axis=1), before.argmax(axis=1))
    surer = after.max(axis=1) - before.max(axis=1)
    assert (surer * np.sign(1 - temperature) >= -1e-6).all()


def test_one_changes_nothing_and_heat_levels() -> None:
    before = softmax(logits(1))
    np.testing.assert_allclose(tempered(before, 1.0), before, atol=1e-7)
    np.testing.assert_allclose(tempered(before, 1e6), 0.25, atol=1e-4)


@pytest.mark.parametrize("temperature", [0.05, 1.0, 20.0])
def test_probabilities_of_nothing_and_of_all_stay_finite(temperature: float) -> None:
    edges = np.array([[1, 0, 0], [1 - 1e-7, 1e-7, 0], [1e-38, 1, 0], [1 / 3] * 3], np.float32)
    after = tempered(edges, temperature)
    assert np.isfinite(after).all()
    np.testing.assert_allclose(after.sum(axis=1), 1, atol=1e-6)
    assert after[0].tolist() == [1, 0, 0]


def test_a_tempered_classifier_divides_logits_and_keeps_the_embedding() -> None:
    before, scores = logits(2), Tempered(Known(), 2.5)(logits(2))
    np.testing.assert_allclose(scores.logits, before / 2.5, rtol=1e-6)
    np.testing.assert_allclose(scores.posterior, softmax(before / 2.5), atol=1e-6)
    np.testing.assert_array_equal(scores.embedding, 2 * before)


def test_rebuilds_what_its_classifier_rebuilds() -> None:
    class Rebuilds(Known):
        def reconstruct(self, *inputs: np.ndarray) -> np.ndarray:
            return -inputs[0]

    np.testing.assert_array_equal(Tempered(Rebuilds(), 2.0).reconstruct(logits(3)), -logits(3))
    assert Tempered(Known(), 2.0).reconstruct(logits(3)) is None

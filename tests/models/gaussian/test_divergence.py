"""The divergence by hand: one dimension, diagonal, a full 2 by 2; then what holds for all Gaussians."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.models.gaussian import divergence
from genre_core.models.gaussian.divergence import Comparable, Gaussians, kl, symmetrised
from genre_core.models.gaussian.plane import points


def one(mean: list[float], covariance: list[list[float]]) -> Gaussians:
    return Gaussians.of(np.array([mean]), np.array([covariance]))


def drawn(n: int, d: int, seed: int, *, spread: float = 3.0) -> Gaussians:
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=(n, d, 2 * d + 2)) * rng.uniform(0.3, 2, (n, d, 1))
    return Gaussians.of(spread * rng.normal(size=(n, d)), samples @ samples.transpose(0, 2, 1) / samples.shape[2])


def test_one_dimension_by_hand() -> None:
    # p = N(0, 1), q = N(1, 4): (1/4 + 1/4 - 1 + ln 4) / 2, and back (4 + 1 - 1 - ln 4) / 2
    p, q = one([0], [[1]]), one([1], [[4]])
    assert kl(p, q)[0] == pytest.approx(-0.25 + np.log(2))
    assert kl(q, p)[0] == pytest.approx(2 - np.log(2))
    assert symmetrised(p, q)[0, 0] == pytest.approx(1.75)


def test_diagonal_by_hand() -> None:
    # Variances (1, 4) and (2, 1), means (0, 0) and (2, 1): a sum of one-dimensional ones.
    p, q = one([0, 0], [[1, 0], [0, 4]]), one([2, 1], [[2, 0], [0, 1]])
    first = (0.5 + 4 / 2 - 1 + np.log(2)) / 2
    second = (4 + 1 - 1 - np.log(4)) / 2
    assert kl(p, q)[0] == pytest.approx(first + second)
    assert symmetrised(p, q)[0, 0] == pytest.approx((2.5 + 6 + 4.25 + 1.25 - 4) / 2)


def test_full_two_by_two_by_hand() -> None:
    # P = [[2, 1], [1, 2]] with inverse [[2, -1], [-1, 2]] / 3 and determinant 3; Q the identity; means (1, 0) and (0, 0).
    p, q = one([1, 0], [[2, 1], [1, 2]]), one([0, 0], [[1, 0], [0, 1]])
    assert kl(p, q)[0] == pytest.approx((4 + 1 - 2 - np.log(3)) / 2)
    assert kl(q, p)[0] == pytest.approx((4 / 3 + 2 / 3 - 2 + np.log(3)) / 2)
    assert symmetrised(p, q)[0, 0] == pytest.approx(1.5)


def test_equals_an_integral() -> None:
    p, q = one([0.3], [[0.7]]), one([-1], [[2]])
    x = np.linspace(-20, 20, 200_001)

    def density(gaussian: Gaussians) -> np.ndarray:
        variance = gaussian.covariances[0, 0, 0]
        return np.exp(-((x - gaussian.means[0, 0]) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    with np.errstate(divide="ignore", invalid="ignore"):
        integrand = density(p) * np.log(density(p) / density(q))
    assert kl(p, q)[0] == pytest.approx(np.nansum(integrand) * (x[1] - x[0]), rel=1e-6)


@given(seed=st.integers(0, 9999), d=st.integers(1, 15))
@settings(max_examples=20)
def test_what_holds_for_all(seed: int, d: int) -> None:
    p, q = drawn(5, d, seed), drawn(4, d, seed + 1)
    table = symmetrised(p, q)
    assert (table > 0).all()
    np.testing.assert_allclose(table, symmetrised(q, p).T, rtol=1e-9)
    np.testing.assert_allclose(np.diag(symmetrised(p, p)), 0, atol=1e-7)
    np.testing.assert_allclose(kl(p, p), 0, atol=1e-9)
    for row in range(5):
        single = p[row : row + 1]
        assert (kl(single, q) > 0).all()
        np.testing.assert_allclose(table[row], kl(single, q) + kl(q, single), rtol=1e-7)


@given(seed=st.integers(0, 9999), d=st.integers(1, 8))
@settings(max_examples=20)
def test_no_common_invertible_map_changes_it(seed: int, d: int) -> None:
    p, q = drawn(3, d, seed), drawn(3, d, seed + 1)
    rng = np.random.default_rng(seed + 2)
    turn, _ = np.linalg.qr(rng.normal(size=(d, d)))
    linear, shift = turn * rng.uniform(0.2, 5, d), 10 * rng.normal(size=d)

    def moved(gaussians: Gaussians) -> Gaussians:
        return Gaussians.of(gaussians.means @ linear.T + shift, linear @ gaussians.covariances @ linear.T)

    np.testing.assert_allclose(kl(moved(p), moved(q)), kl(p, q), rtol=1e-6)
    np.testing.assert_allclose(symmetrised(moved(p), moved(q)), symmetrised(p, q), rtol=1e-6)


def test_blocks_say_what_all_at_once_says(monkeypatch: pytest.MonkeyPatch) -> None:
    p, q = drawn(23, 4, 0), drawn(7, 4, 1)
    whole = symmetrised(p, q)
    monkeypatch.setattr(divergence, "_AT_ONCE", 40)
    others = Comparable(q)
    blocks = list(Comparable(p, origin=others.origin).blocks(others))
    assert [block.stop - block.start for block, _ in blocks] == [5, 5, 5, 5, 3]
    np.testing.assert_allclose(np.concatenate([table for _, table in blocks]), whole, rtol=1e-12)
    np.testing.assert_allclose(Comparable(p).to_one(3), symmetrised(p, p)[:, 3], rtol=1e-9, atol=1e-9)


def test_means_far_from_zero_cost_no_digits() -> None:
    p, q = drawn(4, 15, 0), drawn(4, 15, 1)
    far = [Gaussians.of(each.means - 400, each.covariances) for each in (p, q)]
    np.testing.assert_allclose(symmetrised(*far), symmetrised(p, q), rtol=1e-9)


def test_what_is_no_gaussian_is_refused() -> None:
    with pytest.raises(ParameterError, match="positive definite"):
        one([0, 0], [[1, 2], [2, 1]])
    with pytest.raises(ParameterError, match="Received: NaN"):
        one([np.nan], [[1]])
    with pytest.raises(ParameterError, match=r"Received: shapes \(1, 2\) and \(1, 1, 1\)"):
        Gaussians.of(np.zeros((1, 2)), np.ones((1, 1, 1)))


def test_rows_without_variance_still_have_a_divergence() -> None:
    rows = np.zeros((3, 5, 4), np.float32)
    rows[1, 1:] = np.eye(4)
    rows[2, 1:] = -np.eye(4)
    table = symmetrised(Gaussians.from_rows(rows), Gaussians.from_rows(rows))
    assert np.isfinite(table).all()
    assert table[0, 1] > 1


def test_near_the_reference_squared_distance_is_divergence() -> None:
    reference = drawn(1, 5, 0)
    rng = np.random.default_rng(1)
    factor = np.linalg.cholesky(reference.covariances[0])
    wobble = 0.01 * rng.normal(size=(6, 5, 5))
    inner = np.eye(5) + wobble + wobble.transpose(0, 2, 1)
    near = Gaussians.of(reference.means + 0.02 * rng.normal(size=(6, 5)) @ factor.T, factor @ inner @ factor.T)
    places = points(near, reference.means[0], reference.covariances[0])
    assert places.shape == (6, 20)
    squared = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(squared, symmetrised(near, near), rtol=0.1, atol=1e-6)

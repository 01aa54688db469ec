from __future__ import annotations

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from genre_core.models.gaussian.mixture import PRIORS, SEGMENTS_A_COMPONENT, GmmConfig, build_gmm
from tests.models.gaussian.samples import fitted

N_COLUMNS = 6


def columns(n: int = 60, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three genres, each of two clouds, on columns of very different size."""
    rng = np.random.default_rng(seed)
    genres = np.repeat(np.arange(3), n)
    centres = np.random.default_rng(99).normal(size=(3, 2, N_COLUMNS)) * 3
    z = centres[genres, rng.integers(2, size=3 * n)] + rng.normal(size=(3 * n, N_COLUMNS))
    return (z * 10.0 ** np.arange(-3, 3) + 5).astype(np.float32), genres, np.arange(3 * n)


def test_one_component_is_a_normal_distribution_a_genre() -> None:
    x, genres, groups = columns()
    gmm, _ = fitted(build_gmm, GmmConfig(n_components=1, least_variance=1e-4), x, genres, groups)
    z = (x - x.mean(axis=0, dtype=np.float64)) / x.std(axis=0, dtype=np.float64)
    logs = []
    for genre in range(3):
        own = z[genres == genre]
        variance = own.var(axis=0) + 1e-4
        logs.append(-0.5 * (((z - own.mean(axis=0)) ** 2 / variance) + np.log(variance)).sum(axis=1))
    expected = np.exp(np.stack(logs, axis=1) - np.max(logs, axis=0)[:, None])
    np.testing.assert_allclose(gmm(x).posterior, expected / expected.sum(axis=1, keepdims=True), atol=1e-5)


def test_numpy_says_what_scikit_learn_says() -> None:
    x, genres, groups = columns()
    gmm, facts = fitted(build_gmm, GmmConfig(n_components=2, least_variance=0.1), x, genres, groups, seed=4)
    assert facts["components"] == [2, 2, 2]
    mean, std = (np.array(facts["scaler"][0][name]) for name in ("mean", "std"))
    z = (x - mean) / std
    logs = np.stack(
        [
            GaussianMixture(2, covariance_type="diag", reg_covar=0.1, n_init=3, max_iter=200, random_state=4)
            .fit(z[genres == genre])
            .score_samples(z)
            for genre in range(3)
        ],
        axis=1,
    )
    np.testing.assert_allclose(gmm._fitted.log_likelihoods(z), logs, rtol=1e-9)
    scores = gmm(x)
    np.testing.assert_allclose(scores.posterior, np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True), atol=1e-6)
    np.testing.assert_allclose(scores.embedding, z, atol=1e-5)


def test_tells_genres_apart() -> None:
    x, genres, groups = columns()
    questions, truth, _ = columns(seed=1)
    gmm, _ = fitted(build_gmm, GmmConfig(), x, genres, groups)
    assert (gmm(questions).posterior.argmax(axis=1) == truth).mean() > 0.9


def test_priors_move_what_the_sound_leaves_open() -> None:
    rng = np.random.default_rng(0)
    x, genres = rng.normal(size=(400, 2)).astype(np.float32), np.repeat([0, 1], [360, 40])
    equal, shares = (
        fitted(build_gmm, GmmConfig(n_components=1, priors=priors), x, genres, np.arange(400), n_genres=2)[0] for priors in PRIORS
    )
    middle = np.zeros((1, 2), np.float32)
    odds_equal, odds_shares = (gmm(middle).posterior[0, 0] / gmm(middle).posterior[0, 1] for gmm in (equal, shares))
    assert odds_shares / odds_equal == pytest.approx(9, rel=1e-4)


def test_few_segments_get_fewer_components_and_it_is_told() -> None:
    x, _, _ = columns()
    n = 2 * SEGMENTS_A_COMPONENT
    genres = np.repeat([0, 1, 2], [1, n, len(x) - n - 1])
    gmm, facts = fitted(build_gmm, GmmConfig(n_components=8), x, genres, np.arange(len(x)))
    assert facts["components"] == [1, 2, 8]
    assert np.isfinite(gmm(x).posterior).all()


def test_a_repeated_segment_counts_as_one_for_the_components() -> None:
    x, genres, groups = columns()
    x[genres == 1] = x[genres == 1][0]
    _, facts = fitted(build_gmm, GmmConfig(n_components=3), x, genres, groups)
    assert facts["components"] == [3, 1, 3]


@pytest.mark.parametrize("priors", PRIORS)
def test_a_genre_that_is_missing_has_no_probability(priors: str) -> None:
    x, genres, groups = columns()
    present = genres != 1
    gmm, facts = fitted(build_gmm, GmmConfig(n_components=3, priors=priors), x[present], genres[present], groups[present])
    scores = gmm(x)
    assert facts["components"] == [3, 0, 3]
    assert (scores.posterior[:, 1] == 0).all()
    assert np.isfinite(scores.logits).all()
    np.testing.assert_allclose(scores.posterior.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.filterwarnings("error")
def test_columns_that_never_change_and_values_beyond_all_bounds() -> None:
    x, genres, groups = columns()
    x[:, 2] = 7
    gmm, _ = fitted(build_gmm, GmmConfig(), x, genres, groups)
    strange = x.copy()
    strange[:, 2] = -1e9
    np.testing.assert_array_equal(gmm(strange).posterior, gmm(x).posterior)
    largest = np.finfo(np.float32).max
    for value in (0, 1e6, -1e30, largest, -largest):
        scores = gmm(np.full((2, N_COLUMNS), value, np.float32))
        assert all(np.isfinite(part).all() for part in scores)
        np.testing.assert_allclose(scores.posterior.sum(axis=1), 1, rtol=1e-6)

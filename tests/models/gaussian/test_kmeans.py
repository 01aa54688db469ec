from __future__ import annotations

import numpy as np
import pytest

from genre_core.models.gaussian import kmeans
from genre_core.models.gaussian.divergence import Comparable, Gaussians, symmetrised
from genre_core.models.gaussian.kmeans import KmeansKlConfig, build_kmeans_kl, cluster, far_apart
from tests.models.gaussian.samples import fitted, row, tracks


def line(means: list[float], variances: list[float] | None = None) -> tuple[np.ndarray, Comparable]:
    x = np.stack([row(mean, variance) for mean, variance in zip(means, variances or [1] * len(means), strict=True)])
    return x.astype(np.float64), Comparable(Gaussians.from_rows(x))


def test_by_hand() -> None:
    # Variance 1: D is the squared distance. From 0 and 1: {0}, {1, 10, 11}, then {0, 1}, {10, 11}, centroids 0.5 and 10.5.
    found = cluster(*line([0, 1, 10, 11]), np.array([0, 1]))
    np.testing.assert_array_equal(found.assigned, [0, 0, 1, 1])
    np.testing.assert_allclose(found.centroids[:, 0, 0], [0.5, 10.5])
    assert found.objective == pytest.approx(0.25)
    assert found.n_iterations == 2


def test_a_centroid_is_the_mean_of_means_and_of_covariances() -> None:
    found = cluster(*line([0, 2], [1, 3]), np.array([0]))
    np.testing.assert_allclose(found.centroids[0].ravel(), [1, 2])
    # D(N(0, 1), N(1, 2)) = (1/2 + 2 - 2 + 1.5) / 2 = 1; D(N(2, 3), N(1, 2)) = (3/2 + 2/3 - 2 + 5/6) / 2 = 1/2.
    assert found.objective == pytest.approx(0.75)


def test_no_track_is_nearer_to_another_centroid() -> None:
    x, _, _ = tracks(20, apart=1.5)
    prepared = Comparable(Gaussians.from_rows(x))
    found = cluster(x.astype(np.float64), prepared, far_apart(prepared, 5, np.random.default_rng(0)))
    table = symmetrised(Gaussians.from_rows(x), Gaussians.from_rows(found.centroids))
    np.testing.assert_array_equal(found.assigned, table.argmin(axis=1))
    assert found.objective == pytest.approx(table.min(axis=1).mean())
    for number in range(5):
        np.testing.assert_allclose(found.centroids[number], x[found.assigned == number].mean(axis=0), atol=1e-4)


def test_starts_lie_far_apart() -> None:
    means = [0.0] * 50 + [100.0, 200.0]
    _, prepared = line([mean + 0.001 * number for number, mean in enumerate(means)])
    for seed in range(10):
        assert {50, 51} < set(far_apart(prepared, 3, np.random.default_rng(seed)).tolist())


def test_no_more_starts_than_different_tracks() -> None:
    x, prepared = line([1, 1, 5, 5, 5])
    first = far_apart(prepared, 4, np.random.default_rng(0))
    assert len(first) == 2
    assert sorted(np.bincount(cluster(x, prepared, first).assigned)) == [2, 3]


def test_an_empty_cluster_takes_the_farthest_track() -> None:
    # The same first centroid twice: the second has nothing, and takes 50, which lies farthest from 0.
    found = cluster(*line([0, 1, 2, 50]), np.array([0, 0]))
    np.testing.assert_array_equal(found.assigned, [0, 0, 0, 1])
    np.testing.assert_allclose(found.centroids[:, 0, 0], [1, 50])


def test_an_empty_cluster_that_nothing_is_left_for_goes() -> None:
    found = cluster(*line([3, 3, 3]), np.array([0, 1]))
    assert len(found.centroids) == 1
    assert found.objective == pytest.approx(0, abs=1e-9)


def test_the_best_of_several_starts_is_kept_and_all_are_told() -> None:
    x, genres, groups = tracks(15, apart=3.0)
    _, facts = fitted(build_kmeans_kl, KmeansKlConfig(n_clusters=4, n_restarts=8), x, genres, groups)
    assert len(facts["objectives"]) == 8
    assert facts["objective"] == min(facts["objectives"]) < max(facts["objectives"])
    assert facts["iterations"] >= 1
    assert sum(each["size"] for each in facts["clusters"]) == len(x)


def test_clusters_are_named_by_their_majority() -> None:
    x = np.stack([row(mean) for mean in (0, 0.1, 0.2, 50, 50.1)])
    km, facts = fitted(build_kmeans_kl, KmeansKlConfig(n_clusters=2), x, np.array([1, 1, 0, 2, 2]), np.arange(5))
    assert sorted(map(tuple, (each.values() for each in facts["clusters"]))) == [(1, 3), (2, 2)]
    posterior = km(np.stack([row(1), row(40)])).posterior
    np.testing.assert_allclose(posterior, [[1 / 3, 2 / 3, 0], [0, 0, 1]], rtol=1e-6)


def test_as_many_clusters_as_genres_tell_them_apart() -> None:
    x, genres, groups = tracks()
    questions, truth, _ = tracks(seed=1)
    km, facts = fitted(build_kmeans_kl, KmeansKlConfig(n_clusters=0), x, genres, groups)
    assert sorted(each["genre"] for each in facts["clusters"]) == [0, 1, 2]
    assert (km(questions).posterior.argmax(axis=1) == truth).mean() > 0.9


def test_the_same_seed_gives_the_same() -> None:
    x, genres, groups = tracks(apart=1.0)
    config = KmeansKlConfig(n_clusters=5, n_restarts=2)
    first, second = (fitted(build_kmeans_kl, config, x, genres, groups, seed=3) for _ in range(2))
    assert first[1] == second[1]
    np.testing.assert_array_equal(first[0](x).posterior, second[0](x).posterior)


def test_it_ends_where_tracks_would_move_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    x, prepared = line([0, 1, 10, 11])
    turns = iter(range(1000))

    def restless(*_: object) -> tuple[np.ndarray, np.ndarray]:
        return (np.array([0, 0, 1, 1]) + next(turns)) % 2, np.ones(4)

    monkeypatch.setattr(kmeans, "_nearest", restless)
    assert cluster(x, prepared, np.array([0, 2])).objective == 1
    assert next(turns) == kmeans.MOST_ITERATIONS + 1


def test_clusters_are_no_more_than_tracks() -> None:
    x, genres, groups = tracks(2)
    _, facts = fitted(build_kmeans_kl, KmeansKlConfig(n_clusters=500), x, genres, groups)
    assert len(facts["clusters"]) == 6

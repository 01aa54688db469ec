from __future__ import annotations

import numpy as np
import pytest

from genre_core.models.gaussian.divergence import Gaussians, symmetrised
from genre_core.models.gaussian.neighbours import KnnKlConfig, build_knn_kl
from genre_core.models.gaussian.scorers import TIE_SHARE
from tests.models.gaussian.samples import fitted, row, tracks


def asked(means: list[float], genres: list[int], question: float, *, k: int, groups: list[int] | None = None) -> np.ndarray:
    """Posterior of a question among Gaussians of one dimension and variance 1: there D is the squared distance."""
    x = np.stack([row(mean) for mean in means])
    knn, _ = fitted(build_knn_kl, KnnKlConfig(k=k), x, np.array(genres), np.array(groups or range(len(means))))
    return knn(row(question)[None]).posterior[0]


def test_the_nearest_vote() -> None:
    posterior = asked([0, 1, 2, 9, 10], [0, 0, 1, 2, 2], 0.4, k=3)
    np.testing.assert_allclose(posterior, [2 / 3, 1 / 3, 0], atol=TIE_SHARE)
    assert posterior[2] == 0
    np.testing.assert_array_equal(asked([0, 1, 2, 9, 10], [0, 0, 1, 2, 2], 9.4, k=1), [0, 0, 1])


@pytest.mark.parametrize(("question", "winner"), [(4.9, 0), (5.1, 2)])
def test_a_tie_goes_to_the_nearer_neighbour(question: float, winner: int) -> None:
    posterior = asked([0, 10], [0, 2], question, k=2)
    assert posterior.argmax() == winner
    np.testing.assert_allclose(posterior, [0.5, 0, 0.5], atol=TIE_SHARE)


def test_a_tie_among_two_is_not_decided_by_a_third() -> None:
    # Nearness: genre 2, then 1, 0, 1, 0: two of them have two votes, and 1 is nearer.
    assert asked([0, 1, 2, 3, 4], [2, 1, 0, 1, 0], -1, k=5).argmax() == 1


def test_many_votes_beat_any_nearness() -> None:
    n = 50
    genres = [0] * (n - 1) + [1] * (n + 1)
    assert asked([float(number) for number in range(2 * n)], genres, 0.0, k=2 * n).argmax() == 1


def test_a_track_votes_once() -> None:
    means, genres = [0, 0.1, 0.2, 1, 1.1], [0, 0, 0, 1, 1]
    assert asked(means, genres, 0.05, k=3).argmax() == 0
    np.testing.assert_allclose(asked(means, genres, 0.05, k=3, groups=[7, 7, 7, 3, 2]), [1 / 3, 2 / 3, 0], atol=TIE_SHARE)


def test_fewer_tracks_than_neighbours() -> None:
    np.testing.assert_allclose(asked([0, 1, 2], [0, 0, 1], 0, k=100), [2 / 3, 1 / 3, 0], atol=TIE_SHARE)


def test_distance_is_divergence_and_not_the_means() -> None:
    x = np.stack([row(0, 1), row(3, 100)])
    knn, _ = fitted(build_knn_kl, KnnKlConfig(k=1), x, np.array([0, 1]), np.array([0, 1]))
    assert knn(row(1, 60)[None]).posterior[0].argmax() == 1


def test_equals_a_search_by_brute_force() -> None:
    x, genres, groups = tracks(segments=3, apart=1.0)
    questions, _, _ = tracks(seed=1, apart=1.0)
    knn, _ = fitted(build_knn_kl, KnnKlConfig(k=5), *(part[::-1] for part in (x, genres, groups)))
    table = symmetrised(Gaussians.from_rows(questions), Gaussians.from_rows(x))
    for divergences, posterior in zip(table, knn(questions).posterior, strict=True):
        by_track = np.array([divergences[groups == track].min() for track in np.unique(groups)])
        counts = np.bincount(genres[::3][np.argsort(by_track)[:5]], minlength=3)
        np.testing.assert_allclose(posterior, counts / 5, atol=TIE_SHARE)
        assert counts[posterior.argmax()] == counts.max()


def test_tells_genres_apart() -> None:
    x, genres, groups = tracks()
    questions, truth, _ = tracks(seed=1)
    knn, facts = fitted(build_knn_kl, KnnKlConfig(), x, genres, groups)
    assert (knn(questions).posterior.argmax(axis=1) == truth).mean() > 0.9
    assert facts == {"n_tracks": 24}

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis

from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.likeness import Likeness, fit_likeness, with_limit

N_COLUMNS = 6


def cloud(n: int = 600, *, seed: int = 0, apart: float = 5.0, n_genres: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Songs around a middle a genre, with a spread that is neither round nor even, shape (n, 6)."""
    rng = np.random.default_rng(seed)
    genres = np.arange(n) % n_genres
    middles = np.random.default_rng(99).normal(0, apart, (n_genres, N_COLUMNS))
    shape = np.random.default_rng(98).normal(size=(N_COLUMNS, N_COLUMNS)) * np.array([9, 3, 1, 1, 0.3, 0.1])
    return (middles[genres] + rng.normal(size=(n, N_COLUMNS))) @ shape + 7, genres


def test_songs_like_those_learned_from_lie_about_one_away() -> None:
    likeness = fit_likeness(*cloud(), shrinkage=0.0)
    others, _ = cloud(seed=1)
    distances = likeness.distances(others)
    assert np.sqrt((distances**2).mean()) == pytest.approx(1, abs=0.05)
    assert (distances > 2.5).mean() < 0.005


def test_is_the_distance_of_mahalanobis_to_the_nearest_middle() -> None:
    songs, genres = cloud(200)
    likeness = fit_likeness(songs, genres, shrinkage=0.0)
    middles = np.stack([songs[genres == genre].mean(axis=0) for genre in range(3)])
    within = songs - middles[genres]
    inverse = np.linalg.inv(within.T @ within / len(within))
    sounds, _ = cloud(20, seed=2)
    expected = [min(mahalanobis(sound, middle, inverse) for middle in middles) / np.sqrt(N_COLUMNS) for sound in sounds]
    np.testing.assert_allclose(likeness.distances(sounds), expected, rtol=1e-3)


@settings(max_examples=25)
@given(scales=st.lists(st.floats(0.01, 100), min_size=N_COLUMNS, max_size=N_COLUMNS), shift=st.floats(-50, 50))
def test_units_of_a_column_change_nothing(scales: list[float], shift: float) -> None:
    songs, genres = cloud(90)
    sounds, _ = cloud(10, seed=3)
    before = fit_likeness(songs, genres).distances(sounds)
    after = fit_likeness(songs * scales + shift, genres).distances(sounds * scales + shift)
    np.testing.assert_allclose(after, before, rtol=2e-2)


def test_what_lies_far_away_is_beyond_the_limit() -> None:
    songs, genres = cloud()
    likeness = fit_likeness(songs, genres)
    assert likeness.limit == np.inf
    judged, _ = cloud(seed=1)
    distances = likeness.distances(judged)
    limited = with_limit(likeness, distances)
    assert (distances <= limited.limit).mean() == pytest.approx(0.99, abs=0.002)
    assert with_limit(likeness, distances, kept=0.5).limit < limited.limit
    assert limited.distances(songs[:1] + 20 * songs.std(axis=0))[0] > 2 * limited.limit
    np.testing.assert_array_equal(limited.distances(judged), distances)


@pytest.mark.parametrize("distances", [[], [np.nan], [0.0, 0.0]])
def test_a_limit_needs_songs_that_lie_somewhere(distances: list[float]) -> None:
    likeness = fit_likeness(*cloud(60))
    with pytest.raises(ParameterError, match="named rightly"):
        with_limit(likeness, np.array(distances))


def test_fewer_songs_than_columns_and_columns_that_never_move() -> None:
    rng = np.random.default_rng(4)
    songs = np.concatenate([rng.normal(size=(12, 40)), np.full((12, 3), 5.0)], axis=1)
    likeness = fit_likeness(songs, np.arange(12) % 2)
    sounds = np.concatenate([rng.normal(size=(5, 40)), np.full((5, 3), 5.0)], axis=1)
    assert np.isfinite(likeness.distances(sounds)).all()
    same = fit_likeness(np.ones((4, 3)), np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(same.distances(np.ones((2, 3))), 0, atol=1e-6)


def test_genres_that_lack_songs_have_no_middle() -> None:
    songs, genres = cloud(60, n_genres=2)
    assert fit_likeness(songs, genres * 7).centres.shape == (2, N_COLUMNS)


@pytest.mark.parametrize("songs", [np.zeros((1, 3)), np.array([[0.0, np.nan], [1, 2]]), np.array([[0.0, np.inf], [1, 2]])])
def test_one_song_or_numbers_that_are_none_are_refused(songs: np.ndarray) -> None:
    with pytest.raises(ParameterError, match=r"finite embeddings of at least two songs\. Received: \d songs"):
        fit_likeness(songs, np.zeros(len(songs), int))


@pytest.mark.parametrize("shape", [(2, N_COLUMNS + 1), (N_COLUMNS,)])
def test_other_columns_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"shape \(n, 6\)\. Received"):
        fit_likeness(*cloud(30)).distances(np.zeros(shape))


# On disk


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    songs, genres = cloud(90)
    likeness = fit_likeness(songs, genres)
    path = tmp_path / "likeness.npz"
    with_limit(likeness, likeness.distances(songs)).save(path)
    return path


def test_comes_back_to_the_bit(saved: Path) -> None:
    likeness = Likeness.load(saved)
    again = saved.with_name("again.npz")
    likeness.save(again)
    same = Likeness.load(again)
    assert same.limit == likeness.limit
    for name in ("mean", "std", "whitening", "centres"):
        np.testing.assert_array_equal(getattr(same, name), getattr(likeness, name))
    sounds, _ = cloud(5, seed=5)
    np.testing.assert_array_equal(same.distances(sounds), likeness.distances(sounds))


def altered(path: Path, **arrays: object) -> None:
    with np.load(path) as stored:
        held = {name: stored[name] for name in stored.files}
    np.savez(path, **{name: array for name, array in {**held, **arrays}.items() if array is not None})


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"where the training songs lie\. Received: no file.*copy, or train it again"):
        Likeness.load(tmp_path / "likeness.npz")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and no more"])
def test_something_else_is_refused(saved: Path, content: bytes) -> None:
    saved.write_bytes(content)
    with pytest.raises(RunError, match="where the training songs lie"):
        Likeness.load(saved)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_short_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(RunError, match="where the training songs lie"):
        Likeness.load(saved)


@pytest.mark.parametrize(
    "arrays",
    [
        {"limit": None},
        {"limit": np.zeros(2)},
        {"limit": 0.0},
        {"limit": np.nan},
        {"mean": np.float32(1)},
        {"mean": np.zeros((2, 3))},
        {"std": np.ones(N_COLUMNS + 1)},
        {"std": np.zeros(N_COLUMNS)},
        {"whitening": np.eye(N_COLUMNS - 1)},
        {"whitening": np.full((N_COLUMNS, N_COLUMNS), np.nan)},
        {"centres": np.float32(1)},
        {"centres": np.zeros((3, N_COLUMNS + 2))},
        {"centres": np.zeros((0, N_COLUMNS))},
        {"mean": np.array(["a"] * N_COLUMNS)},
        {"mean": np.array([{}] * N_COLUMNS, dtype=object)},
    ],
)
def test_arrays_that_do_not_fit_are_refused(saved: Path, arrays: dict[str, object]) -> None:
    altered(saved, **arrays)
    with pytest.raises(RunError, match="where the training songs lie"):
        Likeness.load(saved)

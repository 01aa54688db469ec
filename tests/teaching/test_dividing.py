import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.teaching.dividing import WAYS, genres_by_lot, groups_of, judged_rows
from tests.teaching.songs import songs


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(3))
def test_what_belongs_together_stays_together(way, seed):
    _, y, track, artist = songs()
    judged = judged_rows(groups_of(way, track, artist), y, share=0.3, seed=seed)
    crossing = {name: bool(set(group[judged]) & set(group[~judged])) for name, group in (("track", track), ("artist", artist))}
    assert crossing == {"track": way == "segment", "artist": way != "artist"}
    for genre in range(3):
        assert judged[y == genre].mean() == pytest.approx(0.3, abs=0.06)


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(1, 30), min_size=2, max_size=8), share=st.floats(0.05, 0.8), seed=st.integers(0, 99))
def test_every_genre_is_learned_and_judged(sizes, share, seed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    judged = judged_rows(groups, np.zeros(len(groups), int), share=share, seed=seed)
    assert 0 < judged.sum() < len(judged)
    np.testing.assert_array_equal(judged, judged_rows(groups, np.zeros(len(groups), int), share=share, seed=seed))


def test_a_single_artist_and_another_way_are_said():
    with pytest.raises(ParameterError, match=r"two groups at least.* Received: genre 1 with 1\."):
        judged_rows(np.array([0, 1, 2]), np.array([0, 0, 1]), share=0.3, seed=0)
    with pytest.raises(ParameterError, match=r"no way to divide named 'album'. Choose one of: artist, segment, track"):
        groups_of("album", np.zeros(2), np.zeros(2))
    with pytest.raises(ParameterError, match=r"The judged share must lie in \[0\.05, 0\.8\]"):
        judged_rows(np.array([0, 1]), np.array([0, 0]), share=1.0, seed=0)


def test_genres_by_lot_keep_artists_whole_and_their_numbers():
    artist = np.repeat(np.arange(12), 5)
    y = artist // 3
    dealt = genres_by_lot(y, artist, seed=3)
    assert all(len(set(dealt[artist == one])) == 1 for one in range(12))
    np.testing.assert_array_equal(np.bincount(dealt), np.bincount(y))
    assert (dealt != y).any()
    np.testing.assert_array_equal(dealt, genres_by_lot(y, artist, seed=3))

from __future__ import annotations

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.evaluation.artists import by_artist
from genre_core.evaluation.predictions import Predictions

GENRES = ("blues", "jazz", "pop")


def judged(y_true: list[int], y_pred: list[int]) -> Predictions:
    n = len(y_true)
    posteriors = np.eye(3)[y_pred] * 0.7 + 0.1
    ids = np.array([f"t{number}" for number in range(n)])
    return Predictions(GENRES, ids, y_true, np.arange(n), np.zeros(n), np.ones(n), posteriors)


def test_the_artist_most_often_mistaken_stands_first():
    y_true, y_pred = [0, 0, 1, 1, 1, 1, 2], [0, 0, 2, 2, 0, 1, 0]
    artists = ["Nina", "nina ", "Duke", "Duke", "DUKE", "Duke", None]
    duke, nina = by_artist(judged(y_true, y_pred), artists)
    assert (duke.artist, duke.n_tracks, duke.n_right, duke.genres) == ("Duke", 4, 1, ("jazz",))
    assert duke.taken_for == (("pop", 2), ("blues", 1))
    assert (duke.accuracy.value, duke.accuracy.over, duke.accuracy.n_groups) == (0.25, "tracks", 4)
    assert duke.accuracy.low < 0.25 < duke.accuracy.high
    assert (nina.n_tracks, nina.n_right, nina.taken_for) == (2, 2, ())
    assert nina.accuracy.low is None
    assert "The score is the same" in nina.accuracy.reason
    assert duke.to_dict()["taken_for"] == {"pop": 2, "blues": 1}


def test_of_equally_mistaken_artists_the_one_with_more_tracks_stands_first():
    found = by_artist(judged([0, 0, 0, 1], [1, 1, 1, 0]), ["a", "b", "b", "c"])
    assert [row.artist for row in found] == ["b", "a", "c"]
    assert "There is only one of the tracks" in found[1].accuracy.reason


def test_an_artist_of_two_genres_has_both():
    [row] = by_artist(judged([0, 1, 1], [0, 1, 1]), ["a", "a", "a"])
    assert row.genres == ("jazz", "blues")


@pytest.mark.parametrize("artists", [None, [None, None]])
def test_without_artists_it_is_said_what_to_do(artists):
    with pytest.raises(ParameterError, match=r"artists are known. Received: none. Import the data set with a table"):
        by_artist(judged([0, 1], [0, 1]), artists)


def test_artists_of_other_tracks_are_refused():
    with pytest.raises(ParameterError, match=r"one entry for each of 2 tracks. Received: 1"):
        by_artist(judged([0, 1], [0, 1]), ["a"])

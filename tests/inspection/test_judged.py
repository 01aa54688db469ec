"""Which judged tracks are looked at, and in what order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import Predictions
from genre_core.inspection.judged import AGREEMENTS, Wanted, judged, worst_cell, worst_first

GENRES = ("blues", "jazz", "rock")


def said(posteriors, y_true=(0, 0, 1, 1, 2), ids="abcde") -> Predictions:
    n = len(y_true)
    return Predictions(GENRES, np.array(list(ids)), np.array(y_true), np.arange(n), np.zeros(n), np.ones(n), np.array(posteriors))


FIRST = said([[0.8, 0.1, 0.1], [0.1, 0.6, 0.3], [0.05, 0.9, 0.05], [0.7, 0.2, 0.1], [0.5, 0.1, 0.4]])


def ids(tracks):
    return [track.track_id for track in tracks]


def test_each_track_has_truth_prediction_and_how_sure_it_was():
    found = judged(FIRST, ["x", None, "y", "y", "z"])
    assert [(track.true, track.predicted, track.is_right) for track in found[:2]] == [
        ("blues", "blues", True),
        ("blues", "jazz", False),
    ]
    assert (found[1].confidence, found[1].probability_true) == (pytest.approx(0.6), pytest.approx(0.1))
    assert [track.artist for track in found] == ["x", None, "y", "y", "z"]
    assert found[1].to_dict()["right"] is False


def test_errors_come_surest_first_and_what_is_right_after_them_least_sure_first():
    tracks = judged(FIRST)
    assert ids(worst_first(tracks, Wanted())) == ["d", "b", "e"]
    assert ids(worst_first(tracks, Wanted(right_too=True))) == ["d", "b", "e", "a", "c"]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(true="jazz"), "d"),
        (Wanted(predicted="blues"), "de"),
        (Wanted(true="rock", predicted="blues"), "e"),
        (Wanted(artist="y"), "d"),
        (Wanted(low=0.55), "db"),
        (Wanted(low=0.55, high=0.65), "b"),
        (Wanted(true="rock", predicted="jazz"), ""),
    ],
)
def test_filters(wanted, left):
    assert ids(worst_first(judged(FIRST, ["x", "x", "y", "y", "z"]), wanted)) == list(left)


def test_other_runs_are_asked_by_track_and_genre_whatever_their_order():
    right = said([[0, 0, 1], [0, 1, 0], [1, 0, 0]], (2, 1, 0), "edz")  # judged e and d, both right
    wrong = replace(said(np.eye(3)[[0, 0, 0]], (1, 1, 2), "cbe"), genres=("jazz", "blues", "rock"))  # calls c, b and e jazz
    tracks = judged(FIRST, others={"right": right, "wrong": wrong})
    assert [(track.n_others, track.n_others_right) for track in tracks] == [(0, 0), (1, 0), (1, 1), (1, 1), (2, 1)]
    found = {name: ids(worst_first(tracks, Wanted(agreement=name, right_too=True))) for name in AGREEMENTS}
    assert found == {"any": ["d", "b", "e", "a", "c"], "alone": ["d"], "all": ["b"], "some": ["d", "e"]}


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(ParameterError, match=r"low to high within 0 to 1. Received: 0.9 to 0.2"):
        Wanted(low=0.9, high=0.2)
    with pytest.raises(ParameterError, match=r"agreement is one of any, alone, all, some. Received: 'most'"):
        Wanted(agreement="most")
    with pytest.raises(ParameterError, match=r"one entry for each of 5 tracks. Received: 2"):
        judged(FIRST, ["x", "y"])


def test_the_worst_cell_is_the_most_frequent_confusion():
    assert worst_cell(np.array([[5, 2, 0], [0, 9, 1], [0, 3, 0]])) == (2, 1)
    assert worst_cell(np.array([[9, 2], [2, 1]])) == (1, 0)  # as many, but the larger share of its genre
    assert worst_cell(np.diag([3, 2, 1])) is None
    assert worst_cell(np.zeros((0, 0))) is None

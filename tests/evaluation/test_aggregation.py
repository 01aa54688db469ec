"""Segments to tracks: cases by hand, what all ways have in common, neighbours of other artists alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.evaluation.aggregation import AGGREGATIONS, N_NEIGHBOURS, aggregate, side_by_side
from genre_core.evaluation.evaluate import judge
from genre_core.evaluation.intervals import groups_of
from genre_core.evaluation.predictions import Predictions

GENRES = ("blues", "jazz", "pop")


def songs(*tracks: list[list[float]], y_true: list[int] | None = None) -> Predictions:
    """Tracks by the posteriors of their segments."""
    track = np.repeat(np.arange(len(tracks)), [len(each) for each in tracks])
    starts = np.arange(len(track), dtype=float)
    ids = np.array([f"t{number}" for number in range(len(tracks))])
    posteriors = np.concatenate([np.array(each, np.float32) for each in tracks])
    return Predictions(GENRES[: posteriors.shape[1]], ids, y_true or [0] * len(tracks), track, starts, starts + 1, posteriors)


def drawn(seed: int, n_tracks: int, *, n_segments: int = 4) -> Predictions:
    rng = np.random.default_rng(seed)
    y_true = np.arange(n_tracks) % 3
    p = rng.dirichlet([0.6] * 3, size=n_tracks * n_segments)
    p[np.arange(len(p)), np.repeat(y_true, n_segments)] += 0.3
    p /= p.sum(axis=1, keepdims=True)
    return songs(*np.split(p, n_tracks), y_true=y_true.tolist())


ONE = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.2, 0.5, 0.3]]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mean", [1.3 / 3, 1.3 / 3, 0.4 / 3]),
        ("median", [0.2 / 0.8, 0.5 / 0.8, 0.1 / 0.8]),
        ("vote", [1 / 3, 2 / 3, 0]),
    ],
)
def test_a_track_by_hand(name, expected):
    np.testing.assert_allclose(aggregate(songs(ONE), name)[0], expected, atol=2e-6)


def test_the_mean_log_is_the_geometric_mean_and_a_segment_may_rule_a_genre_out():
    two = songs([[0.8, 0.2], [0.5, 0.5]])
    roots = np.sqrt([0.8 * 0.5, 0.2 * 0.5])
    np.testing.assert_allclose(aggregate(two, "mean_log")[0], roots / roots.sum(), rtol=1e-6)
    ruled_out = songs([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert aggregate(ruled_out, "mean_log")[0].argmax() == 0
    assert aggregate(songs([[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]]), "mean_log")[0].argmax() == 1  # a single one, wholly sure
    assert aggregate(songs([[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]]), "vote")[0].argmax() == 0


def test_equal_votes_go_to_the_higher_mean_and_one_vote_more_beats_any_mean():
    tied = songs([[0.6, 0.4], [0.1, 0.9]])
    assert aggregate(tied, "vote")[0].argmax() == 1
    np.testing.assert_allclose(aggregate(tied, "vote")[0], [0.5, 0.5], atol=1e-6)
    outvoted = songs([[0.51, 0.49], [0.51, 0.49], [0.0, 1.0]])
    assert aggregate(outvoted, "mean")[0].argmax() == 1
    assert aggregate(outvoted, "vote")[0].argmax() == 0


def test_where_all_medians_are_nothing_the_mean_is_taken():
    split = songs(np.eye(3).tolist())
    np.testing.assert_allclose(aggregate(split, "median")[0], [1 / 3] * 3, rtol=1e-6)


def test_neighbours_are_asked_of_other_artists_only():
    """Two artists play jazz that a model calls blues: the one's segments tell the truth of the other's, never of their own."""
    said = [[0.9, 0.1]] * N_NEIGHBOURS
    predictions = songs(said, said, y_true=[1, 1])
    np.testing.assert_array_equal(aggregate(predictions, "neighbours"), [[0, 1], [0, 1]])
    predictions = songs(said, said, y_true=[0, 1])  # each has the other alone to ask
    np.testing.assert_array_equal(aggregate(predictions, "neighbours"), [[0, 1], [1, 0]])
    far = [[0.1, 0.9]] * N_NEIGHBOURS
    predictions = songs(said, said, far, y_true=[0, 0, 1])
    own = groups_of(3, ["a", "a", "b"])
    np.testing.assert_array_equal(aggregate(predictions, "neighbours", own), [[0, 1], [0, 1], [1, 0]])
    np.testing.assert_array_equal(aggregate(predictions, "neighbours")[:2], [[1, 0], [1, 0]])
    with pytest.raises(ParameterError, match=r"Received: one artist alone. Judge tracks of several"):
        aggregate(predictions, "neighbours", groups_of(3, ["a", "a", "a"]))


def test_neighbours_equal_those_of_scikit_learn():
    from sklearn.neighbors import KNeighborsClassifier

    predictions = drawn(3, 30)
    artists = np.array([f"artist {number // 2}" for number in range(30)])
    found = aggregate(predictions, "neighbours", groups_of(30, artists.tolist()))
    points, its = predictions.segment_posteriors, predictions.segment_track
    expected = np.zeros((30, 3))
    for track in range(30):
        other = artists[its] != artists[track]
        learned = KNeighborsClassifier(N_NEIGHBOURS).fit(points[other], predictions.segment_y_true[other])
        expected[track] = learned.predict_proba(points[its == track]).mean(axis=0)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@settings(max_examples=25)
@given(seed=st.integers(0, 10**6), n_tracks=st.integers(2, 12), n_segments=st.integers(1, 5))
def test_every_way_gives_posteriors_that_no_order_of_segments_changes(seed, n_tracks, n_segments):
    predictions = drawn(seed, n_tracks, n_segments=n_segments)
    order = np.concatenate([np.flatnonzero(predictions.segment_track == track)[::-1] for track in range(n_tracks)])
    turned = songs(*np.split(predictions.segment_posteriors[order], n_tracks), y_true=predictions.y_true.tolist())
    for name in AGGREGATIONS:
        found = aggregate(predictions, name)
        assert found.shape == (n_tracks, 3)
        assert (found >= 0).all()
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
        np.testing.assert_allclose(found, aggregate(turned, name), atol=1e-5)
        if n_segments == 1 and name != "neighbours":
            assert (found.argmax(axis=1) == predictions.y_pred).all()


def test_an_unknown_way_lists_those_there_are():
    with pytest.raises(ParameterError, match=r"no aggregation named 'means'.*mean_log.*Did you mean 'mean'"):
        aggregate(songs(ONE), "means")


def test_side_by_side_holds_every_way_with_intervals_and_the_mean_is_the_runs_own():
    predictions = drawn(0, 30)
    artists = [f"artist {number // 3}" for number in range(30)]
    found = side_by_side(predictions, artists=artists)
    assert list(found.reports) == list(AGGREGATIONS)
    assert found.reports["mean"] == judge(predictions, artists=artists)[0]
    assert (found.over, found.n_groups) == ("artists", 10)
    assert all(report.intervals["accuracy"].low is not None for report in found.reports.values())
    values = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert values["ways"]["vote"]["accuracy"] == found.reports["vote"].accuracy
    assert "that of the higher mean at equal shares" in values["ways"]["vote"]["definition"]


def test_one_track_alone_has_no_neighbours_and_that_is_said():
    found = side_by_side(songs(ONE))
    assert set(found.left_out) == {"neighbours"}
    assert "Judge tracks of several" in found.left_out["neighbours"]
    assert found.reports["vote"].accuracy == 0


def test_every_way_says_what_it_is_and_where_it_comes_from():
    for name, row in AGGREGATIONS.items():
        assert row.name == name
        assert row.definition.endswith(".")
        assert "19" in row.source

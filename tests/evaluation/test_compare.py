"""Two models compared on the tracks that both judged: what must hold whatever they say."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.errors import ParameterError
from genre_core.evaluation.compare import MIN_SHARED, compare
from genre_core.evaluation.intervals import draw, interval
from genre_core.evaluation.metrics import scores
from genre_core.evaluation.paired import mcnemar
from genre_core.evaluation.predictions import Predictions
from tests.compared import GENRES, judged

rights = st.integers(20, 40).flatmap(
    lambda n: st.tuples(*(st.lists(st.booleans(), min_size=n, max_size=n) for _ in range(2)), st.booleans())
)
FEW = 60
"""Resamples where their number does not matter."""


def artists_of(n, *, each=4):
    return [f"artist {place // each}" for place in range(n)]


@settings(max_examples=25)
@given(rights)
def test_swapping_the_models_swaps_the_signs(given_rights):
    right_a, right_b, named = given_rights
    artists = artists_of(len(right_a)) if named else None
    a, b = judged(right_a), judged(right_b)
    one, other = (compare(*pair, artists=artists, n_resamples=FEW) for pair in ((a, b), (b, a)))
    assert (one.only_a, one.only_b, one.both, one.neither) == (other.only_b, other.only_a, other.both, other.neither)
    assert (one.p_mcnemar, one.p_value, one.needed) == (other.p_mcnemar, other.p_value, other.needed)
    for name, there in one.differences.items():
        back = other.differences[name]
        assert there.value == -back.value
        assert (there.low is None) == (back.low is None)
        if there.low is not None:
            assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@settings(max_examples=25)
@given(rights)
def test_the_interval_holds_the_difference_and_the_counts_hold_all_tracks(given_rights):
    right_a, right_b, named = given_rights
    artists = artists_of(len(right_a)) if named else None
    found = compare(judged(right_a), judged(right_b), artists=artists, n_resamples=FEW)
    assert found.both + found.only_a + found.only_b + found.neither == found.n == len(right_a)
    assert np.array(list(found.by_genre.values())).sum(axis=0).tolist() == [found.both, found.only_a, found.only_b, found.neither]
    assert found.differences["accuracy"].value == pytest.approx((found.only_a - found.only_b) / found.n)
    assert found.p_mcnemar == mcnemar(found.only_a, found.only_b)
    for score in found.differences.values():
        assert score.low is None or score.low <= score.value <= score.high
    if not named:
        assert found.p_value == pytest.approx(found.p_mcnemar)


@given(st.lists(st.booleans(), min_size=20, max_size=30))
def test_equal_models_give_p_1_and_difference_0(right):
    found = compare(judged(right), judged(right), n_resamples=FEW)
    assert (found.p_value, found.p_mcnemar, found.n_differing, found.n_speaking, found.needed) == (1.0, 1.0, 0, 0, None)
    assert [(score.value, score.low) for score in found.differences.values()] == [(0.0, None), (0.0, None)]


def test_the_interval_is_that_of_scoring_both_on_rows_repeated_as_drawn():
    rng = np.random.default_rng(3)
    a, b = judged(rng.random(24) < 0.8), judged(rng.random(24) < 0.5)
    found = compare(a, b, artists=artists_of(24), n_resamples=40, seed=5)
    _, group = np.unique(artists_of(24), return_inverse=True)
    for name, kept in found.differences.items():
        drawn = []
        for [counts] in draw(6, n_resamples=40, seed=5, at_once=1):
            rows = np.repeat(np.arange(24), counts[group].astype(int))
            pair = [scores(each.y_true[rows], each.posteriors[rows], GENRES) for each in (a, b)]
            values = [named(report, name) for report in pair]
            drawn.append(values[0] - values[1])
        expected = interval(kept.value, np.array(drawn), n_groups=6, over="artists")
        assert (kept.low, kept.high) == pytest.approx((expected.low, expected.high))


def named(report, name):
    """A score of a resample: as in `WeightedScores`, a genre that the resample misses does not count."""
    if name == "accuracy":
        return report.accuracy
    return np.mean([row.f1 for row in report.genres if row.support])


def test_artists_count_as_one_witness_each():
    right_a = np.ones(40, bool)
    right_b = np.arange(40) >= 10  # all that only a gets right is of one artist
    alone = compare(judged(right_a), judged(right_b))
    whole = compare(judged(right_a), judged(right_b), artists=artists_of(40, each=10))
    assert alone.p_value < 0.01
    assert (whole.over, whole.n_groups, whole.n_speaking, whole.p_value) == ("artists", 4, 1, 1.0)
    assert whole.p_mcnemar == alone.p_mcnemar
    assert whole.needed > alone.needed


def test_tracks_are_matched_by_id_whatever_their_order_and_that_of_the_genres():
    rng = np.random.default_rng(0)
    a, b = judged(rng.random(30) < 0.8), judged(rng.random(30) < 0.5)
    order = rng.permutation(30)
    turned = Predictions(
        GENRES[::-1],
        b.track_ids[order],
        2 - b.y_true[order],
        np.arange(30),
        np.zeros(30),
        np.full(30, 6.0),
        b.posteriors[order][:, ::-1],
    )
    there, again = compare(a, b, n_resamples=FEW), compare(a, turned, n_resamples=FEW)
    assert there.differences == again.differences
    assert (there.only_a, there.only_b) == (again.only_a, again.only_b)


def test_only_what_both_judged_counts():
    a, b = judged(np.ones(40)), judged(np.zeros(30), first=15)
    found = compare(a, b, artists=artists_of(40), n_resamples=FEW)
    assert (found.n, found.n_alone_a, found.n_alone_b, found.only_a) == (25, 15, 5, 25)
    assert found.n_groups == 7  # of ten artists
    assert (found.differences["accuracy"].value, found.differences["accuracy"].low) == (1.0, None)
    with pytest.raises(ParameterError, match=rf"at least {MIN_SHARED}. Received: 10 that both judged, of 40 and 30"):
        compare(a, judged(np.zeros(30), first=30))


def test_segments_are_compared_one_by_one_and_drawn_by_track():
    a, b = judged(np.arange(12) % 2 == 0), judged(np.ones(12))
    found = compare(a, b, level="segments", n_resamples=FEW)
    assert (found.n, found.only_b, found.n_groups, found.over) == (24, 12, 12, "tracks")
    assert found.p_mcnemar == mcnemar(0, 12)
    assert found.p_value == mcnemar(0, 6)  # six tracks speak, each with two segments
    with pytest.raises(ParameterError, match="at least 20"):
        compare(a, b)


def test_what_cannot_be_compared_is_refused():
    a = judged(np.ones(24))
    odd = replace(a, genres=("blues", "metal", "tango"))
    with pytest.raises(ParameterError, match="Received: rock, tango in one of them only"):
        compare(a, odd)
    with pytest.raises(ParameterError, match="agree on the true genres"):
        compare(a, replace(a, y_true=np.roll(a.y_true, 1)))
    with pytest.raises(ParameterError, match="level must be one of tracks, segments"):
        compare(a, a, level="songs")
    with pytest.raises(ParameterError, match=r"artists must have one entry for each of 24 tracks. Received: 1"):
        compare(a, a, artists=["somebody"])

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import Interval, draw, groups_of, interval, student_quantile


def counts(n_groups, *, n_resamples=1000, seed=0, at_once=1000):
    return np.concatenate(list(draw(n_groups, n_resamples=n_resamples, seed=seed, at_once=at_once)))


def accuracy_interval(right, group):
    """Interval of a mean of zeros and ones, drawn over groups."""
    right, n_groups = right.astype(float), int(group.max()) + 1
    weights = counts(n_groups)[:, group]
    return interval(right.mean(), weights @ right / weights.sum(axis=1), n_groups=n_groups, over="artists")


def test_a_draw_is_as_many_groups_as_there_are_and_the_batches_do_not_matter():
    whole = counts(7, n_resamples=50, seed=3)
    assert whole.shape == (50, 7)
    assert (whole.sum(axis=1) == 7).all()
    np.testing.assert_array_equal(whole, counts(7, n_resamples=50, seed=3, at_once=8))
    assert not np.array_equal(whole, counts(7, n_resamples=50, seed=4))
    assert counts(40, n_resamples=2000).mean() == 1
    with pytest.raises(ParameterError, match="n_resamples"):
        counts(7, n_resamples=0)


def test_groups_are_artists_only_where_all_are_known():
    groups = groups_of(4, ["The  Who", "Nina", "the who", "nina "])
    assert (groups.n_groups, groups.over) == (2, "artists")
    assert groups.of_track[0] == groups.of_track[2] != groups.of_track[1] == groups.of_track[3]
    for artists in (None, ["a", None, "b", "c"], ["a", "", "b", "c"]):
        assert groups_of(4, artists)[1:] == (4, "tracks")
    with pytest.raises(ParameterError, match="one entry for each of 4 tracks"):
        groups_of(4, ["a"])


def test_its_width_is_that_of_the_binomial():
    right = np.random.default_rng(1).random(400) < 0.7
    found = accuracy_interval(right, np.arange(400))
    expected = 2 * 1.96 * np.sqrt(found.value * (1 - found.value) / 400)
    assert found.high - found.low == pytest.approx(expected, rel=0.1)


def test_artists_whose_tracks_stand_or_fall_together_widen_it():
    right = np.repeat(np.random.default_rng(2).random(40) < 0.7, 10)
    by_track, by_artist = accuracy_interval(right, np.arange(400)), accuracy_interval(right, np.repeat(np.arange(40), 10))
    assert (by_artist.high - by_artist.low) / (by_track.high - by_track.low) == pytest.approx(np.sqrt(10), rel=0.2)


def test_few_groups_widen_it_as_student_does():
    drawn = np.random.default_rng(3).normal(size=20000)
    wide = interval(0.0, drawn, n_groups=8, over="artists")
    assert wide.high == pytest.approx(np.sqrt(8 / 7) * student.ppf(0.975, 7), rel=0.05)
    assert interval(0.0, drawn, n_groups=2000, over="artists").high == pytest.approx(1.96, rel=0.05)


def test_a_biased_draw_is_moved_towards_the_value():
    drawn = np.random.default_rng(4).normal(size=20000)
    plain, moved = (interval(value, drawn, n_groups=1000, over="artists") for value in (0.0, 0.3))
    assert moved.low - plain.low == pytest.approx(0.6, abs=0.15)
    far = interval(9.0, drawn, n_groups=1000, over="artists")  # the bias itself would be a guess
    assert far.low == pytest.approx(-1.96 + 1, abs=0.15)
    assert far.high == 9.0


@settings(max_examples=100)
@given(
    drawn=st.lists(st.floats(0, 1), min_size=1, max_size=60),
    value=st.floats(0, 1),
    n_groups=st.integers(1, 40),
)
def test_low_value_and_high_are_in_order(drawn, value, n_groups):
    found = interval(value, np.array(drawn), n_groups=n_groups, over="tracks")
    if found.low is None:
        assert found.high is None
        assert found.reason
    else:
        assert 0 <= found.low <= found.value <= found.high <= 1
        assert not found.reason


@pytest.mark.parametrize("freedom", [2, 3, 5, 10, 50])
def test_quantiles_are_students(freedom):
    assert student_quantile(0.975, freedom) == pytest.approx(student.ppf(0.975, freedom), rel=0.01)


@pytest.mark.parametrize(
    ("value", "drawn", "n_groups", "what", "words"),
    [
        (1.0, np.ones(50), 20, "", "the same whichever of the 20 artists are drawn"),
        (1.0, np.ones(50), 4, "genre", "the same whichever of this genre's artists are drawn"),
        (0.5, np.array([0.1, 0.9]), 1, "", "There is only one of the artists"),
        (0.5, np.array([0.1, 0.9]), 1, "genre", "Only one of the artists has this genre"),
        (0.5, np.array([np.nan, np.nan]), 5, "", "The score is the same"),
        (0.0, np.array([0.0]), 0, "genre", "No artist has this genre"),
        (None, np.array([np.nan]), 5, "", "never predicted"),
    ],
)
def test_where_the_sample_cannot_say_there_is_a_reason_instead(value, drawn, n_groups, what, words):
    found = interval(value, drawn, n_groups=n_groups, over="artists", why_none="never predicted", what=what)
    assert (found.value, found.low, found.high) == (value, None, None)
    assert words in found.reason


def test_one_text_for_pages_tables_and_command_line():
    assert str(Interval(0.789, 0.7149, 0.857)) == "0.79 [0.71, 0.86]"
    assert str(Interval(1.0, reason="one artist")) == "1.00"
    assert str(Interval(None, reason="never predicted")) == "n/a"


def test_an_interval_survives_json():
    found = Interval(0.5, 0.25, 0.75, n_groups=12, over="artists")
    assert Interval.from_dict(found.to_dict()) == found
    with pytest.raises(ParameterError, match="values of an interval"):
        Interval.from_dict({"mean": 0.5})

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.splits import Split, leak_report, make_split, with_genres
from genre_core.errors import DatasetError, ParameterError
from tests.datasets.tiny_songs import made

CLASSIC = {"classical": 20, "jazz": 20, "metal": 20, "pop": 20, "rock": 20, "hiphop": 20}


def test_genres_are_named_one_by_one_or_as_a_set():
    dataset = made(CLASSIC)
    assert with_genres(dataset, ["classic4"]).genres == ("classical", "jazz", "metal", "pop")
    assert with_genres(dataset, ["Hip-Hop", "rock"]).genres == ("hiphop", "rock")
    assert with_genres(dataset, []) is with_genres(dataset, dataset.genres) is dataset
    with pytest.raises(DatasetError, match=r"classical, hiphop, jazz, metal, pop, rock\. Received also: polka"):
        with_genres(dataset, ["rock", "polka"])
    with pytest.raises(DatasetError, match="at least two genres"):
        with_genres(dataset, ["rock"])


def test_a_split_of_some_genres_holds_only_these_and_says_so():
    dataset = made(CLASSIC)
    split = make_split(dataset, "by_artist", genres=["classic4"])
    assert {dataset.by_id[track_id].genre for track_id in split.roles} == {"classical", "jazz", "metal", "pop"}
    assert split.title == "by artist, only classical, jazz, metal, pop"
    assert set(split.counts(dataset)) == {"classical", "jazz", "metal", "pop"}
    assert Split.from_dict(split.to_dict()) == split


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.99),
    st.sampled_from(["by_track", "by_artist"]),
    st.integers(0, 9),
    st.integers(3, 17),
)
def test_a_smaller_share_lies_in_a_larger_one_and_nothing_else_moves(one, other, name, seed, n_artists):
    dataset = made({"a": 45, "b": 31, "c": 17}, n_artists=n_artists)
    whole = make_split(dataset, name, seed=seed)
    small, large = (make_split(dataset, name, seed=seed, train_share=share) for share in sorted((one, other)))
    assert set(small.ids("train")) <= set(large.ids("train")) <= set(whole.ids("train"))
    assert small.ids("valid") == large.ids("valid") == whole.ids("valid")
    assert small.ids("test") == whole.ids("test")
    assert all(count["train"] for count in small.counts(dataset).values())
    if name == "by_artist":
        kept = {dataset.by_id[track_id].artist for track_id in small.ids("train")}
        assert {t for t in whole.ids("train") if dataset.by_id[t].artist in kept} == set(small.ids("train"))


def test_shares_are_stratified():
    dataset = made({"a": 100, "b": 50})
    for share in (0.1, 0.2, 0.5):
        split = make_split(dataset, "by_track", train_share=share)
        assert {genre: count["train"] for genre, count in split.counts(dataset).items()} == {"a": 60 * share, "b": 30 * share}
    assert split.title == "by track, 50 % of the training tracks"
    assert Split.from_dict(split.to_dict()).train_share == 0.5


def test_whole_artists_come_as_near_to_a_share_as_they_can():
    dataset = made({"a": 200, "b": 200}, n_artists=50)
    split = make_split(dataset, "by_artist", train_share=0.1)
    assert Counter(split.roles.values())["train"] == 24
    assert leak_report(split, dataset).verdict == "nothing crosses"


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5, True, "half"])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ParameterError, match="train_share must lie above 0"):
        make_split(made({"a": 9, "b": 9}), "by_track", train_share=share)


def test_random_segments_have_no_share_of_tracks():
    with pytest.raises(DatasetError, match=r"needs a split of tracks\. Received: random segments"):
        make_split(made({"a": 9, "b": 9}), "segment_random", train_share=0.5)

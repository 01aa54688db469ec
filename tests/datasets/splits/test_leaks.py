from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.division import together
from genre_core.datasets.folds import make_folds
from genre_core.datasets.splits import SPLITS, LeakReport, Split, leak_report, make_split
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import made


class Pair(NamedTuple):
    first: str
    second: str


def test_near_duplicates_in_two_roles_are_counted_and_named():
    dataset = made({"a": 10, "b": 10}, n_artists=10)
    split = make_split(dataset, "by_track")
    train, test = split.ids("train")[0], split.ids("test")[0]
    report = leak_report(
        split, dataset, [Pair(train, test), Pair(test, train), Pair(train, split.ids("train")[1]), Pair(train, "gone")]
    )
    assert report.near_duplicates == (tuple(sorted((train, test))),)
    assert report.badge == "✖ 1 near-duplicate crosses"
    assert LeakReport.from_dict(report.to_dict()) == report


def test_a_pair_of_equal_audio_is_counted_once():
    dataset = made({"a": 3, "b": 3})
    twin = dataset.tracks[0].__class__("twin", "a", None, "x", 30.0, dataset.tracks[0].sha256)
    dataset = dataset.__class__("made", (*dataset.tracks, twin))
    split = Split("by_track", 0, {dataset.tracks[0].id: "train", "twin": "test"})
    assert leak_report(split, dataset, [Pair(dataset.tracks[0].id, "twin")]).verdict == "1 song crosses"


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=8), st.sampled_from(["by_track", "by_artist"]))
def test_pairs_stay_together_over_any_number_of_steps(numbers, name):
    dataset = made({"a": 40, "b": 40}, n_artists=20)
    pairs = [Pair(f"a.{one:05d}", f"a.{other:05d}") for one, other in numbers]
    try:
        split = make_split(dataset, name, pairs=pairs)
    except DatasetError:
        return  # too much is linked: what is said then is tested elsewhere
    report = leak_report(split, dataset, pairs)
    assert report.near_duplicates == ()
    assert all(split.roles[pair.first] == split.roles[pair.second] for pair in pairs)
    groups = together(dataset.tracks, by_artist=False, pairs=pairs)
    assert Counter(track.id for group in groups for track in group) == Counter(track.id for track in dataset.tracks)
    folds = make_folds(dataset, 3, pairs=pairs)
    assert all(folds.of[pair.first] == folds.of[pair.second] for pair in pairs)


def test_without_pairs_a_split_is_what_it_was():
    dataset = made({"a": 40, "b": 40}, n_artists=8)
    assert make_split(dataset, "by_track", seed=1).fingerprint == "2d75d961372d"
    assert make_split(dataset, "by_artist", seed=1).fingerprint == "7bfcb9294937"


def test_random_segments_are_called_leaky_whatever_they_hold():
    dataset = made({"a": 10, "b": 10})
    split = make_split(dataset, "segment_random", seed=2)
    report = leak_report(split, dataset)
    assert (split.title, split.leaky, SPLITS["segment_random"].leaky) == ("random segments (leaky)", True, True)
    assert report.badge == "✖ leaky: segments of 20 songs cross"
    assert LeakReport.from_dict(report.to_dict()) == report
    assert Split.from_dict(split.to_dict()) == split
    assert set(split.ids("train")) == set(split.ids("valid")) == set(split.ids("test")) == set(dataset.by_id)
    assert split.counts(dataset) == {"a": {"mixed": 10}, "b": {"mixed": 10}}
    assert [name for name, spec in SPLITS.items() if spec.leaky] == ["segment_random"]


@given(st.integers(0, 40), st.integers(0, 5))
def test_of_five_segments_three_are_learned_from_and_a_longer_track_begins_alike(n_segments, seed):
    split = make_split(made({"a": 3, "b": 3}), "segment_random", seed=seed)
    roles = split.segment_roles("a.00001", n_segments)
    assert len(roles) == n_segments
    for start in range(0, n_segments - 4, 5):
        assert Counter(roles[start : start + 5]) == {"train": 3, "valid": 1, "test": 1}
    assert split.segment_roles("a.00001", n_segments + 3)[:n_segments] == roles


def test_each_place_in_a_track_is_drawn_as_often():
    split = make_split(made({"a": 2000, "b": 3}), "segment_random")
    drawn = [split.segment_roles(f"a.{n:05d}", 5) for n in range(2000)]
    for place in range(5):
        shares = Counter(roles[place] for roles in drawn)
        assert abs(shares["train"] - 1200) < 100
        assert abs(shares["valid"] - 400) < 80
    other = make_split(made({"a": 3, "b": 3}), "segment_random", seed=1)
    assert [other.segment_roles(f"a.{n:05d}", 5) for n in range(20)] != drawn[:20]
    assert other.fingerprint != make_split(made({"a": 3, "b": 3}), "segment_random", seed=2).fingerprint


def test_segments_of_one_track_are_in_its_role_elsewhere():
    split = make_split(made({"a": 9, "b": 9}), "by_track")
    assert split.segment_roles("a.00001", 3) == [split.roles["a.00001"]] * 3


def test_folds_of_random_segments_are_refused():
    dataset = made({"a": 9, "b": 9})
    with pytest.raises(DatasetError, match="random segments, of which every track has some in train"):
        make_folds(dataset, 3, within=make_split(dataset, "segment_random"))


def test_roles_that_do_not_fit_the_unit_are_refused():
    with pytest.raises(DatasetError, match=r"train, valid or test\. Received: 'mixed'"):
        Split("by_track", 0, {"a": "mixed"})
    with pytest.raises(DatasetError, match=r"each track or each segment\. Received: 'album'"):
        Split("by_track", 0, {"a": "train"}, unit="album")


def test_some_unknown_artists_are_counted_and_do_not_hide_what_is_known():
    dataset = made({"a": 10, "b": 10}, n_artists=10)
    tracks = [replace(track, artist=None) if number in (0, 11) else track for number, track in enumerate(dataset.tracks)]
    dataset = replace(dataset, tracks=tuple(tracks))
    report = leak_report(make_split(dataset, "by_track"), dataset)
    assert report.badge == "? artists of 18 of 20 tracks known, none of these crosses; not provable for 2"
    assert LeakReport.from_dict(report.to_dict()) == report
    nobody = replace(dataset, tracks=tuple(replace(track, artist=None) for track in dataset.tracks))
    assert leak_report(make_split(nobody, "by_track"), nobody).badge == "? artists unknown: not provable"


def test_a_record_that_counted_no_tracks_says_what_it_said():
    former = {"tracks": [], "artists": [], "hashes": [], "artists_known": False, "near_duplicates": [], "segments": False}
    report = LeakReport.from_dict(former)
    assert report.to_dict() == {"badge": "? artists unknown: not provable", "verdict": "artists unknown: not provable", **former}

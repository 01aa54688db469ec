from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.splits import SPLITS, Split, leak_report, split_by_artist, split_by_track
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import made

GTZAN_COUNTS = {
    "blues": 69,
    "classical": 69,
    "country": 13,
    "disco": 13,
    "hiphop": 14,
    "jazz": 73,
    "metal": 13,
    "pop": 11,
    "reggae": 14,
}


@st.composite
def datasets(draw) -> Dataset:
    """Sets of three genres with repeats of audio and artists, also across genres."""
    n = draw(st.integers(12, 60))
    unknown = draw(st.sampled_from([0, 0, 1, 3]))
    tracks = []
    for i in range(n):
        genre = "abc"[i % 3]
        sha256 = draw(st.sampled_from([f"u{i}", f"u{i}", f"u{i}", "same", "twin"]))
        artist = draw(st.sampled_from([f"{genre}{k}" for k in range(5)] + ["Guest", "guest "] + [None] * unknown))
        tracks.append(Track(f"{i}", genre, None, artist, 30.0, sha256))
    return Dataset("drawn", tuple(tracks))


@settings(deadline=None, max_examples=60)
@given(datasets(), st.integers(0, 5), st.sampled_from(["by_artist", "by_track"]))
def test_nothing_that_belongs_together_is_torn_apart(dataset, seed, name):
    try:
        split = SPLITS[name].build(dataset, seed=seed)
    except DatasetError:
        return  # links between tracks may leave no division; the message is tested below
    assert list(split.roles) == [track.id for track in dataset.tracks]
    roles_of_audio = {(track.sha256, split.roles[track.id]) for track in dataset.tracks}
    assert max(Counter(sha256 for sha256, _ in roles_of_audio).values()) == 1
    report = leak_report(split, dataset)
    assert report.tracks == report.hashes == ()
    if name == "by_artist":
        named = [track for track in dataset.tracks if track.artist]
        roles_of_artist = {(track.artist.strip().lower(), split.roles[track.id]) for track in named}
        assert max(Counter(artist for artist, _ in roles_of_artist).values()) == 1
        assert not report.crosses
        assert (report.verdict == "nothing crosses") == dataset.artists_known
    assert all(count for roles in split.counts(dataset).values() for count in roles.values())
    assert SPLITS[name].build(dataset, seed=seed) == split


@pytest.mark.parametrize("build", [split_by_track, split_by_artist])
def test_five_artists_divide_three_one_one(build):
    dataset = made(dict.fromkeys(("blues", "jazz", "rock"), 20))
    assert all(counts == {"train": 12, "valid": 4, "test": 4} for counts in build(dataset).counts(dataset).values())


def test_shares_hold_for_genres_of_any_size():
    dataset = made(GTZAN_COUNTS)
    for genre, counts in split_by_track(dataset).counts(dataset).items():
        assert abs(counts["train"] - 0.6 * GTZAN_COUNTS[genre]) <= 1
        assert abs(counts["test"] - 0.2 * GTZAN_COUNTS[genre]) <= 1


def test_three_tracks_a_genre_are_enough_and_two_are_not():
    counts = split_by_track(made({"a": 3, "b": 3})).counts(made({"a": 3, "b": 3}))
    assert counts["a"] == {"train": 1, "valid": 1, "test": 1}
    with pytest.raises(DatasetError, match=r"at least three different songs.*Received: b with 2"):
        split_by_track(made({"a": 3, "b": 2}))


def test_another_seed_gives_another_split_and_order_does_not_matter():
    dataset = made({"a": 20, "b": 20})
    backwards = Dataset("made", dataset.tracks[::-1])
    assert split_by_track(dataset, seed=1).roles != split_by_track(dataset, seed=2).roles
    assert split_by_track(dataset, seed=1).fingerprint == split_by_track(backwards, seed=1).fingerprint


def test_by_artist_needs_artists_and_three_a_genre():
    with pytest.raises(DatasetError, match=r"Received: 12 of 12 tracks without"):
        split_by_artist(made({"a": 6, "b": 6}, artists=False))
    with pytest.raises(DatasetError, match=r"three different artists.*a with 2, b with 2.*split by track"):
        split_by_artist(made({"a": 6, "b": 6}, n_artists=2))


def test_songs_of_unknown_artists_join_a_split_by_artist_and_are_counted_as_open():
    named = made({"a": 20, "b": 20}).tracks
    nobody = tuple(replace(track, id=f"x{track.id}", artist=None, sha256=f"x{track.sha256}") for track in named[:5])
    dataset = Dataset("mixed", named + nobody)
    split = split_by_artist(dataset)
    assert set(split.roles) == set(dataset.by_id)
    assert leak_report(split, dataset).badge == "? artists of 40 of 45 tracks known, none of these crosses; not provable for 5"
    with pytest.raises(DatasetError, match=r"the artists of most tracks\. Received: 25 of 45 tracks without"):
        split_by_artist(Dataset("x", tuple(replace(t, artist=None) for t in named[:20]) + named[20:] + nobody))


def test_leak_report_says_what_crosses():
    tracks = [Track(f"{i}", "ab"[i % 2], None, "One" if i < 4 else f"x{i}", 1.0, f"h{i}") for i in range(8)]
    dataset = Dataset("x", tuple(tracks))
    roles = {track.id: ("train", "test")[i == 3] for i, track in enumerate(tracks)}
    report = leak_report(Split("by_track", 0, roles), dataset)
    assert report.artists == ("One",)
    assert report.verdict == "1 artist crosses"
    assert report.badge == "✖ 1 artist crosses"
    twin = Dataset("x", (*tracks[:7], Track("7", "b", None, "y", 1.0, "h3")))
    assert leak_report(Split("by_track", 0, roles), twin).tracks == ("3", "7")
    unknown = Dataset("x", tuple(Track(t.id, t.genre, None, None, 1.0, t.sha256) for t in tracks))
    assert leak_report(Split("by_track", 0, roles), unknown).badge == "? artists unknown: not provable"


def test_manifest_round_trip_and_tampering():
    split = split_by_track(made({"a": 5, "b": 5}), seed=3)
    values = split.to_dict()
    assert Split.from_dict(values) == split
    moved = {**values, "roles": {**values["roles"], split.ids("test")[0]: "train"}}
    with pytest.raises(DatasetError, match="roles were changed"):
        Split.from_dict(moved)
    with pytest.raises(DatasetError, match="train, valid or test"):
        Split("by_track", 0, {"a": "exam"})

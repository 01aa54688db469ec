from collections import Counter, defaultdict

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genre_core.datasets.folds import Folds, fold_leaks, make_folds
from genre_core.datasets.splits import SPLITS, leak_report, split_by_artist
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError, ParameterError
from tests.datasets.tiny_songs import made


@st.composite
def datasets(draw) -> Dataset:
    """Sets of three genres with repeats of audio and artists, also across genres; sometimes an artist is unknown."""
    n = draw(st.integers(12, 60))
    unknown = draw(st.booleans())
    tracks = []
    for i in range(n):
        genre = "abc"[i % 3]
        sha256 = draw(st.sampled_from([f"u{i}"] * 6 + ["same", "twin"]))
        artist = draw(st.sampled_from([f"{genre}{k}" for k in range(8)] + ["Guest", "guest "] + [None] * unknown))
        tracks.append(Track(f"{i}", genre, None, artist, 30.0, sha256))
    return Dataset("drawn", tuple(tracks))


def places(folds, dataset, key):
    """Folds of each artist, or of each audio hash."""
    found = defaultdict(set)
    for track in dataset.tracks:
        if track.id in folds.of and key(track):
            found[key(track)].add(folds.of[track.id])
    return found


@settings(deadline=None, max_examples=80)
@given(datasets(), st.integers(3, 6), st.integers(0, 5), st.randoms(use_true_random=False))
def test_nothing_that_belongs_together_is_torn_apart(dataset, n_folds, seed, order):
    try:
        folds = make_folds(dataset, n_folds, seed=seed)
    except DatasetError:
        return  # links between tracks may leave no division; the message is tested below
    assert list(folds.of) == [track.id for track in dataset.tracks]
    assert folds.held_out == {}
    assert all(len(found) == 1 for found in places(folds, dataset, lambda track: track.sha256).values())
    assert all(0 not in counts for counts in folds.counts(dataset).values())
    named = sum(bool(track.artist) for track in dataset.tracks)
    assert folds.grouped_by == ("artist" if 2 * named >= len(dataset.tracks) else "track")
    report = fold_leaks(folds, dataset)
    assert report.tracks == report.hashes == ()
    if folds.grouped_by == "artist":
        artists = places(folds, dataset, lambda track: (track.artist or "").strip().lower())
        assert all(len(found) == 1 for found in artists.values())
        assert not report.crosses
        assert (report.verdict == "nothing crosses") == dataset.artists_known
    shuffled = order.sample(dataset.tracks, len(dataset.tracks))
    assert make_folds(Dataset("drawn", tuple(shuffled)), n_folds, seed=seed).of == folds.of
    assert Folds.from_dict(folds.to_dict()) == folds


@settings(deadline=None, max_examples=60)
@example([6, 6, 7, 26, 14, 36, 8, 6, 6], 3, 0)
@given(st.lists(st.integers(6, 40), min_size=2, max_size=10), st.integers(3, 6), st.integers(0, 3))
def test_folds_of_single_songs_are_level_in_every_genre_and_in_all(sizes, n_folds, seed):
    dataset = made({f"g{i}": size for i, size in enumerate(sizes)}, artists=False)
    folds = make_folds(dataset, n_folds, seed=seed)
    for counts in folds.counts(dataset).values():
        assert max(counts) - min(counts) <= 1
    totals = Counter(folds.of.values())
    assert max(totals.values()) - min(totals.values()) <= 1


def test_five_artists_make_five_folds_of_one_artist_a_genre():
    dataset = made(dict.fromkeys(("blues", "jazz", "rock"), 20))
    folds = make_folds(dataset, 5, seed=3)
    assert folds.counts(dataset) == dict.fromkeys(("blues", "jazz", "rock"), [4] * 5)
    assert folds.grouped_by == "artist"
    assert folds.title == "5 folds by artist"
    assert fold_leaks(folds, dataset).badge == "✔ nothing crosses"


@pytest.mark.parametrize("index", range(4))
def test_the_model_of_a_fold_is_judged_on_it_and_stops_by_a_fifth_of_the_others(index):
    dataset = made({"a": 20, "b": 20}, artists=False)
    folds = make_folds(dataset, 4)
    split = folds.split(index, dataset)
    assert split.ids("test") == folds.ids(index)
    assert split.counts(dataset) == {key: {"train": 12, "valid": 3, "test": 5} for key in "ab"}
    assert split.title == f"fold {index + 1} of 4 by track"
    assert folds.split(index, dataset).fingerprint == split.fingerprint


def test_what_stops_the_model_of_a_fold_is_by_other_artists_than_it_hears():
    dataset = made({"a": 40, "b": 40}, n_artists=10)
    for index in range(4):
        split = make_folds(dataset, 4).split(index, dataset)
        assert leak_report(split, dataset).badge == "✔ nothing crosses"
        assert all(counts["valid"] >= 4 for counts in split.counts(dataset).values())


def test_every_track_is_judged_exactly_once():
    dataset = made({"a": 13, "b": 17}, artists=False)
    folds = make_folds(dataset, 5)
    judged = [track_id for index in range(5) for track_id in folds.split(index, dataset).ids("test")]
    assert sorted(judged) == sorted(dataset.by_id)


def test_within_a_split_its_test_tracks_stay_out():
    dataset = made({"a": 40, "b": 40}, n_artists=10)
    split = split_by_artist(dataset)
    folds = make_folds(dataset, 4, within=split)
    assert set(folds.of) == {*split.ids("train"), *split.ids("valid")}
    assert folds.held_out == dict.fromkeys(split.ids("test"), "test")
    assert not set(folds.split(0, dataset).roles) & set(split.ids("test"))
    assert fold_leaks(folds, dataset).verdict == "nothing crosses"
    other = made({"x": 40, "y": 40})
    with pytest.raises(DatasetError, match=r"one of the data set 'made'.*80 other tracks, the first 'x\.00000'"):
        make_folds(dataset, 4, within=SPLITS["by_track"].build(other))


def test_another_seed_gives_other_folds():
    dataset = made({"a": 20, "b": 20}, artists=False)
    first, second = make_folds(dataset, 4, seed=1), make_folds(dataset, 4, seed=2)
    assert first.of != second.of
    assert first.fingerprint != second.fingerprint


def test_too_few_artists_name_the_genre_and_how_many_folds_are_possible():
    dataset = made({"a": 20, "b": 20}, n_artists=4)
    with pytest.raises(DatasetError, match=r"5 different artists a genre\. Received: a with 4\. At most 4 folds are possible"):
        make_folds(dataset, 5)
    assert make_folds(dataset, 4).n_folds == 4
    with pytest.raises(DatasetError, match=r"Received: a with 2\. Folds need at least 3"):
        make_folds(made({"a": 2, "b": 9}, artists=False), 3)
    with pytest.raises(DatasetError, match=r"at least two genres\. Received: a\."):
        make_folds(made({"a": 9}), 3)


def test_genres_tied_together_are_named():
    tracks = [Track(f"a{i}", "a", None, f"x{i}", 1.0, f"a{i}") for i in range(3)]
    tracks += [Track(f"b{i}", "b", None, f"y{i}", 1.0, f"b{i}") for i in range(2)]
    tied = [Track(f"{genre}9", genre, None, "x0", 1.0, f"{genre}9") for genre in "bc"]
    tied += [
        Track("c1", "c", None, "x0", 1.0, "c1"),
        Track("c2", "c", None, "z", 1.0, "c2"),
        Track("c3", "c", None, "y1", 1.0, "c3"),
    ]
    folds = make_folds(Dataset("tied", (*tracks, *tied)), 3)
    assert all(0 not in counts for counts in folds.counts(Dataset("tied", (*tracks, *tied))).values())


@pytest.mark.parametrize("n_folds", [0, 2, 21, 2.5, True, "5"])
def test_a_number_of_folds_out_of_range_is_refused(n_folds):
    with pytest.raises(ParameterError, match=r"n_folds must be a whole number in \[3, 20\].*Received"):
        make_folds(made({"a": 30, "b": 30}), n_folds)


def test_folds_that_are_no_folds_are_refused():
    dataset = made({"a": 6, "b": 6}, artists=False)
    folds = make_folds(dataset, 3)
    values = folds.to_dict()
    moved = {**values, "of": {**values["of"], "a.00000": (values["of"]["a.00000"] + 1) % 3}}
    with pytest.raises(DatasetError, match="folds were changed"):
        Folds.from_dict(moved)
    for wrong in ({"of": {"a": 0, "b": 1}}, {"of": {"a": 0, "b": 1, "c": 3}}, {"of": {"a": 0, "b": 1, "c": "2"}}, {"of": 5}):
        with pytest.raises(DatasetError, match="Received"):
            Folds.from_dict({**values, **wrong})
    with pytest.raises(DatasetError, match="not both"):
        Folds("by_track", 0, 3, folds.of, {"a.00000": "test"})
    with pytest.raises(DatasetError, match=r"0 to 2\. Received: 3"):
        folds.split(3, dataset)


def test_the_contract_of_a_manifest():
    values = make_folds(made({"a": 6, "b": 6}, n_artists=3), 3, seed=7).to_dict()
    assert values["count"] == 3
    assert values["seed"] == 7
    assert values["grouped_by"] == "artist"
    assert set(values["of"].values()) == {0, 1, 2}
    assert Folds.from_dict({key: values[key] for key in ("count", "seed", "grouped_by", "of")}).of == values["of"]

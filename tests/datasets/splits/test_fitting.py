from dataclasses import replace

import pytest

from genre_core.datasets.splits import SPLITS, best_of, fitting_split, make_split, remarks, why_taken
from genre_core.datasets.splits.gtzan import fault_filtered
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import made


def published(*, without=()):
    """GTZAN's clips by the published list, but for those of some roles and genres; nobody named the artists."""
    ids = [one for one, role in fault_filtered().items() if (role, one.partition(".")[0]) not in without]
    return Dataset("part", tuple(Track(one, one.partition(".")[0], None, None, 30.0, one) for one in ids))


GENRES = sorted({one.partition(".")[0] for one in fault_filtered()})
NO_TEST = [("test", genre) for genre in GENRES]


def test_all_of_the_published_list_compares_with_papers_and_is_taken_first():
    dataset = published()
    assert fitting_split(dataset) == "fault_filtered"
    assert remarks(make_split(dataset, "fault_filtered"), dataset) == [
        "All 930 tracks are here: scores compare with those of papers."
    ]


def test_a_part_of_the_published_list_says_what_it_gives_and_is_not_taken_where_a_role_is_empty():
    dataset = published(without=[*NO_TEST, ("valid", "pop")])
    split = make_split(dataset, "fault_filtered")
    said = " ".join(remarks(split, dataset))
    n_valid = len(split.ids("valid"))
    assert "No valid track: pop." in said
    assert "No song has the role test, so there is no test split to open." in said
    assert f"Here are {443 + n_valid} of its 930 tracks (443 train, {n_valid} valid, 0 test): scores do not compare" in said
    assert fitting_split(dataset) == "by_track"


def test_songs_without_a_role_are_counted():
    ids = (f"{genre}.{number:05d}" for genre in GENRES for number in range(100))
    faulty = [one for one in ids if one not in fault_filtered()][:2]
    extra = [Track(one, one.partition(".")[0], None, None, 30.0, one) for one in faulty]
    dataset = replace(published(), tracks=(*published().tracks, *extra))
    assert "2 songs have no role." in remarks(make_split(dataset, "fault_filtered"), dataset)


def test_artists_apart_come_first_and_a_leak_is_never_taken_unasked():
    assert fitting_split(made({"a": 20, "b": 20})) == "by_artist"
    assert fitting_split(made({"a": 20, "b": 20}, artists=False)) == "by_track"
    few = made({"a": 2, "b": 2}, artists=False)
    assert best_of({"segment_random": make_split(few, "segment_random")}, few) is None
    with pytest.raises(DatasetError, match="at least three different songs"):
        fitting_split(few)
    assert best_of({}, few) is None
    with pytest.raises(DatasetError, match="two genres"):
        fitting_split(made({"a": 20}))


def test_a_leaky_split_explains_its_one_role():
    dataset = made({"a": 3, "b": 3})
    assert "Every song is mixed" in remarks(make_split(dataset, "segment_random"), dataset)[0]


def test_the_published_list_is_taken_where_its_test_tracks_are_kept_elsewhere():
    assert fitting_split(published(without=NO_TEST)) == "fault_filtered"
    assert fitting_split(published(without=[*NO_TEST, ("valid", "pop")])) == "by_track"


def test_every_split_that_can_be_taken_says_why():
    assert {name for name in SPLITS if why_taken(name)} == {name for name, spec in SPLITS.items() if not spec.leaky}


def test_a_valid_genre_of_one_artist_is_said():
    songs = [
        Track(f"{genre}.{n}", genre, None, f"{genre} {n // 4 if genre == 'a' else n % 10}", 3.0, f"{genre}{n}")
        for genre in ("a", "b")
        for n in range(20)
    ]
    dataset = Dataset("few", tuple(songs))
    split = make_split(dataset, "by_artist")
    said = " ".join(remarks(split, dataset))
    alone = {
        genre: len({dataset.by_id[one].artist for one in split.ids("valid") if dataset.by_id[one].genre == genre})
        for genre in ("a", "b")
    }
    assert alone == {"a": 1, "b": 2}
    assert "In valid a is one artist's" in said
    unknown = replace(dataset, tracks=tuple(replace(track, artist=None) for track in songs))
    assert "artist's" not in " ".join(remarks(make_split(unknown, "by_track"), unknown))

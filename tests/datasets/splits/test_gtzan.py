import csv
from collections import Counter
from dataclasses import replace

import pytest

from genre_core.datasets.splits import SPLITS, leak_report, make_split
from genre_core.datasets.splits.gtzan import fault_filtered, gtzan_id
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import made
from tests.research import GTZAN

TRUTH = GTZAN / "tracks.csv"
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


def whole_gtzan() -> Dataset:
    return made(dict.fromkeys(GENRES, 100), n_artists=100)


def test_the_list_has_the_published_sizes_and_each_clip_once():
    roles = fault_filtered()
    assert Counter(roles.values()) == {"train": 443, "valid": 197, "test": 290}
    assert set(roles) <= {track.id for track in whole_gtzan().tracks}
    # The 70 that are in no part, by genre: repeats and faults.
    left_out = Counter(track.genre for track in whole_gtzan().tracks if track.id not in roles)
    assert left_out == Counter(
        {"classical": 1, "country": 2, "disco": 7, "hiphop": 8, "jazz": 13, "metal": 9, "pop": 16, "reggae": 14}
    )


def test_single_clips_are_where_the_publication_has_them():
    roles = fault_filtered()
    assert [roles[f"blues.{n:05d}"] for n in (11, 12, 28, 29, 49, 50)] == ["valid", "test", "test", "train", "train", "valid"]
    assert "jazz.00042" not in roles
    assert roles["hiphop.00099"] == "test"


@pytest.mark.real_songs
def test_it_is_the_list_that_the_published_table_names():
    with TRUTH.open(encoding="utf-8", newline="") as file:
        named = {row["track_id"]: row["split"] for row in csv.DictReader(file)}
    assert len(named) == 357
    assert {track_id: fault_filtered().get(track_id, "excluded") for track_id in named} == named


def test_all_of_gtzan_is_divided_as_published():
    dataset = whole_gtzan()
    split = make_split(dataset, "fault_filtered")
    assert {role: len(split.ids(role)) for role in ("train", "valid", "test")} == {"train": 443, "valid": 197, "test": 290}
    assert split.title == "fault-filtered GTZAN"
    assert "jazz.00042" not in split.roles
    assert leak_report(split, dataset).verdict == "nothing crosses"


def test_a_part_of_gtzan_and_files_named_by_their_path_are_known():
    assert gtzan_id("blues/Blues.00012.WAV") == "blues.00012"
    assert gtzan_id("genres_original\\rock\\rock.00099.au") == "rock.00099"
    assert [gtzan_id(name) for name in ("blues.00100", "demo.blues.00", "folk.00001", "blues.1", "xblues.00001")] == [None] * 5
    dataset = whole_gtzan()
    here = replace(dataset, tracks=tuple(track for track in dataset.tracks if fault_filtered().get(track.id) != "test"))
    split = make_split(here, "fault_filtered")
    assert (len(split.ids("train")), len(split.ids("test"))) == (443, 0)


def test_other_songs_and_missing_training_parts_are_said():
    dataset = whole_gtzan()
    stranger = replace(dataset, tracks=(*dataset.tracks, Track("mine", "rock", None, None, 30.0, "x")))
    assert "1 of 1001 tracks with other names, 'mine' among them" in str(SPLITS["fault_filtered"].applies_to(stranger))
    valid_only = replace(
        dataset, tracks=tuple(t for t in dataset.tracks if t.genre != "pop" or fault_filtered().get(t.id) != "train")
    )
    with pytest.raises(DatasetError, match="no training track: pop"):
        make_split(valid_only, "fault_filtered")
    assert SPLITS["fault_filtered"].applies_to(dataset) is None

"""FMA: a tiny copy in its documented layout, with the two rows of names of tracks.csv."""

import csv

import pytest

from genre_core.datasets.importers import import_songs
from genre_core.datasets.sources import find, recognise
from genre_core.errors import DatasetError
from tests.datasets.tiny_songs import write_song

ABOVE = ["", "album", "album", "artist", "artist", "artist", "set", "set", "track", "track", "track"]
BELOW = ["", "title", "information", "id", "name", "bio", "split", "subset", "genre_top", "title", "license"]
TRACKS = {
    2: ("AWOL", "line\nbreak", "1", "Ann", "x" * 200_000, "training", "small", "Hip-Hop", 'A "title"', "CC BY"),
    5: ("AWOL", "", "1", "Ann", "", "training", "small", "Hip-Hop", "Other", "CC BY"),
    140: ("B", "", "2", "Bob, Jr.", "", "validation", "small", "Folk", "Song", "CC BY-SA"),
    1482: ("C", "", "3", "Cid", "", "test", "medium", "Rock", "Song", ""),
    3000: ("D", "", "4", "Dee", "", "training", "large", "", "No genre", ""),
    9000: ("E", "", "5", "Eve", "", "test", "small", "Rock", "Not on the disk", ""),
}


def write_fma(folder, *, clips="fma_small", metadata="fma_metadata", numbers=(2, 5, 140, 1482, 3000)):
    table = folder / metadata / "tracks.csv"
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerows([ABOVE, BELOW, ["track_id", *[""] * 10]])
        rows.writerows([str(number), *row] for number, row in TRACKS.items())
    for number in numbers:
        name = f"{number:06d}"
        song = write_song(folder / clips / name[:3] / f"{name}.wav", pitch=200 + number / 10)
        song.rename(song.with_suffix(".mp3"))  # what is inside is decided by the content
    (folder / clips / "README.txt").write_text("x", encoding="utf-8")
    return folder / clips


@pytest.mark.parametrize("given", ["clips", "above", "table", "inside"])
def test_clips_and_table_are_found_together(tmp_path, given):
    clips = write_fma(tmp_path, metadata="fma_small" if given == "inside" else "fma_metadata")
    path = {"above": tmp_path, "table": tmp_path / "fma_metadata" / "tracks.csv"}.get(given, clips)
    assert recognise(path) == "fma"
    found = find(path)
    assert [song.id_wish for song in found.songs] == ["fma.000002", "fma.000005", "fma.000140", "fma.001482"]
    assert found.genres == {"folk": 1, "hiphop": 2, "rock": 1}


def test_artist_title_and_official_split_are_kept(tmp_path):
    dataset = import_songs(find(write_fma(tmp_path)), processes=1)
    assert dataset.name == "fma_small"
    first = dataset.by_id["fma.000002"]
    assert (first.genre, first.artist) == ("hiphop", "Ann")
    assert first.extra == {
        "artist_id": "1",
        "title": 'A "title"',
        "album": "AWOL",
        "license": "CC BY",
        "split": "training",
        "subset": "small",
        "sample_rate": "22050",
        "format": "wav",
    }
    assert [track.extra["split"] for track in dataset.tracks] == ["training", "training", "validation", "test"]
    assert dataset.artists_known


def test_what_is_missing_or_without_genre_is_named(tmp_path):
    clips = write_fma(tmp_path)
    write_song(clips / "777" / "777777.wav")
    problems = {(problem.file, problem.kind): problem.message for problem in find(clips).problems}
    assert set(problems) == {
        ("003/003000.mp3", "no_genre"),
        ("fma_small", "missing"),
        ("777777.wav", "not_listed"),
        (".", "ignored"),
    }
    assert "Of fma_small, 1 clip cannot be found: 009000" in problems["fma_small", "missing"]


def test_without_its_table_it_says_which_archive_is_lacking(tmp_path):
    clips = write_fma(tmp_path)
    (tmp_path / "fma_metadata" / "tracks.csv").unlink()
    for kind in ("fma", None):
        with pytest.raises(DatasetError, match=r"fma_metadata\.zip"):
            find(clips, kind)
    write_fma(tmp_path, numbers=())
    with pytest.raises(DatasetError, match="Received: none"):
        find(tmp_path / "fma_metadata" / "tracks.csv", audio=tmp_path / "fma_metadata")


def test_a_table_of_the_same_name_is_not_taken_for_fmas(tmp_path):
    (tmp_path / "tracks.csv").write_text("path,genre\na.wav,rock\n", encoding="utf-8")
    assert recognise(tmp_path / "tracks.csv") == "table"

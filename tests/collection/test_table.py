"""Verdicts of many songs: counted by hand, filtered, and written so that nothing runs and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genre_core.collection.files import Song
from genre_core.collection.memory import Said
from genre_core.collection.table import (
    NOT_HEARD,
    NOT_SURE,
    Row,
    Table,
    Wanted,
    count,
    playlists_by_genre,
    songs_csv,
    songs_json,
)
from genre_core.errors import ParameterError

GENRES = ("jazz", "rock")


def said(p: float, *, vote: float | None = None, **evidence) -> Said:
    """Jazz with probability `p` by the mean, `vote` by the vote."""
    ways = [p, p, p, p if vote is None else vote]
    return Said(seconds=61.6, posteriors=tuple((way, 1 - way) for way in ways), n_segments=1, **evidence)


def table(*rows: tuple[str, Said]) -> Table:
    return Table(GENRES, "run-1", tuple(Row(Song(Path("/m") / name), told) for name, told in rows), len(rows))


SONGS = table(
    ("a.mp3", said(0.875)),
    ("b.mp3", said(0.25)),
    ("c.mp3", said(0.5625)),
    ("speech.mp3", said(0.9375, music=(-2.0,))),
    ("letter.mp3", Said("not_audio", "It is text.")),
)


def test_verdicts_are_counted_by_threshold():
    assert count(SONGS.judged(), GENRES) == {"jazz": 2, "rock": 1, NOT_SURE: 1, NOT_HEARD: 1}
    assert count(SONGS.judged(0.7), GENRES) == {"jazz": 1, "rock": 1, NOT_SURE: 2, NOT_HEARD: 1}
    with pytest.raises(ParameterError, match="threshold must lie in"):
        SONGS.judged(1.5)


def test_another_way_from_segments_to_song_needs_nothing_heard_anew():
    [row] = table(("a.mp3", said(0.75, vote=0.125))).judged(0.5, "vote")
    assert (row.genre, row.confidence) == ("rock", 0.875)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["a", "b", "c", "speech", "letter"]),
        (Wanted("jazz"), ["a", "c"]),
        (Wanted("jazz", 0.8), ["a"]),
        (Wanted(shown="sure"), ["a", "b", "c"]),
        (Wanted(shown=NOT_SURE), ["speech"]),
        (Wanted(shown="unlike"), ["speech"]),
        (Wanted(shown=NOT_HEARD), ["letter"]),
        (Wanted(text="M B.mp3"), ["b"]),
        (Wanted("rock", text="/m/"), ["b"]),
    ],
)
def test_filters_by_hand(wanted, names):
    assert [row.song.path.stem for row in SONGS.judged() if wanted.takes(row)] == names


def test_the_table_as_csv_says_all_and_runs_nothing():
    odd = ["=SUM(A1).mp3", "a,b.mp3", 'q"q.mp3', "line\nbreak.mp3"]
    rows = [row.to_dict(GENRES, "run-1") for row in table(*((name, said(0.75)) for name in odd)).judged()]
    rows[0]["path"] = "=SUM(A1).mp3"  # a path is given as it is named: it may be a relative one
    rows += [row.to_dict(GENRES, "run-1") for row in SONGS.judged()[-1:]]
    read = list(csv.DictReader(io.StringIO(songs_csv(rows, GENRES))))
    assert [row["path"] for row in read] == ["'=SUM(A1).mp3", "/m/a,b.mp3", '/m/q"q.mp3', "/m/line\\nbreak.mp3", "/m/letter.mp3"]
    assert read[0] | {"path": "", "reason": ""} == {
        "path": "",
        "genre": "jazz",
        "decision": "genre",
        "confidence": "0.750000",
        "reason": "",
        "unlike": "",
        "run": "run-1",
        "jazz": "0.750000",
        "rock": "0.250000",
        "error": "",
        "message": "",
    }
    assert (read[-1]["error"], read[-1]["message"], read[-1]["genre"]) == ("not_audio", "It is text.", "")


@given(st.text(min_size=1), st.text())
def test_any_name_and_message_keep_the_table_whole(name, message):
    row = {"path": name, "error": {"kind": "damaged", "message": message}}
    read = list(csv.reader(io.StringIO(songs_csv([row], GENRES))))
    assert len(read) == 2
    assert len(read[0]) == len(read[1])
    assert not read[1][0].startswith(("=", "+", "-", "@"))
    assert songs_csv([row], GENRES).encode()


def test_json_holds_the_keys_of_the_command_line():
    rows = json.loads(songs_json(row.to_dict(GENRES, "run-1") for row in SONGS.judged()))
    assert rows[0]["posterior"] == {"jazz": 0.875, "rock": 0.125}
    assert rows[3]["unlike"] == "no music"
    assert rows[4] == {"path": "/m/letter.mp3", "error": {"kind": "not_audio", "message": "It is text."}}


def test_a_playlist_a_genre_with_the_surest_first_and_the_unsure_apart():
    found = playlists_by_genre(SONGS.judged(), GENRES)
    assert {name: [entry.path.stem for entry in its.entries] for name, its in found.items()} == {
        "jazz": ["a", "c"],
        "rock": ["b"],
        NOT_SURE: ["speech"],
    }
    assert found["rock"].entries[0].seconds == 61.6
    stricter = playlists_by_genre(SONGS.judged(), GENRES, least=0.8)
    assert [entry.path.stem for entry in stricter[NOT_SURE].entries] == ["speech", "b", "c"]
    assert "rock" not in stricter

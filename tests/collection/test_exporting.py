"""Tables and playlists that are taken away: nothing runs in a spreadsheet, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from genre_core.collection.exporting import playlists_by_genre, playlists_zip, songs_csv, songs_json
from genre_core.collection.playlists import parse_playlist
from genre_core.collection.table import NOT_SURE
from tests.collection.judged import GENRES, SONGS, said, table


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


def test_playlists_come_in_one_archive():
    found = playlists_by_genre(SONGS.judged(), GENRES)
    with zipfile.ZipFile(io.BytesIO(playlists_zip(found.values()))) as archive:
        assert archive.namelist() == ["jazz.m3u8", "rock.m3u8", "not sure.m3u8"]
        jazz = parse_playlist(archive.read("jazz.m3u8"), Path("/"))
    assert [(entry.path, entry.title) for entry in jazz.entries] == [(Path("/m/a.mp3"), "a"), (Path("/m/c.mp3"), "c")]
    assert jazz.title == "jazz"

"""Tables and playlists that are taken away: nothing runs in a spreadsheet, and nothing is lost."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from genre_core.collection.classify_work import request, work
from genre_core.collection.exporting import playlists_by_genre, playlists_zip, songs_csv, songs_json, told_of
from genre_core.collection.kept import Source, load_collection
from genre_core.collection.playlists import parse_playlist
from genre_core.collection.table import NOT_SURE
from genre_core.inference import Predictor
from genre_core.jobs import Journal, prepare
from genre_core.paths import Root
from genre_core.prediction import Prediction
from tests.collection.judged import GENRES, SONGS
from tests.collection.songs import write_songs
from tests.tiny_run import make_run


def predicted(posteriors) -> Prediction:
    """Segments of three seconds, one after another."""
    of_each = np.array(posteriors, np.float32)
    starts = 3.0 * np.arange(len(of_each))
    whole = of_each.mean(axis=0)
    best = int(whole.argmax())
    ends, embedding = starts + 3, np.zeros(2, np.float32)
    return Prediction(GENRES, whole, of_each, starts, ends, GENRES[best], float(whole.max()), "genre", "", embedding, "run-1")


def test_the_table_as_csv_says_all_and_runs_nothing():
    # A path is given as it is named: it may be a relative one.
    odd = ["=SUM(A1).mp3", "/m/a,b.mp3", '/m/q"q.mp3', "/m/line\nbreak.mp3"]
    rows = [predicted([[0.75, 0.25]]).to_dict(path=name) for name in odd]
    rows += [{"path": "/m/letter.mp3", "error": {"kind": "not_audio", "message": "It is text."}}]
    read = list(csv.DictReader(io.StringIO(songs_csv(rows, GENRES))))
    assert [row["path"] for row in read] == ["'=SUM(A1).mp3", "/m/a,b.mp3", '/m/q"q.mp3', "/m/line\\nbreak.mp3", "/m/letter.mp3"]
    assert read[0] | {"path": "", "reason": ""} == {
        "path": "",
        "seconds": "3.00",
        "genre": "jazz",
        "decision": "genre",
        "confidence": "0.750000",
        "reason": "",
        "unlike": "",
        "mix": "",
        "run": "run-1",
        "jazz": "0.750000",
        "rock": "0.250000",
        "error": "",
        "message": "",
    }
    assert (read[-1]["error"], read[-1]["message"], read[-1]["genre"]) == ("not_audio", "It is text.", "")


def test_a_mix_is_told_and_what_is_unlike_has_no_confidence():
    mixed = predicted([[0.98, 0.02]] * 10 + [[0.01, 0.99]] * 10)
    speech = replace(predicted([[0.75, 0.25]]), unlike="no music", decision="not_sure")
    first, second = csv.DictReader(io.StringIO(songs_csv([mixed.to_dict(path="m"), speech.to_dict(path="s")], GENRES)))
    assert (first["mix"], first["seconds"]) == ("jazz until 0:30, then rock", "60.00")
    assert (second["unlike"], second["confidence"], second["jazz"]) == ("no music", "", "0.750000")
    assert speech.to_dict()["confidence"] is None


@given(st.text(min_size=1), st.text())
def test_any_name_and_message_keep_the_table_whole(name, message):
    row = {"path": name, "error": {"kind": "damaged", "message": message}}
    read = list(csv.reader(io.StringIO(songs_csv([row], GENRES))))
    assert len(read) == 2
    assert len(read[0]) == len(read[1])
    assert not read[1][0].startswith(("=", "+", "-", "@"))
    assert songs_csv([row], GENRES).encode()


def test_what_a_collection_knows_is_told_as_the_command_line_tells_it(tmp_path):
    root = Root(tmp_path / "root")
    run = make_run(root.runs / "tiny-one")
    source = Source((write_songs(tmp_path / "music"),))
    (tmp_path / "music" / "letter.wav").write_text("Dear reader, this is no sound. " * 9)
    work(request(source, run, name="mine", processes=1), root, Journal(prepare("classify", {}, root)))
    collection = load_collection("mine", root)
    rows = json.loads(songs_json(told_of(collection.table().judged(), collection, threshold=0.9, aggregation="vote")))
    predictor = Predictor.from_run(run)
    for row in rows[:3]:
        asked = predictor.classify(row["path"]).aggregated("vote", 0.9).to_dict(path=row["path"])
        del asked["segments"]
        assert row | {"elapsed_seconds": 0} == asked | {"elapsed_seconds": 0}
    assert rows[3]["path"].endswith("letter.wav")
    assert rows[3]["error"]["kind"] == "not_audio"


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

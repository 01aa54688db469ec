"""`similar`: the songs of a collection most like one, as rows and as a playlist."""

import json

import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.collection.playlists import read_playlist
from tests.collection.songs import write_songs
from tests.tiny_run import make_run

HERTZ = {"low.wav": 110, "low too.wav": 112, "high.wav": 6000, "high too.wav": 6100, "copy of high.wav": 6000}


@pytest.fixture
def root(tmp_path):
    make_run(tmp_path / "root" / "runs" / "tiny-one")
    songs = write_songs(tmp_path / "music", HERTZ)
    outcome = CliRunner().invoke(
        main,
        ["--root", str(tmp_path / "root"), "classify", str(songs), "--run", "tiny-one", "--keep", "mine", "--processes", "1"],
    )
    assert outcome.exit_code == 0, outcome.output
    return tmp_path / "root"


def similar(root, *arguments):
    outcome = CliRunner().invoke(main, ["--root", str(root), "similar", "--in", "mine", *map(str, arguments)])
    return outcome, [json.loads(line) for line in outcome.stdout.splitlines()] if "--json" in arguments else []


def test_a_song_of_the_collection_finds_its_like(root, tmp_path):
    music = tmp_path / "music"
    outcome, rows = similar(root, music / "low.wav", "-k", 2, "--json", "--playlist", tmp_path / "like.m3u8")
    assert outcome.exit_code == 0, outcome.output
    assert rows[0]["path"] == str(music / "low too.wav")
    assert (rows[0]["genre"], rows[0]["decision"]) == ("low", "genre")
    assert rows[0]["distance"] < rows[1]["distance"]
    found = read_playlist(tmp_path / "like.m3u8")
    assert [entry.path.name for entry in found.entries[:2]] == ["low.wav", "low too.wav"]
    assert found.title == "Like low"


def test_a_song_from_elsewhere_is_heard_first(root, tmp_path):
    other = write_songs(tmp_path / "elsewhere", {"x.wav": 6000})
    outcome, rows = similar(root, other / "x.wav", "-k", 2, "--json")
    assert outcome.exit_code == 0, outcome.output
    assert {row["path"] for row in rows} == {str(tmp_path / "music" / name) for name in ("high.wav", "copy of high.wav")}
    assert rows[0]["distance"] == pytest.approx(0, abs=1e-5)


def test_songs_that_are_there_twice_are_told(root, tmp_path):
    _, rows = similar(root, "--repeats", "--json")
    assert [str(tmp_path / "music" / name) for name in ("copy of high.wav", "high.wav")] in [row["paths"] for row in rows]


def test_what_cannot_be_found_is_said(root, tmp_path):
    assert "Give either SONG, or --repeats" in similar(root)[0].stderr
    assert "There is no file" in similar(root, tmp_path / "gone.wav")[0].stderr
    outcome = CliRunner().invoke(main, ["--root", str(root), "similar", "--in", "other", "x.wav"])
    assert outcome.exit_code == 1
    assert "There is no collection named 'other'. There are: mine." in outcome.stderr
    other = make_run(tmp_path / "changed", scale=0.0)
    (root / "runs" / "tiny-one" / "model.onnx").write_bytes((other.folder / "model.onnx").read_bytes())
    outside = write_songs(tmp_path / "elsewhere", {"x.wav": 6000}) / "x.wav"
    assert "The model of 'Tiny' has changed since it heard the collection 'mine'" in similar(root, outside)[0].stderr

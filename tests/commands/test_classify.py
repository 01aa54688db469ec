import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.collection.playlists import read_playlist
from genre_core.inference import Predictor
from genre_core.jobs import list_jobs
from genre_core.paths import Root
from tests.tiny_run import GENRES, make_run, tone


@pytest.fixture
def root(tmp_path):
    make_run(tmp_path / "root" / "runs" / "tiny-one")
    return tmp_path / "root"


@pytest.fixture
def songs(tmp_path):
    folder = tmp_path / "songs"
    (folder / "deeper").mkdir(parents=True)
    for name, hertz in (("b.wav", 110), ("a.wav", 6000), ("deeper/c.flac", 110)):
        clip = tone(hertz, 4)
        soundfile.write(folder / name, clip.y, clip.sr)
    (folder / "._a.wav").write_bytes(b"a stray file")
    (folder / "notes.txt").write_text("no song")
    return folder


def classify(root, *arguments):
    outcome = CliRunner().invoke(main, ["--root", str(root), "classify", "--run", "tiny-one", *map(str, arguments)])
    return outcome.exit_code, [json.loads(line) for line in outcome.stdout.splitlines()] if "--json" in arguments else outcome


def test_a_folder_gives_one_object_a_song(root, songs):
    code, rows = classify(root, songs, "--json")
    assert code == 0
    assert [row["path"] for row in rows] == [str(songs / name) for name in ("a.wav", "b.wav", "deeper/c.flac")]
    assert [row["genre"] for row in rows] == ["high", "low", "low"]
    for row in rows:
        assert set(row["posterior"]) == set(GENRES)
        assert sum(row["posterior"].values()) == pytest.approx(1, abs=1e-5)
        assert row["segments"][-1]["end_seconds"] == pytest.approx(4, abs=1e-3)
        assert (row["run"], row["decision"]) == ("tiny-one", "genre")


def test_a_bad_file_does_not_stop_the_others(root, songs):
    code, rows = classify(root, songs / "notes.txt", songs / "nowhere.wav", songs / "b.wav", "--json")
    assert code == 1
    assert [row.get("error", {}).get("kind") for row in rows] == ["not_audio", "missing", None]
    assert set(rows[0]) == {"path", "error"}
    assert rows[2]["genre"] == "low"


def test_a_folder_without_songs_is_an_error(root, tmp_path):
    (tmp_path / "empty").mkdir()
    code, rows = classify(root, tmp_path / "empty", "--json")
    assert (code, rows[0]["error"]["kind"]) == (1, "missing")


def test_words_for_people_name_runners_up_and_the_reason(root, songs):
    code, outcome = classify(root, songs / "b.wav", "--threshold", "1.0")
    assert code == 0
    assert "not sure" in outcome.stdout
    assert "The best guess, low, has probability" in outcome.stdout
    assert "neither" in outcome.stdout


def test_what_is_no_music_is_told_with_its_reason_and_without_a_probability(root, songs, monkeypatch):
    monkeypatch.setattr("genre_core.inference.Ears.segment_music", np.full(2, -3.0))
    _, outcome = classify(root, songs / "b.wav")
    row, reason = outcome.stdout.splitlines()
    assert row.split() == ["not", "sure", "(no", "music)", str(songs / "b.wav")]
    assert reason.strip().startswith("It sounds like no music: speech, an animal, noise or a bare tone.")
    _, [row] = classify(root, songs / "b.wav", "--json", "--threshold", "0")
    assert (row["genre"], row["confidence"], row["decision"], row["unlike"]) == (None, None, "not_sure", "no music")


def test_an_unknown_run_lists_those_that_exist(root, songs):
    outcome = CliRunner().invoke(main, ["--root", str(root), "classify", str(songs / "b.wav"), "--run", "other"])
    assert outcome.exit_code == 1
    assert "tiny-one" in outcome.stderr


def test_the_process_loads_none_of_the_heavy_libraries(root, songs):
    code = (
        "import sys\n"
        "from genre_core.__main__ import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'tensorflow', 'keras', 'librosa', 'sklearn', 'pandas', 'streamlit', 'plotly', 'numba'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    arguments = ["--root", str(root), "classify", "--run", "tiny-one", str(songs / "b.wav"), "--json"]
    outcome = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert json.loads(outcome.stdout)["genre"] == "low"
    assert outcome.stderr.strip() == "[]"


def test_several_processes_print_the_same_rows_in_the_same_order(root, songs):
    _, alone = classify(root, songs, "--json", "--processes", "1")
    _, together = classify(root, songs, songs / "notes.txt", "--json", "--processes", "2")
    for row in (*alone, *together):
        row.pop("elapsed_seconds", None)
    assert together[:3] == alone
    assert together[3]["error"]["kind"] == "not_audio"


def test_a_kept_collection_prints_what_hearing_anew_prints(root, songs, monkeypatch):
    _, anew = classify(root, songs, "--json", "--aggregation", "vote", "--threshold", "0.9")
    asked = ("--json", "--aggregation", "vote", "--threshold", "0.9", "--keep", "mine")
    _, first = classify(root, songs, *asked)
    monkeypatch.setattr("genre_core.inference.Predictor.classify", lambda *_: pytest.fail("heard twice"))
    code, second = classify(root, songs, *asked)
    for row in (*anew, *first, *second):
        row.pop("elapsed_seconds")
    assert code == 0
    assert anew == first == second


def test_what_is_broken_off_says_how_to_go_on(root, songs, monkeypatch):
    real, heard = Predictor.classify, []

    def interrupted(self, source, **options):
        heard.append(source)
        if len(heard) == 2:
            raise KeyboardInterrupt
        return real(self, source, **options)

    monkeypatch.setattr("genre_core.inference.Predictor.classify", interrupted)
    code, rows = classify(root, songs, "--json", "--processes", "1")
    assert (code, rows[0]["genre"]) == (1, "high")
    assert rows[1]["error"]["message"].startswith("Broken off after 1 of 3 songs, which stand above. With --keep NAME")
    heard.clear()
    code, rows = classify(root, songs, "--json", "--processes", "1", "--keep", "mine")
    assert (code, rows) == (
        1,
        [{"error": {"kind": "collection", "message": "Broken off; what was said is kept. Go on with the same command."}}],
    )
    heard.clear()
    monkeypatch.setattr(
        "genre_core.inference.Predictor.classify", lambda *args, **options: (heard.append(1), real(*args, **options))[1]
    )
    code, rows = classify(root, songs, "--json", "--processes", "1", "--keep", "mine")
    assert (code, len(rows), len(heard)) == (0, 3, 2)
    assert [job.status().state for job in list_jobs(Root(root))] == ["finished"]


def test_tables_and_playlists_are_written(root, songs, tmp_path):
    out = tmp_path / "out"
    code, outcome = classify(root, songs, songs / "notes.txt", "--csv", out / "songs.csv", "--playlists", out / "lists")
    assert code == 1
    assert "2 playlists are in" in outcome.stderr
    rows = list(csv.DictReader(io.StringIO((out / "songs.csv").read_text())))
    assert [(row["genre"], row["error"]) for row in rows] == [("high", ""), ("low", ""), ("low", ""), ("", "not_audio")]
    low = read_playlist(out / "lists" / "low.m3u8")
    assert {entry.path for entry in low.entries} == {songs / "b.wav", songs / "deeper" / "c.flac"}
    assert low.entries[0].seconds == 4.0


def test_a_song_of_two_parts_tells_where_it_changes(root, songs, monkeypatch):
    monkeypatch.setattr("genre_core.prediction.Prediction.mix", "low until 0:12, then high")
    _, outcome = classify(root, songs / "b.wav")
    assert outcome.stdout.splitlines()[-1].strip() == "low until 0:12, then high"


def test_what_cannot_be_kept_is_refused_before_anything_is_done(root, songs, tmp_path):
    code, rows = classify(root, tmp_path / "gone", "--keep", "mine", "--json")
    assert code == 1
    assert rows[0]["error"]["message"].startswith(f"There is no folder {tmp_path / 'gone'}")
    code, rows = classify(root, songs, "--keep", "a/b", "--json")
    assert rows[0]["error"]["message"].startswith("A collection's name has 1 to 64 letters")
    assert not list_jobs(Root(root))

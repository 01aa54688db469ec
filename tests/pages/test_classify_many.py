"""Many songs on Classify: a folder becomes a table, which filters; a song has its like; what is missing is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.collection.classify_work import KIND, request, work
from genre_core.collection.kept import HEAD, Source, list_collections, load_collection
from genre_core.collection.playlists import read_playlist
from genre_core.jobs import Journal, StopAsked, active_jobs, list_jobs, prepare
from genre_core.paths import Root
from genre_core.runs import find_run
from tests.collection.songs import write_songs
from tests.tiny_run import make_run

APP = str(Path(__file__).resolve().parents[2] / "app.py")
HERTZ = {"low/b.wav": 110, "low/a.wav": 114, "high/c.wav": 6000, "high/d.wav": 6100}


@pytest.fixture
def root(tmp_path) -> Root:
    make_run(tmp_path / "root" / "runs" / "tiny-one")
    return Root(tmp_path / "root")


@pytest.fixture
def music(tmp_path) -> Path:
    folder = write_songs(tmp_path / "music", HERTZ)
    (folder / "letter.wav").write_text("Dear reader, this is a letter and no sound. " * 9)
    return folder


@pytest.fixture
def named(root, music):
    """A collection of these songs, heard."""
    values = request(Source((music,)), find_run("tiny-one", root), processes=1)
    work(values, root, Journal(prepare(KIND, values, root)))
    return load_collection(values["collection"], root)


def visit(root: Root, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/6_Classify.py")
    for key, value in {"run": "tiny-one", "way": "many", **query}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.header, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def test_with_nothing_yet_it_says_what_to_do_and_takes_a_folder(root, music, monkeypatch):
    started = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, at: started.append((kind, values)))
    app = visit(root, monkeypatch)
    assert "Thousands of songs at a time" in words(app)
    assert not [button for button in app.button if button.label == "Try it on the demo songs"], "the demo set is not here"
    take = next(button for button in app.button if button.label == "Name these songs")
    take.click().run()
    assert "Name a folder first." in words(app)
    for folder, said in ((music / "gone", "There is no folder"), (root.runs, "Expected songs in runs, files such as")):
        app.text_input(key="classify.many.folder").set_value(str(folder))
        next(button for button in app.button if button.label == "Name these songs").click().run()
        assert said in words(app)
    assert not started
    app.text_input(key="classify.many.folder").set_value(str(music))
    next(button for button in app.button if button.label == "Name these songs").click().run()
    [(kind, values)] = started
    assert (kind, values["source"]) == ("classify", {"paths": [str(music)], "dataset": ""})
    assert not app.exception


def test_a_collection_shows_its_verdicts_and_what_could_not_be_heard(root, named, monkeypatch):
    app = visit(root, monkeypatch)
    assert "**5 songs**, as Tiny hears them" in words(app)
    table = app.dataframe[0].value
    assert list(table["song"]) == ["c", "d", "letter", "a", "b"]
    assert list(table["folder"]) == ["high", "high", "", "low", "low"]
    assert list(table["verdict"]) == ["high", "high", "not heard", "low", "low"]
    assert table["beside"][2].startswith("'letter.wav' is no audio: it is text.")


def test_filters_are_those_of_the_url(root, named, monkeypatch):
    app = visit(root, monkeypatch, verdict="low", text="A.wav")
    assert list(app.dataframe[0].value["song"]) == ["a"]
    assert app.selectbox(key="classify.verdict").value == "low"
    app = visit(root, monkeypatch, verdict="not sure")
    assert "No song is left with these filters" in words(app)
    app.selectbox(key="classify.verdict").set_value("not heard").run()
    assert app.query_params["verdict"] in ("not heard", ["not heard"])
    assert list(app.dataframe[0].value["song"]) == ["letter"]
    app = visit(root, monkeypatch, verdict="polka")
    assert "There is no verdict 'polka' here" in words(app)


def test_another_threshold_needs_nothing_heard_anew(root, named, monkeypatch):
    monkeypatch.setattr("genre_core.inference.Predictor.classify", lambda *_, **__: pytest.fail("heard again"))
    app = visit(root, monkeypatch, threshold="1.0")
    assert set(app.dataframe[0].value["verdict"]) == {"not sure", "not heard"}
    assert app.dataframe[0].value["beside"][0] == "closest: high"


def test_a_song_is_shown_with_its_like(root, named, music, monkeypatch):
    app = visit(root, monkeypatch)
    app.session_state["classify.many.song"] = str(music / "low" / "a.wav")
    app.run()
    assert not app.exception
    said = words(app)
    assert "LOW" in said
    assert "More like this" in said
    alike = app.dataframe[1].value
    assert alike["song"][0] == "b"
    assert len(alike) == 3
    app.session_state["classify.many.song"] = str(music / "letter.wav")
    app.run()
    assert "letter: 'letter.wav' is no audio" in words(app)
    (music / "high" / "c.wav").unlink()
    app.session_state["classify.many.song"] = str(music / "high" / "c.wav")
    app.run()
    assert not app.exception
    assert "There is no file" in words(app)


def test_songs_that_are_there_twice_are_listed_when_somebody_asks(root, music, monkeypatch):
    write_songs(music, {"low/copy.wav": 110})
    values = request(Source((music,)), find_run("tiny-one", root), processes=1)
    work(values, root, Journal(prepare(KIND, values, root)))
    app = visit(root, monkeypatch)
    assert len(app.dataframe) == 1
    app.toggle(key="classify.many.repeats").set_value(True).run()
    pairs = app.dataframe[1].value
    assert [str(music / "low" / name) for name in ("b.wav", "copy.wav")] == [pairs["song"][0], pairs["and"][0]]


def test_what_is_shown_can_be_kept_as_a_playlist(root, named, music, monkeypatch):
    app = visit(root, monkeypatch, verdict="low")
    app.text_input(key="classify.many.playlist").set_value("Deep: tones").run()
    app.button(key="classify.many.keep").click().run()
    assert "Kept. The lecture view offers it as" in "\n".join(str(entry.value) for entry in app.success)
    kept = read_playlist(root.playlists / "Deep tones.m3u8")
    assert {entry.path for entry in kept.entries} == {music / "low" / "a.wav", music / "low" / "b.wav"}


def test_a_collection_that_is_removed_is_gone_and_the_songs_stay(root, named, music, monkeypatch):
    app = visit(root, monkeypatch)
    app.button(key=f"classify.many.remove.{named.name}").click().run()
    assert list_collections(root) == []
    assert "Thousands of songs at a time" in words(app)
    assert (music / "low" / "a.wav").exists()


def test_another_model_is_asked_beside_the_first(root, named, monkeypatch):
    make_run(root.runs / "tiny-two", run_id="tiny-two")
    started = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, at: started.append(values))
    app = visit(root, monkeypatch, run="tiny-two")
    assert "What stands here is what Tiny says, not Tiny." in words(app)
    app.button(key="classify.many.ask").click().run()
    assert started[0]["run"] == "tiny-two"
    assert started[0]["collection"] != named.name


def test_while_songs_are_heard_the_table_shows_those_that_are_done(root, music, monkeypatch):
    values = request(Source((music,)), find_run("tiny-one", root), processes=1)
    folder = prepare(KIND, values, root)
    journal = Journal(folder)
    monkeypatch.setattr(Journal, "stop_asked", property(lambda self: _n_lines(root) == 2))
    with pytest.raises(StopAsked):
        work(values, root, journal)
    monkeypatch.undo()
    monkeypatch.setattr("pages.ui.page.ensure_demo", lambda: None)
    monkeypatch.setattr("genre_core.jobs.job.Job._lives", lambda self, status: True)
    journal.report("working", "Hearing songs: 2 of 5", progress=0.4, seconds_left=3.0)
    assert active_jobs(root, KIND)
    app = visit(root, monkeypatch)
    assert "**2 of 5 songs**" in words(app)
    assert len(app.dataframe[0].value) == 2


def _n_lines(root: Root) -> int:
    return sum(path.read_bytes().count(b"\n") for path in root.collections.glob("*/said-*.jsonl"))


def test_what_broke_off_can_be_continued(root, named, monkeypatch):
    values = request(named.source, find_run("tiny-one", root))
    Journal(prepare(KIND, values, root)).report("stopped", "Stopped; what is done is kept", progress=0.4)
    app = visit(root, monkeypatch)
    assert "Genres of music" in words(app)
    assert [button for button in app.button if button.label == "Continue"]
    assert len(list_jobs(root, KIND)) == 2


def test_a_damaged_collection_is_said_and_the_others_are_shown(root, named, monkeypatch):
    broken = root.collections / "broken"
    broken.mkdir()
    (broken / HEAD).write_text(json.dumps({"format": 7}))
    app = visit(root, monkeypatch)
    assert "The collection 'broken' is damaged" in words(app)
    assert "**5 songs**" in words(app)

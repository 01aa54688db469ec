"""The way "What sounds now": what is shown of a microphone's sound, and the page around it."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.audio import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.evaluation.verdict import Evidence
from genre_core.inference import Predictor
from pages.figures.scene import pack
from pages.ui.classify import live
from pages.ui.classify.asked import Asked
from pages.ui.microphone import Ear
from pages.ui.microphone.ear import parcel_of
from tests.pages.test_microphone import parcel
from tests.tiny_run import GENRES, make_run, tone

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("live") / "run")


@pytest.fixture
def ear(run):
    made = Ear()
    made.ask(run.id, Predictor.from_run(run))
    return made


def test_before_anything_is_heard_it_says_what_to_do(ear, run):
    seen = live.shown(ear, Asked(run))
    assert (seen["main"], seen["others"], seen["bars"], seen["ribbon"]) == (None, [], None, None)
    assert "press Start listening" in seen["empty"]
    assert pack(seen)


def test_the_last_ten_seconds_stand_large_and_the_others_beside(ear, run):
    ear.take(parcel(tone(110, 12), 0, 12))
    ear.take(parcel(tone(6000, 15.5), 12, 15.5))
    seen = live.shown(ear, Asked(run), is_new=True)
    assert (seen["main"]["when"], seen["main"]["name"]) == ("Last 10 s", "LOW")
    assert [words["when"] for words in seen["others"]] == ["Last 3 s", "Last 15 s of 30 s"]
    assert [words["name"] for words in seen["others"]] == ["HIGH", "LOW"]
    assert (seen["taken"], seen["now"], seen["isNew"]) == (round(15.5 * 22050), 15.0, True)
    verdict = ear.listener.verdicts[10.0]
    assert seen["main"]["share"] == f"{verdict.confidence:.2f}"
    assert seen["bars"]["names"] == list(GENRES)
    assert seen["bars"]["order"] == [0, 1, 2]  # bars stay where they are
    np.testing.assert_array_equal(seen["bars"]["whole"], verdict.posterior)
    assert seen["bars"]["threshold"] == 0.5
    assert pack(seen)


def test_the_ribbon_shows_each_second_the_piece_that_ends_there(ear, run):
    ear.take(parcel(tone(110, 6), 0, 6))
    layer = live.shown(ear, Asked(run))["ribbon"]["layers"][0]
    np.testing.assert_array_equal(layer["starts"], [2, 3, 4, 5])
    np.testing.assert_array_equal(layer["ends"], [3, 4, 5, 6])
    np.testing.assert_allclose(layer["shares"], [moment.posterior for moment in ear.listener.moments])
    assert layer["order"] == [0, 1, 2]


def test_silence_is_not_named_and_leaves_the_ribbon_empty(ear, run):
    ear.take(parcel(Clip(np.zeros(5 * 22050), 22050), 0, 5))
    seen = live.shown(ear, Asked(run))
    assert (seen["main"]["name"], seen["main"]["share"], seen["main"]["beside"]) == ("NOT SURE", "", "silence")
    assert seen["bars"]["threshold"] is None
    assert seen["bars"]["opacity"] < 1
    assert seen["ribbon"] is None


def test_threshold_and_way_of_joining_are_the_page_s(ear, run):
    ear.take(parcel(tone(110, 9), 0, 9))
    ear.take(parcel(tone(6000, 12), 9, 12))
    sure = ear.listener.verdicts[10.0].confidence
    assert live.shown(ear, Asked(run, threshold=sure + 0.01))["main"]["name"] == "NOT SURE"
    strict = live.shown(ear, Asked(run, threshold=sure + 0.01))["main"]
    assert strict["beside"].startswith("closest: low 0.")
    voted = live.shown(ear, Asked(run, aggregation="vote"))
    np.testing.assert_allclose(voted["bars"]["whole"].sum(), 1, atol=1e-5)
    assert not np.allclose(voted["bars"]["whole"], ear.listener.verdicts[10.0].posterior)


def test_no_music_is_said(ear, run, monkeypatch):
    class Hears:
        music, tags = -3.0, ()

        def __init__(self, features):
            pass

        def listen(self, values):
            pass

    monkeypatch.setattr("genre_core.live.listener.Ears", Hears)
    ear.take(parcel(tone(110, 4), 0, 4))
    assert ear.listener.verdicts[3.0].evidence == Evidence(music=-3.0)
    seen = live.shown(ear, Asked(run))
    assert seen["main"]["beside"] == "sounds like no music"
    assert seen["ribbon"] is None


def test_a_model_of_long_segments_says_which_windows_it_can_judge(tmp_path):
    long = make_run(tmp_path / "run", segments=SegmentConfig(segment_seconds=29.0, hop_seconds=29.0))
    assert "judge the last 30 s and nothing shorter" in live._windows_told(long)
    ear = Ear()
    ear.ask(long.id, Predictor.from_run(long))
    ear.take(parcel(tone(110, 5), 0, 5))
    seen = live.shown(ear, Asked(long))
    assert (seen["main"]["when"], seen["main"]["name"], seen["others"]) == ("Last 5 s of 30 s", "LOW", [])


# The page


def visit(root, monkeypatch, **query):
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/6_Classify.py")
    for name, value in {"run": "demo-ann", "way": "live", **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app):
    return "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.error, app.info) for element in kind)


def test_the_page_says_what_happens_to_the_sound_and_leads_to_a_recording(tmp_path, monkeypatch):
    app = visit(tmp_path, monkeypatch)
    assert not app.error
    said = words(app)
    assert "noise suppression and automatic gain are off" in said
    assert "nothing is written to disk" in said
    assert "This model hears 3 s at a time" in said
    app.button(key="classify.live.record").click().run()
    assert not app.exception
    assert app.session_state["classify.way"] == "songs"
    assert "way" not in app.query_params


def test_a_parcel_is_heard_and_nothing_of_it_is_on_disk(tmp_path, monkeypatch):
    pcm = np.rint(tone(330, 4).y * 32767).astype("<i2").tobytes()
    told = {"session": "a", "first": 0, "sr": 22050, "pcm": base64.b64encode(pcm).decode()}
    seen = []
    monkeypatch.setattr("pages.ui.classify.live.arrived", lambda key: parcel_of(told))
    monkeypatch.setattr("pages.ui.classify.live.microphone", lambda shown, key: seen.append(shown))
    visit(tmp_path, monkeypatch)
    assert (seen[-1]["session"], seen[-1]["taken"], seen[-1]["refused"]) == ("a", 4 * 22050, "")
    assert seen[-1]["main"]["when"] == "Last 4 s of 10 s"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in (".wav", ".npz", ".npy")]


def test_what_is_no_sound_is_said_by_the_microphone(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("pages.ui.classify.live.arrived", lambda key: parcel_of({"session": "a", "pcm": "?"}))
    monkeypatch.setattr("pages.ui.classify.live.microphone", lambda shown, key: seen.append(shown))
    app = visit(tmp_path, monkeypatch)
    assert seen[-1]["refused"] == "Expected samples of a microphone. Received something else. Load the page again."
    assert seen[-1]["main"] is None
    assert not app.error  # the microphone says it, and stops

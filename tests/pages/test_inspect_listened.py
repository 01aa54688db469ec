"""Inspect's look at what a model listened to: the map, what is said of it, the check, the net and the tags."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.audio import decode
from genre_core.features.musicnn import Backbone
from genre_core.files import write_json
from genre_core.inspection.faithfulness import Faithfulness, Fall
from genre_core.inspection.faithfulness_work import make_plan
from genre_core.paths import Root
from genre_core.runs import MANIFEST
from pages.ui import caches_listened
from tests.inspection.nets import write_net
from tests.inspection.tones import tones_run

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture
def root(tmp_path) -> Root:
    root = Root(tmp_path)
    tones_run(root)
    return root


def visit(root: Root, monkeypatch, *, halted: tuple | None = None, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=120)
    if halted:
        app.session_state["inspect.listened.halted"] = halted
    app.switch_page("pages/5_Inspect.py")
    app.query_params.update({"run": "tiny-one", "look": "listened", "detail": "coarse", **query})
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app: AppTest) -> str:
    text = "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.info) for element in kind)
    return text.replace("\\", "")


def test_the_map_of_the_chosen_track_and_what_is_left_without_it(root, monkeypatch):
    app = visit(root, monkeypatch, track="high.6000")
    assert "It calls this **high**" in words(app)
    assert "Without the 10% that matter most for high it has **" in words(app)
    assert "Red speaks for it, blue against it." in words(app)
    assert app.selectbox(key="inspect.listened.track").value == "high.6000"
    app.selectbox(key="inspect.listened.track").set_value("low.120").run()
    assert app.query_params["track"] in ("low.120", ["low.120"])
    assert "It calls this **low**" in words(app)


def test_another_genre_may_be_asked_about(root, monkeypatch):
    app = visit(root, monkeypatch, track="high.6000", why="low", share="0.3")
    assert "It calls this **high**" in words(app)
    assert "**low** has 0." in words(app)
    assert "Without the 30% that matter most for low it has **" in words(app)


def test_a_map_is_made_once_and_one_that_was_stopped_waits_for_a_click(root, monkeypatch):
    asked = []
    real = caches_listened.occlude
    monkeypatch.setattr(caches_listened, "occlude", lambda *args, **options: asked.append(1) or real(*args, **options))
    clip = decode(root.datasets / "tones" / "audio" / "high-6000.wav")
    halted = (clip.sha256, "tiny-one", caches_listened.Asked("", "quiet", "coarse"))
    app = visit(root, monkeypatch, halted=halted, track="high.6000")
    assert "Stopped. The map of this track can be made later." in words(app)
    assert not asked
    app.button(key="inspect.listened.make").click().run()
    assert "It calls this **high**" in words(app)
    app.run()
    assert len(asked) == 1


def test_before_the_check_it_says_why_and_the_button_starts_a_job(root, monkeypatch):
    asked = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, root: asked.append((kind, values)))
    app = visit(root, monkeypatch)
    assert "A map may name what the model never used." in words(app)
    app.button(key="inspect.believed.measure").click().run()
    assert asked == [("faithfulness", {"run": "tiny-one", "title": "Tiny", "role": "valid", "tracks": 6})]


def test_what_was_measured_stands_with_its_intervals(root, monkeypatch):
    plan = make_plan({"run": "tiny-one", "role": "valid", "tracks": 6}, root)
    falls = [Fall(track.id, "high", track.artist, 0.9, 0.4 + 0.02 * number, 0.1, 0.2) for number, track in enumerate(plan.tracks)]
    found = Faithfulness("tiny-one", "valid", plan.how, tuple(falls), problems=(("low.1", "it is gone"),))
    plan.folder.mkdir(parents=True)
    write_json(plan.result, {"model": plan.of_model, **found.to_dict()})
    app = visit(root, monkeypatch)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Probability falls without the 10% that maps call important by": "0.45",
        "Probability falls without 10% at random by": "0.10",
        "Probability falls without the loudest 10% by": "0.20",
    }
    assert "The maps can be believed" in words(app)
    assert "6 valid tracks, each asked for the genre that the model names." in words(app)
    assert "intervals over 3 artists" in words(app)
    assert "Maps made with “Silence”, parts removed with “The clip's mean”." in words(app)
    assert "low.1 could not be heard: it is gone" in words(app)


def test_a_net_shows_its_filters_and_what_each_layer_says(root, monkeypatch):
    write_net(root.runs / "tiny-one" / "model.onnx", rows=32, frames=130)
    app = visit(root, monkeypatch, below="net")
    layers = app.selectbox(key="inspect.layer").options
    assert layers == ["1. conv 1 x 3, 2 channels, ReLU", "2. max-pool 2 x 2", "3. LSTM, 3 units", "4. dense, 2 units, ReLU"]
    assert "What its first layer looks for**: conv 1 x 3" in words(app)
    assert "2 of 2 channels, those that answer most." in words(app)
    app.selectbox(key="inspect.layer").set_value(layers[2]).run()
    assert "A row a unit, step by step" in words(app)
    app.selectbox(key="inspect.layer").set_value(layers[3]).run()
    assert "**What it says of each segment**: dense, 2 units, ReLU" in words(app)
    assert not app.exception


def test_a_model_without_layers_or_tags_says_so(root, monkeypatch):
    assert "cannot be looked into: it has no layers" in words(visit(root, monkeypatch, below="net"))
    assert "Tags are heard by models on a pretrained net." in words(visit(root, monkeypatch, below="tags"))


def test_without_songs_or_a_model_it_says_what_to_do(root, monkeypatch):
    shutil.rmtree(root.datasets)
    assert "bring the data set back first" in words(visit(root, monkeypatch))
    manifest = root.runs / "tiny-one" / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "model": "predictions"}))
    assert "came as predictions alone" in words(visit(root, monkeypatch))


def test_tags_of_a_model_on_a_pretrained_net(root, monkeypatch):
    assert Backbone().rows[0] == "rock"
    monkeypatch.setattr(caches_listened, "tags_over_time", lambda features, segments, clip: _tags(clip))
    monkeypatch.setattr("pages.ui.inspect.inside.listener_of", lambda features: Backbone())
    app = visit(root, monkeypatch, below="tags")
    assert "each is judged alone, segment by segment" in words(app)


def _tags(clip):
    import numpy as np

    from genre_core.inspection.tags import TagsOverTime

    return TagsOverTime(("rock", "pop"), np.full((2, 1), 0.4, np.float32), np.zeros(1), np.array([clip.seconds]))

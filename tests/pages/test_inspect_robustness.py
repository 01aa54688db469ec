"""Inspect's look at robustness: before, while and after it is measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.inspection.robustness_work import work
from genre_core.paths import Root
from tests.inspection.tones import tones_run

APP = str(Path(__file__).resolve().parents[2] / "app.py")
VALUES = {"run": "tiny-one", "role": "valid", "tracks": 6}


@pytest.fixture
def root(tmp_path) -> Root:
    root = Root(tmp_path)
    tones_run(root)
    return root


def visit(root: Root, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/5_Inspect.py")
    app.query_params.update({"run": "tiny-one", "look": "robustness", **query})
    app.run()
    assert not app.exception
    assert not app.error or query.get("run")
    return app


def words(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.info, app.subheader) for element in kind)


def measure(root: Root) -> None:
    values = {**VALUES, "transforms": ["softer", "low_pass_4k"], "processes": 1}
    jobs.perform(jobs.prepare("robustness", values, root), root, lambda journal: work(values, root, journal))


def test_before_it_says_what_will_be_done_and_how_long_it_takes(root, monkeypatch):
    app = visit(root, monkeypatch)
    assert "Not measured yet" in words(app)
    assert "12 dB softer" in words(app)
    assert "6 songs, each as it is and in 13 copies: roughly" in words(app)
    assert "A flip means" in words(app)


def test_the_button_starts_a_job_for_this_run(root, monkeypatch):
    asked = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, root: asked.append((kind, values)))
    visit(root, monkeypatch).button(key="inspect.measure").click().run()
    assert asked == [("robustness", {"run": "tiny-one", "title": "Tiny", "role": "valid", "tracks": 6})]


def test_what_is_renamed_stands_worst_first_and_is_heard_beside_its_copy(root, monkeypatch):
    measure(root)
    app = visit(root, monkeypatch)
    assert app.selectbox(key="inspect.copy").value == "low_pass_4k"
    assert "Renamed by “nothing above 4 kHz”: 3 of 6" in words(app)
    table = app.dataframe[0].value
    assert set(table["true genre"]) == {"high"}
    assert set(table["verdict"]) == {"made wrong"}
    assert "As it is: **high" in words(app)
    assert "Nothing above 4 kHz: **" in words(app)
    assert "intervals over 3 artists" in words(app)
    assert "Where none is renamed, of other songs up to 63% may still be." in words(app)
    app.selectbox(key="inspect.copy").set_value("softer").run()
    assert "Every one of these tracks keeps its verdict." in words(app)
    assert app.query_params["copy"] in ("softer", ["softer"])


def test_what_broke_off_is_offered_where_it_was_asked_for(root, monkeypatch):
    folder = jobs.prepare("robustness", {**VALUES, "title": "Tiny"}, root)
    (folder / "stop").touch()
    with pytest.raises(jobs.StopAsked):
        jobs.perform(folder, root, lambda journal: work({**VALUES, "processes": 1}, root, journal))
    app = visit(root, monkeypatch)
    assert "Robustness of Tiny: Stopped; what is done is kept." in app.warning[0].value
    assert f"inspect.continue.{folder.name}" in {button.key for button in app.button}


def test_a_link_leads_to_one_change_and_one_track(root, monkeypatch):
    measure(root)
    app = visit(root, monkeypatch, copy="low_pass_4k", track="high.6000")
    assert "**high\\.6000**, high" in words(app)


def test_a_run_of_numbers_alone_says_that_there_is_nothing_to_hear(root, monkeypatch):
    app = visit(root, monkeypatch, run="ten-genres")
    assert "songs cannot be heard here, so nothing can be measured" in words(app)
    assert "inspect.measure" not in {button.key for button in app.button}


def test_without_its_songs_nothing_can_be_measured_but_what_is_known_is_shown(root, monkeypatch):
    import shutil

    measure(root)
    shutil.rmtree(root.datasets)
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/5_Inspect.py")
    app.query_params.update({"run": "tiny-one", "look": "robustness"})
    app.run()
    assert not app.exception
    assert any("tones" in str(error.value) for error in app.error)
    assert "so the pair cannot be heard" in words(app)

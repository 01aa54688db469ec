"""The Evaluate page with a second run: what may be concluded, in words first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.paths import Root, find_root
from genre_core.runs import find_run
from pages.ui.words import plain
from tests.compared import judged, save_run, songs

APP = str(Path(__file__).resolve().parents[2] / "app.py")
TITLE = "Which of the two is better?"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    dataset = songs(tmp_path, 60, n_artists=30)
    learned = {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": dataset.fingerprint}}
    for name, n in (("net", 50), ("tree", 20), ("leaf", 18)):
        save_run(tmp_path, name, judged(np.arange(60) < n), **learned)
    return find_root()


def visit(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/4_Evaluate.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    text = "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.warning) for element in kind)
    return text.replace("\\", "")


def titles(app: AppTest) -> list[str]:
    return [element.value for element in app.subheader]


def test_without_a_second_run_nothing_is_compared(root: Root) -> None:
    app = visit(run="net")
    assert TITLE not in titles(app)
    assert app.selectbox(key="evaluate.second run").value == ""


def test_a_second_run_from_the_link_is_compared_in_words_pictures_and_numbers(root: Root) -> None:
    app = visit(run="net", against="tree")
    assert titles(app)[:2] == [TITLE, "net, by itself"]
    said = words(app)
    assert "**“net” is better than “tree” by 50 percentage points, most likely by " in said
    assert "over 30 artists leaves out 0" in said
    assert "McNemar's test takes them for such" in said
    scores, genres = app.dataframe[0].value, app.dataframe[1].value
    assert scores.iloc[0].tolist()[:3] == ["Accuracy", "0.833", "0.333"]
    assert genres["only first"].sum() == 30
    assert app.get("plotly_chart")
    assert not app.warning


def test_choosing_a_second_run_compares_and_writes_the_link(root: Root) -> None:
    app = visit(run="tree")
    app.selectbox(key="evaluate.second run").select("leaf").run()
    assert not app.exception
    assert app.query_params["against"] == "leaf"
    assert "These 60 tracks cannot tell “tree” and “leaf” apart." in words(app)
    assert "another seed" in words(app)
    app.selectbox(key="evaluate.second run").select("").run()
    assert "against" not in app.query_params
    assert TITLE not in titles(app)


def test_runs_that_do_not_compare_say_why_and_the_page_goes_on(root: Root) -> None:
    app = visit(run="net", against="demo-ann")
    assert "different data sets" in words(app)
    assert app.metric[0].label == "Accuracy"
    options = app.selectbox(key="evaluate.second run").options
    shipped = [place for place, option in enumerate(options) if "shipped" in option]
    assert shipped
    assert min(shipped) > max(place for place, option in enumerate(options) if "Songs" in option)


def test_a_second_run_that_went_away_is_said(root: Root) -> None:
    app = visit(run="net", against="gone")
    assert "There is no second run 'gone' here" in words(app)
    assert TITLE not in titles(app)


def test_a_title_with_marks_stays_a_title(root: Root) -> None:
    run = find_run("tree", root)
    run.rename("*A* $x$")
    assert f"“{plain('*A* $x$')}”" in "\n".join(str(element.value) for element in visit(run="net", against="tree").markdown)


def test_two_ticked_runs_lead_here(root: Root) -> None:
    def links(*ticked: str) -> list[str]:
        app = AppTest.from_file(APP, default_timeout=60)
        app.switch_page("pages/3_Train.py")
        app.query_params["runs"] = ",".join(ticked)
        app.run()
        assert not app.exception
        return [link.proto.query_string for link in app.get("page_link") if "Compare them" in link.proto.label]

    assert links("net", "tree") == ["run=net&against=tree"]
    assert links("net", "demo-ann") == links("net", "tree", "leaf") == []

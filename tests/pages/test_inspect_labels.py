"""Inspect's look at labels: the list with its picture, one chosen, and a run that cannot doubt any."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets.versions import relabel, save_version
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.given_numbers import make_songs

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("labels"))
    save_version(relabel(make_songs(root), {"blues.3": "pop"}), root.datasets)
    return root


@pytest.fixture(scope="module")
def run(root: Root) -> Run:
    return train(TrainRequest("logistic", "songs", split="", folds=3), root)


def visit(root: Root, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/5_Inspect.py")
    app.query_params.update({"look": "labels", **query})
    app.run()
    assert not app.exception
    assert not app.error
    return app


def words(app: AppTest) -> str:
    shown = [str(element.value) for kind in (app.markdown, app.caption, app.info, app.subheader) for element in kind]
    return "\n".join(shown).replace("\\", "")


def test_the_most_doubtful_label_is_listed_with_why_and_what_lies_near(root, run, monkeypatch):
    app = visit(root, monkeypatch, run=run.id, track="blues.3")
    table = app.dataframe[0].value
    row = table[table["track"] == "blues.3"].iloc[0]
    assert (row["label"], row["rather"]) == ("pop", "blues")
    assert float(row["support"]) < 0.5
    said = words(app)
    assert "Doubtful labels: " in said
    assert "**blues.3**" in said
    assert "is **pop**, rather **blues**?" in said
    assert "A model that never heard it calls it blues" in said
    assert "Nearest tracks that it learned from" in said
    assert "**What do you hear?**" in said
    assert "Repeats with two labels were not looked for" in said
    assert "A doubtful label is no wrong label" in said


def test_kinds_narrow_the_list(root, run, monkeypatch):
    app = visit(root, monkeypatch, run=run.id)
    app.session_state["inspect.labels.kinds"] = ["conflict"]
    app.run()
    assert "Of the kinds that are ticked there is none." in words(app)


def test_a_run_without_folds_says_what_to_do(root, monkeypatch):
    single = train(TrainRequest("logistic", "songs", "by_artist"), root)
    said = words(visit(root, monkeypatch, run=single.id))
    assert "it cannot doubt them. Train the same model with 5 folds" in said

"""Wherever a page shows a leaky number, it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.datasets.library import save_dataset
from genre_core.datasets.splits import LeakReport, make_split
from genre_core.datasets.splits.gtzan import fault_filtered
from genre_core.datasets.tracks import Dataset, Track
from genre_core.paths import Root
from pages.ui import tables
from tests.datasets.tiny_songs import made
from tests.runs.samples import whole_run

APP = str(Path(__file__).resolve().parents[2] / "app.py")
BADGE = "✖ leaky: segments of 4 songs cross"


def visit(page: str, root: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page(page)
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.warning, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dataset = made({"blues": 30, "rock": 30})
    tracks = (replace(track, extra={"split": ("train", "valid", "test")[n % 3]}) for n, track in enumerate(dataset.tracks))
    save_dataset(replace(dataset, tracks=tuple(tracks)), tmp_path / "datasets")
    return tmp_path


@pytest.mark.parametrize("page", ["pages/2_Dataset.py", "pages/3_Train.py"])
def test_each_split_that_applies_can_be_looked_at(root: Path, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    for split, words in {
        "by_artist": "✔ nothing crosses",
        "fault_filtered": "10 artists cross",
        "from_column": "artists cross",
        "segment_random": "✖ leaky: segments of 60 songs cross",
    }.items():
        assert words in said(visit(page, root, monkeypatch, dataset="made", split=split))


def test_a_leaky_run_is_named_on_every_page_that_scores_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    split = {"name": "segment_random", "seed": 0, "unit": "segment", "roles": dict.fromkeys("abcd", "mixed")}
    leaks = LeakReport(("a", "b", "c", "d"), (), (), True, segments=True).to_dict()
    run = whole_run(root.runs / "leaky", split=split, leaks=leaks)
    app = visit("pages/4_Evaluate.py", tmp_path, monkeypatch, run=run.id)
    assert BADGE in said(app)
    assert "random segments (leaky)" in said(app)
    assert "2 segments of the valid split" in said(app)
    tables = [table.value for table in visit("pages/3_Train.py", tmp_path, monkeypatch).dataframe]
    listed = next(table for table in tables if "judged on" in table)
    row = listed[listed["id"] == run.id].iloc[0]
    assert (row["run"], row["judged on"]) == ("Tiny (leaky)", "2 valid segments")
    assert row["split"] == "✖ random segments (leaky): leaky: segments of 4 songs cross"


def test_a_split_without_test_tracks_says_so_and_is_not_in_the_legend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = {one: role for one, role in fault_filtered().items() if one.partition(".")[0] in ("blues", "rock") and role != "test"}
    dataset = Dataset("part", tuple(Track(one, one.partition(".")[0], None, None, 30.0, one) for one in of))
    save_dataset(dataset, tmp_path / "datasets")
    for page in ("pages/2_Dataset.py", "pages/3_Train.py"):
        app = visit(page, tmp_path, monkeypatch, dataset="part")
        assert app.radio(key=f"{'dataset' if 'Data' in page else 'train'}.split").value == "fault_filtered"
        assert "Chosen here because these are GTZAN's clips" in said(app)
        assert "there is no test split to open" in said(app)
        assert "scores do not compare with those of papers" in said(app)
    assert tables.by_role(make_split(dataset, "fault_filtered"), dataset).keys() == {"train", "valid"}


def test_a_split_is_chosen_for_one_data_set(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_dataset(replace(made({"blues": 30, "rock": 30}), name="other", title="Other"), root / "datasets")
    app = visit("pages/2_Dataset.py", root, monkeypatch, dataset="made")
    app.radio(key="dataset.split").set_value("segment_random").run()
    app.selectbox(key="dataset.dataset").set_value("other").run()
    assert app.radio(key="dataset.split").value == "by_artist"
    app.selectbox(key="dataset.dataset").set_value("made").run()
    assert app.radio(key="dataset.split").value == "segment_random"
    assert not app.exception


def test_a_run_without_test_tracks_says_why_there_is_nothing_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    split = {"name": "fault_filtered", "seed": 0, "roles": {"a": "train", "b": "valid", "c": "valid", "d": "train"}}
    run = whole_run(root.runs / "half", split=split, test_openings=[])
    assert "no test split to open" in said(visit("pages/4_Evaluate.py", tmp_path, monkeypatch, run=run.id))


def test_while_songs_are_made_no_split_is_chosen_and_then_the_honest_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(made({"blues": 1, "rock": 1}), complete=False)
    save_dataset(few, tmp_path / "datasets")
    app = visit("pages/3_Train.py", tmp_path, monkeypatch)
    assert "Songs are still being made" in said(app)
    assert not app.radio
    some = replace(made({"blues": 20, "rock": 20}, artists=False), complete=False)
    save_dataset(some, tmp_path / "datasets")
    assert app.run().radio(key="train.split").value == "by_track"
    save_dataset(made({"blues": 20, "rock": 20}), tmp_path / "datasets")
    assert app.run().radio(key="train.split").value == "by_artist"
    app.radio(key="train.split").set_value("segment_random").run()  # somebody chose it: it stays
    assert app.run().radio(key="train.split").value == "segment_random"
    assert not app.exception


def test_where_only_a_leaky_split_is_possible_it_has_to_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_dataset(made({"blues": 2, "rock": 2}), tmp_path / "datasets")
    app = visit("pages/3_Train.py", tmp_path, monkeypatch, model="logistic")
    assert app.radio(key="train.split").value is None
    assert "These songs allow no honest division." in said(app)
    assert not [one for one in app.button if one.key == "train.go"]
    app.radio(key="train.split").set_value("segment_random").run()
    assert "leaky" in said(app)
    assert app.button(key="train.go")

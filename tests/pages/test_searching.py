"""The part of the Train page that searches for better settings."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from genre_core.jobs import Job
from genre_core.paths import Root, find_root
from genre_core.training.recipe import TrainRequest
from genre_core.training.search_request import SearchRequest
from tests.searched import searched
from tests.training.given_numbers import make_songs

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("searching")
    make_songs(Root(path))
    return path


@pytest.fixture
def root(place: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setenv("GENRE_HOME", str(place))
    return find_root()


@pytest.fixture
def started(root: Root, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What the page asks for instead of a job."""
    asked: list[tuple[str, dict[str, Any]]] = []

    def start(kind: str, values: dict[str, Any], _: Root, *, name: str = "") -> Job:
        asked.append((kind, json.loads(json.dumps(values))))
        return Job(root.jobs / f"none-{name}")

    monkeypatch.setattr("genre_core.jobs.start", start)
    return asked


def visit(**query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/3_Train.py")
    for name, value in {"model": "knn", "dataset": "songs", **query}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    text = "\n".join(str(element.value) for kind in (app.markdown, app.caption, app.warning, app.error) for element in kind)
    return text.replace("\\", "")


def test_what_is_asked_for_begins_with_the_forms_values(started: list) -> None:
    app = visit()
    assert "No search of this model on these songs yet" in words(app)
    app.multiselect(key="train.search.knn.names").set_value(["k"]).run()
    app.select_slider(key="train.search.knn.n_trials").set_value(40).run()
    app.slider(key="train.search.knn.range.k").set_range(2, 9).run()
    app.button(key="train.search.go").click().run()
    assert not app.exception
    [(kind, values)] = started
    request = SearchRequest.from_dict(values)
    assert (kind, request.n_trials, request.metric) == ("search", 40, "log_loss")
    assert (request.train.model, request.train.dataset, request.train.split) == ("knn", "songs", "by_artist")
    [dimension] = request.space()
    assert (dimension.name, dimension.low, dimension.high) == ("k", 2, 9)
    app.multiselect(key="train.search.knn.names").set_value([]).run()
    assert "There is nothing to search" in words(app)
    assert app.button(key="train.search.go").disabled


def test_a_search_shows_what_won_what_mattered_and_trains_the_winner(root: Root, started: list) -> None:
    searched().save(root)
    app = visit()
    said = words(app)
    assert "**Best of 5: trial 2 with 0.600 nats on 6 valid tracks; the settings as they were had 0.900 nats.**" in said
    assert "best of 5 on the same 6 valid tracks, so luck is in it" in said
    assert "Neighbours: `3`" in said
    assert "**What mattered**" in said
    rows = next(table.value for table in app.dataframe if "trial" in table.value)
    assert rows["trial"].tolist() == [1, 2, 3, 4, 5]
    assert rows["state"].tolist()[2:4] == ["failed", "pruned"]
    assert "All 5 trials" in [expander.label for expander in app.expander]
    app.button(key="train.search.winner").click().run()
    [(kind, values)] = started
    request = TrainRequest.from_dict(values)
    assert (kind, request.config) == ("train", {"k": 3, "weights": "distance"})
    assert request.search["id"] == searched().id
    assert request.title.startswith("Winner of 5 trials: ")


def test_a_search_that_was_stopped_can_go_on(root: Root) -> None:
    record = searched()
    record.save(root)
    folder = root.jobs / record.id
    folder.mkdir(parents=True)
    (folder / "request.json").write_text(json.dumps({"kind": "search", **SearchRequest(record.request).to_dict()}))
    now = time.time()
    status = {"state": "stopped", "message": "Stopped; 5 trials kept.", "created": now, "updated": now}
    (folder / "status.json").write_text(json.dumps(status))
    app = visit(search=record.id)
    assert "Stopped after 5 of 5 trials: they are kept." in words(app)
    assert app.button(key=f"train.search.continue.{record.id}").label == "Continue"
    other = visit(model="tree")
    assert "No search of this model on these songs yet" in words(other)
    assert other.button(key=f"train.continue.{record.id}").label == "Continue"


def test_evaluate_says_that_a_winners_valid_score_flatters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.compared import judged, save_run, songs

    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    dataset = songs(tmp_path, 30, n_artists=10)
    learned = {"dataset": {"name": "songs", "title": "Songs", "note": "", "fingerprint": dataset.fingerprint}}
    save_run(tmp_path, "won", judged([True] * 20 + [False] * 10), **learned, search=searched().winner().search)
    save_run(tmp_path, "other", judged([True] * 15 + [False] * 15), **learned)
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/4_Evaluate.py")
    app.query_params["run"], app.query_params["against"] = "won", "other"
    app.run()
    assert not app.exception
    assert "so luck is in it" in words(app)
    assert "“won” won a search of 5 settings by its score on valid tracks: that flatters it." in words(app)

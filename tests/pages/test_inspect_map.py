"""Inspect's map: PCA until the job has made the other, what is chosen, what is drawn around, and what cannot be placed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.audio import encode_wav
from genre_core.inspection.embedding_map import MapConfig
from genre_core.inspection.map_work import work
from genre_core.paths import Root
from genre_core.runs import find_run
from pages.ui import caches_map
from tests.inspection.tones import tones_run
from tests.tiny_run import tone

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture
def root(tmp_path) -> Root:
    root = Root(tmp_path)
    tones_run(root)
    return root


@pytest.fixture
def asked(monkeypatch) -> list:
    """What jobs were asked for; none is started."""
    found = []
    monkeypatch.setattr("genre_core.jobs.start", lambda kind, values, root: found.append((kind, values)))
    return found


def visit(root: Root, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root.path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/5_Inspect.py")
    app.query_params.update({"run": "tiny-one", "look": "map", **query})
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    shown = [str(element.value) for kind in (app.markdown, app.caption, app.info, app.subheader, app.error) for element in kind]
    return "\n".join(shown).replace("\\", "")


def test_umap_is_asked_for_once_and_pca_shown_meanwhile(root, monkeypatch, asked):
    app = visit(root, monkeypatch)
    config = MapConfig("umap").to_dict()
    assert asked == [("map", {"run": "tiny-one", "title": "Tiny", "config": config})]
    assert "This is PCA" in words(app)
    app.run()
    assert len(asked) == 1
    app.button(key="inspect.make").click().run()
    assert len(asked) == 2


def test_what_the_job_has_made_is_shown(root, monkeypatch, asked):
    config = MapConfig("tsne", neighbours=5)
    values = {"run": "tiny-one", "config": config.to_dict()}
    jobs.perform(jobs.prepare("map", values, root), root, lambda journal: work(values, root, journal))
    app = visit(root, monkeypatch, method="tsne", neighbours="5")
    assert asked == []
    assert "PCA" not in words(app)
    assert "distances between groups, their sizes and densities and the axes mean nothing" in words(app)


def test_a_link_chooses_a_track_to_hear(root, monkeypatch):
    app = visit(root, monkeypatch, method="pca")
    assert "Click a point to hear it here." in words(app)
    track = judged(root)[0]
    said = words(visit(root, monkeypatch, method="pca", track=track))
    assert f"**{track}**" in said
    assert "Click a point to hear it here." not in said


def judged(root: Root) -> list[str]:
    return find_run("tiny-one", root).track_ids("valid")


def test_what_a_lasso_holds_becomes_a_list(root, monkeypatch):
    ids = judged(root)[:3]
    monkeypatch.setattr("pages.ui.inspect.map._selection", lambda key: (ids, [], [{"x": []}]))
    app = visit(root, monkeypatch, method="pca")
    assert "Drawn around: 3 tracks" in words(app)
    assert sorted(app.dataframe[-1].value["track"]) == sorted(ids)


def test_a_song_of_ones_own_lies_among_its_nearest(root, monkeypatch):
    app = visit(root, monkeypatch, method="pca")
    app.file_uploader(key="inspect.upload").upload("mine.wav", encode_wav(tone(6000.0, 3.0)), "audio/wav").run()
    assert not app.exception
    assert "Nearest to mine.wav: " in words(app)
    table = app.dataframe[0].value
    assert list(table.columns) == ["track", "genre", "distance"]
    assert len(table) == 5
    assert list(table["distance"]) == sorted(table["distance"])


def test_long_work_is_a_button_not_a_wait(root, monkeypatch, asked):
    monkeypatch.setattr(caches_map, "PATIENCE_SECONDS", -1.0)
    caches_map._embeddings.clear()
    app = visit(root, monkeypatch)
    assert "tracks still to place" in words(app)
    app.button(key="inspect.place").click().run()
    assert asked[0][0] == "map"


def test_a_data_set_that_is_not_here_is_said(root, monkeypatch):
    shutil.rmtree(root.datasets)
    assert "which is not here or cannot be read, so its tracks cannot be placed" in words(visit(root, monkeypatch))


def test_one_track_only_is_said(root, monkeypatch):
    run = find_run("tiny-one", root)
    run.manifest["split"]["roles"] = dict.fromkeys(judged(root)[:1], "valid")
    run.save()
    caches_map._embeddings.clear()
    assert "needs at least 2 tracks with an embedding. Received: 1" in words(visit(root, monkeypatch, method="pca"))

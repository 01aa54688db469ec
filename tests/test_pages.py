"""Every page runs: on a small data set, on an empty root, and on bad input; in this process, without a browser."""

from __future__ import annotations

import io
import json
import shutil
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.datasets.demo import make_demo
from genre_core.datasets.library import load_dataset
from genre_core.jobs.locks import FileLock
from genre_core.paths import find_root
from genre_core.runs import default_run, list_runs
from genre_core.training.recipe import TrainRequest
from pages.ui.glossary import meaning
from pages.ui.page import PAGES
from pages.ui.views import VIEWS

APP = str(Path(__file__).resolve().parent.parent / "app.py")
INSIDE = {name: page.file for name, page in PAGES.items() if name != "home"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A root with thirty demo tracks of two seconds."""
    root = tmp_path_factory.mktemp("prepared")
    make_demo(root / "datasets", n_tracks=3, seconds=2.0, processes=1)
    return root


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page wanted to start or continue, by kind; none is started."""
    calls: list[tuple[str, dict]] = []

    def start(kind, values, root, *, name=""):
        calls.append((kind, values))
        return jobs.Job(root.runs / "started")

    monkeypatch.setattr(jobs, "start", start)
    monkeypatch.setattr(jobs, "resume", lambda job, root: calls.append(("resume", {"id": job.id})))
    monkeypatch.setattr("genre_core.jobs.spawning.stand_by", lambda: None)
    return calls


def visit(name: str, root: Path, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    if name != "home":
        app.switch_page(PAGES[name].file)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def words(app: AppTest) -> str:
    """What stands on the page, as it is read: without the backslashes that keep a name from being Markdown."""
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.title, app.header, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def wav_bytes(seconds: float = 3.0, sr: int = 22050) -> bytes:
    time = np.arange(int(seconds * sr)) / sr
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sr)
        file.writeframes((12000 * np.sin(2 * np.pi * 330 * time)).astype("<i2").tobytes())
    return out.getvalue()


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_on_something_real(name, prepared, monkeypatch, started):
    app = visit(name, prepared, monkeypatch)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == PAGES[name].title
    assert PAGES[name].question in words(app)
    assert not started


@pytest.mark.parametrize("name", PAGES)
def test_empty_root_says_what_comes_next(name, tmp_path, monkeypatch, started):
    app = visit(name, tmp_path, monkeypatch)
    assert not app.exception
    assert not app.error
    assert started == [("demo", {})]
    hints = {"explore": "first demo songs", "dataset": "import a folder", "train": "first demo songs"}
    assert hints.get(name, "") in words(app)


@pytest.mark.parametrize("view", VIEWS)
def test_explore_link_shows_that_clip_in_that_view(view, prepared, monkeypatch, started):
    app = visit("explore", prepared, monkeypatch, clip="demo/jazz.01", view=view)
    assert not app.exception
    assert not app.error
    assert app.session_state["explore.clip"] == "demo/jazz.01"
    assert app.session_state["explore.view"] == view
    assert "jazz" in words(app)


def test_explore_link_carries_parameters(prepared, monkeypatch, started):
    app = visit("explore", prepared, monkeypatch, view="mfcc", n_mfcc="20")
    assert app.number_input(key="explore.mfcc.n_mfcc").value == 20
    app.number_input(key="explore.mfcc.n_mfcc").set_value(5).run()
    assert app.query_params["n_mfcc"] in ("5", ["5"])


def test_explore_says_impossible_parameters_and_goes_on(prepared, monkeypatch, started):
    app = visit("explore", prepared, monkeypatch, view="mfcc", n_mfcc="100", n_mels="40")
    assert not app.exception
    assert "(n_mfcc) must not exceed the mel bands (n_mels)" in app.error[0].value


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("explore", {"clip": "demo/no.such"}),
        ("explore", {"view": "smell"}),
        ("explore", {"n_fft": "1000"}),
        ("dataset", {"dataset": "nowhere"}),
        ("dataset", {"split": "by_luck"}),
        ("train", {"model": "oracle"}),
        ("explore", {"clip": "../../etc/passwd"}),
    ],
)
def test_a_link_to_what_is_not_there_is_said_and_the_page_goes_on(name, query, prepared, monkeypatch, started):
    app = visit(name, prepared, monkeypatch, **query)
    assert not app.exception
    assert next(iter(query.values())) in "\n".join(warning.value for warning in app.warning)


def test_upload_that_is_no_sound_is_a_sentence(prepared, monkeypatch, started):
    app = visit("explore", prepared, monkeypatch)
    app.file_uploader(key="explore.upload").upload("broken.wav", b"this is no sound", "audio/wav").run()
    assert not app.exception
    assert len(app.error) == 1
    assert "broken.wav" in app.error[0].value


def test_upload_is_explored_and_leaves_nothing_on_disk(prepared, monkeypatch, started):
    before = sorted(prepared.rglob("*"))
    app = visit("explore", prepared, monkeypatch)
    app.file_uploader(key="explore.upload").upload("tone.wav", wav_bytes(), "audio/wav").run()
    assert not app.exception
    assert not app.error
    assert "tone.wav" in words(app)
    assert sorted(prepared.rglob("*")) == before


def test_train_asks_for_what_the_form_says(prepared, monkeypatch, started):
    app = visit("train", prepared, monkeypatch, model="ann")
    app.number_input(key="train.ann.training.epochs").set_value(3)
    app.multiselect(key="train.genres").set_value(["jazz", "pop"])
    app.select_slider(key="train.train_share").set_value(0.5)
    [train] = [button for button in app.button if button.label == "Train"]
    train.click().run()
    assert not app.exception
    [(kind, values)] = started
    request = TrainRequest.from_dict(values)
    assert (kind, request.model, request.dataset, request.split, request.folds) == ("train", "ann", "demo", "by_artist", 0)
    assert (request.resolve().training.epochs, request.genres, request.train_share) == (3, ("jazz", "pop"), 0.5)


def write_status(job, state, message, **facts):
    """As if a process had said this and were still alive, or not."""
    status = {"state": state, "message": message, "created": 1.0, "updated": 1.0, **facts}
    (job.folder / "status.json").write_text(json.dumps(status), encoding="utf-8")


def test_every_page_shows_what_works_and_can_stop_it(prepared, monkeypatch, started):
    root = find_root(prepared)
    job = jobs.Job(jobs.prepare("import", {"folder": "/music/mine"}, root))
    write_status(job, "working", "Reading songs: 30 of 357", progress=0.1, seconds_left=20.0, pid=1)
    alive = FileLock(job.folder / "alive.lock")
    assert alive.acquire()
    try:
        for name in PAGES:
            app = visit(name, prepared, monkeypatch)
            assert not app.exception
            [stop] = [button for button in app.button if button.label == "Stop"]
        app = stop.click().run()
        assert job.stop_asked
        assert any(button.label.startswith("Stopping") and button.disabled for button in app.button)
    finally:
        alive.release()
        shutil.rmtree(job.folder)


def test_a_job_that_broke_off_can_be_continued_or_discarded(prepared, monkeypatch, started):
    root = find_root(prepared)
    job = jobs.Job(jobs.prepare("import", {"folder": "/music/mine"}, root))
    write_status(job, "working", "Reading songs: 30 of 357", progress=0.1, pid=1)
    app = visit("dataset", prepared, monkeypatch)
    assert "broke off" in words(app)
    assert "30 of 357" in words(app)
    [go_on] = [button for button in app.button if button.label == "Continue"]
    go_on.click().run()
    assert started == [("resume", {"id": job.id})]
    app = visit("dataset", prepared, monkeypatch)
    [drop] = [button for button in app.button if button.label == "Discard for good"]
    drop.click().run()
    assert not job.folder.exists()


def test_a_damaged_data_set_is_said_and_the_others_stay(prepared, tmp_path, monkeypatch, started):
    shutil.copytree(prepared, tmp_path / "root")
    (tmp_path / "root" / "datasets" / "broken").mkdir()
    (tmp_path / "root" / "datasets" / "broken" / "dataset.json").write_text("{", encoding="utf-8")
    app = visit("dataset", tmp_path / "root", monkeypatch)
    assert not app.exception
    assert "broken" in app.error[0].value
    assert app.selectbox(key="dataset.dataset").value == "demo"


def test_evaluate_and_classify_stand_on_the_shipped_runs(prepared, monkeypatch, started):
    monkeypatch.setenv("GENRE_HOME", str(prepared))
    runs = list_runs(find_root())
    assert runs, "the product ships finished runs in artifacts/models"
    app = visit("evaluate", prepared, monkeypatch, run=runs[-1].id)
    assert not app.exception
    assert [metric.label for metric in app.metric] == ["Accuracy", "Macro F1", "mAP", "AUC"]
    assert all(metric.delta.startswith("[") for metric in app.metric)
    assert f"{runs[-1].scores['valid']['n_tracks']} tracks of the valid split" in words(app)
    app = visit("classify", prepared, monkeypatch, clip="demo/rock.00")
    assert not app.exception
    assert not app.error
    assert "This demo song is synthesised" in words(app)
    name = "a__tone_ of *mine* [1] $x$ <b>é 😀.wav"
    app.file_uploader(key="classify.upload").upload(name, wav_bytes(), "audio/wav").run()
    assert not app.exception
    assert "a__tone_ of" in words(app)


def test_unknown_run_is_said(prepared, monkeypatch, started):
    app = visit("evaluate", prepared, monkeypatch, run="never-trained")
    assert not app.exception
    assert "never-trained" in words(app)


def test_a_rerun_computes_nothing_anew(prepared, monkeypatch, started):
    app = visit("explore", prepared, monkeypatch, clip="demo/pop.00")
    dataset = load_dataset("demo", prepared / "datasets")
    monkeypatch.setattr(type(dataset.tracks[0]), "clip", lambda self, **_: pytest.fail("the song was decoded again"))
    assert not app.run().exception
    assert not app.error


def test_glossary_explains_what_the_pages_name():
    for term in ("accuracy", "F1", "mAP", "AP", "AUC", "confusion matrix", "precision", "recall", "split"):
        assert meaning(term), term
    assert meaning("no such term") is None


def test_a_stop_is_answered_at_once(prepared, monkeypatch, started):
    job = jobs.Job(jobs.prepare("train", TrainRequest("ann").to_dict(), find_root(prepared)))
    write_status(job, "training", "Epoch 2 of at most 9", progress=0.2, epoch=1, epochs=9, pid=1)
    alive = FileLock(job.folder / "alive.lock")
    assert alive.acquire()
    app = visit("train", prepared, monkeypatch)
    button = next(button for button in app.button if button.label.startswith("Stop"))
    assert not button.disabled
    app = button.click().run()
    button = next(button for button in app.button if button.label.startswith("Stop"))
    assert button.disabled
    assert button.label.startswith("Stopping")
    alive.release()
    shutil.rmtree(job.folder)


def test_a_song_too_long_for_the_start_page_leads_on_all_the_same(prepared, monkeypatch, started):
    monkeypatch.setattr(sys.modules["genre_core.audio.decode"], "MAX_SECONDS", 0.2)
    app = visit("home", prepared, monkeypatch)
    app.file_uploader(key="home.upload").upload("my mix.wav", wav_bytes(), "audio/wav").run()
    assert not app.exception
    assert not app.error
    assert "**my mix.wav** is long: Classify names it while it is heard" in words(app)


def test_a_song_dropped_on_the_start_page_comes_along(prepared, monkeypatch, started):
    app = visit("home", prepared, monkeypatch)
    app.file_uploader(key="home.upload").upload("my tune.wav", wav_bytes(), "audio/wav").run()
    assert not app.exception
    assert f"my tune.wav: not sure, sounds like no music**, by {default_run(find_root(prepared)).title}" in words(app)
    for name, key in (("classify", "classify.let_go"), ("explore", "explore.let_go")):
        app.switch_page(PAGES[name].file)
        app.query_params["own"] = "1"
        app.run()
        assert not app.exception
        assert "my tune.wav" in words(app) + " ".join(button.label for button in app.button).replace("\\", "")
        assert app.button(key=key)
    app.button(key="explore.let_go").click().run()
    assert "my tune.wav" not in words(app) + " ".join(button.label for button in app.button).replace("\\", "")

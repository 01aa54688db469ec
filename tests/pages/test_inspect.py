"""The Inspect page: errors, the surest first, from links, to hear, beside what they resemble, and what people say of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.audio import decode, encode_wav
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.opinions import LABEL_WRONG, Opinion, load_opinions, say
from genre_core.datasets.tracks import Dataset, Track
from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.report import score_report
from genre_core.paths import find_root
from genre_core.runs import Run
from genre_core.runs.foreign import import_predictions
from tests.tiny_run import GENRES, make_run, tone

APP = str(Path(__file__).resolve().parents[2] / "app.py")
SEGMENTS = SegmentConfig(segment_seconds=1.0, hop_seconds=1.0)
HERTZ = {"high": 6000.0, "low": 300.0}
N_TRAIN, N_VALID = 6, 4


def visit(root: Path, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/5_Inspect.py")
    for key, value in query.items():
        app.query_params[key] = value
    return sound(app.run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error, app.error[0].value
    return app


def words(app: AppTest) -> str:
    shown = [str(element.value) for kind in (app.markdown, app.caption, app.subheader, app.info, app.success) for element in kind]
    return "\n".join(shown).replace("\\", "")


def table(app: AppTest):
    return app.dataframe[0].value


@pytest.fixture
def tones(tmp_path) -> Run:
    """High and low tones; of the judged ones `high.3`, which sounds high, is labelled low, and the run calls it high."""
    tracks, roles = [], {}
    for genre, hertz in HERTZ.items():
        for number in range(N_TRAIN + N_VALID):
            track_id = f"{genre}.{number}"
            clip = tone(hertz * (1 + 0.01 * number), 2.0)
            path = tmp_path / "audio" / f"{track_id}.wav"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(encode_wav(clip))
            label = "low" if track_id == "high.3" else genre
            tracks.append(Track(track_id, label, path, f"artist {number}", 2.0, decode(path).sha256))
            roles[track_id] = "valid" if number < N_VALID else "train"
    dataset = Dataset("tones", tuple(tracks), title="Tones")
    save_dataset(dataset, tmp_path / "datasets")
    learned = {"name": "tones", "title": "Tones", "fingerprint": dataset.fingerprint}
    run = make_run(tmp_path / "runs" / "tiny", segments=SEGMENTS, dataset=learned, roles=roles)
    judged = [track for track in tracks if roles[track.id] == "valid"]
    y_true = np.array([GENRES.index(track.genre) for track in judged])
    named = np.array([GENRES.index(track.id.split(".")[0]) for track in judged])
    sure = np.where(np.arange(3) == named[:, None], 0.9, 0.05)
    predictions = Predictions(
        GENRES,
        np.array([track.id for track in judged]),
        y_true,
        np.repeat(np.arange(len(judged)), 2),
        np.tile([0.0, 1.0], len(judged)),
        np.tile([1.0, 2.0], len(judged)),
        np.repeat(sure, 2, axis=0),
    )
    predictions.save(run.folder / "predictions_valid.npz")
    run.manifest["scores"] = {"valid": score_report(predictions, [track.artist for track in judged])}
    run.save()
    return run


@pytest.fixture
def alone(tmp_path) -> Run:
    """The shipped dense network as a run of one's own, without its data set."""
    folder = tmp_path / "runs" / "mine"
    shutil.copytree(find_root().shipped / "demo-ann", folder)
    (folder / "card.md").unlink()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "id": "mine", "title": "Mine"}), encoding="utf-8")
    return Run.load(folder)


def test_without_its_data_set_errors_are_listed_and_the_page_says_why_none_is_heard(tmp_path, alone, monkeypatch):
    app = visit(tmp_path, monkeypatch, run="mine")
    predictions = alone.predictions()
    wrong = predictions.y_pred != predictions.y_true
    assert f"Called by another genre: {wrong.sum()} tracks of 40, the surest first" in words(app)
    sure = table(app)["how sure"].astype(float).tolist()
    assert sure == sorted(sure, reverse=True)
    assert sure == pytest.approx(np.sort(predictions.posteriors.max(axis=1)[wrong])[::-1], abs=0.006)
    assert "Its data set is not here, so it cannot be heard." in words(app)


def test_a_link_asks_for_a_cell_a_confidence_and_a_track(tmp_path, alone, monkeypatch):
    predictions = alone.predictions()
    wrong = np.flatnonzero(predictions.y_pred != predictions.y_true)
    cells = [(predictions.genres[predictions.y_true[row]], predictions.genres[predictions.y_pred[row]]) for row in wrong]
    true, named = max(cells, key=cells.count)
    app = visit(tmp_path, monkeypatch, run="mine", true=true, predicted=named)
    assert f"{true.capitalize()} called {named}: {cells.count((true, named))} track" in words(app)
    assert set(table(app)["genre"]) == {true}
    assert set(table(app)["called"]) == {named}
    last = table(app)["track"].iloc[-1]
    app = visit(tmp_path, monkeypatch, run="mine", true=true, predicted=named, track=last)
    assert f"**{last}**" in words(app)
    app = visit(tmp_path, monkeypatch, run="mine", low="0.99", high="1.00", predicted=named)
    assert "With these filters nothing is left." in words(app) or table(app)["how sure"].astype(float).min() >= 0.99


def test_what_a_link_asks_for_that_is_not_here_is_said(tmp_path, alone, monkeypatch):
    app = visit(tmp_path, monkeypatch, run="mine", true="polka", low="much", track="nobody")
    said = " ".join(warning.value for warning in app.warning)
    assert "There is no true 'polka' here" in said
    assert "There is no confidence from much to None" in said
    assert "Called by another genre" in words(app)


def test_filters_that_leave_nothing_lead_back(tmp_path, alone, monkeypatch):
    app = visit(tmp_path, monkeypatch, run="mine", low="0.00", high="0.01")
    assert "With these filters nothing is left." in words(app)
    sound(app.button(key="inspect.all").click().run())
    assert "Called by another genre" in words(app)
    assert "high" not in app.query_params


def test_an_error_is_heard_beside_the_training_tracks_that_sound_like_it(tmp_path, tones, monkeypatch):
    app = visit(tmp_path, monkeypatch, run=tones.id)
    assert table(app)["track"].tolist() == ["high.3"]
    assert "**high.3**, by artist 3: is **low**, called **high** 0.90, its own genre has 0.05" in words(app)
    near = [line for line in words(app).splitlines() if line.startswith("**high**, high.")]
    assert len(near) == 3
    assert "**low**, low." not in words(app)
    assert not any(f"high.{number}" in line for line in near for number in range(N_VALID))  # it learned from none of these


def test_the_page_opens_on_a_run_whose_songs_can_be_heard(tmp_path, tones, alone, monkeypatch):
    assert alone.created > tones.created
    app = visit(tmp_path, monkeypatch)
    assert app.selectbox[0].value == tones.id


def test_what_is_right_is_shown_when_asked(tmp_path, tones, monkeypatch):
    app = visit(tmp_path, monkeypatch, run=tones.id, right="True")
    assert len(table(app)) == 2 * N_VALID
    assert table(app)["track"].iloc[0] == "high.3"
    sound(app.toggle(key="inspect.right").set_value(False).run())
    assert len(table(app)) == 1


def test_an_opinion_is_kept_applied_and_shown(tmp_path, tones, monkeypatch):
    app = visit(tmp_path, monkeypatch, run=tones.id)
    sound(app.radio[0].set_value(LABEL_WRONG).run())
    assert next(box for box in app.selectbox if box.label == "It is").value == "high"  # what the run says is offered first
    sound(next(button for button in app.button if button.label == "Keep").click().run())
    kept = load_opinions("tones", tmp_path / "datasets")["high.3"]
    assert (kept.verdict, kept.genre, kept.label, kept.run) == (LABEL_WRONG, "high", "low", tones.id)
    assert "What was said of the labels: 1" in words(app)
    sound(app.button(key="inspect.apply").click().run())
    later = load_dataset("tones", tmp_path / "datasets")
    assert (later.version, later.by_id["high.3"].genre) == (2, "high")
    assert any(button.label == "Train again on the corrected labels" for button in app.button)
    assert "is **low**, called **high**" in words(app)  # the run was judged by the version that it learned from


def test_an_opinion_is_taken_back(tmp_path, tones, monkeypatch):
    say("tones", tmp_path / "datasets", Opinion("high.3", LABEL_WRONG, genre="high"))
    app = visit(tmp_path, monkeypatch, run=tones.id)
    sound(next(button for button in app.button if button.label == "Take it back").click().run())
    assert load_opinions("tones", tmp_path / "datasets") == {}


def test_predictions_of_another_tool_are_inspected_and_agreement_is_told(tmp_path, tones, monkeypatch):
    rows = [
        f"{name}.{number},{0.7 * (name == 'high') + 0.1},{0.7 * (name == 'low') + 0.1},0.1"
        for name in HERTZ
        for number in range(4)
    ]
    text = "\n".join(["track,high,low,neither", *rows])
    run = import_predictions(text.encode(), find_root(tmp_path), name="theirs.csv", dataset="tones")
    app = visit(tmp_path, monkeypatch, run=run.id)
    assert table(app)["track"].tolist() == ["high.3"]
    assert table(app)["other runs right"].tolist() == ["0 of 1"]
    assert "Nearest tracks" not in words(app)  # it holds no model that could place anything
    app = visit(tmp_path, monkeypatch, run=tones.id, runs="alone")
    assert "With these filters nothing is left." in words(app)


def test_a_run_without_errors_says_so(tmp_path, tones, monkeypatch):
    predictions = tones.predictions()
    fixed = Predictions(
        **{**{name: getattr(predictions, name) for name in predictions.__dataclass_fields__}, "y_true": predictions.y_pred}
    )
    fixed.save(tones.folder / "predictions_valid.npz")
    app = visit(tmp_path, monkeypatch, run=tones.id)
    assert "It called every track by its own genre: there is no error to look at." in words(app)

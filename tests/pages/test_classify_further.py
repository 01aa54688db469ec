"""What Classify says beyond one verdict: two models, the nearest songs, what it listened to, and how segments join."""

from __future__ import annotations

import io
import json
import re
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.audio import Clip, encode_wav
from genre_core.audio.recording import Recording
from genre_core.datasets.library import load_dataset, save_dataset
from genre_core.datasets.tracks import Dataset, Track
from genre_core.inference import Predictor
from genre_core.inspection.embeddings import track_embeddings
from genre_core.paths import Root
from genre_core.runs import MANIFEST, Run
from pages.ui import caches_listened, player
from pages.ui.classify.near import distance_in_words
from pages.ui.verdict import worth
from tests.tiny_run import make_run, tone

APP = str(Path(__file__).resolve().parents[2] / "app.py")
CALIBRATION = {"temperature": 1.5, "role": "folds", "log_loss": [1, 1], "brier": [1, 1], "calibration_error": [0.1, 0.04]}


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    monkeypatch.setattr("pages.ui.classify.songs.PATIENCE_SECONDS", 600.0)


@pytest.fixture
def root(tmp_path, monkeypatch) -> Root:
    """Two tiny models, of which one calls everything low, and a data set of tones, low and high."""
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    tracks = []
    for number, hertz in enumerate((150, 160, 170, 5000, 5100, 5200)):
        clip, path = tone(hertz, 4.0), tmp_path / f"{hertz}.wav"
        soundfile.write(path, clip.y, clip.sr, subtype="FLOAT")
        genre = "low" if hertz < 1000 else "high"
        tracks.append(
            Track(f"tones.{hertz}", genre, path, f"player {number}", clip.seconds, clip.sha256, {"title": f"At {hertz}"})
        )
    dataset = Dataset("tones", tuple(tracks), title="Tones")
    save_dataset(dataset, tmp_path / "datasets")
    said = {"name": "tones", "title": "Tones", "fingerprint": dataset.fingerprint}
    make_run(tmp_path / "runs" / "ears", run_id="ears", dataset=said)
    make_run(tmp_path / "runs" / "backwards", run_id="backwards", dataset=said, scale=-0.05)
    change(tmp_path / "runs" / "backwards", title="Backwards", genres=["high", "low", "noise"])
    return Root(tmp_path)


def change(folder: Path, **values) -> Run:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, **values}))
    return Run.load(folder)


def halves() -> bytes:
    """Fifteen seconds low, fifteen seconds high."""
    low, high = tone(150, 15.0), tone(5000, 15.0)
    return encode_wav(Clip(np.concatenate([low.y, high.y]), low.sr))


def visit(content: bytes | None = None, *, name: str = "halves.wav", **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/6_Classify.py")
    for key, value in {"run": "ears", **query}.items():
        app.query_params[key] = value
    app.run()
    if content is not None:
        app.file_uploader(key="classify.upload").upload(name, content, "audio/wav").run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.header)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def test_a_song_that_changes_is_told_as_a_mix(root):
    app = visit(halves(), threshold="0.4")
    assert "**A mix:** low until 0:15, then high." in words(app)
    listed = next(table.value for table in app.dataframe if "from" in table.value)
    assert listed[["from", "to", "verdict"]].values.tolist() == [["0:00", "0:15", "low"], ["0:15", "0:30", "high"]]
    assert "A mix" not in words(visit(encode_wav(tone(150, 6.0)), threshold="0.4"))


def test_two_models_are_asked_and_where_they_differ_is_told(root):
    app = visit(halves(), other="backwards")
    assert len(app.header) == 2
    said = words(app)
    assert "**They agree on 0% of the time.** They differ from 0:00 to 0:30" in said
    assert "Tiny does not know noise: it can never say so." in said
    assert "Backwards does not know neither: it can never say so." in said
    assert app.query_params["other"] in ("backwards", ["backwards"])
    app.selectbox(key="classify.other").set_value("").run()
    assert len(app.header) == 1
    assert "other" not in app.query_params


def shown(app: AppTest) -> str:
    """Name of the song that is shown."""
    [line] = [entry.value for entry in app.caption if "Play it, or click" in entry.value]
    return line.split("**")[1].replace("\\", "")


def test_a_song_stays_while_another_page_is_looked_at_until_it_is_forgotten(root):
    app = visit(encode_wav(tone(150, 6.0)), name="mine.wav")
    app.switch_page("pages/8_Glossary.py").run()
    app.switch_page("pages/6_Classify.py").run()
    assert not app.exception, app.exception
    assert shown(app) == "mine.wav"
    fields = "classify.upload.2"  # the browser has emptied the former one
    app.file_uploader(key=fields).upload("more.wav", encode_wav(tone(5000, 6.0)), "audio/wav").run()
    assert shown(app) == "more.wav"  # the newest is looked at
    assert "**2 songs**: 2 named, 0 not sure. Choose" in words(app)
    app.file_uploader(key=fields).set_value([]).run()
    assert shown(app) == "mine.wav"  # what was dropped before the other page stays
    app.file_uploader(key=fields).upload("more.wav", encode_wav(tone(5000, 6.0)), "audio/wav").run()
    app.switch_page("pages/8_Glossary.py").run()
    app.switch_page("pages/6_Classify.py").run()
    app.button(key="classify.forget").click().run()
    assert "mine.wav" not in words(app)
    assert not [key for key in ("brought", "former") if app.session_state[f"classify.{key}"]]


def test_a_file_that_breaks_off_is_told(root):
    content = io.BytesIO()
    soundfile.write(content, tone(150, 60.0).y, 22050, format="FLAC")
    whole = content.getvalue()
    assert "it seems to break off" not in words(visit(whole, name="whole.flac"))
    said = words(visit(whole[: len(whole) // 3], name="part.flac"))
    assert re.search(r"By its header this file lasts 1:00, but only 0:\d\d could be heard: it seems to break off\.", said)


def test_a_link_to_a_second_model_that_is_gone_is_said(root):
    assert "There is no other 'gone' here" in words(visit(other="gone"))


def test_two_models_that_say_the_same_agree_all_the_way(root):
    shutil.copytree(root.runs / "ears", root.runs / "twin")
    change(root.runs / "twin", id="twin", title="Twin")
    assert "**They agree** all the way." in words(visit(halves(), other="twin"))


def test_the_nearest_songs_of_a_data_set_are_heard_once_they_are_placed(root, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start", lambda kind, values, where: started.append((kind, values)))
    assert "To place the 6 songs of Tones, the model hears each once. The" in words(visit(encode_wav(tone(5050, 6.0))))
    app = visit(encode_wav(tone(5050, 12.0)))
    assert "To place the 6 songs of Tones, the model hears each once, about" in words(app)
    app.button(key="classify.place").click().run()
    assert started == [("place", {"run": "ears", "dataset": "tones", "title": "Tones, by Tiny"})]

    run = Run.load(root.runs / "ears")
    track_embeddings(run, root, dataset=load_dataset("tones", root.datasets))
    said = words(visit(encode_wav(tone(5050, 6.0))))
    assert said.count("**high**: At 5") == 3
    assert "Among these 6 songs, 67% of the nearest by other artists are of the same genre, by lot 40%" in said
    assert "nearness says something here" in said
    assert "almost the same" in said


def test_a_song_of_the_data_set_is_not_its_own_neighbour(root):
    track_embeddings(Run.load(root.runs / "ears"), root, dataset=load_dataset("tones", root.datasets))
    said = words(visit(clip="tones/5000"))
    assert "**high**: At 5100" in said
    assert "At 5000 by" not in said


def test_distances_are_said_in_words():
    assert distance_in_words(0.02) == "distance 0.02, almost the same"
    assert distance_in_words(1.0) == "distance 1.00, nothing in common"
    assert distance_in_words(1.9) == "distance 1.90, the opposite"


def test_what_it_listened_to_is_made_only_when_somebody_asks(root, monkeypatch):
    asked = []
    real = caches_listened.occlude
    monkeypatch.setattr(caches_listened, "occlude", lambda *args, **how: asked.append(1) or real(*args, **how))
    app = visit(encode_wav(tone(150, 6.0)))
    assert not asked
    app.segmented_control(key="classify.below").set_value("listened").run()
    assert not app.exception
    assert asked == [1]
    assert "It calls this **low**" in words(app)
    assert "The model was asked" in words(app)


def test_calibration_is_said_to_hold_for_the_mean_alone(root):
    run = change(root.runs / "ears", calibration=CALIBRATION)
    assert worth(run).startswith("Calibrated: its probabilities are off by 0.04")
    assert worth(run, "median").startswith("Its probabilities are calibrated for the mean of the segments alone")


def test_the_field_says_how_large_a_file_may_be_and_how_larger_ones_are_named(root):
    [field] = visit().get("file_uploader")
    assert field.label == "Drop songs here, up to 200 MB each"
    assert "`python -m genre_core classify FILE`" in field.help


def test_a_long_song_is_wholly_in_sight_and_read_part_by_part(root, monkeypatch):
    drawn = {}
    monkeypatch.setattr("pages.ui.classify.one.player", lambda clip, **how: drawn.update(how, clip=clip))
    monkeypatch.setattr("pages.ui.classify.hearing.WHOLE_SECONDS", 20.0)
    visit(encode_wav(tone(150, 70.0)))
    assert drawn["span_seconds"] == drawn["clip"].seconds == pytest.approx(70, abs=0.1)
    assert drawn["span_seconds"] > player.MAX_SPAN_SECONDS
    assert drawn["bars"] == "Whole song"
    assert isinstance(drawn["clip"], Recording)
    [panel] = drawn["panels"]
    assert panel.layers[0].ends[-1] == pytest.approx(70, abs=0.1)


def said_of_progress(app: AppTest) -> str:
    return "".join(line.proto.text for line in app.get("progress"))


def test_what_is_still_heard_says_how_far_it_is_and_stops(root, monkeypatch):
    monkeypatch.setattr("pages.ui.classify.songs.PATIENCE_SECONDS", 0.05)
    going, turn = Predictor.listen, threading.Semaphore(0)

    def slowly(self, sound, **how):
        for prediction in going(self, sound, **how):
            yield prediction
            assert how["name"] != "halves.wav" or turn.acquire(timeout=60)

    monkeypatch.setattr(Predictor, "listen", slowly)
    app = visit(encode_wav(tone(150, 45.0)))
    until = time.monotonic() + 60
    while not said_of_progress(app).startswith("Heard") and time.monotonic() < until:
        app.run()
    assert said_of_progress(app).startswith("Heard 0:06 of 0:45")
    assert [button.label for button in app.button if button.label == "Stop"] == ["Stop"]
    app.button(key="classify.stop.ears").click().run()
    turn.release(99)
    while "Stopped" not in words(app) and time.monotonic() < until:
        app.run()
    assert "Stopped: what is said holds for the first 0:36 of 0:45." in words(app)
    app.button(key="classify.again.ears").click().run()
    while "All 15 segments" not in words(app) and time.monotonic() < until:
        app.run()
    assert "Stopped" not in words(app)
    assert "All 15 segments say low." in words(app)


def test_what_was_chosen_last_is_shown_an_example_or_ones_own(root):
    app = visit(encode_wav(tone(150, 6.0)), name="mine.wav")
    assert shown(app) == "mine.wav"
    app.selectbox(key="classify.clip").set_value("tones/5000").run()
    assert shown(app) == "tones/5000"
    app.button(key="classify.own_again").click().run()
    assert shown(app) == "mine.wav"
    assert "clip" not in app.query_params

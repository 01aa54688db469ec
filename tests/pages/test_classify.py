"""The Classify page says what it knows and no more: verdicts, what their probability is worth, and what to do next."""

from __future__ import annotations

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core.audio import Clip, encode_wav
from genre_core.errors import AudioError
from genre_core.evaluation.verdict import Evidence
from genre_core.features.is_music import open_check
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.ui import exports
from pages.ui.verdict import deaf_to_noise, headline, in_short, sentence, tags_heard, votes, worth

APP = str(Path(__file__).resolve().parents[2] / "app.py")
GENRES = ("blues", "drum_and_bass", "rock")
TAGS = (("jazz", 0.62), ("instrumental", 0.41), ("80s", 0.3), ("guitar", 0.2), ("piano", 0.15), ("mellow", 0.12), ("metal", 0.01))
CALIBRATION = {
    "temperature": 1.5,
    "role": "folds",
    "log_loss": [1.0, 0.8],
    "brier": [0.5, 0.4],
    "calibration_error": [0.12, 0.043],
}


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    """However busy the machine is, the page waits for the few seconds of sound of a test."""
    monkeypatch.setattr("pages.ui.classify.songs.PATIENCE_SECONDS", 600.0)


def says(monkeypatch, prediction: Prediction) -> None:
    """Every model says this of every sound."""

    def listen(self, sound, *, threshold=0.5, name=""):
        list(sound)
        yield prediction

    monkeypatch.setattr(Predictor, "listen", listen)


def judged(posterior=(0.1, 0.7, 0.2), evidence=None, threshold=0.5) -> Prediction:
    """A prediction of two segments of three seconds."""
    p = np.array(posterior, np.float32)
    ends = np.array([3.0, 6.0])
    made = Prediction(GENRES, p, np.stack([p, p]), ends - 3, ends, None, float(p.max()), "", "", p, "mine", "")
    return replace(made, evidence=evidence or Evidence()).with_threshold(threshold)


LETTER = b"Dear reader, this is a letter and no sound. " * 40
CLIP = Clip(np.sin(np.arange(22050 * 6) / 10) / 2, 22050, "a_tone.wav")
NO_MUSIC = judged((0.02, 0.03, 0.95), Evidence(music=-2.0, tags=TAGS))
FAR = judged((0.02, 0.03, 0.95), Evidence(music=2.0, distance=1.5))
SILENT = judged((1 / 3, 1 / 3, 1 / 3), Evidence(silent=True))


def copied(root: Path, *, card: str | None = None, **changes) -> Run:
    """The shipped dense network as a run of the user's own, with other words in its manifest."""
    folder = root / "runs" / "mine"
    shutil.copytree(find_root().shipped / "demo-ann", folder)
    (folder / "card.md").unlink()
    if card is not None:
        (folder / "card.md").write_text(card, encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "id": "mine", "title": "Mine", **changes}), encoding="utf-8")
    return Run.load(folder)


def visit(root: Path, monkeypatch, *uploads: str, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/6_Classify.py")
    for key, value in {"run": "demo-ann", **query}.items():
        app.query_params[key] = value
    app.run()
    for number, name in enumerate(uploads):
        sound = encode_wav(Clip(CLIP.y * (1 - number / 10), CLIP.sr))
        app.file_uploader(key="classify.upload").upload(name, LETTER if name == "letter.wav" else sound, "audio/wav")
    if uploads:
        app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.header, app.code)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


@pytest.mark.parametrize(
    ("prediction", "said", "short"),
    [
        (judged(), r"DRUM\_AND\_BASS  0.70", r"drum\_and\_bass 0.70"),
        (judged(threshold=0.8), r"NOT SURE :gray[:small[closest\: drum\_and\_bass 0\.70]]", None),
        (NO_MUSIC, "NOT SURE :gray[:small[sounds like no music]]", "not sure, sounds like no music"),
        (FAR, "NOT SURE :gray[:small[unlike the songs it learned from]]", "not sure, unlike the songs it learned from"),
        (SILENT, "NOT SURE :gray[:small[silence]]", "not sure, silence"),
    ],
)
def test_a_heading_names_a_genre_only_where_one_may_be_named(prediction, said, short):
    assert headline(prediction) == said
    assert in_short(prediction) == (short or "not sure, closest\\: drum\\_and\\_bass 0\\.70")


def test_below_the_heading_stands_the_next_genre_or_the_reason():
    assert sentence(judged()) == r"Then rock 0.20, blues 0.10. All 2 segments say drum\_and\_bass."
    assert sentence(judged((0.005, 0.99, 0.005))).startswith("Every other genre has less than 0.01.")
    for prediction in (judged(threshold=0.8), NO_MUSIC, FAR, SILENT):
        assert sentence(prediction).replace("\\", "").startswith(prediction.reason)


def test_what_almost_reaches_the_threshold_is_not_rounded_up_to_it():
    close = judged((0.2, 0.4966, 0.3034))
    assert headline(close) == r"NOT SURE :gray[:small[closest\: drum\_and\_bass 0\.497]]"
    assert "probability 0.497, just under the threshold of 0.50." in close.reason


def test_segments_vote_each_by_itself():
    eye = np.eye(3, dtype=np.float32)
    assert votes(replace(judged(), segment_posteriors=eye[[2, 2, 0, 2]])) == "3 of 4 segments say rock, 1 blues."
    assert votes(replace(judged(), segment_posteriors=eye[[0]])) == "One segment was heard."
    assert votes(replace(judged(), segment_posteriors=eye[[2, 0]])) == "1 of 2 segments says rock, 1 blues."


def test_of_a_tie_both_genres_are_named_once():
    tie = judged((0.45, 0.1, 0.45), threshold=0.4)
    assert headline(tie).replace("\\", "") == "NOT SURE :gray[:small[blues or rock 0.45]]"
    assert sentence(tie).replace("\\", "").startswith("blues and rock are as likely: 0.45 each. Then drum_and_bass 0.10. ")
    assert in_short(tie).replace("\\", "") == "not sure, blues or rock 0.45"


def test_a_model_that_nobody_taught_what_is_no_music_says_so():
    assert deaf_to_noise(judged()).startswith("This model cannot tell speech or noise from music")
    assert deaf_to_noise(judged(evidence=Evidence(music=2.0))) == ""


def test_up_to_five_tags_are_told_and_only_those_that_are_heard():
    told = "jazz 0.62, instrumental 0.41, 80s 0.30, guitar 0.20, piano 0.15"
    assert tags_heard(NO_MUSIC) == f"The pretrained net hears: {told}."
    assert tags_heard(judged(evidence=Evidence(tags=TAGS[:1] + TAGS[-1:]))) == "The pretrained net hears: jazz 0.62."
    faint = tags_heard(judged(evidence=Evidence(tags=(("R&B", 0.06), ("metal", 0.01)))))
    assert faint == r"The pretrained net hears none of its 2 tags clearly, most of all R\&B 0.06."
    assert tags_heard(judged()) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "off by 0.04 on average, measured on songs that it had not learned from."),
        ({"role": "valid"}, "off by 0.04 on average, measured on the valid songs, by which its temperature was chosen too."),
        ({"calibration_error": [0.1, 0.001]}, "off by less than 0.01 on average"),
    ],
)
def test_a_calibrated_run_says_how_far_off_its_probabilities_are(tmp_path, changes, said):
    assert worth(copied(tmp_path, calibration={**CALIBRATION, **changes})).startswith("Calibrated: its probabilities are ")
    assert said in worth(Run.load(tmp_path / "runs" / "mine"))


def test_a_run_that_is_not_calibrated_says_so(tmp_path, monkeypatch):
    assert worth(copied(tmp_path)).startswith("Not calibrated: take its probabilities as a ranking")
    assert "take its probabilities as a ranking" in words(visit(tmp_path, monkeypatch, "a.wav", run="mine"))


def test_moving_the_threshold_changes_the_verdict_and_hears_nothing_anew(tmp_path, monkeypatch):
    heard = []
    listen = Predictor.listen
    monkeypatch.setattr(Predictor, "listen", lambda self, sound, **how: heard.append(1) or listen(self, sound, **how))
    copied(tmp_path)  # of which no other test has asked anything
    app = visit(tmp_path, monkeypatch, "a.wav", run="mine", threshold="0.0")
    assert "NOT SURE" not in app.header[0].value
    app.select_slider(key="classify.threshold").set_value(1.0).run()
    assert not app.exception
    assert app.header[0].value.startswith("NOT SURE :gray[:small[closest")
    assert "under the threshold of 1.00" in words(app)
    assert app.query_params["threshold"] in ("1.0", ["1.0"])
    app.select_slider(key="classify.threshold").set_value(0.5).run()
    assert "threshold" not in app.query_params
    assert len(heard) == 1


@pytest.mark.parametrize("asked", ["7", "-0.1", "nan", "much"])
def test_a_link_to_an_impossible_threshold_is_said_and_the_usual_one_taken(asked, tmp_path, monkeypatch):
    app = visit(tmp_path, monkeypatch, threshold=asked)
    assert f"There is no threshold '{asked}' here" in app.warning[0].value
    assert app.select_slider(key="classify.threshold").value == 0.5


@pytest.mark.parametrize("prediction", [NO_MUSIC, FAR, SILENT])
def test_what_is_unlike_all_songs_gets_no_probability_to_believe(prediction, tmp_path, monkeypatch):
    says(monkeypatch, prediction)
    app = visit(tmp_path, monkeypatch, "a.wav", threshold="0.1")
    assert app.header[0].value == headline(prediction)
    said = words(app)
    assert prediction.reason in said
    assert ("if it had to be one of these genres" in said) == (prediction.unlike != "silence")
    assert "alibrated" not in said
    assert "however sure it sounds" not in said
    assert "The pretrained net hears:" not in said  # the reason tells it


def test_the_card_of_a_shipped_run_can_be_read(tmp_path, monkeypatch):
    said = words(visit(tmp_path, monkeypatch))
    assert "**What it is bad at.**" in said
    assert "# Demo" not in said


def test_somebody_elses_card_is_shown_as_plain_text(tmp_path, monkeypatch):
    card = "# Mine\n\n![seen](https://example.org/pixel.png) good at all"
    copied(tmp_path, card=card, imported={"at": "2026-01-01T00:00:00+00:00", "id": "theirs"})
    app = visit(tmp_path, monkeypatch, run="mine")
    assert [code.value for code in app.code] == [card]
    assert not any("pixel" in element.value for element in app.markdown)


def test_a_run_without_a_card_tells_its_data_set_and_score(tmp_path, monkeypatch):
    run = copied(tmp_path, calibration=CALIBRATION)
    says(monkeypatch, judged())
    said = words(visit(tmp_path, monkeypatch, "a.wav", run="mine"))
    assert (
        "**Mine**: dense network on summary columns, reads summary of 57 columns. It learned from **Demo (synthesised)**" in said
    )
    kept = run.scores["valid"]["tracks"]["intervals"]["accuracy"]
    assert f"Accuracy {kept['value']:.2f} [" in said
    assert "40 valid tracks. Calibrated: its probabilities are off by 0.04" in said
    assert "It has no card" in said


def test_a_missing_check_is_said_once_and_the_songs_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("genre_core.paths.BACKBONES", tmp_path / "nowhere")
    monkeypatch.setattr(Predictor, "listen", lambda self, sound, **how: [open_check() for _ in sound])
    copied(tmp_path)
    app = visit(tmp_path, monkeypatch, "a.wav", "b.wav", run="mine")
    [error] = app.error
    assert "the check for music" in error.value
    assert "Bring it back from the product's archive" in error.value
    assert [entry.name for entry in app.file_uploader(key="classify.upload").value] == ["a.wav", "b.wav"]
    assert "It has no card" in words(app)
    assert not app.header


def test_one_bad_file_does_not_hide_the_others(tmp_path, monkeypatch):
    app = visit(tmp_path, monkeypatch, "letter.wav", "a.wav")
    assert ["letter.wav" in error.value.replace("\\", "") for error in app.error] == [True]
    assert len(app.header) == 1


def test_what_cannot_be_heard_is_taken_away_with_its_error():
    found = {"a.wav": judged(), "letter.wav": AudioError("It is text.", kind="not_audio")}
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(found))))
    assert [(row["path"], row["error"]) for row in rows] == [("a.wav", ""), ("letter.wav", "not_audio")]
    assert json.loads(exports.as_json(found))[1] == {
        "path": "letter.wav",
        "error": {"kind": "not_audio", "message": "It is text."},
    }


def test_what_is_taken_away_says_why_a_song_is_unlike_all_others():
    found = {"a.wav": judged(), "b.wav": NO_MUSIC, "c.wav": SILENT}
    rows = list(csv.DictReader(io.StringIO(exports.as_csv(found))))
    assert [row["unlike"] for row in rows] == ["", "no music", "silence"]
    assert [row["decision"] for row in rows] == ["genre", "not_sure", "not_sure"]
    assert [row["genre"] for row in rows] == ["drum_and_bass", "", ""]
    assert [row["reason"] for row in rows] == [prediction.reason for prediction in found.values()]
    assert all(sum(float(row[genre]) for genre in GENRES) == pytest.approx(1, abs=1e-5) for row in rows)
    assert [entry["unlike"] for entry in json.loads(exports.as_json(found))] == ["", "no music", "silence"]

"""Every page on a data set that is known by its numbers only: it says that there is no audio, and goes on."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from genre_core import jobs
from genre_core.datasets.checks import make_report, save_report
from genre_core.datasets.given import import_features, save_given
from genre_core.datasets.library import load_dataset
from genre_core.features.summary import Summary57
from genre_core.paths import Root
from pages.ui.page import PAGES

APP = str(Path(__file__).resolve().parents[2] / "app.py")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory) -> Path:
    """A root whose only data set is a table of numbers."""
    folder = tmp_path_factory.mktemp("numbers")
    rng = np.random.default_rng(0)
    with (folder / "t.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["filename", "length", *Summary57.COLUMNS, "label"])
        for genre in ("blues", "rock"):
            rows.writerows([f"{genre}.{i:05d}.wav", 661794, *rng.uniform(0.1, 1.0, size=57), genre] for i in range(6))
    dataset, values = import_features(folder / "t.csv", name="numbers", title="Numbers")
    save_given(dataset, [values], Root(folder).datasets)
    return folder


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch) -> None:
    monkeypatch.setattr(jobs, "start", lambda kind, values, root, **_: jobs.Job(root.runs / "started"))
    monkeypatch.setattr("genre_core.jobs.spawning.stand_by", lambda: None)


def visit(name: str, root: Path, monkeypatch, **query: str) -> AppTest:
    monkeypatch.setenv("GENRE_HOME", str(root))
    app = AppTest.from_file(APP, default_timeout=60)
    if name != "home":
        app.switch_page(PAGES[name].file)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.markdown, app.caption, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(name, numbers, monkeypatch):
    app = visit(name, numbers, monkeypatch)
    assert not app.exception
    assert not app.error
    assert app.title[0].value == PAGES[name].title


@pytest.mark.parametrize("name", ["explore", "classify"])
def test_a_track_without_audio_is_not_offered_to_listen_to(name, numbers, monkeypatch):
    app = visit(name, numbers, monkeypatch, clip="numbers/blues.00000")
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("look", ["split", "spread", "map", "report", "tracks", "features"])
def test_the_dataset_page_says_that_there_is_no_audio_and_shows_the_rest(look, numbers, monkeypatch):
    app = visit("dataset", numbers, monkeypatch, dataset="numbers", look=look)
    assert not app.exception
    assert not app.error
    assert "given as numbers, without audio" in words(app)
    assert not any("Compute" in button.label for button in app.button)
    said = words(app)
    assert not [word for word in ("hear it", "silence", "spectrogram", "songs yet", "same audio") if word in said]
    assert {entry.label: entry.value for entry in app.metric}["Sound"] == "none"
    assert all("sound" not in table.value for table in app.dataframe)
    assert "segment_random" not in app.radio(key="dataset.split").options
    assert "random segments (leaky)" not in app.radio(key="dataset.split").options


def test_a_check_of_numbers_speaks_of_numbers(numbers, monkeypatch):
    root = Root(numbers)
    dataset = load_dataset("numbers", root.datasets)
    twin = replace(dataset.tracks[0], id="twin")
    save_report(make_report(replace(dataset, tracks=(*dataset.tracks, twin))), root.datasets)
    monkeypatch.setattr("genre_core.datasets.checks.Report.is_stale", lambda *_: False)
    app = visit("dataset", numbers, monkeypatch, dataset="numbers", look="report")
    [table] = [entry.value for entry in app.dataframe if "how grave" in entry.value]
    row = table[table["where"] == "twin"].iloc[0]
    assert (row["how grave"], row["what"]) == ("doubtful", "same numbers")
    assert row["why"] == "The same numbers as blues.00000: it counts twice."
    assert "looked for by equal numbers" in words(app)
    (root.datasets / "numbers" / "report.json").unlink()


def test_home_speaks_of_no_sound(numbers, monkeypatch):
    [table] = [entry.value for entry in visit("home", numbers, monkeypatch).dataframe if "data set" in entry.value]
    assert list(table["sound"]) == ["none"]


def test_a_model_that_needs_sound_says_so_and_one_that_reads_numbers_is_offered(numbers, monkeypatch):
    refused = visit("train", numbers, monkeypatch, dataset="numbers", model="cnn_small")
    assert not refused.exception
    assert "without audio" in words(refused)
    offered = visit("train", numbers, monkeypatch, dataset="numbers", model="ann")
    assert not offered.exception
    assert any(button.label == "Train" and not button.disabled for button in offered.button)
    cards = {button.key.rpartition(".")[2]: button for button in offered.button if (button.key or "").startswith("train.choose")}
    assert {name for name, card in cards.items() if card.disabled} == {"cnn_small"}
    assert "Not with this data set: it reads Log-mel spectrogram" in words(offered)


def test_train_opens_on_a_model_that_the_numbers_can_train(numbers, monkeypatch):
    app = visit("train", numbers, monkeypatch, dataset="numbers")
    assert not app.error
    assert any(button.label == "Train" and not button.disabled for button in app.button)

"""The page Dataset: what it says of the demo songs and of a data set of one's own, and what it lets one do."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import AttributeDictionary

from genre_core import jobs
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.checks import make_report, save_report
from genre_core.datasets.demo import make_demo
from genre_core.datasets.importers import import_folder
from genre_core.datasets.library import list_datasets, load_dataset, save_dataset
from genre_core.datasets.removed import remove_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.features import feature_from_dict
from genre_core.models import extraction
from genre_core.paths import Root
from tests.datasets.tiny_songs import write_numbers

APP = str(Path(__file__).resolve().parents[2] / "app.py")
SR = 22050


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A root with thirty demo songs of two seconds, and what models read of them."""
    root = Root(tmp_path_factory.mktemp("demo"))
    dataset = make_demo(root.datasets, n_tracks=3, seconds=2.0, processes=1)
    summary = next(pair for pair in extraction() if pair["feature"]["name"] == "summary57")
    request = (feature_from_dict(summary["feature"]), SegmentConfig.from_dict(summary["segments"]))
    assert not extract_all(dataset, [request], FeatureStore(root.features), processes=1)
    return root


def write_song(path: Path, frequency: float, *, gain: float = 0.3) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(2 * SR) / SR
    warble = 1 + 0.3 * np.sin(2 * np.pi * 3 * time)
    soundfile.write(path, (gain * warble * np.sin(2 * np.pi * frequency * time)).astype(np.float32), SR, subtype="PCM_16")


@pytest.fixture
def own(tmp_path):
    """A root with a data set of one's own, of which one song is in two genres."""
    songs = tmp_path / "songs"
    for number, genre in enumerate(("slow", "fast")):
        for index in range(4):
            write_song(songs / genre / f"{genre} {index}.wav", 200 + 150 * index + 40 * number)
    write_song(songs / "fast" / "twin.wav", 200)
    root = Root(tmp_path / "root")
    save_dataset(import_folder(songs, name="mine", processes=1), root.datasets)
    return root


@pytest.fixture
def started(monkeypatch):
    """Jobs that the page wanted to start; none is started."""
    calls: list[tuple[str, dict]] = []

    def start(kind, values, root, *, name=""):
        calls.append((kind, values))
        return jobs.Job(root.runs / "started")

    monkeypatch.setattr(jobs, "start", start)
    return calls


@pytest.fixture
def visit(monkeypatch, started):
    """Open the page on a root, with what the address says."""

    def come(root: Root, **query: str) -> AppTest:
        monkeypatch.setenv("GENRE_HOME", str(root.path))
        app = AppTest.from_file(APP, default_timeout=60)
        app.switch_page("pages/2_Dataset.py")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return come


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.success, app.markdown, app.caption, app.subheader)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception, app.exception
    return app


def tick(app: AppTest, key: str, row: int) -> AppTest:
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception, app.exception
    return app


def test_it_says_what_crosses_a_split(demo, visit):
    app = visit(demo, split="by_track")
    assert "cross" in words(app)
    app.radio(key="dataset.split").set_value("by_artist").run()
    assert not app.exception
    assert "nothing crosses" in words(app)


def test_every_look_has_an_address(demo, visit):
    for look in ("split", "spread", "map", "report", "tracks", "features"):
        app = visit(demo, look=look)
        assert app.segmented_control(key="dataset.look").value == look
        assert not app.error


def test_distributions_speak_of_every_track(demo, visit):
    app = visit(demo, look="spread")
    app.segmented_control(key="dataset.quantity").set_value("tempo").run()
    assert not app.exception
    assert "measured yet" not in words(app)
    [table] = [entry.value for entry in app.dataframe if "artists" in entry.value]
    assert list(table["tracks"]) == [3] * 10
    tempi = [track.extra["tempo_bpm"] for track in load_dataset("demo", demo.datasets).tracks]
    assert min(map(float, tempi)) / 2.2 < table["tempo, median [BPM]"].min() < 2.2 * max(map(float, tempi))
    assert table["loudness, median [dB]"].between(-40, -3).all()


def test_what_is_not_measured_offers_to_be(own, visit, started):
    app = visit(own, dataset="mine", look="map")
    assert "9 of 9 tracks have not been measured yet" in words(app)
    press(app, "Compute now")
    [(kind, values)] = started
    assert (kind, values["dataset"]) == ("extract", "mine")
    assert {pair["feature"]["name"] for pair in values["requests"]} >= {"summary57", "log_mel"}


def test_a_check_is_a_job_and_its_findings_can_be_heard(own, visit, started):
    app = visit(own, dataset="mine", look="report")
    assert "Nobody has checked these songs yet" in words(app)
    press(app, "Check these songs")
    assert started == [("check", {"dataset": "mine"})]
    dataset = load_dataset("mine", own.datasets)
    save_report(make_report(dataset, processes=1), own.datasets)
    app = visit(own, dataset="mine", look="report")
    [table] = [entry.value for entry in app.dataframe if "how grave" in entry.value]
    [row] = [index for index, what in enumerate(table["what"]) if what == "same audio, two genres"]
    assert table["how grave"][row] == "grave"
    app = tick(app, "dataset.findings.mine", row)
    assert "one is wrong" in words(app)
    assert "The same audio as" in words(app)  # the reason, which the table cuts
    assert "**slow/slow 0**, slow" in words(app)  # whose player is whose
    assert "**fast/twin**, fast" in words(app)
    app.multiselect(key="dataset.leave.conflict.slow/slow 0").set_value(["fast/twin"]).run()
    press(app, "Save as a new version")
    left = load_dataset("mine", own.datasets)
    assert (left.version, "fast/twin" in left.by_id, len(left.tracks)) == (2, False, 8)
    assert "fast/twin is left out: this is version 2, and version 1 is kept." in words(app)
    assert "twin" in words(app) or any("twin" in str(entry) for entry in app.main)


def test_a_corrected_genre_is_a_new_version_and_the_old_one_stays(own, visit):
    app = visit(own, dataset="mine", look="tracks")
    ids = [track.id for track in load_dataset("mine", own.datasets).tracks]
    row = ids.index("fast/twin")
    app = tick(app, "dataset.tracks.mine", row)
    app.selectbox(key="dataset.genre.fast/twin").set_value("slow").run()
    press(app, "Save as a new version")
    changed = load_dataset("mine", own.datasets)
    assert (changed.version, changed.by_id["fast/twin"].genre) == (2, "slow")
    assert "fast/twin is slow now: this is version 2" in words(app)
    app = visit(own, dataset="mine")
    press(app, "Take this")
    again = load_dataset("mine", own.datasets)
    assert (again.version, again.by_id["fast/twin"].genre) == (3, "fast")


def test_what_is_removed_can_come_back(own, visit):
    app = press(visit(own, dataset="mine"), "Remove")
    assert list_datasets(own.datasets) == []
    assert "mine is removed; it can come back for seven days." in words(app)
    app.button(key="dataset.back").click().run()
    assert not app.exception
    assert list_datasets(own.datasets) == ["mine"]
    assert "mine is back." in words(app)
    app.run()
    assert "mine is back." not in words(app)
    press(visit(own, dataset="mine"), "Remove")
    press(visit(own), "Bring back")
    assert list_datasets(own.datasets) == ["mine"]


def test_an_import_is_looked_at_first_then_starts_beside_the_page(demo, tmp_path, visit, started):
    for genre in ("slow", "fast"):
        write_song(tmp_path / genre / "one.wav", 300)
    app = visit(demo)
    app.text_input(key="dataset.path").set_value(str(tmp_path))
    press(app, "Look first")
    assert "2 songs in 2 genres" in words(app)
    app.text_input(key="dataset.path").set_value(str(tmp_path))
    press(app, "Import")
    assert started == [("import", {"path": str(tmp_path), "name": ""})]


@pytest.mark.parametrize("label", ["Look first", "Import"])
def test_a_folder_that_is_not_there_is_said_at_once(demo, visit, started, label):
    app = visit(demo)
    app.text_input(key="dataset.path").set_value("/no/such/folder")
    press(app, label)
    assert "/no/such/folder" in app.error[0].value
    assert not started


def test_an_archive_is_looked_into_before_it_is_kept(demo, visit, started):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for genre in ("slow", "fast"):
            archive.writestr(f"{genre}/one.wav", b"RIFF")
    app = visit(demo)
    app.segmented_control(key="dataset.way").set_value("zip").run()
    app.file_uploader(key="dataset.zip").upload("my songs.zip", content.getvalue(), "application/zip").run()
    assert not app.exception
    assert "2 songs in 2 genres" in words(app)
    press(app, "Import this archive")
    [(kind, values)] = started
    kept = Path(values["path"])
    assert (kind, values["name"]) == ("import", "my-songs")
    assert kept.read_bytes() == content.getvalue()
    assert kept.is_relative_to(demo.uploads)


def test_a_download_begins_only_under_its_terms(demo, visit, started):
    app = visit(demo)
    app.segmented_control(key="dataset.way").set_value("net").run()
    assert "Licence" in words(app)
    assert app.button(key="dataset.fetch").disabled
    app.checkbox(key="dataset.agreed.gtzan").check().run()
    app.text_input(key="dataset.url").set_value("http://localhost:1/genres.tar.gz")
    press(app, "Download and import")
    assert started == [("fetch", {"name": "gtzan", "url": "http://localhost:1/genres.tar.gz"})]


def test_artists_that_are_known_are_counted_though_some_are_not(demo, visit, tmp_path):
    known = load_dataset("demo", demo.datasets)
    tracks = [replace(track, artist=None) if number % 9 == 4 else track for number, track in enumerate(known.tracks)]
    save_dataset(replace(known, name="partly", title="Partly", tracks=tuple(tracks)), demo.datasets)
    app = visit(demo, dataset="partly", look="spread", split="by_track")
    artists = len({track.artist for track in tracks if track.artist})
    assert {entry.label: entry.value for entry in app.metric}["Artists, known of 27 of 30 tracks"] == str(artists)
    [table] = [entry.value for entry in app.dataframe if "artists" in entry.value]
    assert "unknown" not in set(table["artists"])
    assert any("(known of 2 of 3)" in cell for cell in table["artists"])
    remove_dataset("partly", demo.datasets)


def test_a_point_on_the_map_plays(demo, visit, monkeypatch):
    drawn = []
    monkeypatch.setattr("pages.ui.spread.player", lambda clip, **how: drawn.append(how))
    app = visit(demo, look="map")
    picked = AttributeDictionary({"selection": {"points": [{"customdata": [2]}]}})
    monkeypatch.setattr(st, "plotly_chart", lambda *_, **__: picked)
    app.run()
    assert not app.exception
    [how] = drawn[-1:]
    assert how["title"] == load_dataset("demo", demo.datasets).tracks[2].id
    assert not how.get("compact")  # which would hide the waveform and the button


def test_a_name_that_is_taken_is_said_beside_its_field_before_anything_starts(own, tmp_path, visit, started):
    for genre in ("slow", "fast"):
        write_song(tmp_path / "new" / genre / "one.wav", 300)

    def filled(label: str, *, name: str, replace: bool = False) -> AppTest:
        app = visit(own)
        app.text_input(key="dataset.path").set_value(str(tmp_path / "new"))
        app.text_input(key="dataset.name").set_value(name)
        app.checkbox(key="dataset.replace").set_value(replace)
        return press(app, label)

    for label in ("Look first", "Import"):
        app = filled(label, name="mine")
        assert "named 'mine' already. Give another name (mine-2 is free), or replace it" in app.error[0].value
        assert "--" not in app.error[0].value
        assert "2 songs in 2 genres" in words(app)
        assert "1 to 64 letters" in filled(label, name="a/b").error[0].value
    assert not started
    filled("Import", name="mine", replace=True)
    assert started == [("import", {"path": str(tmp_path / "new"), "name": "mine", "replace": True})]


def test_a_download_whose_name_is_taken_is_told_before_its_terms(own, visit, started):
    save_dataset(replace(load_dataset("mine", own.datasets), name="gtzan"), own.datasets)
    app = visit(own)
    app.segmented_control(key="dataset.way").set_value("net").run()
    assert "gtzan-2 is free" in app.error[0].value
    app.checkbox(key="dataset.agreed.gtzan").check().run()
    assert app.button(key="dataset.fetch").disabled
    app.text_input(key="dataset.net.gtzan_name").set_value("gtzan-2").run()
    assert not app.error
    press(app, "Download and import")
    assert started == [("fetch", {"name": "gtzan", "dataset": "gtzan-2"})]


def test_looking_at_a_table_of_numbers_says_what_it_holds(demo, tmp_path, visit):
    write_numbers(tmp_path / "t.csv")
    app = visit(demo)
    app.text_input(key="dataset.path").set_value(str(tmp_path / "t.csv"))
    press(app, "Look first")
    said = words(app)
    assert "12 rows of numbers can be used: 12 tracks in 2 genres" in said
    assert "The artist is known of 11 of 12 tracks" in said
    assert "A split is given: 6 test, 6 train." in said
    assert "1 duplicate" in said
    assert "genre/artist" in said  # how artists become known
    [table] = [entry.value for entry in app.dataframe if "songs" in entry.value]
    assert dict(zip(table["genre"], table["songs"], strict=True)) == {"blues": 6, "rock": 6}

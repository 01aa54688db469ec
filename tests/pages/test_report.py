"""The two buttons of Evaluate that take a run away; nothing is made before they are asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from genre_core.paths import Root
from pages.ui import report
from tests.inspection.tones import tones_run
from tests.reporting.parsed import read

APP = str(Path(__file__).resolve().parents[2] / "app.py")


def test_evaluate_offers_report_and_predictions_and_makes_neither_yet(tmp_path, monkeypatch):
    tones_run(Root(tmp_path))
    made = []
    monkeypatch.setattr(report, "report_html", lambda *_, **__: made.append("html"))
    monkeypatch.setattr(report, "report_csv", lambda *_, **__: made.append("csv"))
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.switch_page("pages/4_Evaluate.py")
    app.query_params["run"] = "tiny-one"
    app.run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")][-2:] == ["Report (HTML)", "Predictions (CSV)"]
    assert not made
    assert any(
        "python -m genre_core report tiny-one --split valid --out tiny-one-valid.html --csv" in caption.value
        for caption in app.caption
    )


def test_the_buttons_give_what_the_command_writes(tmp_path, monkeypatch):
    run = tones_run(Root(tmp_path))
    monkeypatch.setenv("GENRE_HOME", str(tmp_path))
    offered = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, name, *_, **__: offered.update({name: data}))
    report.downloads("evaluate", run, "valid")
    assert list(offered) == ["tiny-one-valid.html", "tiny-one-valid.csv"]
    read(offered["tiny-one-valid.html"]().decode())
    assert offered["tiny-one-valid.csv"]().decode().startswith("track,artist,true,predicted,")

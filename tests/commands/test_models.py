from __future__ import annotations

import json

from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.models import MODELS


def test_lists_every_model_with_its_parameters() -> None:
    result = CliRunner().invoke(main, ["models", "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["name"] for row in rows] == list(MODELS)
    assert rows[0]["params"][0] == {
        "name": "dropout",
        "label": "Dropout",
        "default": 0.3,
        "low": 0.0,
        "high": 0.9,
        "options": [],
        "help": "Share of units left out at random in each training step.",
    }
    nets = [row for row in rows if MODELS[row["name"]].family == "network"]
    epochs = {row["name"]: next(p["default"] for p in row["training"] if p["name"] == "epochs") for row in nets}
    assert epochs["ann"] == MODELS["ann"].training["epochs"]


def test_an_unknown_model_is_named() -> None:
    result = CliRunner().invoke(main, ["models", "x", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["kind"] == "parameter"
    assert "learning_rate" in CliRunner().invoke(main, ["models", "ann"]).stdout


def test_a_model_is_listed_with_its_claim_its_honest_figure_and_its_presets() -> None:
    said = CliRunner().invoke(main, ["models", "svm"]).stdout
    assert "The source reports 87 % on 4 genres, under its own protocol; known under an honest one: 75 % by track." in said
    assert "--preset rbf: RBF kernel." in said
    told = json.loads(CliRunner().invoke(main, ["models", "svm", "--json"]).stdout)
    assert (told["claimed"], told["honest"]) == ("87 % on 4 genres", "75 % by track")
    lines = CliRunner().invoke(main, ["models", "ann"]).stdout.splitlines()
    [smoothing] = [line.split() for line in lines if "label_smoothing" in line]
    assert smoothing[0] == "label_smoothing"  # no value grows onto a long name

"""The playlist of hard songs is what the default model said, of the songs that everybody's demo set holds."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.hard_songs import FILE, N_SONGS, as_toml, hardest
from genre_core.datasets.demo import DEMO_SEED, recipe_fingerprint
from genre_core.datasets.synthesis import synthesise
from genre_core.datasets.tracks import Track
from genre_core.inference import Predictor
from genre_core.paths import find_root
from genre_core.prediction import Prediction
from genre_core.runs import default_run

GENRES = ("blues", "jazz", "rock")
SECONDS = 30.0


def said(name, *posterior, unlike=""):
    p = np.array(posterior, np.float32)
    ends = np.array([3.0])
    prediction = Prediction(GENRES, p, p[None], ends - 3, ends, None, float(p.max()), "", "", p)
    return Track(name, "blues", None, None, 30.0, "0", {"recipe": "r"}), replace(prediction, unlike=unlike)


def test_the_closest_two_genres_come_first_and_what_is_unlike_all_is_left_out():
    told = [
        said("sure", 0.9, 0.1, 0.0),
        said("closest", 0.1, 0.44, 0.46),
        said("unlike", 0.34, 0.33, 0.33, unlike="no music"),
        said("close", 0.5, 0.3, 0.2),
    ]
    found = hardest(told, 2)
    assert [doubt.track.id for doubt in found] == ["closest", "close"]
    assert [doubt.first[0] for doubt in found] == ["rock", "blues"]
    assert found[0].margin == pytest.approx(0.02, abs=1e-6)
    told = tomllib.loads(as_toml("run-1", "A run", found))
    assert (told["run"], told["title"]) == ("run-1", "A run")
    assert told["songs"][1] == {
        "id": "close",
        "recipe": "r",
        "between": [{"genre": "blues", "probability": 0.5}, {"genre": "jazz", "probability": 0.3}],
    }


def test_what_ships_is_of_the_default_model_and_the_demo_set_as_it_is_made():
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert told["run"] == default_run(find_root()).id
    assert len(told["songs"]) == N_SONGS
    assert {song["recipe"] for song in told["songs"]} == {recipe_fingerprint(seconds=SECONDS, seed=DEMO_SEED)}
    margins = [song["between"][0]["probability"] - song["between"][1]["probability"] for song in told["songs"]]
    assert margins == sorted(margins)
    assert all(margin >= 0 for margin in margins)


def test_the_model_still_hesitates_over_the_first_of_them():
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    song = told["songs"][0]
    _, genre, number = song["id"].split(".")
    clip = synthesise(genre, int(number), seconds=SECONDS, seed=DEMO_SEED)
    prediction = Predictor.from_run(default_run(find_root())).predict(clip)
    found = dict(prediction.ranking)
    for between in song["between"]:
        assert found[between["genre"]] == pytest.approx(between["probability"], abs=0.05)

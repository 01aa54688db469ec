"""A training on numbers without audio: the same net as on the sound they came from, and a run that says what it heard."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from genre_core.__main__ import main
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import NoAudioError
from genre_core.errors import ParameterError
from genre_core.features.spectral import LogMel
from genre_core.features.summary import Summary57
from genre_core.inference import Predictor
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.runs.exporting import export_run
from genre_core.runs.importing import import_run
from genre_core.training.fitting import models_for, recipe_for
from genre_core.training.recipe import TrainRequest


@pytest.fixture(scope="module")
def notes(trained: Path) -> dict:
    return json.loads((trained / "notes.json").read_text())


@pytest.fixture(scope="module")
def given(trained: Path, notes: dict) -> Run:
    return Run.load(trained / "runs" / notes["given"])


def ask(trained: Path, *arguments: str) -> tuple[int, dict]:
    done = CliRunner().invoke(main, ["--root", str(trained), *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout.splitlines()[-1])


def test_numbers_teach_the_same_net_as_the_sound_they_came_from(trained: Path, notes: dict, given: Run) -> None:
    heard = Run.load(trained / "runs" / notes["ann"][0])
    assert given.scores["valid"]["tracks"] == heard.scores["valid"]["tracks"]
    np.testing.assert_array_equal(given.predictions().segment_posteriors, heard.predictions().segment_posteriors)
    assert given.roles == heard.roles


def test_the_run_says_that_it_heard_no_sound(given: Run, trained: Path, notes: dict) -> None:
    assert given.dataset_note == "given as numbers, without audio"
    assert "heard no sound" in given.caution
    assert Run.load(trained / "runs" / notes["ann"][0]).caution != given.caution


def test_the_data_set_says_how_its_tracks_are_cut(given: Run, trained: Path) -> None:
    numbers = load_dataset("numbers", trained / "datasets")
    assert given.segments.to_dict() == numbers.given[0]["segments"]
    assert (given.segments.segment_seconds, given.segments.hop_seconds) == (0.5, 0.5)
    asked = TrainRequest("ann", "numbers", segments={"segment_seconds": 3.0, "hop_seconds": 1.0})
    assert recipe_for(asked, numbers).segments == given.segments
    with pytest.raises(ParameterError, match="Leave the features' parameters"):
        recipe_for(TrainRequest("ann", "numbers", features=(Summary57(sr=16000).to_dict(),)), numbers)


def test_models_that_need_sound_are_refused_before_a_job_begins(trained: Path) -> None:
    numbers, tones = (load_dataset(name, trained / "datasets") for name in ("numbers", "tones"))
    assert set(models_for(tones).values()) == {None}
    fitting = models_for(numbers)
    assert fitting["ann"] is None
    assert "cnn_small needs log_mel, the data set 'numbers' gives summary57 without audio" in str(fitting["cnn_small"])
    before = sorted((trained / "runs").iterdir())
    code, answer = ask(trained, "train", "--model", "cnn_small", "--dataset", "numbers")
    assert code == 1
    assert answer["error"]["kind"] == "no_audio"
    assert "It can train: ann" in answer["error"]["message"]
    assert sorted((trained / "runs").iterdir()) == before
    with pytest.raises(NoAudioError):
        recipe_for(TrainRequest("cnn_small", "numbers", features=(LogMel().to_dict(),)), numbers)


def test_folds_judge_every_track_of_the_table(trained: Path, notes: dict) -> None:
    run = Run.load(trained / "runs" / notes["given_folds"])
    assert run.scores["folds"]["n_tracks"] == 30
    assert run.folds["grouped_by"] == "artist"


def test_the_test_split_opens_though_the_store_was_emptied(trained: Path, given: Run, tmp_path: Path) -> None:
    root = Root(tmp_path)
    shutil.copytree(trained / "datasets" / "numbers", root.datasets / "numbers")
    shutil.copytree(given.folder, root.runs / given.id)
    code, answer = ask(tmp_path, "evaluate", given.id)
    assert code == 0, answer
    assert answer["n_tracks"] == len(given.track_ids("test"))
    for file in root.features.rglob("*.npz"):
        file.write_bytes(file.read_bytes()[:100])  # damaged counts as missing
    (root.runs / given.id / "predictions_test.npz").unlink()
    again = Run.load(root.runs / given.id).open_test(root)
    assert len(again.track_ids) == answer["n_tracks"]


def test_sound_is_classified_with_what_numbers_taught(trained: Path, given: Run) -> None:
    tones = load_dataset("tones", trained / "datasets")
    predictor, posteriors = Predictor.from_run(given), given.predictions()
    track_id = str(posteriors.track_ids[0])
    prediction = predictor.classify(tones.by_id[track_id].path)
    assert prediction.genres == given.genres
    assert prediction.posterior.sum() == pytest.approx(1, abs=1e-5)
    code, answer = ask(trained, "classify", str(tones.by_id[track_id].path), "--run", given.id)
    assert (code, answer["genre"]) == (0, prediction.genre)


def test_the_run_is_judged_on_songs_and_a_net_that_hears_is_not_on_numbers(trained: Path, notes: dict, given: Run) -> None:
    code, answer = ask(trained, "evaluate", given.id, "--dataset", "tones")
    assert (code, answer["n_tracks"], answer["coverage"]) == (0, 30, 1.0)
    code, answer = ask(trained, "evaluate", notes["cnn_small"], "--dataset", "numbers")
    assert code == 1
    assert answer["error"]["kind"] == "no_audio"
    assert "summary57 of segments of 0.5 s every 0.5 s without audio" in answer["error"]["message"]


def test_the_run_travels_with_what_it_learned_from(given: Run, tmp_path: Path) -> None:
    there = import_run(export_run(given), Root(tmp_path))
    assert "heard no sound" in there.caution
    assert there.segments == given.segments

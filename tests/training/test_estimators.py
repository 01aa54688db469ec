"""Every row without epochs: trains, saves, loads, serves what it learned, and hears more than chance in the demo songs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genre_core.audio.decode import decode
from genre_core.datasets.demo import make_demo
from genre_core.datasets.library import load_dataset
from genre_core.errors import TrainingError
from genre_core.features.base import segment_features
from genre_core.inference import Predictor
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.recipe import TrainRequest
from genre_core.training.trainer import train
from tests.training.conftest import make_tones

ROWS = sorted(name for name, spec in MODELS.items() if spec.family == "estimator")
SHORT = {"segment_seconds": 0.5, "hop_seconds": 0.4}
ONE_SECOND = {"segment_seconds": 1.0, "hop_seconds": 1.0, "tail_seconds": 0.75}
"""One segment a tone for what asks a pretrained net, which takes a twentieth of a second for each."""

LESS: dict[str, dict[str, Any]] = {
    "transfer": {
        "segments": {"segment_seconds": 6.0, "hop_seconds": 6.0, "tail_seconds": 5.0},
        "preset": "svm",  # music that no listener has tagged: the verdict lies in all tags together
    }
}
"""What is asked for of the demo songs where the defaults would take long."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("estimators"))
    make_tones(root)
    return root


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """A hundred demo songs of ten seconds each."""
    root = Root(tmp_path_factory.mktemp("demo"))
    make_demo(root.datasets, n_tracks=10, seconds=10.0, processes=2)
    return root


def request(name: str, **values: object) -> TrainRequest:
    segments = {} if name.endswith("_kl") else ONE_SECOND if name == "transfer" else SHORT
    return TrainRequest(name, "tones", "by_artist", segments=segments, **values)


def odd_lengths(root: Root) -> Root:
    """Beside the tones a data set whose tracks end where 22,050 Hz rounds the shortest tail up, and 16,000 Hz down."""
    make_tones(root, "odd", n_tracks=3, seconds=(2205 + 224) / 22050)
    return root


@pytest.mark.parametrize("name", ROWS)
def test_what_serves_says_what_was_learned(root: Root, name: str) -> None:
    run = train(request(name), root)
    assert (run.state, run.history, run.best_epoch) == ("finished", [], 0)
    (width,) = run.features[0].shape(0)[:1]
    assert run.manifest["scaler"] == [] or [len(entry["mean"]) for entry in run.manifest["scaler"]] == [width]
    loaded, dataset = Run.load(run.folder), load_dataset("tones", root.datasets)
    predictions = loaded.predictions("valid")
    assert (predictions.y_pred == predictions.y_true).mean() > 0.6
    for row, track_id in enumerate(predictions.track_ids):
        clip = decode(dataset.by_id[str(track_id)].path.read_bytes())
        served = loaded.classifier()(segment_features(clip, loaded.features[0], loaded.segments).values)
        learned = predictions.segment_posteriors[predictions.segment_track == row]
        np.testing.assert_allclose(served.posterior, learned, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ROWS)
def test_the_same_seed_gives_the_same_scores(root: Root, name: str) -> None:
    first, second = (train(request(name, training={"seed": 3}), root) for _ in range(2))
    assert first.scores == second.scores
    assert first.fitted == second.fitted
    assert (first.predictions().segment_posteriors == second.predictions().segment_posteriors).all()


@pytest.mark.parametrize("name", ROWS)
def test_hears_three_times_more_than_chance(demo: Root, name: str) -> None:
    run = train(TrainRequest(name, "demo", "by_artist", **LESS.get(name, {})), demo)
    assert len(run.genres) == 10
    assert run.scores["valid"]["tracks"]["accuracy"] >= 3 / len(run.genres)


def test_two_features_of_two_sample_rates_side_by_side(root: Root) -> None:
    run = train(request("transfer", preset="with_columns"), root)
    assert [len(entry["mean"]) for entry in run.manifest["scaler"]] == [50, 57]
    assert [feature.sr for feature in run.features] == [16000, 22050]
    dataset, predictions = load_dataset("tones", root.datasets), run.predictions("valid")
    predictor = Predictor.from_run(run)
    for row, track_id in enumerate(predictions.track_ids):
        served = predictor.classify(dataset.by_id[str(track_id)].path)
        learned = predictions.segment_posteriors[predictions.segment_track == row]
        np.testing.assert_allclose(served.segment_posteriors, learned, atol=1e-4, rtol=0)


def test_features_that_cut_a_track_differently_are_refused(root: Root) -> None:
    values = {"segment_seconds": 0.1, "hop_seconds": 0.1, "tail_seconds": 0.0102}
    with pytest.raises(TrainingError, match=r"cut each track into the same segments.*tail_seconds"):
        train(TrainRequest("transfer", "odd", "by_artist", segments=values, preset="with_columns"), odd_lengths(root))


def test_out_of_fold_predictions_of_a_model_without_epochs(root: Root) -> None:
    run = train(TrainRequest("logistic", "tones", "", segments=SHORT, folds=3), root)
    assert run.folds is not None
    assert sorted(run.predictions("folds").track_ids) == sorted(run.track_ids("folds"))
    assert run.scores["folds"]["tracks"]["accuracy"] > 0.6


def test_one_genre_is_refused_before_anything_is_computed(root: Root) -> None:
    with pytest.raises((TrainingError, ValueError), match="at least two genres"):
        train(TrainRequest("svm", "tones", "by_artist", genres=("high",)), root)

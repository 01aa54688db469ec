"""A whole training: what it saves serves as Keras said, and the test split is opened by hand only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from genre_core.audio.decode import decode
from genre_core.datasets.library import load_dataset
from genre_core.errors import RunError
from genre_core.features.base import segment_features
from genre_core.jobs.journal import read_status
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.runs import Run, find_run


@pytest.fixture(scope="session")
def notes(trained: Path) -> dict[str, object]:
    return json.loads((trained / "notes.json").read_text())


def load(trained: Path, name: object) -> Run:
    return Run.load(trained / "runs" / str(name))


@pytest.mark.parametrize("model", ["ann", "cnn_small"])
def test_serving_from_file_bytes_says_what_keras_said(trained: Path, notes: dict, model: str) -> None:
    run = load(trained, notes["ann"][0] if model == "ann" else notes["cnn_small"])
    dataset = load_dataset("tones", trained / "datasets")
    classifier = run.classifier()
    ids = run.track_ids("test")
    assert len(ids) == 6
    for track_id in ids:
        clip = decode(dataset.by_id[track_id].path.read_bytes())
        served = classifier(segment_features(clip, run.features[0], run.segments).values)
        with np.load(trained / f"keras-{model}-{track_id}.npz") as keras_says:
            assert served.posterior.shape == keras_says["posterior"].shape
            np.testing.assert_allclose(served.posterior, keras_says["posterior"], atol=1e-5, rtol=0)
            np.testing.assert_allclose(served.logits, keras_says["logits"], atol=1e-5, rtol=1e-5)
            np.testing.assert_allclose(served.embedding, keras_says["embedding"], atol=1e-5, rtol=1e-5)


def test_same_seed_same_run_and_another_seed_another(trained: Path, notes: dict) -> None:
    first, second = (load(trained, name) for name in notes["ann"])
    other = load(trained, notes["other"])
    assert first.scores == second.scores
    assert (first.predictions().segment_posteriors == second.predictions().segment_posteriors).all()
    losses = [[entry["valid_loss"] for entry in run.history] for run in (first, second, other)]
    assert losses[0] == losses[1] != losses[2]


def test_a_training_that_reads_from_the_store_is_that_which_reads_from_memory(trained: Path, notes: dict) -> None:
    streamed, other = load(trained, notes["streamed"]), load(trained, notes["ann"][0])
    assert without_seconds(streamed) == without_seconds(other)
    assert streamed.manifest["scaler"] == other.manifest["scaler"]
    assert (streamed.predictions().segment_posteriors == other.predictions().segment_posteriors).all()


def test_manifest_holds_all_that_serving_and_judging_need(trained: Path, notes: dict) -> None:
    run = load(trained, notes["cnn_small"])
    assert (run.model, run.state, run.genres) == ("cnn_small", "finished", ("high", "low", "noise"))
    assert (run.split_name, run.dataset_name, run.dataset_note) == ("by_artist", "tones", "synthesised")
    assert run.manifest["dataset"]["fingerprint"] == load_dataset("tones", trained / "datasets").fingerprint
    assert run.config["width"] == 0.25
    assert run.segments.segment_seconds == 0.5
    assert len(run.manifest["scaler"][0]["mean"]) == 128
    assert {"python", "numpy", "keras", "onnxruntime", "genrescope"} <= set(run.manifest["versions"])
    assert [entry["epoch"] for entry in run.history] == [1, 2, 3]
    assert run.history == [json.loads(line) for line in (run.folder / "history.jsonl").read_text().splitlines()]


def test_training_looks_at_train_and_valid_only(trained: Path, notes: dict) -> None:
    run = load(trained, notes["other"])
    assert list(run.scores) == ["valid"]
    assert not run.test_openings
    assert not (run.folder / "predictions_test.npz").exists()
    assert sorted(run.predictions("valid").track_ids) == sorted(run.track_ids("valid"))
    with pytest.raises(RunError, match="has not been opened"):
        run.predictions("test")


def test_scaler_is_of_the_train_split_alone(trained: Path, notes: dict) -> None:
    run = load(trained, notes["ann"][0])
    dataset = load_dataset("tones", trained / "datasets")
    values = [
        segment_features(decode(dataset.by_id[track_id].path), run.features[0], run.segments).values
        for track_id in run.track_ids("train")
    ]
    np.testing.assert_allclose(run.manifest["scaler"][0]["mean"], np.concatenate(values).mean(axis=0, dtype=float), rtol=1e-6)


def test_opening_the_test_split_is_recorded_each_time(trained: Path, notes: dict) -> None:
    root = Root(trained)
    run = find_run(str(notes["cnn_small"]), root)
    before = len(run.test_openings)
    opened = run.open_test(root)
    assert sorted(opened.track_ids) == sorted(run.track_ids("test"))
    run.open_test(root)
    again = Run.load(run.folder)
    assert len(again.test_openings) == before + 2
    assert again.scores["test"]["n_tracks"] == len(opened.track_ids)
    assert (again.predictions("test").segment_posteriors == opened.segment_posteriors).all()


def test_opening_refuses_a_data_set_that_changed(trained: Path, notes: dict, tmp_path: Path) -> None:
    run = load(trained, notes["ann"][1])
    changed = Run(run.folder, {**run.manifest, "dataset": {**run.manifest["dataset"], "fingerprint": "000000000000"}})
    with pytest.raises(RunError, match="has changed since"):
        changed.open_test(Root(trained))
    assert not (run.folder / "predictions_test.npz").exists()


def test_stop_keeps_the_best_weights(trained: Path, notes: dict) -> None:
    run = load(trained, notes["stopped"])
    status = read_status(run.folder)
    assert (run.state, status.state) == ("stopped", "stopped")
    assert 2 <= len(run.history) < 500
    predictions = run.predictions("valid")
    loss = -np.log(predictions.segment_posteriors[np.arange(len(predictions.segment_y_true)), predictions.segment_y_true]).mean()
    assert loss == pytest.approx(min(entry["valid_loss"] for entry in run.history), rel=1e-3)


NETS = sorted(name for name, spec in MODELS.items() if spec.family == "network")


@pytest.mark.parametrize("name", NETS)
def test_a_net_learns_twenty_tracks_by_heart(notes: dict, name: str) -> None:
    assert notes["overfit"][name]["right"] == 1.0


@pytest.mark.parametrize("name", NETS)
def test_a_net_that_learns_anew_learns_the_same(notes: dict, name: str) -> None:
    assert notes["overfit"][name]["same"]


@pytest.mark.parametrize("name", NETS)
def test_every_net_serves_what_it_learned(trained: Path, notes: dict, name: str) -> None:
    run, dataset = load(trained, notes["every"][name]), load_dataset("tones", trained / "datasets")
    predictions, classifier = run.predictions("valid"), run.classifier()
    for row, track_id in enumerate(predictions.track_ids):
        clip = decode(dataset.by_id[str(track_id)].path.read_bytes())
        served = classifier(*(segment_features(clip, feature, run.segments).values for feature in run.features))
        learned = predictions.segment_posteriors[predictions.segment_track == row]
        np.testing.assert_allclose(served.posterior, learned, atol=1e-5, rtol=0)
        assert np.ptp(served.posterior) > 0
    assert len(run.manifest["scaler"]) == len(run.features)


def test_an_autoencoder_trains_first_and_serves_what_it_keeps(trained: Path, notes: dict) -> None:
    run = load(trained, notes["every"]["ae_cnn"])
    assert [entry["part"] for entry in run.history] == ["autoencoder"] * 2 + ["genres"] * 2
    assert set(run.history[0]) == {"part", "epoch", "error", "valid_error", "seconds"}
    sample = np.random.default_rng(0).normal(-40, 10, (2, *run.classifier().input_shapes[0])).astype(np.float32)
    assert run.classifier().reconstruct(sample).shape == sample.shape


def test_fusion_trains_its_parts_then_what_judges_both(trained: Path, notes: dict) -> None:
    run = load(trained, notes["every"]["fusion"])
    assert [entry["part"] for entry in run.history] == ["autoencoder", "its genres", "recurrent net", "fusion"]


@pytest.mark.parametrize("name", NETS)
def test_the_picture_of_a_net_counts_what_keras_counts(notes: dict, name: str) -> None:
    spec = MODELS[name]
    shapes = tuple(feature.shape(spec.segments.length(feature.sr)) for feature in spec.features)
    picture = spec.build.picture(spec.config(), shapes, 10)
    assert sum(layer.n_weights for layer in picture) == notes["nets"][name]["weights"]
    assert picture[-1].shape == (10,)


def test_layer_tables_have_the_weights_of_their_source(notes: dict) -> None:
    dense = 57 * 512 + 512 + 512 * 256 + 256 + 256 * 64 + 64 + 64 * 10 + 10
    conv = 9 * (1 * 16 + 16 * 32 + 32 * 64) + 2 * (16 + 32 + 64) + 64 * 10 + 10
    assert {name: notes["nets"][name]["weights"] for name in ("ann", "cnn_small")} == {"ann": dense, "cnn_small": conv}


def test_what_reaches_the_layers_behind_the_convolutions(notes: dict) -> None:
    read = {name: facts["read"] for name, facts in notes["nets"].items()}
    assert read["cnn"] == [["Flatten", 1, 1, 256]]
    assert read["rcnn"] == [["GRU", 15, 128], ["GRU", 15, 32]]
    assert read["crnn_lstm"] == [["LSTM", 42, 256]]
    assert read["lstm"] == [["LSTM", 130, 13], ["LSTM", 130, 64]]
    assert notes["nets"]["ae_cnn"]["made"]["reconstruction"] == [128, 130]


def test_no_garbage_is_looked_for_among_what_tensorflow_is_made_of(notes: dict) -> None:
    assert notes["garbage"]["is_collected"]
    assert notes["garbage"]["set_aside"] > 100_000


def test_rmsprop_with_nesterov_momentum_steps_as_algorithm_8_6(notes: dict) -> None:
    rate, alpha, rho = 0.01, 0.8, 0.9
    theta, r, v = np.array([1.0, 1.0]), np.zeros(2), np.zeros(2)
    for step in notes["nesterov"]:
        g = np.array([2.0, 20.0]) * (theta + alpha * v)
        r = rho * r + (1 - rho) * g**2
        v = alpha * v - rate * g / np.sqrt(r)
        theta = theta + v
        np.testing.assert_allclose(step, theta, rtol=1e-5)


def test_the_fused_batch_norm_is_that_of_keras(notes: dict) -> None:
    differences = notes["norm"]
    # The running variance is that of a sample, n / (n - 1) times Keras' with n = 594 values a channel.
    assert differences.pop("variance") < 1e-3
    assert max(differences.values()) < 1e-4


def test_optimizers_take_the_declared_values(notes: dict) -> None:
    optimizers = notes["optimizers"]
    assert {name: values["learning_rate"] for name, values in optimizers.items()} == pytest.approx(
        dict.fromkeys(optimizers, 1e-3)
    )
    assert (optimizers["sgd_nesterov"]["nesterov"], optimizers["sgd_nesterov"]["momentum"]) == (True, 0.9)


def without_seconds(run: Run) -> list[dict]:
    return [{key: value for key, value in entry.items() if key != "seconds"} for entry in run.history]


@pytest.mark.parametrize("name", ["cnn_small", "folds", "stages"])
def test_a_continued_training_equals_one_that_was_never_broken(trained: Path, notes: dict, name: str) -> None:
    whole, broken = (load(trained, run_id) for run_id in notes["continued"][name])
    role = whole.judged_role
    assert without_seconds(broken) == without_seconds(whole)
    assert (broken.predictions(role).segment_posteriors == whole.predictions(role).segment_posteriors).all()
    sample = np.random.default_rng(0).standard_normal((4, *whole.features[0].shape(round(0.5 * 22050))[0:2])).astype(np.float32)
    sample = sample.reshape(4, -1)[:, :57] if name == "folds" else sample
    assert (broken.classifier()(sample).posterior == whole.classifier()(sample).posterior).all()
    assert not list(broken.folder.glob("state.npz")) + list(broken.folder.glob("fold_*.npz"))


def test_folds_predict_every_track_by_a_net_that_has_not_heard_its_artist(trained: Path, notes: dict) -> None:
    run, dataset = load(trained, notes["continued"]["folds"][0]), load_dataset("tones", trained / "datasets")
    predictions = run.predictions("folds")
    assert sorted([*predictions.track_ids, *run.track_ids("test")]) == sorted(dataset.by_id)
    assert list(run.scores) == ["folds"]
    assert (run.folds["count"], run.folds["grouped_by"], run.leaks.badge) == (3, "artist", "✔ nothing crosses")
    folds_of_artist = {}
    for track_id, fold in run.folds["of"].items():
        folds_of_artist.setdefault(dataset.by_id[track_id].artist, set()).add(fold)
    assert {len(folds) for folds in folds_of_artist.values()} == {1}
    parts = {entry["part"] for entry in run.history}
    assert parts == {"fold 1", "fold 2", "fold 3", "all tracks"}
    truth = [dataset.genres.index(dataset.by_id[str(name)].genre) for name in predictions.track_ids]
    assert predictions.y_true.tolist() == truth


def test_folds_within_a_split_leave_its_test_tracks_out(trained: Path, notes: dict) -> None:
    run, once = load(trained, notes["continued"]["folds"][0]), load(trained, notes["cnn_small"])
    assert sorted(run.track_ids("test")) == sorted(once.track_ids("test"))
    assert not set(run.predictions("folds").track_ids) & set(once.track_ids("test"))
    assert sorted([*run.predictions("folds").track_ids, *run.track_ids("test")]) == sorted(once.roles)
    assert len(run.open_test(Root(trained)).track_ids) == len(once.track_ids("test"))

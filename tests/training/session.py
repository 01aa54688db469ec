"""What needs TensorFlow in memory, done in one process: trains small runs and writes down what Keras says of them."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.errors import TrainingError
from genre_core.jobs import Journal, Status, perform, prepare
from genre_core.jobs.journal import STOP
from genre_core.jobs.queue import make_ready
from genre_core.models import MODELS
from genre_core.models.networks.norm import _fused_class, register
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.batches import Segments
from genre_core.training.fit import Part
from genre_core.training.learners import Task, learner_for
from genre_core.training.optimizers import OPTIMIZERS
from genre_core.training.recipe import TrainConfig, TrainRequest
from genre_core.training.search import search
from genre_core.training.search_request import SearchRequest
from genre_core.training.trainer import train, work
from tests.training.given_tones import make_numbers

SHORT = {"segment_seconds": 0.5, "hop_seconds": 0.4}
QUICK = {"epochs": 3, "batch_size": 8, "learning_rate": 2e-3}


def keras_says(run: Run, root: Root) -> None:
    """Outputs of the checkpoint, read in safe mode, for every test segment."""
    import keras

    register()
    model = keras.models.load_model(run.folder / "checkpoint.keras", safe_mode=True)
    store, dataset = FeatureStore(root.features), load_dataset(run.dataset_name, root.datasets)
    for track_id in run.track_ids("test"):
        values = store.get(dataset.by_id[track_id], run.features[0], run.segments).values
        outputs = {name: np.asarray(value) for name, value in model(values, training=False).items()}
        np.savez(root.path / f"keras-{run.model}-{track_id}.npz", **outputs)


def stop_after(root: Root, epochs: int) -> Run:
    """A training that somebody stops in its third epoch."""
    seen: list[Path] = []

    def watch(status: Status) -> None:
        if status.epoch >= epochs and not seen:
            newest = max(root.runs.glob("*/status.json"), key=lambda path: path.stat().st_mtime).parent
            (newest / "stop").touch()
            seen.append(newest)

    request = TrainRequest("ann", "tones", segments=SHORT, training={**QUICK, "epochs": 500, "patience": 500}, title="Stopped")
    return train(request, root, progress=watch)


class Killed(BaseException):
    """As if the process ended here: nothing of the training gets to say a word."""


def broken_then_continued(request: TrainRequest, root: Root, where: str) -> Run:
    """A training that ends without a word when its message begins so, and is continued."""

    def die(status: Status) -> None:
        if status.message.startswith(where):
            raise Killed

    folder = prepare("train", request.to_dict(), root, name="broken")
    with contextlib.suppress(Killed):
        perform(folder, root, lambda journal: work(request.to_dict(), root, journal), listener=die)
    assert not (folder / "manifest.json").exists()
    make_ready(folder)
    return perform(folder, root, lambda journal: work(request.to_dict(), root, journal))


EXACT = {**QUICK, "deterministic": True}
BROKEN = {
    "cnn_small": (TrainRequest("cnn_small", "tones", segments=SHORT, config={"width": 0.25}, training=EXACT), "Epoch 3"),
    "folds": (
        TrainRequest("ann", "tones", "by_artist", folds=3, segments=SHORT, training={**EXACT, "epochs": 2}),
        "Fold 2: epoch 2",
    ),
    "stages": (
        TrainRequest("ae_cnn", "tones", segments=SHORT, config={"width": 0.25}, training={**EXACT, "epochs": 2}),
        "Genres: epoch 2",
    ),
}
"""What is trained in one go, and once more broken off where its message begins so and continued."""


SHAPES = {"log_mel": (32, 44), "mfcc": (13, 22), "summary57": (57,), "musicnn_mel": (96, 8)}
"""Of a short segment."""
CLIPS = {"cnn": (96, 1280), "rcnn": (96, 1366), "crnn_lstm": (96, 64)}
"""The least that the nets of whole clips take."""
FEWER = {
    "cnn": {"epochs": 5, "batch_size": 2},
    "rcnn": {"epochs": 10, "batch_size": 4, "learning_rate": 5e-3},
    "ae_cnn": {"epochs": 10},
    "fusion": {"epochs": 10},
}
"""A step of the first two takes a second; the others train all epochs of each stage but the last."""


def overfit(root: Root, name: str) -> dict[str, Any]:
    """A net learns 20 segments of noise with random labels by heart, between two trainings of one epoch from the same seed."""
    rng = np.random.default_rng(1)
    config = {"width": 0.25 if MODELS[name].good_for == "deep" else 1.0, "dropout": 0.0, "l2": 0.0}
    training = {"epochs": 60, "patience": 60, "batch_size": 20, "learning_rate": 1e-2, "deterministic": True}
    training |= FEWER.get(name, {})
    recipe = TrainRequest(name, config=config, training=training).resolve()
    shapes = [CLIPS.get(name) or SHAPES[feature.name] for feature in recipe.features]
    features = tuple(rng.standard_normal((20, *shape)).astype(np.float32) for shape in shapes)
    genres, rows = rng.integers(0, 3, 20), np.arange(20)
    folder = root.path / f"overfit-{name}"
    folder.mkdir()
    learner = learner_for(recipe, 3, Journal(folder))
    learner.start()
    segments = Segments(features, genres, rows)
    losses: list[float] = []

    def know_it(entry: dict[str, Any]) -> None:
        """Stop, as a user may, once the best epoch has all of them right."""
        losses.append(entry["valid_loss"])
        if entry["valid_accuracy"] == 1.0 and losses[-1] == min(losses):
            (folder / STOP).touch()

    def once(part: str) -> np.ndarray:
        task = Task(segments, rows[:8], None, Part(part, part), dict.fromkeys(learner.stages, 1))
        return learner.learn(task).classifier(*(values[:4] for values in features)).posterior

    first = once("first")
    learned = learner.learn(Task(segments, rows, rows, Part(), after_epoch=know_it))
    (folder / STOP).unlink(missing_ok=True)
    right = float(np.mean(learned.classifier(*features).posterior.argmax(axis=1) == genres))
    return {"right": right, "same": bool((once("again") == first).all())}


def every_net() -> dict[str, TrainRequest]:
    """The training of each net, of one epoch and narrow."""
    found = {}
    for name in (name for name, spec in MODELS.items() if spec.family == "network"):
        segments = {} if MODELS[name].segments.segment_seconds > 20 else SHORT
        config = {"width": 0.25} if name != "ann" else {}
        found[name] = TrainRequest(name, "tones", segments=segments, config=config, training={**QUICK, "epochs": 1})
    return found


def extract_here(root: Root) -> None:
    """Compute what all these nets read: for so few sounds, processes would take longer to begin than to work."""
    recipes = [request.resolve() for request in every_net().values()]
    wanted = dict.fromkeys((feature, recipe.segments) for recipe in recipes for feature in recipe.features)
    assert not extract_all(load_dataset("tones", root.datasets), list(wanted), FeatureStore(root.features), processes=1)


def facts_of_net(name: str) -> dict[str, Any]:
    """What Keras says of a net: weights that training finds, and the shapes that reach its flat and its recurrent layers."""
    spec = MODELS[name]
    shapes = tuple(feature.shape(spec.segments.length(feature.sr)) for feature in spec.features)
    model = spec.build(spec.config(), shapes, 10)
    fixed = [layer for layer in model.layers if layer.name.startswith(("standardise", "reconstruction"))]
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    read = [
        [type(layer).__name__, *layer.input.shape[1:]]
        for layer in model.layers
        if type(layer).__name__ in ("Flatten", "SimpleRNN", "LSTM", "GRU")
    ]
    made = {key: list(value.shape[1:]) for key, value in model.output.items()}
    return {"weights": trained, "fixed": len(fixed), "read": read, "made": made}


def norm_differences() -> dict[str, float]:
    """How far the fused batch norm and Keras' own lie apart in training, as a share of the largest value."""
    import keras
    import tensorflow as tf

    x = tf.random.stateless_normal((6, 9, 11, 4), (1, 2), mean=3.0)
    found = []
    for layer in (_fused_class()(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)):
        layer.build(x.shape)
        layer.gamma.assign([1.0, 2.0, 0.5, 3.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            made = layer(x, training=True)
            loss = tf.reduce_sum(made**3)
        gradient = tape.gradient(loss, x)
        found.append({"made": made, "gradient": gradient, "mean": layer.moving_mean, "variance": layer.moving_variance})
    pairs = {key: (np.asarray(found[0][key]), np.asarray(found[1][key])) for key in found[0]}
    return {key: float(np.abs(ours - its).max() / np.abs(its).max()) for key, (ours, its) in pairs.items()}


def nesterov_steps() -> list[list[float]]:
    """Where RMSProp with Nesterov momentum stands after each of five steps down f(a, b) = a^2 + 10 b^2, from (1, 1)."""
    import keras

    optimizer = TrainConfig(optimizer="rmsprop_nesterov", learning_rate=0.01, momentum=0.8).build_optimizer()
    ahead = keras.Variable([1.0, 1.0])
    steps = []
    for _ in range(5):
        gradient = np.array([2.0, 20.0], np.float32) * np.asarray(ahead)
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [ahead])
        steps.append((np.asarray(ahead) - 0.8 * np.asarray(optimizer.velocities[0])).tolist())
    return steps


def searched(root: Root, exact: dict[str, Any]) -> dict[str, Any]:
    """A search of which the first trial learns and the second, at a hopeless learning rate, is given up."""
    base = TrainRequest("ann", "tones", segments=SHORT, training={**exact, "epochs": 2})
    others = {dimension.name: None for dimension in SearchRequest(base).space()}
    rates = [exact["learning_rate"], *(number * 1e-6 for number in range(1, 9))]
    request = SearchRequest(base, {**others, "learning_rate": rates}, n_trials=2)
    with mock.patch.multiple("genre_core.training.search_study", STARTUP_TRIALS=1, WARMUP_EPOCHS=0):
        return search(request, root).to_dict()


def main(root: Root) -> None:
    notes: dict[str, Any] = {}
    exact = {**EXACT, "seed": 3}
    extract_here(root)
    ann = [train(TrainRequest("ann", "tones", segments=SHORT, training=exact), root) for _ in range(2)]
    with mock.patch("genre_core.training.material.IN_MEMORY_BYTES", 0):
        notes["streamed"] = train(TrainRequest("ann", "tones", segments=SHORT, training=exact), root).id
    whole = {name: train(request, root) for name, (request, _) in BROKEN.items()}
    cnn = whole["cnn_small"]
    for run in (ann[0], cnn):
        keras_says(run, root)
    notes.update(ann=[run.id for run in ann], cnn_small=cnn.id, stopped=stop_after(root, 2).id)
    notes["overfit"] = {name: overfit(root, name) for name, spec in MODELS.items() if spec.family == "network"}
    trained = {"ann": ann[0].id, "cnn_small": cnn.id, "ae_cnn": whole["stages"].id}
    notes["every"] = {name: trained.get(name) or train(request, root).id for name, request in every_net().items()}
    notes["continued"] = {
        name: [whole[name].id, broken_then_continued(request, root, place).id] for name, (request, place) in BROKEN.items()
    }
    notes["searched"] = searched(root, exact)
    train_more(root, notes, exact)
    (root.path / "notes.json").write_text(json.dumps(notes, default=str))


def train_more(root: Root, notes: dict[str, Any], exact: dict[str, Any]) -> None:
    """Runs of which not the net but what is said about it is looked at."""
    once = {**QUICK, "epochs": 1}
    notes["other"] = train(TrainRequest("ann", "tones", segments=SHORT, training={**exact, "seed": 4}), root).id
    notes["leaky"] = train(TrainRequest("ann", "tones", "segment_random", segments=SHORT, training=once), root).id
    part = TrainRequest("ann", "tones", segments=SHORT, training=once, genres=("high", "noise"), train_share=0.4)
    notes["part"] = train(part, root).id
    make_numbers(load_dataset("tones", root.datasets), SegmentConfig.from_dict(SHORT), root)
    notes["given"] = train(TrainRequest("ann", "numbers", training=exact), root).id
    notes["given_folds"] = train(TrainRequest("ann", "numbers", "", folds=3, training=once), root).id
    notes["nets"] = {name: facts_of_net(name) for name, spec in MODELS.items() if spec.family == "network"}
    notes["garbage"] = {"is_collected": gc.isenabled(), "set_aside": gc.get_freeze_count()}
    notes["nesterov"] = nesterov_steps()
    notes["norm"] = norm_differences()
    notes["optimizers"] = {
        name: {key: value for key, value in TrainConfig(optimizer=name).build_optimizer().get_config().items() if key != "name"}
        for name in OPTIMIZERS
    }
    try:
        train(
            TrainRequest("ann", "tones", segments=SHORT, training={**QUICK, "learning_rate": 1.0, "optimizer": "sgd_nesterov"}),
            root,
        )
    except TrainingError as error:
        notes["exploded"] = str(error)


if __name__ == "__main__":
    main(Root(Path(sys.argv[1])))

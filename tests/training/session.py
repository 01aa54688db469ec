"""What needs TensorFlow in memory, done in one process: trains small runs and writes down what Keras says of them."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.library import load_dataset
from genre_core.datasets.store import FeatureStore
from genre_core.errors import TrainingError
from genre_core.jobs import Journal, Status, perform, prepare
from genre_core.jobs.queue import make_ready
from genre_core.models import MODELS
from genre_core.models.networks import fit_scaler
from genre_core.paths import Root
from genre_core.runs import Run
from genre_core.training.fit import Segments, fit
from genre_core.training.recipe import OPTIMIZERS, TrainConfig, TrainRequest
from genre_core.training.trainer import train, work
from tests.training.given_tones import make_numbers

SHORT = {"segment_seconds": 0.5, "hop_seconds": 0.4}
QUICK = {"epochs": 3, "batch_size": 8, "learning_rate": 2e-3}


def keras_says(run: Run, root: Root) -> None:
    """Outputs of the checkpoint, read in safe mode, for every test segment."""
    import keras

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


def continued(root: Root, name: str) -> list[str]:
    """Two runs, one trained in one go, one broken off and continued."""
    exact = {**QUICK, "deterministic": True}
    request, place = {
        "cnn_small": (TrainRequest("cnn_small", "tones", segments=SHORT, config={"width": 0.25}, training=exact), "Epoch 3"),
        "folds": (
            TrainRequest("ann", "tones", "by_artist", folds=3, segments=SHORT, training={**exact, "epochs": 2}),
            "Fold 2: epoch 2",
        ),
    }[name]
    return [train(request, root).id, broken_then_continued(request, root, place).id]


def overfit(root: Root, name: str) -> float:
    """Accuracy on 20 segments of noise with random labels that a net has learned by heart."""
    rng = np.random.default_rng(1)
    shape = {"ann": (57,), "cnn_small": (32, 22)}[name]
    values, genres = rng.standard_normal((20, *shape)).astype(np.float32), rng.integers(0, 3, 20)
    model = MODELS[name].build(MODELS[name].config(dropout=0.0, l2=0.0), (shape,), 3)
    fit_scaler(model, values)
    folder = root.path / f"overfit-{name}"
    folder.mkdir()
    config = TrainConfig(epochs=40, patience=40, batch_size=20, learning_rate=1e-2)
    rows = np.arange(len(values))
    fit(model, Segments((values,), genres), rows, rows, config, Journal(folder))
    logits = np.asarray(model(values, training=False)["logits"])
    return float(np.mean(logits.argmax(axis=1) == genres))


def main(root: Root) -> None:
    notes: dict[str, Any] = {}
    exact = {**QUICK, "deterministic": True, "seed": 3}
    ann = [train(TrainRequest("ann", "tones", segments=SHORT, training=exact), root) for _ in range(2)]
    with mock.patch("genre_core.training.material.IN_MEMORY_BYTES", 0):
        notes["streamed"] = train(TrainRequest("ann", "tones", segments=SHORT, training=exact), root).id
    cnn = train(TrainRequest("cnn_small", "tones", segments=SHORT, config={"width": 0.25}, training=QUICK), root)
    for run in (ann[0], cnn):
        keras_says(run, root)
    notes.update(ann=[run.id for run in ann], cnn_small=cnn.id, stopped=stop_after(root, 2).id)
    notes["overfit"] = {name: overfit(root, name) for name in MODELS}
    notes["continued"] = {name: continued(root, name) for name in ("cnn_small", "folds")}
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
    notes["optimizers"] = {
        name: {key: value for key, value in TrainConfig(optimizer=name).build_optimizer().get_config().items() if key != "name"}
        for name in OPTIMIZERS
    }
    notes["parameters"] = {
        name: MODELS[name].build(MODELS[name].config(), (shape,), 10).count_params()
        for name, shape in (("ann", (57,)), ("cnn_small", (128, 130)))
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

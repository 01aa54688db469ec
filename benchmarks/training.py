"""What an epoch costs: `python -m benchmarks.training`.

Each net trains on the same arrays in memory, in turn by Genrescope's loop and by plain Keras `fit`, in one process with the
allocator's large pages, as trainings from the page run. An epoch is one round over the train segments and one over the valid
ones; the first of each turn, which builds the graph, is left out. Memory of large data sets is measured by `benchmarks.scale`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import record
from genre_core.audio.segments import SegmentConfig
from genre_core.jobs import Journal
from genre_core.jobs.spawning import LARGE_PAGES
from genre_core.models import MODELS
from genre_core.training.batches import Segments
from genre_core.training.fit import Part
from genre_core.training.history import read_history
from genre_core.training.learners import Task, learner_for
from genre_core.training.recipe import Recipe, TrainConfig, TrainRequest

SEGMENTS = {"ann": 8000, "lstm": 2000, "cnn_small": 1200, "ae_cnn": 1200, "cnn": 60}
"""Train segments of each net: an epoch lasts seconds. A quarter as many are judged."""

N_GENRES = 10
QUICKEST = "The quickest epoch after the first of a turn: what else a machine does only adds."


def measure(name: str, seconds_each: float, epochs: int) -> dict[str, list[float]]:
    """Seconds of each epoch but the first of a turn, for both ways, in turn until each has had so many seconds."""
    import keras

    recipe = TrainRequest(name, training={"epochs": epochs, "patience": epochs}).resolve()
    segments, train_rows, valid_rows = _material(recipe, SEGMENTS[name])
    seconds: dict[str, list[float]] = {"ours": [], "keras": []}
    while not seconds["keras"] or min(map(sum, seconds.values())) < seconds_each:
        seconds["ours"] += _ours(recipe, segments, train_rows, valid_rows)
        seconds["keras"] += _keras(keras, recipe, segments, train_rows, valid_rows, epochs)
    return seconds


def _material(recipe: Recipe, count: int) -> tuple[Segments, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    cut: SegmentConfig = recipe.segments
    n_all = count + count // 4
    features = tuple(
        rng.standard_normal((n_all, *feature.shape(cut.length(feature.sr))), dtype=np.float32) for feature in recipe.features
    )
    segments = Segments(features, rng.integers(0, N_GENRES, n_all), np.arange(n_all))
    return segments, np.arange(count), np.arange(count, n_all)


def _ours(recipe: Recipe, segments: Segments, train_rows: np.ndarray, valid_rows: np.ndarray) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        learner = learner_for(recipe, N_GENRES, Journal(Path(folder)))
        learner.start()
        learner.learn(Task(segments, train_rows, valid_rows, Part()))
        history = [entry for entry in read_history(Path(folder)) if entry.get("part") != "autoencoder"]
    return [entry["seconds"] for entry in history[1:]]


def _keras(
    keras: Any, recipe: Recipe, segments: Segments, train_rows: np.ndarray, valid_rows: np.ndarray, epochs: int
) -> list[float]:
    import time

    from genre_core.training.steps import freeze

    config = recipe.training
    assert isinstance(config, TrainConfig)
    shapes = tuple(values.shape[1:] for values in segments.features)
    model = recipe.spec.build(recipe.config, shapes, N_GENRES)
    freeze(model, recipe.spec.build.stages[-1])  # type: ignore[attr-defined]
    plain = keras.Model(model.inputs[0] if len(shapes) == 1 else model.inputs, model.get_layer("logits").output)
    plain.compile(
        optimizer=config.build_optimizer(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    moments: list[float] = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            moments.append(time.monotonic())

    def of(rows: np.ndarray) -> tuple[Any, np.ndarray]:
        arrays = [np.asarray(values[rows]) for values in segments.features]
        return (arrays[0] if len(arrays) == 1 else arrays), segments.genres[rows]

    inputs, genres = of(train_rows)
    plain.fit(
        inputs,
        genres,
        batch_size=config.batch_size,
        epochs=epochs,
        validation_data=of(valid_rows),
        validation_batch_size=256,
        callbacks=[Clock()],
        verbose=0,
    )
    return [after - before for before, after in itertools.pairwise(moments)]


def report(found: dict[str, dict[str, list[float]]]) -> str:
    """The table."""
    rows = []
    for name, seconds in found.items():
        ours, keras = (min(seconds[way]) for way in ("ours", "keras"))  # what else the machine does only adds
        rows.append((f"`{name}`", f"{SEGMENTS[name]:,}", f"{ours:.2f}", f"{keras:.2f}", f"{ours / keras:.2f}"))
    header = ("net", "train segments", "Genrescope [s an epoch]", "Keras `fit` [s an epoch]", "ratio")
    return f"{record.table(header, rows)}\n\n{QUICKEST} On {record.machine()}."


def main() -> None:
    """Measure each net in a process of its own, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nets", default=",".join(SEGMENTS), help=f"Of {', '.join(SEGMENTS)}.")
    parser.add_argument("--seconds", type=float, default=40.0, help="So long each way learns, first epochs left out.")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--print-only", action="store_true", help="Leave docs/benchmarks.md as it is.")
    parser.add_argument("--one", choices=sorted(MODELS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.seconds, options.epochs)))
        return
    found = {}
    for name in options.nets.split(","):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.training",
                "--one",
                name,
                "--seconds",
                str(options.seconds),
                "--epochs",
                str(options.epochs),
            ],
            env={**os.environ, "GLIBC_TUNABLES": LARGE_PAGES, "TF_CPP_MIN_LOG_LEVEL": "2"},
            capture_output=True,
            text=True,
            check=True,
        )
        found[name] = json.loads(done.stdout.splitlines()[-1])
        print(name, {way: [round(value, 2) for value in values] for way, values in found[name].items()}, file=sys.stderr)
    text = report(found)
    print(text)
    if not options.print_only:
        record.write_between(record.DOCUMENT, "training", text)


if __name__ == "__main__":
    main()

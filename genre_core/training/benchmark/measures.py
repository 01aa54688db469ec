"""What a trained row costs: how many numbers it holds, and how long it thinks about a clip."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.datasets.store import FeatureStore
from genre_core.datasets.tracks import Dataset
from genre_core.models import model_spec
from genre_core.models.serve import model_file, open_model
from genre_core.paths import Root
from genre_core.runs import Run

CLIP_SECONDS = 30.0
"""The clip that inference is timed on is the judged track whose length is nearest to this."""

_WARM, _TIMED = 3, 15


def n_parameters(run: Run) -> int:
    """Weights of a net; of any other model the numbers that its file holds."""
    spec = model_spec(run.model)
    path = model_file(run.folder)
    if spec.family == "network":
        config = spec.config.from_dict(run.config)
        shapes = open_model(path).input_shapes
        return int(sum(layer.n_weights for layer in spec.build.picture(config, shapes, len(run.genres))))  # type: ignore[attr-defined]
    return stored_numbers(path)


def stored_numbers(path: Path) -> int:
    """How many numbers a model's file holds: arrays of a `model.npz`; constants of a graph and tables in its nodes."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return sum(int(arrays[name].size) for name in arrays.files if arrays[name].dtype.kind in "fiu")
    import onnx

    graph = onnx.load(str(path)).graph
    total = sum(int(np.prod(tensor.dims)) for tensor in graph.initializer)
    for node in graph.node:
        for attribute in node.attribute:
            inside = int(np.prod(attribute.t.dims)) if attribute.HasField("t") else 0
            total += len(attribute.floats) + len(attribute.ints) + inside
    return total


def inference(run: Run, dataset: Dataset, root: Root) -> dict[str, Any]:
    """Time from a clip's features to its segments' posteriors, warm: `inference_ms`, the median, and `clip_seconds`.

    The features are read from the store first and are not timed: they take longer than most models, and rows share them.
    """
    ids = [str(track_id) for track_id in run.predictions(run.judged_role).track_ids]
    track = min((dataset.by_id[track_id] for track_id in ids), key=lambda track: abs(track.seconds - CLIP_SECONDS))
    store = FeatureStore(root.features)
    values = [store.get(track, feature, run.segments).values for feature in run.features]
    classifier = run.classifier()
    times = []
    for _ in range(_WARM + _TIMED):
        began = time.perf_counter()
        classifier(*values)
        times.append(time.perf_counter() - began)
    return {"inference_ms": 1000 * statistics.median(times[_WARM:]), "clip_seconds": track.seconds}

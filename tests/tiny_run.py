"""A run small enough to know by heart: mean log-mel of low and of high bands decides between two (or three) genres."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.features.base import Feature
from genre_core.features.spectral import LogMel
from genre_core.runs import CARD, MANIFEST, Run

GENRES = ("high", "low", "neither")
SR = 22050


def tone(hertz: float, seconds: float, *, sr: int = SR) -> Clip:
    time = np.arange(round(seconds * sr)) / sr
    return Clip(0.5 * np.sin(2 * np.pi * hertz * time), sr, f"{hertz:g} Hz")


def noise(seconds: float, *, seed: int = 0, sr: int = SR) -> Clip:
    """Noise whose colour changes, so that no two segments are alike."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=round(seconds * sr)) * np.linspace(0.01, 0.2, round(seconds * sr))
    return Clip(y, sr, "noise")


def write_graph(path: Path, shape: tuple[int, ...], weights: np.ndarray) -> None:
    """Mean over time -> matmul -> softmax, with the outputs logits, posterior, embedding."""
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["embedding"], keepdims=0),
        helper.make_node("MatMul", ["embedding", "w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["posterior"], axis=1),
    ]
    constants = [
        numpy_helper.from_array(np.array([2], dtype=np.int64), "axes"),
        numpy_helper.from_array(weights.astype(np.float32), "w"),
    ]
    sizes = {"logits": weights.shape[1], "posterior": weights.shape[1], "embedding": weights.shape[0]}
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size]) for name, size in sizes.items()]
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *shape])
    graph = helper.make_graph(nodes, "tiny", [source], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def make_run(
    folder: Path,
    *,
    run_id: str = "tiny-one",
    feature: Feature | None = None,
    segments: SegmentConfig | None = None,
    dataset: dict[str, str] | None = None,
    roles: dict[str, str] | None = None,
    scale: float = 0.05,
    shipped: bool = False,
) -> Run:
    """Write a run whose model tells low from high sounds; `scale` 0 makes it undecided, NaN makes it broken."""
    feature = feature or LogMel(n_mels=32)
    segments = segments or SegmentConfig()
    folder.mkdir(parents=True)
    shape = feature.shape(segments.length(feature.sr))
    weights = np.zeros((shape[0], len(GENRES)))
    weights[shape[0] // 2 :, 0] = weights[: shape[0] // 2, 1] = 1.0
    weights[:, 2] = 0.5
    write_graph(folder / "model.onnx", shape, weights * scale)
    manifest = {
        "format_version": 1,
        "id": run_id,
        "title": "Tiny",
        "state": "finished",
        "model": "tiny",
        "features": [feature.to_dict()],
        "segments": segments.to_dict(),
        "config": {},
        "training": {},
        "genres": list(GENRES),
        "scaler": [],
        "split": {"name": "by_track", "seed": 0, "roles": roles or {}},
        "dataset": {"name": "none", "fingerprint": "0", "note": "", **(dataset or {})},
        "seed": 0,
        "versions": {},
        "scores": {},
        "history": [],
        "created": "2025-01-01T00:00:00+00:00",
        "test_openings": [],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest))
    if shipped:
        (folder / CARD).write_text("A run for tests.")
    return Run.load(folder)

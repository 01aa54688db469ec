"""The graphs against the nets' formulas, written down in numpy step by step, with weights drawn at random."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.errors import RunError
from genre_core.features.backbones import BACKBONES, place
from genre_core.models.backbones.checkpoints import give, read_checkpoint
from genre_core.models.backbones.convert import SOURCES, Converted, card
from genre_core.models.backbones.musicnn import EPSILON, OUTPUTS
from genre_core.models.backbones.serving import musicnn_graph, tensors_of, vgg_graph

Tensors = dict[str, np.ndarray]
MUSICNN = {
    **{f"conv2d{end}": shape for end, shape in (("", (7, 38, 1, 204)), ("_1", (7, 67, 1, 204)))},
    **{f"conv2d_{2 + k}": (frames, 1, 1, 51) for k, frames in enumerate((128, 64, 32))},
    "conv2d_5": (7, 561, 1, 64),
    "conv2d_6": (7, 64, 1, 64),
    "conv2d_7": (7, 64, 1, 64),
    "dense": (1506, 200),
    "dense_1": (200, 50),
}
MUSICNN_NORMS = (1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)
VGG = {**{f"{n}CNN": (3, 3, 1 if n == 1 else 128, 128) for n in range(1, 6)}, "dense": (256, 50)}
VGG_NORMS = (1, 128, 128, 128, 128, 128)


def drawn(layers: dict[str, tuple[int, ...]], norms: tuple[int, ...]) -> Tensors:
    """Weights of a net; half of the norms' scales are negative."""
    rng = np.random.default_rng(3)
    tensors: Tensors = {}
    for name, shape in layers.items():
        tensors[f"{name}/kernel"] = rng.normal(0, 1 / np.sqrt(np.prod(shape[:-1])), shape).astype(np.float32)
        tensors[f"{name}/bias"] = rng.normal(0, 0.1, shape[-1]).astype(np.float32)
    for number, size in enumerate(norms):
        name = f"batch_normalization_{number}" if number else "batch_normalization"
        tensors[f"{name}/gamma"] = rng.normal(0, 1, size).astype(np.float32)
        tensors[f"{name}/beta"] = rng.normal(0, 0.3, size).astype(np.float32)
        tensors[f"{name}/moving_mean"] = rng.normal(0, 0.3, size).astype(np.float32)
        tensors[f"{name}/moving_variance"] = rng.uniform(0.2, 2, size).astype(np.float32)
    return tensors


def norm(tensors: Tensors, number: int, x: np.ndarray) -> np.ndarray:
    name = f"batch_normalization_{number}" if number else "batch_normalization"
    gamma, beta, mean, variance = (tensors[f"{name}/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance"))
    return gamma * (x - mean) / np.sqrt(variance + EPSILON) + beta


def conv(tensors: Tensors, name: str, x: np.ndarray) -> np.ndarray:
    """ReLU of a convolution without padding; x (height, width, channels in)."""
    kernel = tensors[f"{name}/kernel"]
    cut = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))  # (height, width, channels in, kernel height, kernel width)
    return np.maximum(np.tensordot(cut, kernel, ((3, 4, 2), (0, 1, 2))) + tensors[f"{name}/bias"], 0)


def same(x: np.ndarray, frames: int, bands: int = 1) -> np.ndarray:
    """Padded as TensorFlow pads for 'same': what cannot be halved goes behind."""
    return np.pad(x, (((frames - 1) // 2, frames // 2), ((bands - 1) // 2, bands // 2), (0, 0)))


def pooled(x: np.ndarray, size: tuple[int, int], stride: tuple[int, int]) -> np.ndarray:
    return sliding_window_view(x, size, axis=(0, 1))[:: stride[0], :: stride[1]].max(axis=(3, 4))


def musicnn_says(t: Tensors, mel: np.ndarray) -> dict[str, np.ndarray]:
    x = norm(t, 0, mel[:, :, None])
    timbre = [norm(t, k + 1, conv(t, f"conv2d{'_1' * k}", np.pad(x, ((3, 3), (0, 0), (0, 0))))) for k in range(2)]
    time = [norm(t, 3 + k, conv(t, f"conv2d_{2 + k}", same(x, frames))) for k, frames in enumerate((128, 64, 32))]
    maps = [np.concatenate([part.max(axis=1) for part in (*timbre, *time)], axis=1)]  # (187, 561)
    for k in range(3):
        y = conv(t, f"conv2d_{5 + k}", np.pad(maps[-1], ((3, 3), (0, 0)))[:, :, None])[:, 0]
        y = norm(t, 6 + k, y)
        maps.append(y + maps[-1] if k else y)
    everything = np.concatenate(maps, axis=1)  # (187, 753)
    max_pool, mean_pool = everything.max(axis=0), everything.mean(axis=0)
    flat = norm(t, 9, np.stack([max_pool, mean_pool], axis=1).ravel())
    penultimate = norm(t, 10, np.maximum(flat @ t["dense/kernel"] + t["dense/bias"], 0))
    log_odds = penultimate @ t["dense_1/kernel"] + t["dense_1/bias"]
    return {"log_odds": log_odds, "penultimate": penultimate, "mean_pool": mean_pool, "max_pool": max_pool}


def vgg_says(t: Tensors, mel: np.ndarray) -> dict[str, np.ndarray]:
    x = norm(t, 0, mel[:, :, None])
    for number, (size, stride) in enumerate([((4, 1), (2, 2)), *[((2, 2), (2, 2))] * 3, ((4, 4), (4, 4))], start=1):
        maps = norm(t, number, conv(t, f"{number}CNN", same(x, 3, 3)))
        x = pooled(maps, size, stride)
    penultimate = x.ravel()
    log_odds = penultimate @ t["dense/kernel"] + t["dense/bias"]
    return {
        "log_odds": log_odds,
        "penultimate": penultimate,
        "mean_pool": maps.mean(axis=(0, 1)),
        "max_pool": maps.max(axis=(0, 1)),
    }


@pytest.mark.parametrize(
    ("layers", "norms", "graph", "says"),
    [(MUSICNN, MUSICNN_NORMS, musicnn_graph, musicnn_says), (VGG, VGG_NORMS, vgg_graph, vgg_says)],
    ids=["musicnn", "vgg"],
)
def test_the_graph_says_what_the_formulas_say(layers: Any, norms: Any, graph: Any, says: Any) -> None:
    tensors = drawn(layers, norms)
    mel = np.random.default_rng(0).gamma(2.0, 0.5, (2, 187, 96)).astype(np.float32)
    session = onnxruntime.InferenceSession(graph(tensors).SerializeToString(), providers=["CPUExecutionProvider"])
    found = dict(zip(OUTPUTS, session.run(list(OUTPUTS), {"mel": mel}), strict=True))
    for index, one in enumerate(mel):
        for name, expected in says(tensors, one).items():
            np.testing.assert_allclose(found[name][index], expected, atol=2e-5 * max(1, abs(expected).max()), err_msg=name)
    np.testing.assert_allclose(found["tags"], 1 / (1 + np.exp(-found["log_odds"])), atol=1e-6)


def test_the_weights_come_back_from_the_file() -> None:
    """Not tensor by tensor, as norms were made part of others, but in what the net says below its last layer."""
    tensors = drawn(MUSICNN, MUSICNN_NORMS)
    back = tensors_of(musicnn_graph(tensors).SerializeToString())
    assert set(back) == {name for name in tensors if not name.startswith("dense_1")}
    mel = np.random.default_rng(1).gamma(2.0, 0.5, (187, 96)).astype(np.float32)
    last = {name: tensors[name] for name in ("dense_1/kernel", "dense_1/bias")}
    expected, found = musicnn_says(tensors, mel), musicnn_says({**_as_pictures(back), **last}, mel)
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, atol=2e-5 * abs(values).max(), err_msg=name)


def _as_pictures(tensors: Tensors) -> Tensors:
    """Kernels of the convolutions in time as the checkpoint has them, over a picture's width."""
    kernels = {f"conv2d_{k}/kernel": tensors[f"conv2d_{k}/kernel"].transpose(0, 2, 1, 3) for k in (5, 6, 7)}
    return {**tensors, **kernels}


class Weight:
    """A variable of a net, as far as giving it a value goes."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.name, self.shape, self.value = name, shape, np.empty(0)

    def assign(self, value: np.ndarray) -> None:
        assert value.shape == self.shape
        self.value = value


def net_of(**layers: dict[str, tuple[int, ...]]) -> Any:
    made = [SimpleNamespace(name=name, weights=[Weight(*entry) for entry in told.items()]) for name, told in layers.items()]
    return SimpleNamespace(name="musicnn", layers=made)


def test_each_tensor_is_given_once() -> None:
    net = net_of(conv2d={"kernel": (7, 5, 4)}, dense={"bias": (3,)})
    tensors = {"conv2d/kernel": np.arange(140.0).reshape(7, 5, 1, 4), "dense/bias": np.arange(3.0)}
    give(net, tensors)
    np.testing.assert_array_equal(net.layers[0].weights[0].value.ravel(), np.arange(140))
    with pytest.raises(RunError, match=r"needs the tensor dense/bias\. Received: none"):
        give(net, {"conv2d/kernel": tensors["conv2d/kernel"]})
    with pytest.raises(RunError, match=r"Left over: dense_1/bias"):
        give(net, {**tensors, "dense_1/bias": np.zeros(50)})
    with pytest.raises(RunError, match=r"conv2d/kernel must have the shape \(7, 5, 4\)\. Received: shape \(7, 4, 1, 5\)"):
        give(net, {**tensors, "conv2d/kernel": np.zeros((7, 4, 1, 5))})


def test_a_missing_checkpoint_is_told_before_tensorflow_loads(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"Expected a checkpoint .* Received: none\. Fetch the package again"):
        read_checkpoint(tmp_path)
    assert "tensorflow" not in sys.modules


def test_layers_that_are_not_named_keep_their_weights() -> None:
    net = net_of(fixed_dense={"bias": (3,)}, head={"bias": (2,)})
    give(net, {"dense/bias": np.ones(3)}, names={"fixed_dense": "dense"})
    assert net.layers[0].weights[0].value.sum() == 3
    assert not net.layers[1].weights[0].value.size


def test_the_shipped_file_is_read_back_whole() -> None:
    tensors = tensors_of(place("msd_musicnn").read_bytes())
    assert sum(values.size for values in tensors.values()) == 792_079 - 200 * 50 - 50


def test_the_card_names_each_file_with_its_hash() -> None:
    text = card([Converted(Path("mtt_vgg.onnx"), "ab" * 32, 607_030, 8.4e-7)])
    assert "| `mtt_vgg.onnx` | clips of MagnaTagATune" in text
    assert "607,030 | 8e-07 | `abab" in text
    assert not Converted(Path("mtt_vgg.onnx"), "ab" * 32, 1, 0.0).is_known
    assert Converted(Path("msd_musicnn.onnx"), BACKBONES["msd_musicnn"].sha256, 1, 0.0).is_known
    assert set(BACKBONES) <= set(SOURCES)

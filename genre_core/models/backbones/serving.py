"""The nets as graphs that serve: the numbers of `musicnn` and `vgg`, with as little arithmetic as exactness allows.

A batch norm behind a ReLU is `scale * relu(x) + shift`, and a pooling behind it takes the largest value. Where the scale is
negative the largest value comes of the smallest x, so the kernel of such a channel is written with the other sign; then pooling
can go first and the rest has a hundredth of the numbers to work on. A norm before a dense layer becomes part of its weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from genre_core.models.backbones.checkpoints import Tensors
from genre_core.models.backbones.musicnn import (
    EPSILON,
    N_FRAMES,
    N_MELS,
    N_MID,
    N_PENULTIMATE,
    OUTPUTS,
    TEMPORAL,
    TIMBRAL,
    VGG_POOLS,
    numbered,
)
from genre_core.models.tabular.graph import Graph


def norm_of(tensors: Tensors, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Scale and shift of a batch norm, float64, shape (n_channels,) each."""
    gamma, beta, mean, variance = (
        tensors[f"{name}/{part}"].astype(np.float64) for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    return scale, beta - mean * scale


def musicnn_graph(tensors: Tensors) -> Any:
    """`musicnn` with the weights of a checkpoint, as ONNX."""
    graph = Graph()
    picture = _picture(graph, tensors)
    sizes = [((7, bands), (3, 0, 3, 0), N_MELS - bands + 1) for bands, _ in TIMBRAL]
    sizes += [((frames, 1), ((frames - 1) // 2, 0, frames // 2, 0), N_MELS) for frames, _ in TEMPORAL]
    parts = []
    for index, (_, pads, n_bands) in enumerate(sizes):
        parts.append(_pooled(graph, tensors, picture, numbered("conv2d", index), index + 1, pads, pool=(1, n_bands)))
    maps = [graph.node("Concat", *parts, axis=1)]  # (n_segments, 561, 187, 1)
    for index in range(N_MID):
        at = len(sizes) + index
        conv, norm = numbered("conv2d", at), numbered("batch_normalization", at + 1)
        kernel, bias = _kernel(tensors, conv), tensors[f"{conv}/bias"]
        x = graph.node("Relu", _conv(graph, maps[-1], conv, kernel, bias, pads=(3, 0, 3, 0)))
        x = _affine(graph, x, norm, *norm_of(tensors, norm))
        maps.append(graph.node("Add", x, maps[-1]) if index else x)
    all_maps = graph.node("Concat", *maps, axis=1)  # (n_segments, 753, 187, 1)
    max_pool, mean_pool = (graph.node("Flatten", graph.node(kind, all_maps)) for kind in ("GlobalMaxPool", "GlobalAveragePool"))
    scale, shift = norm_of(tensors, "batch_normalization_9")  # (1506,), largest value and mean by turns
    kernel = tensors["dense/kernel"].astype(np.float64)
    bias = tensors["dense/bias"] + shift @ kernel
    kernel = scale[:, None] * kernel
    hidden = graph.node("Add", _product(graph, max_pool, "dense/of_max", kernel[::2]), _single(graph, "dense/bias", bias))
    hidden = graph.node("Add", hidden, _product(graph, mean_pool, "dense/of_mean", kernel[1::2]))
    scale, shift = norm_of(tensors, "batch_normalization_10")
    penultimate = graph.node("Mul", graph.node("Relu", hidden), _single(graph, "batch_normalization_10/scale", scale))
    penultimate = graph.node("Add", penultimate, _single(graph, "batch_normalization_10/shift", shift))
    return _told(graph, tensors, penultimate, mean_pool, max_pool, "dense_1")


def tensors_of(content: bytes) -> dict[str, np.ndarray]:
    """The weights that `musicnn_graph` wrote into a file, as a checkpoint would have them, but for the last layer's.

    Norms come back with a mean of zero and a variance of one, and the one that became part of the dense layer does nothing: the
    numbers of the net are the same.
    """
    import onnx

    model = onnx.load_model_from_string(content)
    found = {entry.name: onnx.numpy_helper.to_array(entry) for entry in model.graph.initializer}
    tensors: dict[str, np.ndarray] = {}
    n_convs = len(TIMBRAL) + len(TEMPORAL) + N_MID
    for number in range(n_convs):
        conv, norm = numbered("conv2d", number), numbered("batch_normalization", number + 1)
        sign = found.get(f"{norm}/sign", np.ones((1, 1, 1), np.float32)).ravel()
        kernel = found[f"{conv}/kernel"] * sign[:, None, None, None]
        tensors[f"{conv}/kernel"] = kernel.transpose(2, 3, 1, 0)  # (height, width, channels in, channels out)
        tensors[f"{conv}/bias"] = found[f"{conv}/bias"] * sign
    tensors["dense/kernel"] = np.stack([found["dense/of_max"], found["dense/of_mean"]], axis=1).reshape(-1, N_PENULTIMATE)
    tensors["dense/bias"] = found["dense/bias"]
    for number in range(n_convs + 3):
        norm = numbered("batch_normalization", number)
        nothing = np.ones(len(tensors["dense/kernel"]), np.float32)
        scale = found.get(f"{norm}/scale", nothing).ravel()
        tensors[f"{norm}/gamma"] = scale * np.float32(np.sqrt(1 + EPSILON))
        tensors[f"{norm}/beta"] = found.get(f"{norm}/shift", 0 * nothing).ravel()
        tensors[f"{norm}/moving_mean"], tensors[f"{norm}/moving_variance"] = 0 * scale, 0 * scale + 1
    return tensors


def vgg_graph(tensors: Tensors) -> Any:
    """`vgg` with the weights of a checkpoint, as ONNX."""
    graph = Graph()
    x = _picture(graph, tensors)
    for index, (size, stride) in enumerate(VGG_POOLS[:-1]):
        # A pooling that spans one mel band and steps over every second: that one need not be computed.
        skipped = stride[1] if size[1] == 1 else 1
        strides = (stride[0], stride[1] // skipped)
        x = _pooled(
            graph, tensors, x, f"{index + 1}CNN", index + 1, (1, 1, 1, 1), pool=size, strides=strides, conv_strides=(1, skipped)
        )
    last = f"{len(VGG_POOLS)}CNN"
    norm = numbered("batch_normalization", len(VGG_POOLS))
    maps = graph.node("Relu", _conv(graph, x, last, _kernel(tensors, last), tensors[f"{last}/bias"], pads=(1, 1, 1, 1)))
    maps = _affine(graph, maps, norm, *norm_of(tensors, norm))
    size, stride = VGG_POOLS[-1]
    pooled = graph.node("MaxPool", maps, kernel_shape=size, strides=stride)  # (n_segments, 128, 2, 1)
    penultimate = graph.node("Flatten", graph.node("Transpose", pooled, perm=(0, 2, 3, 1)))
    max_pool, mean_pool = (graph.node("Flatten", graph.node(kind, maps)) for kind in ("GlobalMaxPool", "GlobalAveragePool"))
    return _told(graph, tensors, penultimate, mean_pool, max_pool, "dense")


def _picture(graph: Graph, tensors: Tensors) -> str:
    """The input behind its norm, as a picture of one channel, shape (n_segments, 1, 187, 96)."""
    picture = graph.node("Unsqueeze", "mel", graph.constant(np.array([1])))
    return _affine(graph, picture, "batch_normalization", *norm_of(tensors, "batch_normalization"))


def _pooled(
    graph: Graph,
    tensors: Tensors,
    x: str,
    conv: str,
    norm_number: int,
    pads: Sequence[int],
    *,
    pool: tuple[int, int],
    strides: tuple[int, int] | None = None,
    conv_strides: tuple[int, int] = (1, 1),
) -> str:
    """Convolution, ReLU, batch norm and pooling, of which the pooling is done before ReLU and norm."""
    norm = numbered("batch_normalization", norm_number)
    scale, shift = norm_of(tensors, norm)
    sign = np.where(scale < 0, -1.0, 1.0)  # (n_channels,)
    kernel = _kernel(tensors, conv) * sign[:, None, None, None]
    maps = _conv(graph, x, conv, kernel, tensors[f"{conv}/bias"] * sign, pads=pads, strides=conv_strides)
    largest = graph.node("MaxPool", maps, kernel_shape=pool, strides=strides or pool)
    if (sign < 0).any():
        largest = graph.node("Mul", largest, _single(graph, f"{norm}/sign", sign[:, None, None]))
    return _affine(graph, graph.node("Relu", largest), norm, scale, shift)


def _conv(
    graph: Graph,
    x: str,
    name: str,
    kernel: np.ndarray,
    bias: np.ndarray,
    *,
    pads: Sequence[int],
    strides: tuple[int, int] = (1, 1),
) -> str:
    weights = (_single(graph, f"{name}/kernel", kernel), _single(graph, f"{name}/bias", bias))
    return graph.node("Conv", x, *weights, kernel_shape=kernel.shape[2:], pads=list(pads), strides=strides)


def _kernel(tensors: Tensors, conv: str) -> np.ndarray:
    """Weights in ONNX's order (channels out, in, height, width); input maps as channels, not as a picture's width."""
    kernel = tensors[f"{conv}/kernel"]
    if kernel.ndim == 4 and kernel.shape[0] == 7 and conv in _IN_TIME:
        kernel = kernel.transpose(0, 2, 1, 3)  # (7, 1, n_channels in, n_channels out)
    return kernel.transpose(3, 2, 0, 1)


_IN_TIME = tuple(f"conv2d_{len(TIMBRAL) + len(TEMPORAL) + index}" for index in range(N_MID))
"""MusiCNN's convolutions whose input maps TensorFlow read as the width of a picture."""


def _affine(graph: Graph, x: str, name: str, scale: np.ndarray, shift: np.ndarray) -> str:
    scaled = graph.node("Mul", x, _single(graph, f"{name}/scale", scale[:, None, None]))
    return graph.node("Add", scaled, _single(graph, f"{name}/shift", shift[:, None, None]))


def _product(graph: Graph, x: str, name: str, kernel: np.ndarray) -> str:
    return graph.node("MatMul", x, _single(graph, name, kernel))


def _single(graph: Graph, name: str, values: np.ndarray) -> str:
    return graph.constant(np.ascontiguousarray(values, np.float32), name=name)


def _told(graph: Graph, tensors: Tensors, penultimate: str, mean_pool: str, max_pool: str, last: str) -> Any:
    kernel = tensors[f"{last}/kernel"]
    product = _product(graph, penultimate, f"{last}/kernel", kernel)
    log_odds = graph.node("Add", product, _single(graph, f"{last}/bias", tensors[f"{last}/bias"]))
    tags = graph.node("Sigmoid", log_odds)
    n_maps = tensors["dense/kernel"].shape[0] // 2
    n_penultimate, n_tags = kernel.shape
    columns = (n_tags, n_tags, n_penultimate, n_maps, n_maps)
    values = (tags, log_odds, penultimate, mean_pool, max_pool)
    return graph.model(
        inputs={"mel": (N_FRAMES, N_MELS)}, outputs=dict(zip(OUTPUTS, zip(values, columns, strict=True), strict=True))
    )

"""Several pictures that are to be compared: the same axes and colours for the same values, and what differs between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pages.figures.scene import Cells, Panel, Picture, value_ticks
from pages.figures.theme import DIVERGING


def alike(pictures: Sequence[Picture]) -> list[Picture]:
    """Pictures of one view with value axes that hold all of them, and the same colours for the same values."""
    return [tuple(column) for column in zip(*(_panels_alike(row) for row in zip(*pictures, strict=True)), strict=True)]


def _panels_alike(panels: Sequence[Panel]) -> list[Panel]:
    axes = [panel.axis for panel in panels]
    if axes[0].kind == "value" and not axes[0].log:
        low, high = min(axis.low for axis in axes), max(axis.high for axis in axes)
        axes = [replace(axis, low=low, high=high, ticks=value_ticks(low, high)) for axis in axes]
    cells = iter(on_one_scale([layer for panel in panels for layer in panel.layers if isinstance(layer, Cells)]))
    return [
        Panel(axis, [next(cells) if isinstance(layer, Cells) else layer for layer in panel.layers], panel.share)
        for axis, panel in zip(axes, panels, strict=True)
    ]


def on_one_scale(layers: Sequence[Cells]) -> list[Cells]:
    """Layers with the same colours for the same values, where their values are of one kind."""
    if len({(layer.unit, layer.scales is None) for layer in layers}) != 1:
        return list(layers)
    if layers[0].scales is None:
        low, high = min(layer.low for layer in layers), max(layer.high for layer in layers)
        return [_requantised(layer, low, high) for layer in layers]
    if len({layer.rows for layer in layers}) != 1:
        return list(layers)
    scales = np.max([layer.scales for layer in layers if layer.scales is not None], axis=0)
    return [_rescaled(layer, scales) for layer in layers]


def _rescaled(layer: Cells, scales: np.ndarray) -> Cells:
    middle = -layer.low / (layer.high - layer.low) * 255  # the shade of zero
    ratio = (layer.scales / scales)[:, None]
    return replace(layer, cells=np.rint(middle + (layer.cells - middle) * ratio).astype(np.uint8), scales=scales)


def _requantised(layer: Cells, low: float, high: float) -> Cells:
    if (layer.low, layer.high) == (low, high):
        return layer
    values = layer.low + layer.cells * ((layer.high - layer.low) / 255)
    return replace(layer, cells=np.rint((values - low) * (255 / (high - low))).astype(np.uint8), low=low, high=high)


def difference(panel: Panel, first: Cells, second: Cells) -> Panel:
    """The first cells less the second, on `panel`'s axis; both have the same rows, and columns of the same width."""
    step = first.dx
    start = max(first.x0, second.x0)
    stop = min(first.x0 + step * first.cells.shape[1], second.x0 + step * second.cells.shape[1])
    count = max(1, round((stop - start) / step))
    parts = []
    for layer in (first, second):
        begin = min(max(0, round((start - layer.x0) / step)), layer.cells.shape[1] - 1)
        values = layer.low + layer.cells[:, begin : begin + count] * ((layer.high - layer.low) / 255)
        parts.append(np.pad(values, ((0, 0), (0, count - values.shape[1])), mode="edge"))
    less = parts[0] - parts[1]
    reach = max(float(np.abs(less).max(initial=0.0)), 1e-9)
    shades = np.clip(np.rint((less / reach + 1) * 127.5), 0, 255).astype(np.uint8)
    words = f"difference [{first.unit}]"
    layer = replace(first, cells=shades, x0=start, palette=DIVERGING, low=-reach, high=reach, unit=words, scales=None)
    return Panel(panel.axis, [layer], 1.0)

"""Pictures over time that move with the sound: what a scene is made of, and how it is packed for the player.

The player draws them itself, since a chart of plotly cannot share a playhead; `pages.figures.panels` makes them of features.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

_KINDS = {"uint8": "u8", "int8": "i8", "float32": "f32"}


@dataclass(frozen=True)
class Axis:
    """What stands on a panel's left.

    Attributes
    ----------
    title : str
        With its unit, `Frequency [Hz]`.
    low, high : float
        Its ends.
    log : bool
        Equal ratios take equal room.
    kind : str
        `frequency` (a band of it can be heard), `rows` or `value`.
    ticks : sequence of (float, str)
        Ascending.
    edges : np.ndarray or None
        Values that stand at equal distances, `low` and `high` at its ends: any other scale, mel for one.
    """

    title: str
    low: float
    high: float
    log: bool = False
    kind: Literal["frequency", "rows", "value"] = "value"
    ticks: Sequence[tuple[float, str]] = ()
    edges: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Cells:
    """A picture of cells, brighter where there is more.

    Attributes
    ----------
    cells : np.ndarray
        uint8, shape (rows, columns), the first row at the bottom; 0 is `low`, 255 `high`.
    x0, dx : float
        Where the first column begins, and how wide each is [s].
    edges : np.ndarray
        Of the rows on the axis, float32, shape (rows + 1,).
    even : bool
        The rows are equally high.
    low, high : float
        What the ends of the palette stand for, in `unit`.
    names : sequence of str or None
        Of the rows, where they are no frequencies.
    scales : np.ndarray or None
        What `high` stands for in each row, float32, shape (rows,), where each has a scale of its own.
    """

    cells: np.ndarray
    x0: float
    dx: float
    edges: np.ndarray
    even: bool
    palette: Any
    low: float
    high: float
    unit: str
    names: Sequence[str] | None = None
    scales: np.ndarray | None = None
    type: str = "cells"

    @property
    def rows(self) -> int:
        return int(self.cells.shape[0])


@dataclass(frozen=True, eq=False)
class Line:
    """One value over time; NaN leaves a gap.

    Attributes
    ----------
    values : np.ndarray
        float32, shape (n_points,), on the panel's axis.
    x0, dx : float
        Time of the first value, and from one to the next [s].
    """

    values: np.ndarray
    x0: float
    dx: float
    name: str
    colour: str
    unit: str = ""
    halo: str | None = None
    isPitch: bool = False  # noqa: N815 - read by the player as it stands
    type: str = "line"


@dataclass(frozen=True, eq=False)
class Band:
    """What lies between a lower and an upper line, as a waveform does; float32, shape (n_points,) each, point k at the
    middle of `x0 + k * dx` to the next.
    """

    low: np.ndarray
    high: np.ndarray
    x0: float
    dx: float
    name: str
    colour: str
    type: str = "band"


@dataclass(frozen=True, eq=False)
class Marks:
    """Moments in time, as upright lines."""

    times: Sequence[float]
    name: str
    colour: str
    type: str = "marks"


@dataclass(frozen=True, eq=False)
class Veil:
    """What lies over a picture: the darker a cell, the less there is to see in it; some cells are outlined.

    Attributes
    ----------
    shades : np.ndarray
        uint8, shape (rows, columns), the first row at the bottom; 0 is clear, 255 wholly covered.
    values : np.ndarray
        What a cell stands for, in `unit`, float32, same shape.
    marked : np.ndarray
        uint8, same shape; 1 where a cell is outlined.
    times : np.ndarray
        Edges of the columns [s], float32, shape (columns + 1,).
    edges : np.ndarray
        Of the rows on the axis, float32, shape (rows + 1,).
    colour, line : str
        Of the veil, and of the outline, `#rrggbb`.
    """

    shades: np.ndarray
    values: np.ndarray
    marked: np.ndarray
    times: np.ndarray
    edges: np.ndarray
    unit: str
    colour: str = "#000000"
    line: str = "#ffffff"
    type: str = "veil"


class Stretch(NamedTuple):
    """A name for a part of the time, from `start` to `end` [s]; `y` is where on the panel's axis it stands."""

    start: float
    end: float
    name: str
    y: float = 0.5


@dataclass(frozen=True, eq=False)
class Shares:
    """How one whole divides among names over time: each piece of time a column, split by share. `pages.figures.ribbon` makes it.

    Attributes
    ----------
    shares : np.ndarray
        float32, shape (n_pieces, n_names), rows sum to one.
    starts, ends : np.ndarray
        Where each piece is drawn [s], ascending, without overlap, float32, shape (n_pieces,).
    spans : np.ndarray
        What each piece was made of [s], which may overlap, float32, shape (n_pieces, 2).
    names, colours : sequence of str
        Of the shares.
    order : sequence of int
        Names from the bottom of a column to its top.
    opacity : float
        Below 1 where the shares should not be taken for an answer.
    stretches : sequence of Stretch
        What is written into it.
    borders : sequence of float
        Where something new begins [s].
    apart : sequence of (float, float)
        Stretches [s] that are marked along the top: where another model says something else.
    whole : np.ndarray or None
        Shares of all the time together, float32, shape (n_names,): what the bars show at rest.
    threshold : float or None
        Marked across the bars.
    title : str
        Whose shares they are, where there are several.
    """

    shares: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    spans: np.ndarray
    names: Sequence[str]
    colours: Sequence[str]
    order: Sequence[int]
    opacity: float = 1.0
    stretches: Sequence[Stretch] = ()
    borders: Sequence[float] = ()
    apart: Sequence[tuple[float, float]] = ()
    whole: np.ndarray | None = None
    threshold: float | None = None
    title: str = ""
    type: str = "shares"


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture of a scene; `share` of the height goes to it."""

    axis: Axis
    layers: Sequence[Cells | Line | Band | Marks | Veil | Shares]
    share: float = 1.0


Picture = tuple[Panel, ...]


def value_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round numbers along an axis, about five."""
    raw = (high - low) / 5
    size = 10.0 ** np.floor(np.log10(raw))
    step = size * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * size >= raw * 0.999)
    count = int(np.floor(high / step + 1e-9)) - int(np.ceil(low / step - 1e-9)) + 1
    places = [(int(np.ceil(low / step - 1e-9)) + number) * step for number in range(count)]
    return [(float(place), f"{place:,.6g}".replace("-", "−")) for place in places]


def pack(header: Mapping[str, Any]) -> bytes:
    """A header with arrays in it as one block of bytes: length of the JSON, the JSON, then the arrays it refers to."""
    arrays: list[bytes] = []

    def place(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            kind = _KINDS[value.dtype.name]
            start = sum(len(entry) for entry in arrays)
            arrays.append(np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<"), copy=False).tobytes())
            return {"$at": start, "kind": kind, "bytes": len(arrays[-1])}
        if isinstance(value, Mapping):
            return {name: place(entry) for name, entry in value.items()}
        if isinstance(value, list | tuple):
            return [place(entry) for entry in value]
        return value.item() if isinstance(value, np.generic) else value

    text = json.dumps(place(header), allow_nan=False).encode()
    return len(text).to_bytes(4, "little") + text + b"".join(arrays)


def panel_values(panel: Panel) -> dict[str, Any]:
    """A panel as `pack` takes it."""
    layers: list[dict[str, Any]] = []
    for layer in panel.layers:
        values = {name: getattr(layer, name) for name in layer.__dataclass_fields__}
        if isinstance(layer, Cells):
            values |= {"rows": layer.rows, "columns": int(layer.cells.shape[1])}
        if isinstance(layer, Veil):
            values |= {"rows": int(layer.shades.shape[0]), "columns": int(layer.shades.shape[1])}
        layers.append(values)
    return {"axis": asdict(panel.axis), "layers": layers, "share": panel.share}

"""A net as a picture: its layers from top to bottom, what each passes on, and how many weights it has."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import plotly.graph_objects as go

from pages.figures.theme import NEUTRAL, chart, faded

Shape = tuple[int, ...]


class Layer(Protocol):
    """A layer of the picture: the part of the net it belongs to, words, the shape behind it, its weights."""

    @property
    def part(self) -> str: ...

    @property
    def words(self) -> str: ...

    @property
    def shape(self) -> Shape: ...

    @property
    def n_weights(self) -> int: ...


KINDS = {
    "conv ": "convolution",
    "transposed conv ": "convolution",
    "simple RNN": "recurrent",
    "GRU": "recurrent",
    "LSTM": "recurrent",
    "dense": "dense",
    "max-pool": "pooling",
    "mean of each": "pooling",
}
"""How a layer's words begin -> its kind; any other layer only changes the form or the scale of what passes."""

COLOURS = {
    "convolution": "#0f766e",
    "recurrent": "#6350b5",
    "dense": "#a4521b",
    "pooling": "#3a5bb8",
    "input": "#5b6664",
    "": faded(NEUTRAL, 0.12),
}
"""Of the blocks. White words stand on them, at 5 to 1 and better, on the light page and the dark one."""

WORDS_ON_BLOCKS = "#ffffff"
LETTERS = 62
"""So many letters fit into the widest block on a laptop's screen."""

SPARED = (", ReLU", ", batch norm")
"""What a narrow block leaves unsaid: pointing at it, and the table, say all."""

QUIET, LOUD, HEADING = 22, 27, 34
"""Heights of a row [pixels]: of a layer without weights, of one with weights, of the name of a part."""

GAP = 4
NARROWEST = 0.44
_SHAPE_AT, _WEIGHTS_AT, _RIGHT = 0.83, 1.03, 1.04


class _Row(NamedTuple):
    """Something drawn on a line of its own."""

    words: str
    kind: str
    shape: Shape = ()
    n_weights: int = 0


def net(layers: Sequence[Layer], inputs: Sequence[tuple[str, Shape]], *, font_size: int = 13) -> go.Figure:
    """Draw a net. A block is as wide as the logarithm of how many numbers leave it.

    Parameters
    ----------
    layers : sequence of Layer
        In order; several parts stand one below the other.
    inputs : sequence of (str, tuple)
        Title and shape of each feature the net reads.
    font_size : int
        Of the words [pixels].
    """
    rows = list(_rows(layers, inputs))
    sizes = [math.log(max(1, math.prod(row.shape))) for row in rows if row.shape]
    low, span = min(sizes), max(max(sizes) - min(sizes), 1e-9)
    places, bottom = [], float(HEADING)
    for row in rows:
        height = _height(row)
        places.append(bottom + height / 2)
        bottom += height
    blocks = [(place, row) for place, row in zip(places, rows, strict=True) if row.shape]
    widths = [NARROWEST + (1 - NARROWEST) * (math.log(max(1, math.prod(row.shape))) - low) / span for _, row in blocks]
    total = sum(layer.n_weights for layer in layers)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": widths,
            "base": [-width / 2 for width in widths],
            "y": [place for place, _ in blocks],
            "width": [_height(row) - GAP for _, row in blocks],
            "marker": {"color": [COLOURS[row.kind] for _, row in blocks], "line": {"width": 0}},
            "hovertext": [_speech(row) for _, row in blocks],
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
        *(
            _column(
                [
                    (0.0, place, _fitting(row.words, width))
                    for (place, row), width in zip(blocks, widths, strict=True)
                    if bool(row.kind) == loud
                ],
                "middle center",
                font_size,
                colour,
            )
            for loud, colour in ((True, WORDS_ON_BLOCKS), (False, None))
        ),
        _column([(_SHAPE_AT, place, shape_words(row.shape)) for place, row in blocks], "middle left", font_size),
        _column([(_WEIGHTS_AT, place, f"{row.n_weights:,}") for place, row in blocks if row.n_weights], "middle left", font_size),
        _column(
            [(-0.5, place, f"<b>{row.words}</b>") for place, row in zip(places, rows, strict=True) if not row.shape],
            "middle right",
            font_size,
        ),
        _column(
            [
                (_SHAPE_AT, HEADING / 2, "passes on"),
                (_WEIGHTS_AT, HEADING / 2, "weights"),
                (_SHAPE_AT, bottom + HEADING / 2, "<b>in all</b>"),
                (_WEIGHTS_AT, bottom + HEADING / 2, f"<b>{total:,}</b>"),
            ],
            "middle left",
            font_size,
        ),
    ]
    bottom += HEADING
    hidden = {"visible": False, "fixedrange": True}
    return chart(
        traces,
        height=round(bottom) + 8,
        xaxis={**hidden, "range": [-0.51, _RIGHT]},
        yaxis={**hidden, "range": [bottom, 0]},
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        dragmode=False,
        bargap=0,
    )


def shape_words(shape: Shape) -> str:
    """`64 × 65 × 16`."""
    return " × ".join(f"{length:,}" for length in shape)


def kind(words: str) -> str:
    """What kind of layer it is by its words, a key of COLOURS; empty for one that only changes form or scale."""
    return next((name for begin, name in KINDS.items() if words.startswith(begin)), "")


def _rows(layers: Sequence[Layer], inputs: Sequence[tuple[str, Shape]]) -> Iterator[_Row]:
    """Layers with what they read above them: what comes from outside is standardised first, so that tells where it enters."""
    coming, part = iter(inputs), ""
    for layer in layers:
        if layer.part != part:
            part = layer.part
            yield _Row(part[:1].upper() + part[1:], "")
        if layer.words.startswith("standardise"):
            title, shape = next(coming, ("", ()))
            if shape:
                yield _Row(title, "input", shape)
        yield _Row(layer.words, kind(layer.words), layer.shape, layer.n_weights)


def _height(row: _Row) -> int:
    return HEADING if not row.shape else LOUD if row.n_weights or row.kind == "input" else QUIET


def _speech(row: _Row) -> str:
    count = math.prod(row.shape)
    weights = f"<br>{row.n_weights:,} weights" if row.n_weights else ""
    passed = "comes in" if row.kind == "input" else "passed on"
    return f"{row.words}<br>{shape_words(row.shape)} = {count:,} numbers {passed}{weights}"


def _fitting(words: str, width: float) -> str:
    """As much of a layer's words as its block has room for."""
    for ending in SPARED:
        if len(words) > width * LETTERS:
            words = words.replace(ending, "")
    return words


def _column(entries: Sequence[tuple[float, float, str]], where: str, size: int, colour: str | None = None) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _, _ in entries],
        "y": [y for _, y, _ in entries],
        "text": [text for _, _, text in entries],
        "textposition": where,
        "textfont": {"size": size, "color": colour},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }

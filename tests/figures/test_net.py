"""The picture of a net: every layer has its block, as wide as what it passes on, with shape and weights beside it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from genre_core.models import MODELS
from pages.figures import net as figures
from pages.figures.net import COLOURS, kind, net, shape_words

NETS = [name for name, spec in MODELS.items() if spec.family == "network"]
FORM_ONLY = ("standardise", "as a picture", "batch norm", "zeros", "a sequence", "all numbers", "dropout", "cut to", "both embed")


def drawn(name: str, **config):
    spec = MODELS[name]
    shapes = tuple(feature.shape(spec.segments.length(feature.sr)) for feature in spec.features)
    layers = spec.build.picture(spec.config(**config), shapes, 10)
    inputs = [(feature.title, shape) for feature, shape in zip(spec.features, shapes, strict=True)]
    return layers, inputs, net(layers, inputs)


def texts(fig) -> list[str]:
    return [text for trace in fig.data[1:] for text in trace.text]


@pytest.mark.parametrize("name", NETS)
def test_every_layer_stands_in_the_picture_with_shape_and_weights(name: str) -> None:
    layers, inputs, fig = drawn(name)
    blocks = fig.data[0]
    assert len(blocks.y) == len(layers) + len(inputs)
    assert all(width > 0 for width in blocks.x)
    assert max(blocks.x) == pytest.approx(1.0)
    said = texts(fig)
    for layer in layers:
        assert shape_words(layer.shape) in said
        assert kind(layer.words) or layer.words.startswith(FORM_ONLY), layer.words
        if layer.n_weights:
            assert f"{layer.n_weights:,}" in said
    assert f"<b>{sum(layer.n_weights for layer in layers):,}</b>" in said
    for title, shape in inputs:
        assert title in said
        assert shape_words(shape) in said


def test_blocks_lie_below_each_other_and_inside_the_picture() -> None:
    _, _, fig = drawn("fusion")
    blocks = fig.data[0]
    edges = [(y - height / 2, y + height / 2) for y, height in zip(blocks.y, blocks.width, strict=True)]
    assert all(above[1] <= below[0] for above, below in pairwise(edges))
    bottom, top = fig.layout.yaxis.range
    assert top < edges[0][0]
    assert edges[-1][1] < bottom <= fig.layout.height


def test_width_follows_the_numbers_that_leave_a_layer() -> None:
    layers, _, fig = drawn("cnn_small")
    widths = list(fig.data[0].x)[1:]
    sizes = [figures.math.prod(layer.shape) for layer in layers]
    assert sorted(range(len(sizes)), key=lambda i: sizes[i]) == sorted(range(len(sizes)), key=lambda i: widths[i])


def test_the_picture_follows_the_config() -> None:
    assert "conv 3 x 3, 32 channels, batch norm, ReLU" in texts(drawn("cnn_small", width=2.0)[2])
    assert "dropout 0.6" in texts(drawn("cnn_small", dropout=0.6)[2])
    assert not any("batch norm" in text for text in texts(drawn("cnn_small", batch_norm=False)[2]))


def test_an_input_stands_where_it_enters() -> None:
    _, _, fig = drawn("fusion")
    said = list(fig.data[1].text)
    assert said.index("Log-mel spectrogram") == 0
    assert said.index("MFCC") == said.index("simple RNN, 64 units, every step") - 1
    assert [text for text in texts(fig) if text.startswith("<b>")][:5] == [
        "<b>Encoder</b>",
        "<b>Decoder</b>",
        "<b>Its genres</b>",
        "<b>Recurrent net</b>",
        "<b>Fusion</b>",
    ]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_words_are_readable_on_their_blocks() -> None:
    for name, colour in COLOURS.items():
        if name:
            assert 1.05 / (luminance(colour) + 0.05) >= 5.0, name


def test_a_narrow_block_leaves_out_what_the_table_says() -> None:
    assert figures._fitting("dense, 128 units, batch norm, ReLU", 1.0) == "dense, 128 units, batch norm, ReLU"
    assert figures._fitting("dense, 128 units, batch norm, ReLU", 0.44) == "dense, 128 units"

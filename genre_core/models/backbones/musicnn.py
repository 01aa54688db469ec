"""The nets of the package musicnn 0.1.0, built for Keras; layers are named as the published checkpoints name their tensors.

Pons and Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging", ISMIR 2019, late-breaking demo.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

N_FRAMES, N_MELS = 187, 96
"""What both nets read: three seconds at 16 kHz in frames of 512 samples, 256 apart."""

OUTPUTS = ("tags", "log_odds", "penultimate", "mean_pool", "max_pool")
"""What a net tells of each segment: tags as probabilities and as log-odds, its last hidden layer, its pooled feature maps."""

EPSILON = 1e-3
"""Of the batch norms: TensorFlow 1's default."""

TIMBRAL = ((38, 204), (67, 204))
"""Convolutions over 7 frames: mel bands that each spans, channels."""

TEMPORAL = ((128, 51), (64, 51), (32, 51))
"""Convolutions over one mel band: frames that each spans, channels."""

MID_CHANNELS, N_MID, N_PENULTIMATE = 64, 3, 200
VGG_POOLS = (((4, 1), (2, 2)), ((2, 2), (2, 2)), ((2, 2), (2, 2)), ((2, 2), (2, 2)), ((4, 4), (4, 4)))
"""Size and stride of the pooling behind each convolution, (frames, mel bands)."""


class Names:
    """Names that TensorFlow 1 gave: `conv2d`, `conv2d_1`, ..., counted by kind of layer in the order they were made."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def __call__(self, kind: str) -> str:
        count = self._counts.get(kind, 0)
        self._counts[kind] = count + 1
        return numbered(kind, count)


def numbered(kind: str, number: int) -> str:
    """Name of a net's layer by its kind and how many of that kind came before it."""
    return f"{kind}_{number}" if number else kind


class Body(NamedTuple):
    """MusiCNN without its last layer, as Keras tensors: (n_segments, 200), and twice (n_segments, 753)."""

    penultimate: Any
    mean_pool: Any
    max_pool: Any


def musicnn(n_tags: int = 50) -> Any:
    """MusiCNN, untrained: log-mel (n_segments, 187, 96) to the `OUTPUTS`, a dict.

    The front end hears timbre (7 frames of 38 and 67 bands, pooled over frequency) and time (128, 64 and 32 frames of one band,
    pooled over bands); three convolutions in time follow, each added to what precedes it; all feature maps side by side, 753 of
    them, are pooled over time. `mean_pool` and `max_pool` are these, `penultimate` (200) is the dense layer behind its ReLU and
    batch norm.
    """
    import keras

    names = Names()
    mel = keras.Input((N_FRAMES, N_MELS), name="mel")
    body = musicnn_body(mel, names)
    log_odds = keras.layers.Dense(n_tags, name=names("dense"))(body.penultimate)
    return _told(mel, log_odds, *body, "musicnn")


def musicnn_body(mel: Any, names: Callable[[str], str]) -> Body:
    """What `musicnn` does with a Keras tensor (n_segments, n_frames, 96); `names` gives each layer its name, in order."""
    import keras

    picture = _norm(keras.layers.Reshape((*mel.shape[1:], 1))(mel), names)
    padded = keras.layers.ZeroPadding2D(((3, 3), (0, 0)))(picture)
    parts = [_heard(padded, (7, bands), channels, "valid", names) for bands, channels in TIMBRAL]
    parts += [_heard(picture, (frames, 1), channels, "same", names) for frames, channels in TEMPORAL]
    maps = [keras.layers.Concatenate()(parts)]  # (n_segments, n_frames, 561)
    for index in range(N_MID):
        x = keras.layers.Conv1D(MID_CHANNELS, 7, padding="same", activation="relu", name=names("conv2d"))(maps[-1])
        x = _norm(x, names)
        maps.append(keras.layers.Add()([x, maps[-1]]) if index else x)  # (n_segments, n_frames, 64)
    side_by_side = keras.layers.Concatenate()(maps)  # (n_segments, n_frames, 753)
    max_pool = keras.layers.GlobalMaxPooling1D()(side_by_side)
    mean_pool = keras.layers.GlobalAveragePooling1D()(side_by_side)
    column = keras.layers.Reshape((side_by_side.shape[-1], 1))
    pooled = keras.layers.Flatten()(keras.layers.Concatenate(axis=2)([column(max_pool), column(mean_pool)]))
    dense = keras.layers.Dense(N_PENULTIMATE, activation="relu", name=names("dense"))(_norm(pooled, names))
    return Body(_norm(dense, names), mean_pool, max_pool)


def vgg(n_tags: int = 50, channels: int = 128) -> Any:
    """The package's baseline: five convolutions 3 x 3 of 128 channels, pooled; the same input and outputs as `musicnn`.

    `penultimate` (256) is what the last pooling leaves, `mean_pool` and `max_pool` (128 each) are mean and largest value of the
    last convolution's maps, behind ReLU and batch norm, over time and frequency.
    """
    import keras

    names = Names()
    mel = keras.Input((N_FRAMES, N_MELS), name="mel")
    x = _norm(keras.layers.Reshape((N_FRAMES, N_MELS, 1))(mel), names)
    for number, (size, stride) in enumerate(VGG_POOLS, start=1):
        conv = keras.layers.Conv2D(channels, 3, padding="same", activation="relu", name=f"{number}CNN")
        maps = _norm(conv(x), names)
        x = keras.layers.MaxPooling2D(size, stride)(maps)
    penultimate = keras.layers.Flatten()(x)  # (n_segments, 2 * 128)
    log_odds = keras.layers.Dense(n_tags, name=names("dense"))(penultimate)
    mean_pool = keras.layers.GlobalAveragePooling2D()(maps)
    max_pool = keras.layers.GlobalMaxPooling2D()(maps)
    return _told(mel, log_odds, penultimate, mean_pool, max_pool, "vgg")


def _heard(x: Any, size: tuple[int, int], channels: int, padding: str, names: Callable[[str], str]) -> Any:
    """A convolution of the front end, ReLU, norm, the largest value over mel bands; shape (n_segments, n_frames, channels)."""
    import keras

    x = keras.layers.Conv2D(channels, size, padding=padding, activation="relu", name=names("conv2d"))(x)
    x = keras.layers.MaxPooling2D((1, x.shape[2]))(_norm(x, names))
    return keras.layers.Reshape((x.shape[1], channels))(x)


def _norm(x: Any, names: Callable[[str], str]) -> Any:
    import keras

    return keras.layers.BatchNormalization(epsilon=EPSILON, name=names("batch_normalization"))(x)


def _told(mel: Any, log_odds: Any, penultimate: Any, mean_pool: Any, max_pool: Any, name: str) -> Any:
    import keras

    tags = keras.layers.Activation("sigmoid")(log_odds)
    outputs = dict(zip(OUTPUTS, (tags, log_odds, penultimate, mean_pool, max_pool), strict=True))
    return keras.Model(mel, outputs, name=name)

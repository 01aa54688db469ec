"""The kinds of layer that the nets' tables are made of: each knows its Keras layers and, without Keras, its shape and weights.

A page draws a net from the second, so that it never loads TensorFlow; a test holds both against each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from genre_core.models.networks.norm import batch_norm

if TYPE_CHECKING:
    from genre_core.models.networks.configs import NetConfig

Shape = tuple[int, ...]
"""Of one segment: the first axis, of segments, is left out."""


@dataclass(frozen=True)
class Layer:
    """A row of a net's table."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        """The Keras tensor behind this layer."""
        raise TypeError(f"{type(self).__name__} does not say its Keras layer: define __call__.")

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        """What becomes of a shape."""
        return shape

    def n_weights(self, shape: Shape, config: NetConfig) -> int:
        """Numbers that training finds, for an input of that shape."""
        return 0

    def words(self, config: NetConfig) -> str:
        """What a picture of the net says, `conv 3 x 3, 64 channels`."""
        return type(self).__name__.lower()


@dataclass(frozen=True)
class Standardise(Layer):
    """Subtracts the mean and divides by the deviation that each entry of one axis has in the train split; both are fixed."""

    axis: int = 1

    def __call__(self, x: Any, config: NetConfig) -> Any:
        # A frozen batch normalisation is (x - mean) / std with both as weights: a standard layer for the safe loading of
        # checkpoints, and no further inputs in the exported graph, as constants would make.
        import keras

        name = "standardise" if x.name == "input_0" else f"standardise_{x.name.removeprefix('input_')}"
        layer = keras.layers.BatchNormalization(axis=self.axis, epsilon=1e-12, center=False, scale=False, name=name)
        layer.trainable = False
        return layer(x)

    def words(self, config: NetConfig) -> str:
        return "standardise, as the train split asks"


@dataclass(frozen=True)
class Channel(Layer):
    """Makes a picture of a table: one channel behind."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return keras.layers.Reshape((*x.shape[1:], 1))(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (*shape, 1)

    def words(self, config: NetConfig) -> str:
        return "as a picture of one channel"


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Centres and scales each entry of an axis over the batch, with a learned scale and shift."""

    axis: int = -1

    def __call__(self, x: Any, config: NetConfig) -> Any:
        return batch_norm(x, axis=self.axis)

    def n_weights(self, shape: Shape, config: NetConfig) -> int:
        return 2 * shape[self.axis - 1 if self.axis > 0 else self.axis]

    def words(self, config: NetConfig) -> str:
        return "batch norm"


@dataclass(frozen=True)
class PadTime(Layer):
    """Zeros before and behind, so that a picture (n_rows, n_frames, 1) gets `frames` columns."""

    frames: int

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        before, behind = self._sides(x.shape[2])
        return keras.layers.ZeroPadding2D(((0, 0), (before, behind)))(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (shape[0], max(shape[1], self.frames), shape[2])

    def words(self, config: NetConfig) -> str:
        return f"zeros around, to {self.frames:,} frames"

    def _sides(self, frames: int) -> tuple[int, int]:
        missing = max(0, self.frames - frames)
        return missing // 2, missing - missing // 2


@dataclass(frozen=True)
class Conv(Layer):
    """Convolution that keeps the size (or divides it by `stride`), batch norm where the config has it, ReLU."""

    channels: int
    size: tuple[int, int] = (3, 3)
    stride: int = 1

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        layer = keras.layers.Conv2D(
            config.scaled(self.channels),
            self.size,
            strides=self.stride,
            padding="same",
            use_bias=not config.batch_norm,
            kernel_regularizer=config.penalty(),
        )
        return norm_and_relu(layer(x), config)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        rows, frames, _ = shape
        return (math.ceil(rows / self.stride), math.ceil(frames / self.stride), config.scaled(self.channels))

    def n_weights(self, shape: Shape, config: NetConfig) -> int:
        channels = config.scaled(self.channels)
        return math.prod(self.size) * shape[-1] * channels + channels * (2 if config.batch_norm else 1)

    def words(self, config: NetConfig) -> str:
        norm = ", batch norm" if config.batch_norm else ""
        stride = f", stride {self.stride}" if self.stride > 1 else ""
        return f"conv {self.size[0]} x {self.size[1]}{stride}, {config.scaled(self.channels)} channels{norm}, ReLU"


@dataclass(frozen=True)
class Pool(Layer):
    """The largest value of each `rows` x `frames` block; what is left over at the end is dropped."""

    rows: int
    frames: int

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return keras.layers.MaxPooling2D((self.rows, self.frames))(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (shape[0] // self.rows, shape[1] // self.frames, shape[2])

    def words(self, config: NetConfig) -> str:
        return f"max-pool {self.rows} x {self.frames}"


@dataclass(frozen=True)
class GlobalAverage(Layer):
    """Mean of each channel over the picture."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return keras.layers.GlobalAveragePooling2D()(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return shape[-1:]

    def words(self, config: NetConfig) -> str:
        return "mean of each channel"


@dataclass(frozen=True)
class Flatten(Layer):
    """All numbers in one row."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return keras.layers.Flatten()(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (math.prod(shape),)

    def words(self, config: NetConfig) -> str:
        return "all numbers in one row"


@dataclass(frozen=True)
class Steps(Layer):
    """Makes a sequence of a table (n_rows, n_frames): a frame a step, or, where the config says so, a row a step."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return x if config.steps == "rows" else keras.layers.Permute((2, 1))(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return shape if config.steps == "rows" else shape[::-1]

    def words(self, config: NetConfig) -> str:
        return "a sequence, one row of the picture a step" if config.steps == "rows" else "a sequence, one frame a step"


@dataclass(frozen=True)
class FramesAsSteps(Layer):
    """Makes a sequence of a picture (n_rows, n_frames, n_channels): each frame a step of n_rows x n_channels numbers."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        turned = keras.layers.Permute((2, 1, 3))(x)  # (n_segments, n_frames, n_rows, n_channels)
        return keras.layers.Reshape((turned.shape[1], turned.shape[2] * turned.shape[3]))(turned)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (shape[1], shape[0] * shape[2])

    def words(self, config: NetConfig) -> str:
        return "a sequence, one frame a step"


@dataclass(frozen=True)
class Recurrent(Layer):
    """Reads a sequence step by step; gives its state after every step, or after the last."""

    cell: Literal["rnn", "gru", "lstm"]
    units: int
    every_step: bool = False

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        kinds = {"rnn": keras.layers.SimpleRNN, "gru": keras.layers.GRU, "lstm": keras.layers.LSTM}
        layer = kinds[self.cell](config.scaled(self.units), return_sequences=self.every_step, kernel_regularizer=config.penalty())
        return layer(x)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        units = config.scaled(self.units)
        return (shape[0], units) if self.every_step else (units,)

    def n_weights(self, shape: Shape, config: NetConfig) -> int:
        units = config.scaled(self.units)
        gates, biases = {"rnn": (1, 1), "gru": (3, 2), "lstm": (4, 1)}[self.cell]  # Keras' GRU has a second bias (reset_after)
        return gates * units * (shape[-1] + units + biases)

    def words(self, config: NetConfig) -> str:
        name = {"rnn": "simple RNN", "gru": "GRU", "lstm": "LSTM"}[self.cell]
        return f"{name}, {config.scaled(self.units)} units, {'every step' if self.every_step else 'the last step'}"


@dataclass(frozen=True)
class Dense(Layer):
    """Every unit sums all inputs; batch norm where the config has it, ReLU."""

    units: int

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        units = config.scaled(self.units)
        layer = keras.layers.Dense(units, use_bias=not config.batch_norm, kernel_regularizer=config.penalty())
        return norm_and_relu(layer(x), config)

    def shape(self, shape: Shape, config: NetConfig) -> Shape:
        return (*shape[:-1], config.scaled(self.units))

    def n_weights(self, shape: Shape, config: NetConfig) -> int:
        units = config.scaled(self.units)
        return shape[-1] * units + units * (2 if config.batch_norm else 1)

    def words(self, config: NetConfig) -> str:
        return f"dense, {config.scaled(self.units)} units{', batch norm' if config.batch_norm else ''}, ReLU"


@dataclass(frozen=True)
class Dropout(Layer):
    """Leaves out a share of its inputs at random in training; the config's share."""

    def __call__(self, x: Any, config: NetConfig) -> Any:
        import keras

        return keras.layers.Dropout(config.dropout)(x)

    def words(self, config: NetConfig) -> str:
        return f"dropout {config.dropout:g}"


def norm_and_relu(x: Any, config: NetConfig) -> Any:
    """Batch norm where the config has it, then ReLU."""
    import keras

    if config.batch_norm:
        x = batch_norm(x)
    return keras.layers.ReLU()(x)

"""Networks as tables of layers that a reader can hold against their source; Keras is imported inside functions only.

A row of a table is the kind of a layer and its numbers. The output layer is not in the tables: every network ends in a dense
layer with one logit a genre, and what feeds that layer is the embedding.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.serve import OUTPUTS, OnnxClassifier
from genre_core.params import Config, param

if TYPE_CHECKING:
    from genre_core.datasets.rows import StoredRows

EXPORT_TOLERANCE = 1e-5
"""How far the exported graph may differ from Keras: absolute for posteriors, relative to the largest value for the rest."""

_WIDTHS = (0.25, 0.5, 1.0, 2.0)

ANN = (
    ("standardise", -1),  # each column
    ("dense", 512),
    ("dropout",),
    ("dense", 256),
    ("dropout",),
    ("dense", 64),
    ("dropout",),
)

CNN_SMALL = (
    ("standardise", 1),  # each mel band
    ("channel",),
    ("conv", 16, (3, 3)),
    ("pool", (2, 2)),
    ("conv", 32, (3, 3)),
    ("pool", (2, 2)),
    ("conv", 64, (3, 3)),
    ("pool", (2, 2)),
    ("global_average",),
    ("dropout",),
)


@dataclass(frozen=True)
class AnnConfig(Config):
    """Hyper-parameters of the dense network."""

    name: ClassVar[str] = "ann"
    dropout: float = param(0.3, "Dropout", low=0.0, high=0.9, help="Share of units left out at random in each training step.")
    l1: float = param(0.0, "L1 penalty", low=0.0, high=0.1, help="Times the sum of absolute weights: pushes weights to zero.")
    l2: float = param(1e-4, "L2 penalty", low=0.0, high=0.1, help="Times the sum of squared weights: keeps weights small.")
    batch_norm: bool = param(False, "Batch norm", help="Centre and scale each unit over the batch, before the ReLU.")
    width: float = param(1.0, "Width", options=_WIDTHS, help="Times the number of units in each hidden layer.", advanced=True)


@dataclass(frozen=True)
class CnnSmallConfig(Config):
    """Hyper-parameters of the small convolutional network."""

    name: ClassVar[str] = "cnn_small"
    dropout: float = param(0.3, "Dropout", low=0.0, high=0.9, help="Share of units left out at random in each training step.")
    l1: float = param(0.0, "L1 penalty", low=0.0, high=0.1, help="Times the sum of absolute weights: pushes weights to zero.")
    l2: float = param(1e-4, "L2 penalty", low=0.0, high=0.1, help="Times the sum of squared weights: keeps weights small.")
    batch_norm: bool = param(True, "Batch norm", help="Centre and scale each channel over the batch, before the ReLU.")
    width: float = param(1.0, "Width", options=_WIDTHS, help="Times the number of channels in each layer.", advanced=True)


def build_ann(config: AnnConfig, input_shapes: Sequence[tuple[int, ...]], n_genres: int) -> Any:
    """Untrained dense network; input (n_segments, n_columns)."""
    return _network(ANN, config, input_shapes, n_genres)


def build_cnn_small(config: CnnSmallConfig, input_shapes: Sequence[tuple[int, ...]], n_genres: int) -> Any:
    """Untrained small convolutional network; input (n_segments, n_mels, n_frames)."""
    return _network(CNN_SMALL, config, input_shapes, n_genres)


def _network(table: tuple[tuple[Any, ...], ...], config: Any, input_shapes: Sequence[tuple[int, ...]], n_genres: int) -> Any:
    """Keras model of a table: one input, outputs {logits, posterior, embedding}."""
    import keras

    (shape,) = input_shapes
    inputs = keras.Input(shape, name="input_0")
    x = inputs
    for kind, *numbers in table:
        x = _LAYERS[kind](x, config, *numbers)
    embedding = keras.layers.Identity(name="embedding")(x)
    logits = keras.layers.Dense(n_genres, kernel_regularizer=_penalty(config), name="logits")(embedding)
    posterior = keras.layers.Softmax(name="posterior")(logits)
    return keras.Model(inputs, dict(zip(OUTPUTS, (logits, posterior, embedding), strict=True)), name=config.name)


def _standardise(x: Any, config: Any, axis: int) -> Any:
    # A frozen batch normalisation is (x - mean) / std with both as weights: a standard layer for the safe loading of
    # checkpoints, and no further inputs in the exported graph, as constants would make.
    import keras

    layer = keras.layers.BatchNormalization(axis=axis, epsilon=1e-12, center=False, scale=False, name="standardise")
    layer.trainable = False
    return layer(x)


def _channel(x: Any, config: Any) -> Any:
    import keras

    return keras.layers.Reshape((*x.shape[1:], 1))(x)  # (n_segments, n_mels, n_frames, 1)


def _conv(x: Any, config: Any, channels: int, size: tuple[int, int]) -> Any:
    import keras

    channels = _scaled(channels, config)
    layer = keras.layers.Conv2D(
        channels, size, padding="same", use_bias=not config.batch_norm, kernel_regularizer=_penalty(config)
    )
    return _norm_and_relu(layer(x), config)


def _dense(x: Any, config: Any, units: int) -> Any:
    import keras

    units = _scaled(units, config)
    layer = keras.layers.Dense(units, use_bias=not config.batch_norm, kernel_regularizer=_penalty(config))
    return _norm_and_relu(layer(x), config)


def _pool(x: Any, config: Any, size: tuple[int, int]) -> Any:
    import keras

    return keras.layers.MaxPooling2D(size)(x)


def _global_average(x: Any, config: Any) -> Any:
    import keras

    return keras.layers.GlobalAveragePooling2D()(x)  # (n_segments, n_channels)


def _dropout(x: Any, config: Any) -> Any:
    import keras

    return keras.layers.Dropout(config.dropout)(x)


def _norm_and_relu(x: Any, config: Any) -> Any:
    import keras

    if config.batch_norm:
        # A small data set has a few dozen batches an epoch: with Keras' 0.99 the running mean would lag epochs behind.
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
    return keras.layers.ReLU()(x)


def _scaled(size: int, config: Any) -> int:
    return max(1, round(size * config.width))


def _penalty(config: Any) -> Any:
    import keras

    return keras.regularizers.L1L2(l1=config.l1, l2=config.l2) if config.l1 or config.l2 else None


_LAYERS: dict[str, Callable[..., Any]] = {
    "standardise": _standardise,
    "channel": _channel,
    "conv": _conv,
    "dense": _dense,
    "pool": _pool,
    "global_average": _global_average,
    "dropout": _dropout,
}


def fit_scaler(model: Any, values: np.ndarray | StoredRows, rows: np.ndarray | None = None) -> dict[str, list[float]]:
    """Set the model's standardisation to the mean and variance of the train split.

    Parameters
    ----------
    model : keras.Model
        A network of this module.
    values : np.ndarray or StoredRows
        Features, shape (n_segments, *input shape).
    rows : np.ndarray, optional
        Segments of the train split, which alone count; all of them if not given.

    Returns
    -------
    dict
        `mean` and `std` of each column or band, for the manifest.
    """
    layer = model.get_layer("standardise")
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    kept = axis % values.ndim
    others = tuple(index for index in range(values.ndim) if index != kept)
    rows = np.arange(len(values)) if rows is None else np.sort(rows)
    slices = [
        rows[start : start + 256] for start in range(0, len(rows), 256)
    ]  # a copy of all spectrograms would double the memory
    n_each = len(rows) * math.prod(values.shape[1:]) / values.shape[kept]
    mean = sum(values[part].sum(axis=others, dtype=np.float64) for part in slices) / n_each  # (n_columns,)
    shape = [1] * values.ndim
    shape[kept] = -1
    squares = sum(np.square(values[part] - mean.reshape(shape)).sum(axis=others) for part in slices)
    std = np.sqrt(squares / n_each)  # (n_columns,)
    # A column that never changes in training says nothing; divided by its tiny spread it would shout at the first song.
    std[std <= 1e-6 * np.maximum(abs(mean), 1e-6)] = 1.0
    layer.set_weights([mean.astype(np.float32), np.square(std).astype(np.float32)])
    return {"mean": mean.tolist(), "std": std.tolist()}


def export_onnx(model: Any, path: Path, sample: tuple[np.ndarray, ...]) -> float:
    """Write the model as one ONNX graph and prove on `sample` that both say the same.

    Parameters
    ----------
    model : keras.Model
        With the outputs logits, posterior and embedding.
    path : Path
        File to write; it appears only if the proof succeeds.
    sample : tuple of np.ndarray
        A few segments of real features for each input.

    Returns
    -------
    float
        Largest difference of the posteriors.

    Raises
    ------
    TrainingError
        If the graph says something else than Keras.
    """
    expected = {
        name: np.asarray(value) for name, value in model(sample[0] if len(sample) == 1 else list(sample), training=False).items()
    }
    draft = path.with_name(f".draft-{path.name}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of tf2onnx about numpy, nothing that a user could mend
            model.export(str(draft), format="onnx", verbose=False)
        received = OnnxClassifier(draft)(*sample)._asdict()
        for name in OUTPUTS:
            scale = 1.0 if name == "posterior" else max(1.0, float(abs(expected[name]).max()))
            difference = float(abs(expected[name] - received[name]).max())
            if not difference <= EXPORT_TOLERANCE * scale:
                raise TrainingError(
                    f"The exported model must agree with the trained one within {EXPORT_TOLERANCE:g}. Received: {name} differs "
                    f"by {difference:.2g}. The run is not kept; train again with smaller penalties or learning rate."
                )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return float(abs(expected["posterior"] - received["posterior"]).max())

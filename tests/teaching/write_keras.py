"""Writes what Keras computes, for the lessons' own mathematics to be held against: keras.json, beside this file.

One example of it is shown to readers: it lies in the package, as `teaching.keras_example` reads it.

    python -m tests.teaching.write_keras [FILE]

Everything is float64. Random numbers come from numpy, so that the file is the same on every machine up to rounding.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.teaching.backprop_words import ACTIVATION_WORDS
from genre_core.teaching.keras_example import FILE as EXAMPLE
from genre_core.teaching.keras_example import GENRE, LEARNING_RATE, example_features, example_net

FILE = Path(__file__).with_name("keras.json")

OPTIMIZED = {
    "valley": ((-5.0, 1.5), 0.004),
    "rosenbrock": ((-1.5, 2.0), 0.0005),
    "plain": ((0.0, -0.5), 0.004),
}
"""Landscape to start and learning rate; the plain has no slope along its first weight.

Keras rounds Adam's 0.999 to single precision on its way, which shifts each step by some millionths of its length: the rates are
small, so that the paths still agree to 1e-6.
"""
N_STEPS = 25


def walks() -> dict[str, Any]:
    """Paths of each optimizer over landscapes written here once more, in Keras' operations."""
    import keras
    import tensorflow as tf

    from genre_core.training.optimizers import _rmsprop_nesterov_class

    landscapes: dict[str, Callable[[Any], Any]] = {
        "valley": lambda w: 0.5 * (w[0] ** 2 + 25 * w[1] ** 2),
        "rosenbrock": lambda w: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2,
        "plain": lambda w: w[1] ** 2 + 0 * w[0],
    }
    made: dict[str, Callable[[float], Any]] = {
        "sgd": lambda rate: keras.optimizers.SGD(rate),
        "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
        "nesterov": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        "rmsprop": lambda rate: keras.optimizers.RMSprop(rate),
        "rmsprop_nesterov": lambda rate: _rmsprop_nesterov_class()(rate, momentum=0.9),
        "adam": lambda rate: keras.optimizers.Adam(rate),
    }
    found: dict[str, Any] = {}
    for name, make in made.items():
        for landscape, (start, rate) in OPTIMIZED.items():
            weight, optimizer, path = keras.Variable(start, dtype="float64"), make(rate), [list(start)]
            for _ in range(N_STEPS):
                with tf.GradientTape() as tape:
                    loss = landscapes[landscape](weight.value)
                optimizer.apply([tape.gradient(loss, weight.value)], [weight])
                path.append(weight.numpy().tolist())
            found.setdefault(name, {})[landscape] = path
    return found


def tiny(activation: str) -> dict[str, Any]:
    """Loss and slopes of a 2-3-2 net for one track, and its loss after one step of 0.5."""
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(7)
    parts = [rng.normal(size=shape).round(3) for shape in ((2, 3), (3,), (3, 2), (2,))]
    x, genre = rng.normal(size=2).round(3), 1
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation=activation), keras.layers.Dense(2)])
    net.set_weights(parts)
    wanted = tf.constant([genre])

    def loss() -> Any:
        return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(wanted, net(x[None]), from_logits=True))

    with tf.GradientTape() as tape:
        before = loss()
    slopes = tape.gradient(before, [weight.value for weight in net.trainable_variables])
    keras.optimizers.SGD(0.5).apply(slopes, net.trainable_variables)
    return {
        "x": x.tolist(),
        "genre": genre,
        "weights": [part.tolist() for part in parts],
        "loss": float(before),
        "slopes": [slope.numpy().tolist() for slope in slopes],
        "loss_after": float(loss()),
    }


def example(activation: str) -> dict[str, Any]:
    """The net of the lesson on back propagation and its example: loss, all slopes in one row, loss after one step."""
    import keras
    import tensorflow as tf

    x, net_of_ours = example_features(), example_net(activation)
    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation=activation), keras.layers.Dense(2)])
    net.set_weights(list(net_of_ours.weights.values()))

    def loss() -> Any:
        return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(tf.constant([GENRE]), net(x[None]), from_logits=True))

    with tf.GradientTape() as tape:
        before = loss()
    slopes = tape.gradient(before, [weight.value for weight in net.trainable_variables])
    keras.optimizers.SGD(LEARNING_RATE).apply(slopes, net.trainable_variables)
    in_a_row = np.concatenate([slope.numpy().ravel() for slope in slopes])
    return {"loss": float(before), "slopes": in_a_row.tolist(), "loss_after": float(loss())}


def regularised() -> dict[str, Any]:
    """Loss and slopes of a 4-6-5-3 ReLU net with L1 and L2 on seven tracks."""
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(8)
    sizes, l1, l2 = (4, 6, 5, 3), 0.003, 0.02
    penalty = keras.regularizers.L1L2(l1, l2)
    layers = [keras.layers.Dense(n, activation="relu", kernel_regularizer=penalty) for n in sizes[1:-1]]
    net = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Dense(3, kernel_regularizer=penalty)])
    parts = [rng.normal(size=weight.shape).round(3) for weight in net.trainable_variables]
    net.set_weights(parts)
    x, y = rng.normal(size=(7, 4)).round(3), rng.integers(0, 3, 7)
    with tf.GradientTape() as tape:
        own = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(tf.constant(y), net(x), from_logits=True))
        loss = own + tf.add_n(net.losses)
    slopes = tape.gradient(loss, [weight.value for weight in net.trainable_variables])
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "l1": l1,
        "l2": l2,
        "weights": [part.tolist() for part in parts],
        "loss": float(loss),
        "slopes": [slope.numpy().tolist() for slope in slopes],
    }


def sliding() -> dict[str, Any]:
    """A filter of 3 x 4 over a picture of 7 x 9, and pools of it, by Keras' layers."""
    import keras

    rng = np.random.default_rng(9)
    picture, kernel, bias = rng.normal(size=(7, 9)).round(3), rng.normal(size=(3, 4)).round(3), 0.25
    found: dict[str, Any] = {"picture": picture.tolist(), "kernel": kernel.tolist(), "bias": bias, "convolved": {}, "pooled": {}}
    batch = picture[None, :, :, None]
    for padding in ("valid", "same"):
        for stride in (1, 2):
            layer = keras.layers.Conv2D(1, kernel.shape, strides=stride, padding=padding)
            layer.build(batch.shape)
            layer.set_weights([kernel[:, :, None, None], np.array([bias])])
            found["convolved"][f"{padding} {stride}"] = layer(batch).numpy()[0, :, :, 0].tolist()
    for size in ((2, 2), (3, 2)):
        found["pooled"][f"{size[0]} {size[1]}"] = keras.layers.MaxPooling2D(size)(batch).numpy()[0, :, :, 0].tolist()
    return found


def remembering(kind: str) -> dict[str, Any]:
    """What an LSTM of four cells, or a simple RNN of four, answers to twelve frames of three numbers."""
    import keras

    rng = np.random.default_rng(10)
    n_inputs, n_cells = 3, 4
    width = n_cells * (4 if kind == "LSTM" else 1)
    parts = [rng.normal(size=shape).round(3) for shape in ((n_inputs, width), (n_cells, width), (width,))]
    x = rng.normal(size=(12, n_inputs)).round(3)
    layer = getattr(keras.layers, kind)(n_cells, return_sequences=True, return_state=True)
    layer.build((1, *x.shape))
    layer.set_weights(parts)
    answers, *states = layer(x[None])
    return {
        "x": x.tolist(),
        "weights": [part.tolist() for part in parts],
        "answers": answers.numpy()[0].tolist(),
        "state": states[-1].numpy()[0].tolist(),
    }


def computed() -> dict[str, Any]:
    """Everything, by Keras in float64."""
    import keras

    keras.config.set_floatx("float64")
    return {
        "walks": walks(),
        "tiny": {activation: tiny(activation) for activation in ("sigmoid", "relu", "tanh")},
        "example": {activation: example(activation) for activation in ACTIVATION_WORDS},
        "regularised": regularised(),
        "sliding": sliding(),
        "remembering": {kind: remembering(kind) for kind in ("LSTM", "SimpleRNN")},
    }


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    said = computed()
    target.write_text(json.dumps(said) + "\n", encoding="utf-8")
    if target == FILE:
        EXAMPLE.write_text(json.dumps(said["example"], indent=1) + "\n", encoding="utf-8")

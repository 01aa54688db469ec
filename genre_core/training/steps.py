"""What TensorFlow does with one batch: a step of learning, a judgement, an answer. Each is traced once a net and stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.models.base import Scores
from genre_core.models.networks import ERROR, FIXED, RECONSTRUCTION, Stage
from genre_core.models.serve import OUTPUTS
from genre_core.training.recipe import TrainConfig

_FIXED = ("standardise", RECONSTRUCTION, FIXED)
"""Layers whose weights are never learned, by how their names begin."""


@dataclass(frozen=True, eq=False)
class Steps:
    """The compiled functions of one stage of a net.

    Attributes
    ----------
    optimizer : keras.optimizers.Optimizer
    learn : callable
        (inputs, targets, weights) -> sum of the losses [nats], number of segments right, both of this batch; changes the net.
    judge : callable
        The same of a net that does not change.
    """

    optimizer: Any
    learn: Any
    judge: Any
    _first: tuple[np.ndarray, ...]

    def begin(self) -> None:
        """Forget what the optimizer knows."""
        for variable, value in zip(self.optimizer.variables, self._first, strict=True):
            variable.assign(value)


def freeze(model: Any, stage: Stage) -> None:
    """Let a stage train what it may: nothing at or below its `above`, and never a standardisation."""
    import keras

    below = [model.get_layer(name).output for name in stage.above]
    kept = {layer.name for layer in keras.Model(model.inputs, below).layers} if below else set()
    for layer in model.layers:
        layer.trainable = layer.name not in kept and not layer.name.startswith(_FIXED)


def make_steps(model: Any, stage: Stage, config: TrainConfig, *, output: str) -> Steps:
    """Trace nothing yet: that happens at the first batch.

    Parameters
    ----------
    model : keras.Model
        The whole net, after `freeze`.
    output : str
        softmax or sigmoid: what the net's logits mean.
    """
    import keras
    import tensorflow as tf

    inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    trainee = keras.Model(inputs, model.get_layer(stage.output).output)
    optimizer = config.build_optimizer()
    optimizer.build(trainee.trainable_variables)
    losses = _error if stage.output == ERROR else _LOSSES[output]
    n_inputs = len(model.inputs)
    signature = (
        tuple(tf.TensorSpec((None, *tensor.shape[1:]), tf.float32) for tensor in model.inputs),
        tf.TensorSpec((None, None), tf.float32),
        tf.TensorSpec((None,), tf.float32),
    )

    def inputs_of(arrays: Any) -> Any:
        return arrays[0] if n_inputs == 1 else list(arrays)

    def counted(values: Any, targets: Any) -> tuple[Any, Any]:
        plain = _error(values, targets) if stage.output == ERROR else _cross_entropy(values, targets, output)
        right = tf.equal(tf.argmax(values, axis=1), tf.argmax(targets, axis=1))
        return tf.reduce_sum(plain), tf.reduce_sum(tf.cast(right, tf.float32))

    def learn(arrays: Any, targets: Any, weights: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            values = trainee(inputs_of(arrays), training=True)
            loss = tf.reduce_mean(losses(values, targets) * weights) + sum(trainee.losses)
        gradients = tape.gradient(loss, trainee.trainable_variables)
        optimizer.apply(gradients, trainee.trainable_variables)
        return counted(values, targets)

    def judge(arrays: Any, targets: Any, weights: Any) -> tuple[Any, Any]:
        return counted(trainee(inputs_of(arrays), training=False), targets)

    # No XLA: six to eight times slower for these sizes. No autograph: there is no Python control flow to translate.
    options = {"input_signature": signature, "autograph": False, "jit_compile": False}
    first = tuple(np.asarray(variable) for variable in optimizer.variables)
    return Steps(optimizer, tf.function(learn, **options), tf.function(judge, **options), first)


def answering(model: Any) -> Any:
    """The net as a `Classifier`, compiled."""
    import tensorflow as tf

    signature = [tf.TensorSpec((None, *tensor.shape[1:]), tf.float32) for tensor in model.inputs]

    @tf.function(input_signature=signature, autograph=False, jit_compile=False)
    def answer(*inputs: Any) -> list[Any]:
        outputs = model(inputs[0] if len(inputs) == 1 else list(inputs), training=False)
        return [outputs[name] for name in OUTPUTS]

    def classifier(*inputs: np.ndarray) -> Scores:
        return Scores(*(value.numpy() for value in answer(*(tf.constant(array, tf.float32) for array in inputs))))

    return classifier


def _softmax_loss(logits: Any, targets: Any) -> Any:
    import tensorflow as tf

    return tf.nn.softmax_cross_entropy_with_logits(targets, logits)


def _sigmoid_loss(logits: Any, targets: Any) -> Any:
    import tensorflow as tf

    # Each genre is a question of its own.
    return tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits), axis=1)


_LOSSES = {"softmax": _softmax_loss, "sigmoid": _sigmoid_loss}


def _cross_entropy(logits: Any, targets: Any, output: str) -> Any:
    """Cross-entropy of the posterior that serves [nats], so that losses of all nets compare."""
    import tensorflow as tf

    if output == "sigmoid":
        alone = tf.math.log_sigmoid(logits)
        return -tf.reduce_sum(targets * (alone - tf.reduce_logsumexp(alone, axis=1, keepdims=True)), axis=1)
    return _softmax_loss(logits, targets)


def _error(values: Any, targets: Any) -> Any:
    return values[:, 0]

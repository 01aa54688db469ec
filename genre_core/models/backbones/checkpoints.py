"""Published weights: read from a TensorFlow 1 checkpoint and given to a net, each tensor once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import RunError

Tensors = Mapping[str, np.ndarray]
"""`conv2d_3/kernel` and the like -> its values."""

_OF_TRAINING = ("Adam", "beta1_power", "beta2_power", "global_step")
"""What an optimiser leaves in a checkpoint, by the last part of a tensor's name."""


def read_checkpoint(folder: Path) -> dict[str, np.ndarray]:
    """The weights in a folder of the package: `.index` and `.data-00000-of-00001`.

    Raises
    ------
    RunError
        If there is no checkpoint, or it is damaged.
    """
    if not (folder / ".index").is_file():
        raise RunError(f"Expected a checkpoint (.index and .data) in {folder}. Received: none. Fetch the package again.")
    import tensorflow as tf

    try:
        reader = tf.compat.v1.train.NewCheckpointReader(f"{folder}/")
        names = reader.get_variable_to_shape_map()
        return {name: reader.get_tensor(name) for name in sorted(names) if not _is_of_training(name)}
    except (tf.errors.OpError, RuntimeError, ValueError) as error:
        raise RunError(f"The checkpoint in {folder} cannot be read ({error}). Fetch the package again.") from error


def give(model: Any, tensors: Tensors, *, names: Mapping[str, str] | None = None) -> None:
    """Set a net's weights: the variable `kernel` of the layer `conv2d_3` takes the tensor `conv2d_3/kernel`.

    Parameters
    ----------
    names : mapping, optional
        Layers that have other names to those that the tensors know them by; layers that it does not hold are left alone.

    Raises
    ------
    RunError
        If the net has a variable without a tensor of its shape, or a tensor is left over.
    """
    left = dict(tensors)
    for layer in model.layers:
        if names is not None and layer.name not in names:
            continue
        for variable in layer.weights:
            name = f"{names[layer.name] if names else layer.name}/{variable.name}"
            if name not in left:
                raise RunError(f"The net {model.name} needs the tensor {name}. Received: {', '.join(sorted(left)) or 'none'}.")
            values = left.pop(name)
            wanted = tuple(variable.shape)
            # A convolution in time was written as one of a picture: its kernel has an axis of length one.
            if tuple(size for size in values.shape if size > 1) != tuple(size for size in wanted if size > 1):
                raise RunError(f"The tensor {name} must have the shape {wanted}. Received: shape {values.shape}.")
            variable.assign(values.reshape(wanted))
    if left:
        raise RunError(f"The net {model.name} uses every tensor of its checkpoint. Left over: {', '.join(sorted(left))}.")


def _is_of_training(name: str) -> bool:
    return name.rpartition("/")[2].startswith(_OF_TRAINING)

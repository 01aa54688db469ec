"""Loading TensorFlow and Keras, and making what they draw at random follow from a seed."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, which takes seconds; what comes later finds them loaded."""
    if "keras" in sys.modules and "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Keras would load pandas and scikit-learn for inputs and wrappers unused here: a quarter of the wait.
    with _lasting(), _without("pandas", "sklearn"):
        import keras
        import tensorflow

    del keras, tensorflow


def seed_keras(seed: int, *, deterministic: bool = False) -> None:
    """Forget the names of earlier nets, and set the seed of everything random."""
    load_tensorflow()
    import keras
    import tensorflow as tf

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    if deterministic:
        tf.config.experimental.enable_op_determinism()


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made in here stays: Python looks for garbage neither meanwhile nor, later on, among these objects.

    TensorFlow and Keras are half a million of them. To go through all takes a third of a second, as each new net did.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_on:
            gc.enable()


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    """Packages that are not loaded yet look as if they were not installed."""
    hidden = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in hidden:
            sys.modules.pop(package, None)

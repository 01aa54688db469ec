"""Loading TensorFlow and Keras, and making what they draw at random follow from a seed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, which takes seconds; what comes later finds them loaded."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with _without("pandas", "sklearn"):  # Keras would load them for inputs and wrappers unused here: a quarter of the wait
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
def _without(*packages: str) -> Iterator[None]:
    """Packages that are not loaded yet look as if they were not installed."""
    hidden = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for package in hidden:
            sys.modules.pop(package, None)

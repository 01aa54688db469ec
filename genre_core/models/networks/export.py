"""From a trained Keras net to the ONNX graph that serves, proven to say the same."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.serve import OUTPUTS, RECONSTRUCTION, OnnxClassifier

EXPORT_TOLERANCE = 1e-5
"""How far the exported graph may differ from Keras: absolute for posteriors, relative to the largest value for the rest."""


def export_onnx(model: Any, path: Path, sample: tuple[np.ndarray, ...]) -> float:
    """Write the model as one ONNX graph and prove on `sample` that both say the same.

    Parameters
    ----------
    model : keras.Model
        With the outputs logits, posterior and embedding; of an autoencoder, its reconstruction goes along.
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
    import keras

    outputs = dict(zip(model.output_names, model.outputs, strict=True)) if not isinstance(model.output, dict) else model.output
    inputs = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    served = keras.Model(inputs, {name: outputs[name] for name in (*OUTPUTS, RECONSTRUCTION) if name in outputs})
    expected = {
        name: np.asarray(value) for name, value in served(sample[0] if len(sample) == 1 else list(sample), training=False).items()
    }
    draft = path.with_name(f".draft-{path.name}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of tf2onnx about numpy, nothing that a user could mend
            served.export(str(draft), format="onnx", verbose=False)
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

"""Probabilities with all logits divided by one number.

Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017.
"""

from __future__ import annotations

import numpy as np

from genre_core.models.base import Classifier, Scores


def tempered(posteriors: np.ndarray, temperature: float) -> np.ndarray:
    """Posteriors as they are with all logits divided by a temperature, float32; above one they are less sure.

    Examples
    --------
    >>> tempered(np.array([[0.8, 0.2]]), 2.0).round(3).tolist()
    [[0.6669999957084656, 0.3330000042915344]]
    """
    scaled = (posteriors / posteriors.max(axis=1, keepdims=True)).astype(np.float64) ** (1 / temperature)
    return (scaled / scaled.sum(axis=1, keepdims=True)).astype(np.float32)


class Tempered:
    """A classifier with all its logits divided by a temperature.

    Parameters
    ----------
    classifier : Classifier
        As it was trained.
    temperature : float
        Above one it is less sure.
    """

    def __init__(self, classifier: Classifier, temperature: float) -> None:
        self.classifier, self.temperature = classifier, temperature

    def __call__(self, *inputs: np.ndarray) -> Scores:
        """Score segments; errors as of the classifier."""
        scores = self.classifier(*inputs)
        logits = scores.logits / np.float32(self.temperature)
        return Scores(logits, tempered(scores.posterior, self.temperature), scores.embedding)

    def reconstruct(self, *inputs: np.ndarray) -> np.ndarray | None:
        """As the classifier does; None of one that can't."""
        own = getattr(self.classifier, "reconstruct", None)
        return None if own is None else own(*inputs)

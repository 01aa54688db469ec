"""The temperature that makes probabilities honest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from genre_core.evaluation.predictions import Predictions
from genre_core.evaluation.reliability import brier
from genre_core.models.tempered import tempered

HOTTEST = 20.0
"""Temperatures are looked for from one over this up to this."""


def with_temperature(predictions: Predictions, temperature: float) -> Predictions:
    """The same predictions with the posteriors of their segments tempered."""
    return replace(predictions, segment_posteriors=tempered(predictions.segment_posteriors, temperature))


def best_temperature(predictions: Predictions, *, tracks: np.ndarray | None = None) -> float:
    """The temperature of segments' logits with which the posteriors of tracks have the least Brier score; one if none has less.

    Log loss would be ruled by the few sure errors of a data set with doubtful labels, and make all other verdicts less sure than
    they are right.

    Parameters
    ----------
    predictions : Predictions
        Of tracks that were not learned from.
    tracks : np.ndarray, optional
        Which of them to look at, bool, shape (n_tracks,).
    """
    from scipy.optimize import minimize_scalar

    seen = np.ones(len(predictions.track_ids), bool) if tracks is None else tracks

    def loss(log_temperature: float) -> float:
        its = with_temperature(predictions, float(np.exp(log_temperature)))
        return brier(its.y_true[seen], its.posteriors[seen])

    edge = np.log(HOTTEST)
    found = minimize_scalar(loss, bounds=(-edge, edge), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x)) if found.fun < loss(0.0) else 1.0


def cross_tempered(predictions: Predictions, folds: Mapping[str, int]) -> Predictions:
    """Predictions of which each track has the temperature that the other folds' tracks ask for.

    What is measured of them is measured of tracks that chose no temperature.

    Parameters
    ----------
    folds : mapping
        Track id -> its fold.
    """
    fold = np.array([folds[str(track_id)] for track_id in predictions.track_ids])
    posteriors = np.empty_like(predictions.segment_posteriors)
    for number in np.unique(fold):
        temperature = best_temperature(predictions, tracks=fold != number)
        its = fold[predictions.segment_track] == number
        posteriors[its] = tempered(predictions.segment_posteriors[its], temperature)
    return replace(predictions, segment_posteriors=posteriors)

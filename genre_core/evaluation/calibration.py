"""Are probabilities honest? Reliability, its error, and the temperature that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import Predictions
from genre_core.models.tempered import tempered

N_BINS = 10
HOTTEST = 20.0
"""Temperatures are looked for from one over this up to this."""


@dataclass(frozen=True, eq=False)
class Reliability:
    """How often a verdict is right, by how probable it was said to be.

    Attributes
    ----------
    edges : np.ndarray
        Ends of the bins of probability, shape (n_bins + 1,): each holds its upper end.
    counts : np.ndarray
        Verdicts in each bin, int64, shape (n_bins,).
    confidence, accuracy : np.ndarray
        Mean probability of a bin's verdicts and the share of them that is right, shape (n_bins,); NaN where there is none.
    """

    edges: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of confidence and accuracy, each bin counted by its verdicts."""
        there = self.counts > 0
        gaps = abs(self.confidence[there] - self.accuracy[there])
        return float((gaps * self.counts[there]).sum() / self.counts.sum())


def reliability(y_true: np.ndarray, posteriors: np.ndarray, *, n_bins: int = N_BINS) -> Reliability:
    """Sort verdicts by the probability of their genre, into bins of equal width.

    Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015; Guo, Pleiss, Sun
    and Weinberger, "On calibration of modern neural networks", ICML 2017.

    Parameters
    ----------
    y_true : np.ndarray
        Genre indices, shape (n,).
    posteriors : np.ndarray
        Shape (n, n_genres), rows sum to one.

    Raises
    ------
    ParameterError
        If there is nothing to sort, or no bin to sort into.

    Examples
    --------
    >>> found = reliability(np.array([0, 0, 1, 1]), np.array([[0.75, 0.25], [0.75, 0.25], [0.75, 0.25], [0.0, 1.0]]))
    >>> round(found.error, 4)
    0.0625
    """
    if not len(y_true) or n_bins < 1:
        raise ParameterError(f"Reliability needs verdicts and bins. Received: {len(y_true)} verdicts, {n_bins} bins.")
    sure = posteriors.max(axis=1).astype(np.float64)  # (n,)
    right = posteriors.argmax(axis=1) == y_true
    edges = np.linspace(0, 1, n_bins + 1)
    place = np.clip(np.ceil(sure * n_bins).astype(int) - 1, 0, n_bins - 1)
    counts = np.bincount(place, minlength=n_bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, sure, n_bins) / counts
        accuracy = np.bincount(place, right, n_bins) / counts
    return Reliability(edges, counts, confidence, accuracy)


def brier(y_true: np.ndarray, posteriors: np.ndarray) -> float:
    """Mean squared distance of posteriors from the truth, 0 to 2 (Brier, Monthly Weather Review 78, 1950).

    Examples
    --------
    >>> brier(np.array([0, 1]), np.array([[1.0, 0.0], [0.5, 0.5]]))
    0.25
    """
    truth = np.arange(posteriors.shape[1]) == np.asarray(y_true)[:, None]  # (n, n_genres)
    return float(np.square(posteriors.astype(np.float64) - truth).sum(axis=1).mean())


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

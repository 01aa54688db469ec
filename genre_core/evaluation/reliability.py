"""Are probabilities honest? How often a verdict is right by how sure it was, the error of that, and the Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import Groups, Interval
from genre_core.evaluation.rows import squared_errors
from genre_core.evaluation.shares import shares

N_BINS = 10


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
    sure, place = bins_of(posteriors, n_bins)  # each (n,)
    right = posteriors.argmax(axis=1) == y_true
    edges = np.linspace(0, 1, n_bins + 1)
    counts = np.bincount(place, minlength=n_bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(place, sure, n_bins) / counts
        accuracy = np.bincount(place, right, n_bins) / counts
    return Reliability(edges, counts, confidence, accuracy)


def bin_intervals(
    y_true: np.ndarray, posteriors: np.ndarray, groups: Groups, *, n_bins: int = N_BINS, n_resamples: int = 1000, seed: int = 0
) -> tuple[Interval, ...]:
    """Share of each bin's verdicts that is right, with its interval; without value where a bin is empty.

    Parameters
    ----------
    y_true, posteriors, n_bins
        As in `reliability`.
    groups : Groups
        The group that each row is drawn with.
    n_resamples, seed : int
        Of the bootstrap.
    """
    _, place = bins_of(posteriors, n_bins)
    named = place[:, None] == np.arange(n_bins)  # (n, n_bins)
    right = (posteriors.argmax(axis=1) == y_true)[:, None]
    return shares(named, named & right, groups, what="confidence", n_resamples=n_resamples, seed=seed)


def bins_of(posteriors: np.ndarray, n_bins: int = N_BINS) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each verdict, float64, and the bin that it falls into, int64, each of shape (n,)."""
    sure = posteriors.max(axis=1).astype(np.float64)
    return sure, np.clip(np.ceil(sure * n_bins).astype(np.int64) - 1, 0, n_bins - 1)


def brier(y_true: np.ndarray, posteriors: np.ndarray) -> float:
    """Mean squared distance of posteriors from the truth, 0 to 2 (Brier, Monthly Weather Review 78, 1950).

    Examples
    --------
    >>> brier(np.array([0, 1]), np.array([[1.0, 0.0], [0.5, 0.5]]))
    0.25
    """
    return float(squared_errors(y_true, posteriors).mean())

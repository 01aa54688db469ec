"""What each single row, a track or a segment, adds to a score; and the correlation that counts give."""

from __future__ import annotations

import math

import numpy as np

AT = 3
"""Places that MAP@3 looks at."""


def log_loss(y_true: np.ndarray, posteriors: np.ndarray) -> float:
    """Mean of `losses` [nat]."""
    return float(losses(y_true, posteriors).mean()) + 0.0  # no -0.0


def losses(y_true: np.ndarray, posteriors: np.ndarray) -> np.ndarray:
    """-ln p(true genre) [nat] of each row, shape (n,); p is kept above float32's resolution so that a sure error stays finite."""
    eps = float(np.finfo(np.float32).eps)
    chosen = np.asarray(posteriors, dtype=np.float64)[np.arange(len(y_true)), y_true]  # (n,)
    return -np.log(chosen.clip(eps, 1.0))


def rank(y_true: np.ndarray, posteriors: np.ndarray) -> np.ndarray:
    """How many genres come before the true one, shape (n,); of equal probabilities the first genre comes first, as in argmax."""
    own = posteriors[np.arange(len(y_true)), y_true][:, None]  # (n, 1)
    earlier = np.arange(posteriors.shape[1]) < y_true[:, None]  # (n, n_genres)
    return ((posteriors > own) | ((posteriors == own) & earlier)).sum(axis=1)


def precision_at(ranks: np.ndarray, k: int = AT) -> np.ndarray:
    """Average precision of each row's first `k` genres, of which one is right: 1 / its place, 0 where it comes later, shape (n,).

    Parameters
    ----------
    ranks : np.ndarray
        How many genres come before the right one, shape (n,), as `rank` gives them.
    k : int
        Places that count.

    Examples
    --------
    >>> precision_at(np.array([0, 1, 3])).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.where(ranks < k, 1.0 / (ranks + 1), 0.0)


def squared_errors(y_true: np.ndarray, posteriors: np.ndarray) -> np.ndarray:
    """Squared distance of each row's posterior from the truth, 0 to 2, shape (n,): their mean is the Brier score."""
    truth = np.arange(posteriors.shape[1]) == np.asarray(y_true)[:, None]  # (n, n_genres)
    return np.square(posteriors.astype(np.float64) - truth).sum(axis=1)


def matthews(matrix: np.ndarray) -> float | None:
    """Matthews correlation of truth and verdict for any number of genres; None where only one genre occurs.

    1 is perfect, 0 what guessing gives, whatever the shares of the genres; where all verdicts are one genre it is 0 (Gorodkin,
    "Comparing two K-category assignments by a K-category correlation coefficient", Computational Biology and Chemistry 28, 2004).

    Parameters
    ----------
    matrix : np.ndarray
        Counts, shape (n_genres, n_genres): rows are the truth, columns what was predicted.

    Examples
    --------
    >>> matthews(np.array([[2, 0], [1, 1]]))
    0.5773502691896258
    """
    counts = np.asarray(matrix, dtype=np.float64)
    total, hits, support, predicted = counts.sum(), np.trace(counts), counts.sum(axis=1), counts.sum(axis=0)
    true_spread, said_spread = total**2 - support @ support, total**2 - predicted @ predicted
    if true_spread == 0:
        return None
    return float((hits * total - support @ predicted) / math.sqrt(true_spread * said_spread)) if said_spread > 0 else 0.0

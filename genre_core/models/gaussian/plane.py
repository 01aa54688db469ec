"""Gaussians as points whose squared Euclidean distance is nearly their divergence: what a map and a search can work with."""

from __future__ import annotations

import numpy as np

from genre_core.models.gaussian.divergence import Gaussians


def points(gaussians: Gaussians, mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Points, float64, shape (n, d + d (d + 1) / 2).

    With everything measured in standard deviations of a reference Gaussian, a point is the mean and the upper half of the matrix
    logarithm of the covariance (Arsigny, Fillard, Pennec and Ayache, Log-Euclidean metrics, 2006), the diagonal divided by
    sqrt(2). Then |x - y|^2 = (m_x - m_y)^2 + |log X - log Y|^2 / 2, which is the symmetrised Kullback-Leibler divergence up to
    second order around the reference; farther out it grows more slowly.

    Parameters
    ----------
    gaussians : Gaussians
        At least one.
    mean, covariance : np.ndarray
        The reference, shapes (d,) and (d, d), positive definite: the mean of what was learned from.
    """
    eigenvalues, axes = np.linalg.eigh(covariance)
    whiten = axes / np.sqrt(eigenvalues)  # (d, d): whiten' covariance whiten = 1
    means = (gaussians.means - mean) @ whiten
    variances, inner = np.linalg.eigh(whiten.T @ gaussians.covariances @ whiten)  # (n, d), (n, d, d)
    logs = np.log(np.maximum(variances, np.finfo(np.float64).tiny))
    logarithm = (inner * logs[:, None]) @ inner.transpose(0, 2, 1)  # (n, d, d)
    rows, columns = np.triu_indices(len(mean))
    return np.concatenate([means, logarithm[:, rows, columns] * np.where(rows == columns, np.sqrt(0.5), 1.0)], axis=1)

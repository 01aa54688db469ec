"""How far apart two Gaussians are: the Kullback-Leibler divergence in closed form, one pair or all pairs of many.

KL(p, q) = (tr(Q^-1 P) + (m_p - m_q)' Q^-1 (m_p - m_q) - d + ln |Q| - ln |P|) / 2, and D = KL(p, q) + KL(q, p), in which the
determinants cancel. Both are 0 exactly for equal Gaussians, and unchanged where one invertible linear map moves all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genre_core.errors import ParameterError

_AT_ONCE = 1 << 22
"""Divergences held at a time: 32 MB."""

_LEAST_SHARE = 1e-7
_LEAST_VARIANCE = 1e-6
"""What a row's variances are raised to, as a share of the largest and in its own unit: far below what `features.gaussian` adds.
So its rows are taken as they are, and rows that no sound gives (zeros, a damaged sum) still have a divergence."""


@dataclass(frozen=True, eq=False)
class Gaussians:
    """Gaussians in d dimensions.

    Attributes
    ----------
    means : np.ndarray
        float64, shape (n, d).
    eigenvalues : np.ndarray
        Variances along the axes of each covariance, ascending, positive, float64, shape (n, d).
    axes : np.ndarray
        Those axes as columns, float64, shape (n, d, d).
    """

    means: np.ndarray
    eigenvalues: np.ndarray
    axes: np.ndarray

    @classmethod
    def of(cls, means: np.ndarray, covariances: np.ndarray) -> Gaussians:
        """Gaussians of these means, shape (n, d), and covariances, shape (n, d, d).

        Raises
        ------
        ParameterError
            If shapes don't fit, a number is not finite, or a covariance is not positive definite.
        """
        means, covariances = np.asarray(means, np.float64), np.asarray(covariances, np.float64)
        if means.ndim != 2 or covariances.shape != (*means.shape, means.shape[1]):
            raise ParameterError(
                f"Expected means of shape (n, d) and covariances of shape (n, d, d). Received: shapes {means.shape} and "
                f"{covariances.shape}."
            )
        found = cls(means, *_axes(means, covariances))
        if (found.eigenvalues <= 0).any():
            raise ParameterError(
                "Every covariance must be positive definite. Received: one with the smallest variance "
                f"{found.eigenvalues.min():g}. Add a little to its diagonal."
            )
        return found

    @classmethod
    def from_rows(cls, rows: np.ndarray) -> Gaussians:
        """Gaussians as the feature `gaussian` gives them, shape (n, 1 + d, d): the mean, then the covariance; none is refused
        for a direction without variance, which gets a little.
        """
        means, covariances = np.asarray(rows[:, 0], np.float64), np.asarray(rows[:, 1:], np.float64)
        eigenvalues, axes = _axes(means, covariances)
        least = np.maximum(_LEAST_VARIANCE, _LEAST_SHARE * eigenvalues[:, -1:])
        return cls(means, np.maximum(eigenvalues, least), axes)

    def __len__(self) -> int:
        return len(self.means)

    @property
    def n_dimensions(self) -> int:
        return self.means.shape[1]

    @cached_property
    def covariances(self) -> np.ndarray:
        """float64, shape (n, d, d)."""
        return (self.axes * self.eigenvalues[:, None]) @ self.axes.transpose(0, 2, 1)

    @cached_property
    def precisions(self) -> np.ndarray:
        """Inverse covariances, float64, shape (n, d, d)."""
        return (self.axes / self.eigenvalues[:, None]) @ self.axes.transpose(0, 2, 1)

    @property
    def log_determinants(self) -> np.ndarray:
        """Of the covariances, float64, shape (n,)."""
        return np.log(self.eigenvalues).sum(axis=1)

    def __getitem__(self, chosen: np.ndarray | slice) -> Gaussians:
        return Gaussians(self.means[chosen], self.eigenvalues[chosen], self.axes[chosen])


def _axes(means: np.ndarray, covariances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not (np.isfinite(means).all() and np.isfinite(covariances).all()):
        raise ParameterError("Expected finite means and covariances. Received: NaN or infinite ones. Compute them again.")
    return np.linalg.eigh((covariances + covariances.transpose(0, 2, 1)) / 2)


def kl(p: Gaussians, q: Gaussians) -> np.ndarray:
    """KL(p, q) of pairs [nats], float64, shape (n,): first with first, second with second; one side may be a single one."""
    apart = p.means - q.means  # (n, d)
    trace = np.einsum("nij,nij->n", q.precisions, p.covariances)
    squared = np.einsum("ni,nij,nj->n", apart, q.precisions, apart)
    twice = trace + squared - p.n_dimensions + q.log_determinants - p.log_determinants
    return np.maximum(twice / 2, 0)


def symmetrised(p: Gaussians, q: Gaussians) -> np.ndarray:
    """D of every p with every q [nats], float64, shape (n_p, n_q)."""
    others = Comparable(q)
    return np.concatenate([divergences for _, divergences in Comparable(p, origin=others.origin).blocks(others)])


class Comparable:
    """Gaussians made ready to be compared with many others, some of them at a time.

    D is a product of two rows, one that p alone gives and one that q alone gives, so that all pairs are one product of matrices:
    with the second moment M = P + m m' of p and the precision of q, 2 (KL + d / 2) less the determinants is
    <Q^-1, M_p> - 2 m_p' Q^-1 m_q + m_q' Q^-1 m_q, and the same the other way round. All means are moved by one vector first,
    which changes no D and keeps the products small.

    Parameters
    ----------
    gaussians : Gaussians
        At least one.
    origin : np.ndarray or None
        What is taken from all means, shape (d,), the same for both sides; None for the mean of these.
    """

    def __init__(self, gaussians: Gaussians, *, origin: np.ndarray | None = None) -> None:
        self.origin = gaussians.means.mean(axis=0) if origin is None else origin
        self._n_dimensions = gaussians.n_dimensions
        self._moments, self._precisions = _columns(gaussians, self.origin)

    def __len__(self) -> int:
        return len(self._moments)

    def blocks(self, others: Comparable) -> Iterator[tuple[slice, np.ndarray]]:
        """Which of these, and their D with all others, float64, shape (n_block, n_others): as many as 32 MB hold at a time."""
        at_once = max(1, _AT_ONCE // len(others))
        for start in range(0, len(self), at_once):
            block = slice(start, min(start + at_once, len(self)))
            twice = self._moments[block] @ others._precisions.T
            twice += self._precisions[block] @ others._moments.T
            yield block, np.maximum(twice / 2 - self._n_dimensions, 0)

    def to_one(self, index: int) -> np.ndarray:
        """D of all of these with one of them, float64, shape (n,)."""
        twice = self._moments @ self._precisions[index] + self._precisions @ self._moments[index]
        return np.maximum(twice / 2 - self._n_dimensions, 0)


def _columns(gaussians: Gaussians, origin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a Gaussian gives to D: its moments, and what meets those of the other; each of shape (n, d (d + 1) / 2 + d + 1)."""
    rows, columns = np.triu_indices(gaussians.n_dimensions)
    twice = np.where(rows == columns, 1.0, 2.0)  # a symmetric matrix's upper half stands for both
    means, precisions = gaussians.means - origin, gaussians.precisions
    second = gaussians.covariances + means[:, :, None] * means[:, None]  # (n, d, d)
    pulled = np.einsum("nij,nj->ni", precisions, means)  # (n, d)
    length = np.einsum("ni,ni->n", pulled, means)[:, None]  # (n, 1)
    moments = np.concatenate([second[:, rows, columns], means, np.ones_like(length)], axis=1)
    return moments, np.concatenate([precisions[:, rows, columns] * twice, -2 * pulled, length], axis=1)

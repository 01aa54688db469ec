"""What a fitted model of this family is: a few arrays and what they say of a segment. Needs numpy and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import ClassVar, Self

import numpy as np

from genre_core.errors import RunError
from genre_core.models.base import Scores
from genre_core.models.gaussian.divergence import Comparable, Gaussians
from genre_core.models.gaussian.plane import points

TIE_SHARE = 0.01
"""Of one vote: what is given to decide ties."""

MOST_DEVIATIONS = 1e4
"""A standardised column farther out than this counts as so far: no sum of squares overflows."""

_LEAST = np.log(np.finfo(np.float32).tiny)
_LARGEST = 1e18  # its square fits into float32


@dataclass(frozen=True, eq=False)
class Scorer:
    """Arrays that were learned. A subclass declares each with its type and sizes in `ARRAYS`, and scores segments.

    Sizes are words: the same word is the same number everywhere.
    """

    kind: ClassVar[str] = ""
    ARRAYS: ClassVar[dict[str, tuple[type, str]]] = {}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> Self:
        """The scorer of stored arrays; `ValueError` with a reason where they cannot be its own."""
        if set(arrays) != set(cls.ARRAYS):
            raise ValueError(f"it must hold {', '.join(cls.ARRAYS)} and holds {', '.join(sorted(arrays)) or 'nothing'}")
        sizes: dict[str, int] = {}
        for name, (dtype, words) in cls.ARRAYS.items():
            array, wanted = arrays[name], words.split()
            if array.dtype != dtype or array.ndim != len(wanted) or 0 in array.shape:
                raise ValueError(f"{name} has the type {array.dtype} and the shape {array.shape}")
            if any(sizes.setdefault(word, size) != size for word, size in zip(wanted, array.shape, strict=True)):
                raise ValueError(f"{name} has the shape {array.shape}, which does not fit the others")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds NaN or infinite values")
        scorer = cls(**arrays)
        scorer.check()
        return scorer

    def arrays(self) -> dict[str, np.ndarray]:
        """What is stored, by name."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    def check(self) -> None:
        """Raise `ValueError` where values don't make sense."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one segment."""
        raise TypeError(f"{type(self).__name__} does not say what it reads: define input_shape.")

    def __call__(self, x: np.ndarray) -> Scores:
        """Score finite segments, float32, shape (n_segments, *input_shape)."""
        raise TypeError(f"{type(self).__name__} does not say how it scores: define __call__.")


@dataclass(frozen=True, eq=False)
class NearestTracks(Scorer):
    """The k tracks nearest to a segment vote, by symmetrised Kullback-Leibler divergence.

    A track of several segments counts by the nearest of them, and votes once. The posterior is the share of the votes. Where two
    genres have as many, the one with the nearer neighbour wins: of one vote, at most `TIE_SHARE` is given by rank.

    The embedding is that of `plane.points`, around the mean of what was learned from: Euclid stands for the divergence.

    Attributes
    ----------
    rows : np.ndarray
        What was learned from, track by track, shape (n_rows, 1 + d, d), as the feature `gaussian` gives it.
    starts : np.ndarray
        First row of each track, int64, shape (n_tracks,).
    votes : np.ndarray
        1 for the genre of each track, else 0, float32, shape (n_tracks, n_genres).
    k : np.ndarray
        int64, no dimension.
    """

    kind: ClassVar[str] = "knn_kl"
    ARRAYS: ClassVar[dict[str, tuple[type, str]]] = {
        "rows": (np.float32, "n_rows n_statistics d"),
        "starts": (np.int64, "n_tracks"),
        "votes": (np.float32, "n_tracks n_genres"),
        "k": (np.int64, ""),
    }
    rows: np.ndarray
    starts: np.ndarray
    votes: np.ndarray
    k: np.ndarray

    def check(self) -> None:
        _check_gaussians(self.rows)
        if self.starts[0] != 0 or (np.diff(self.starts) <= 0).any() or self.starts[-1] >= len(self.rows):
            raise ValueError("the tracks do not begin one after another")
        if self.k < 1 or not (((self.votes == 0) | (self.votes == 1)).all() and (self.votes.sum(axis=1) == 1).all()):
            raise ValueError("each track must have one vote, and one at least must count")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.rows.shape[1:]

    def __call__(self, x: np.ndarray) -> Scores:
        gaussians = Gaussians.from_rows(x)
        k = min(int(self.k), len(self.starts))
        posterior = np.empty((len(x), self.votes.shape[1]))
        for block, divergences in _prepared(gaussians, self._learned).blocks(self._learned):  # (n_block, n_rows)
            by_track = np.minimum.reduceat(divergences, self.starts, axis=1)  # (n_block, n_tracks)
            nearest = np.argsort(by_track, axis=1, kind="stable")[:, :k]
            posterior[block] = self._posterior(self.votes[nearest].astype(np.float64))
        return _scores(posterior, points(gaussians, *self._reference))

    @staticmethod
    def _posterior(votes: np.ndarray) -> np.ndarray:
        """Of votes in the order of nearness, shape (n_segments, k, n_genres)."""
        k = votes.shape[1]
        first = votes.argmax(axis=1)  # (n_segments, n_genres)
        counts = votes.sum(axis=1)
        counts += (counts > 0) * TIE_SHARE * (1 - first / k)
        return counts / counts.sum(axis=1, keepdims=True)

    @cached_property
    def _learned(self) -> Comparable:
        return Comparable(Gaussians.from_rows(self.rows))

    @cached_property
    def _reference(self) -> tuple[np.ndarray, np.ndarray]:
        return _reference(self.rows)


@dataclass(frozen=True, eq=False)
class NamedClusters(Scorer):
    """The nearest of some Gaussians that k-means has found speaks for a segment: the posterior is the share of each genre in it.

    The embedding is that of `plane.points`, around the mean of the centroids.

    Attributes
    ----------
    centroids : np.ndarray
        Shape (n_clusters, 1 + d, d), as the feature `gaussian` gives it.
    shares : np.ndarray
        Share of each genre among what a cluster learned from, float32, shape (n_clusters, n_genres); rows sum to one.
    """

    kind: ClassVar[str] = "kmeans_kl"
    ARRAYS: ClassVar[dict[str, tuple[type, str]]] = {
        "centroids": (np.float32, "n_clusters n_statistics d"),
        "shares": (np.float32, "n_clusters n_genres"),
    }
    centroids: np.ndarray
    shares: np.ndarray

    def check(self) -> None:
        _check_gaussians(self.centroids)
        if (self.shares < 0).any() or (np.abs(self.shares.sum(axis=1) - 1) > 1e-4).any():
            raise ValueError("the shares of the genres in a cluster must sum to one")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.centroids.shape[1:]

    def __call__(self, x: np.ndarray) -> Scores:
        gaussians = Gaussians.from_rows(x)
        blocks = _prepared(gaussians, self._learned).blocks(self._learned)
        nearest = np.concatenate([divergences.argmin(axis=1) for _, divergences in blocks])  # (n_segments,)
        return _scores(self.shares[nearest].astype(np.float64), points(gaussians, *self._reference))

    @cached_property
    def _learned(self) -> Comparable:
        return Comparable(Gaussians.from_rows(self.centroids))

    @cached_property
    def _reference(self) -> tuple[np.ndarray, np.ndarray]:
        return _reference(self.centroids)


@dataclass(frozen=True, eq=False)
class GenreMixtures(Scorer):
    """A mixture of Gaussians with diagonal covariance for each genre, on standardised columns; Bayes gives the posterior.

    The embedding is the standardised columns.

    Attributes
    ----------
    mean, scale : np.ndarray
        What is taken from a column and what it is multiplied by, float64, shape (n_columns,); 0 where it never changed.
    priors : np.ndarray
        Of the genres, float64, shape (n_genres,); 0 for a genre that there was nothing of.
    weights : np.ndarray
        Of the components, float64, shape (n_genres, n_components); 0 where a genre has fewer.
    means, variances : np.ndarray
        Of the components, float64, shape (n_genres, n_components, n_columns).
    """

    kind: ClassVar[str] = "gmm"
    ARRAYS: ClassVar[dict[str, tuple[type, str]]] = {
        "mean": (np.float64, "n_columns"),
        "scale": (np.float64, "n_columns"),
        "priors": (np.float64, "n_genres"),
        "weights": (np.float64, "n_genres n_components"),
        "means": (np.float64, "n_genres n_components n_columns"),
        "variances": (np.float64, "n_genres n_components n_columns"),
    }
    mean: np.ndarray
    scale: np.ndarray
    priors: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    def check(self) -> None:
        if min(self.scale.min(), self.priors.min(), self.weights.min()) < 0 or self.variances.min() <= 0:
            raise ValueError("scales and weights must not be negative, and variances positive")
        if not (self.priors[:, None] * self.weights).any():
            raise ValueError("no genre has a component")

    @property
    def input_shape(self) -> tuple[int, ...]:
        return self.mean.shape

    def standardised(self, x: np.ndarray) -> np.ndarray:
        """Columns in standard deviations from their mean, float64, shape (n_segments, n_columns)."""
        return np.clip((x - self.mean) * self.scale, -MOST_DEVIATIONS, MOST_DEVIATIONS)

    def log_likelihoods(self, z: np.ndarray) -> np.ndarray:
        """Logarithm of each genre's density at standardised columns, float64, shape (n_segments, n_genres); -inf without one."""
        joint = _log(self.weights) - np.log(2 * np.pi * self.variances).sum(axis=2) / 2  # (n_genres, n_components)
        apart = z[:, None, None] - self.means  # (n_segments, n_genres, n_components, n_columns)
        return np.logaddexp.reduce(joint - (apart**2 / self.variances).sum(axis=3) / 2, axis=2)

    def __call__(self, x: np.ndarray) -> Scores:
        z = self.standardised(x.astype(np.float64))
        joint = self.log_likelihoods(z) + _log(self.priors)  # (n_segments, n_genres)
        posterior = np.exp(joint - np.logaddexp.reduce(joint, axis=1)[:, None])
        return _scores(posterior / posterior.sum(axis=1, keepdims=True), z)


def checked_finite(x: np.ndarray) -> np.ndarray:
    """Segments, or `RunError` where one holds what is no number."""
    if not np.isfinite(x).all():
        raise RunError("This model reads finite features. Received: NaN or infinite values. Compute the features again.")
    return x


def _scores(posterior: np.ndarray, embedding: np.ndarray) -> Scores:
    logits = np.maximum(_log(posterior), _LEAST)
    embedding = np.clip(embedding, -_LARGEST, _LARGEST)
    return Scores(logits.astype(np.float32), posterior.astype(np.float32), embedding.astype(np.float32))


def _prepared(gaussians: Gaussians, learned: Comparable) -> Comparable:
    return Comparable(gaussians, origin=learned.origin)


def _log(values: np.ndarray) -> np.ndarray:
    return np.log(values, where=values > 0, out=np.full(values.shape, -np.inf))


def _check_gaussians(rows: np.ndarray) -> None:
    if rows.shape[1] != rows.shape[2] + 1:
        raise ValueError(f"Gaussians have the shape (n, 1 + d, d), not {rows.shape}")


def _reference(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of some Gaussians: of their means, and of their covariances."""
    gaussians = Gaussians.from_rows(rows)
    return gaussians.means.mean(axis=0), gaussians.covariances.mean(axis=0)

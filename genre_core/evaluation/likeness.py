"""Is a sound like those that a model learned from? By its distance in the model's own embedding."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from genre_core.errors import ParameterError, RunError
from genre_core.files import write_whole

SHRINKAGE = 0.6
"""How far the songs' spread is drawn towards a round one: there are fewer songs than columns."""
KEPT = 0.99
"""Share of the songs of the same kind that must not be turned away."""

_ARRAYS = ("mean", "std", "whitening", "centres", "limit")


@dataclass(frozen=True, eq=False)
class Likeness:
    """Where songs lie in an embedding: a cloud a genre, all of one shape.

    The distance of a sound is that to the nearest genre's middle, in units of the spread within genres (Mahalanobis distance,
    divided by the square root of the number of columns): about one for a song like those that were learned from. Lee, Lee, Lee
    and Shin, "A simple unified framework for detecting out-of-distribution samples and adversarial attacks", NeurIPS 2018.

    Attributes
    ----------
    mean, std : np.ndarray
        Of each column over the songs, float32, shape (n_columns,).
    whitening : np.ndarray
        Turns standardised columns into ones without correlation, float32, shape (n_columns, n_columns).
    centres : np.ndarray
        Middle of each genre, whitened, float32, shape (n_genres, n_columns).
    limit : float
        What lies farther away is unlike all that was learned from.
    """

    mean: np.ndarray
    std: np.ndarray
    whitening: np.ndarray
    centres: np.ndarray
    limit: float = float("inf")

    def distances(self, embeddings: np.ndarray) -> np.ndarray:
        """Distance of each sound, float64, shape (n_sounds,).

        Raises
        ------
        ParameterError
            If the embeddings have other columns.
        """
        white = self.whitened(embeddings)  # (n_sounds, n_columns)
        squares = ((white[:, None] - self.centres) ** 2).mean(axis=2, dtype=np.float64)  # (n_sounds, n_genres)
        return np.sqrt(squares.min(axis=1))

    def whitened(self, embeddings: np.ndarray) -> np.ndarray:
        """Embeddings in columns of which each spreads alike within a genre, shape (n_sounds, n_columns).

        Raises
        ------
        ParameterError
            If the embeddings have other columns.
        """
        if embeddings.ndim != 2 or embeddings.shape[1] != len(self.mean):
            raise ParameterError(f"Embeddings must have the shape (n, {len(self.mean)}). Received: {embeddings.shape}.")
        white: np.ndarray = ((embeddings - self.mean) / self.std) @ self.whitening
        return white

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an npz without pickle; it appears whole or not at all."""
        packed = io.BytesIO()
        np.savez_compressed(packed, **{name: np.asarray(getattr(self, name), np.float32) for name in _ARRAYS})  # type: ignore[arg-type]
        write_whole(Path(path), packed.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Likeness:
        """Read what `save` wrote.

        Raises
        ------
        RunError
            If it is missing, damaged or something else.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: np.asarray(stored[name], np.float32) for name in _ARRAYS}
        except (OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise RunError(
                f"Expected in {path} where the training songs lie. Received: no file that can be read ({error}). Restore the "
                "run's folder from a copy, or train it again."
            ) from error
        if not _fit(arrays):
            raise RunError(
                f"Expected in {path} where the training songs lie. Received: arrays that don't fit each other, or no finite "
                "numbers. Restore the run's folder from a copy, or train it again."
            )
        limit = float(arrays.pop("limit"))
        return cls(**arrays, limit=limit)


def _fit(arrays: dict[str, np.ndarray]) -> bool:
    """Whether stored arrays can be those of a likeness."""
    mean, centres = arrays["mean"], arrays["centres"]
    if mean.ndim != 1 or centres.ndim != 2 or not mean.size or not len(centres):
        return False
    n_columns = len(mean)
    shapes = {"std": (n_columns,), "whitening": (n_columns, n_columns), "centres": (len(centres), n_columns), "limit": ()}
    if any(arrays[name].shape != shape for name, shape in shapes.items()):
        return False
    finite = all(np.isfinite(array).all() for name, array in arrays.items() if name != "limit")
    return bool(finite and (arrays["std"] > 0).all() and arrays["limit"] > 0)  # no limit yet: infinity


def fit_likeness(embeddings: np.ndarray, genres: np.ndarray, *, shrinkage: float = SHRINKAGE) -> Likeness:
    """Where songs lie, without a limit.

    Parameters
    ----------
    embeddings : np.ndarray
        Mean over each song's segments, shape (n_songs, n_columns), finite.
    genres : np.ndarray
        Genre index of each song, shape (n_songs,).
    shrinkage : float
        Friedman, "Regularized discriminant analysis", Journal of the American Statistical Association 84, 1989.

    Raises
    ------
    ParameterError
        If there are fewer than two songs, or a number is not finite.
    """
    if len(embeddings) < 2 or not np.isfinite(embeddings).all():
        raise ParameterError(f"Expected finite embeddings of at least two songs. Received: {len(embeddings)} songs.")
    x = embeddings.astype(np.float64)
    mean, std = x.mean(axis=0), x.std(axis=0)
    std = np.where(std > 1e-6 * max(1e-6, float(std.max())), std, 1.0)  # what never moves tells nothing
    z = (x - mean) / std  # (n_songs, n_columns)
    known = np.unique(genres)
    centres = np.stack([z[genres == genre].mean(axis=0) for genre in known])  # (n_genres, n_columns)
    within = z - centres[np.searchsorted(known, genres)]
    n_columns = z.shape[1]
    covariance = within.T @ within / len(within)
    spread = np.trace(covariance) / n_columns or 1.0
    covariance = (1 - shrinkage) * covariance + shrinkage * spread * np.eye(n_columns)
    whitening = np.linalg.cholesky(np.linalg.inv(covariance))  # (n_columns, n_columns)
    single = [array.astype(np.float32) for array in (mean, std, whitening, centres @ whitening)]
    return Likeness(single[0], single[1], single[2], single[3])


def with_limit(likeness: Likeness, distances: np.ndarray, *, kept: float = KEPT) -> Likeness:
    """The same with the limit that keeps a share of songs, by the distances of some that were not learned from.

    Raises
    ------
    ParameterError
        If there are none, a distance is not finite, or none lies anywhere but in a genre's middle.
    """
    limit = float(np.quantile(distances, kept)) if len(distances) else 0.0
    if not 0 < limit < np.inf:
        raise ParameterError(
            f"What is unlike the songs is told by those that are named rightly. Received: {len(distances)} songs that tell "
            "nothing. Train on more songs, or on ones that can be told apart."
        )
    return replace(likeness, limit=limit)

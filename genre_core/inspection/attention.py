"""What a model listened to, as a map over a clip, and the two sounds that it divides the clip into."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.inspection.patches import Patches


@dataclass(frozen=True, eq=False)
class Attention:
    """How much each patch of a clip spoke for a genre.

    Attributes
    ----------
    genre : str
        The genre asked about.
    fill : str
        What patches were replaced with, a name in FILLS.
    time_edges : np.ndarray
        Edges of the patches [s], float64, shape (n_times + 1,).
    band_edges : np.ndarray
        Edges of the bands [Hz], float64, shape (n_bands + 1,), lowest first.
    values : np.ndarray
        By how much the log-odds of the genre fall without the patch, mean over the clip's segments, float32, shape
        (n_bands, n_times). Above zero the patch speaks for the genre, below zero against it.
    posterior : np.ndarray
        What the model says of the whole clip, mean over its segments, float32, shape (n_genres,).
    genres : tuple of str
        Order of the posterior.
    n_evaluations : int
        How often the model was asked.
    """

    genre: str
    fill: str
    time_edges: np.ndarray
    band_edges: np.ndarray
    values: np.ndarray
    posterior: np.ndarray
    genres: tuple[str, ...]
    n_evaluations: int

    @property
    def probability(self) -> float:
        """Of the genre asked about, for the whole clip."""
        return float(self.posterior[self.genres.index(self.genre)])

    def salient(self, share: float) -> np.ndarray:
        """The patches that speak most for the genre.

        Parameters
        ----------
        share : float
            Of all patches, in (0, 1]; at least one patch.

        Returns
        -------
        np.ndarray
            bool, shape (n_bands, n_times).

        Raises
        ------
        ParameterError
            If the share lies outside its range.
        """
        return largest(self.values, share)

    def to_dict(self) -> dict[str, Any]:
        """The map as plain JSON values."""
        return {
            "genre": self.genre,
            "fill": self.fill,
            "probability": self.probability,
            "posterior": {genre: float(p) for genre, p in zip(self.genres, self.posterior, strict=True)},
            "time_edges_seconds": self.time_edges.tolist(),
            "band_edges_hz": self.band_edges.tolist(),
            "fall_of_log_odds": self.values.tolist(),
            "n_evaluations": self.n_evaluations,
        }


def largest(values: np.ndarray, share: float) -> np.ndarray:
    """Which entries belong to the largest `share` of all, at least one, bool, same shape; `ParameterError` outside (0, 1]."""
    if not 0 < share <= 1:
        raise ParameterError(f"share must lie in (0, 1]. Received: share={share}.")
    chosen = np.zeros(values.size, bool)
    chosen[np.argsort(-values.ravel(), kind="stable")[: max(1, round(share * values.size))]] = True
    return chosen.reshape(values.shape)


def only(clip: Clip, attention: Attention, share: float = 0.1) -> Clip:
    """What mattered alone: the patches that spoke most for the genre, a `share` of all; same length, silence elsewhere."""
    y = _patches(clip, attention).part(attention.salient(share).astype(np.float32))
    return replace(clip, y=y)


def without(clip: Clip, attention: Attention, share: float = 0.1) -> Clip:
    """All but what mattered; with `only` it adds up to the clip."""
    return replace(clip, y=clip.y - only(clip, attention, share).y)


def _patches(clip: Clip, attention: Attention) -> Patches:
    if abs(clip.seconds - attention.time_edges[-1]) > 1 / clip.sr:
        raise ParameterError(
            f"The map is of {attention.time_edges[-1]:.2f} s of sound. Received: a clip of {clip.seconds:.2f} s. Give the clip "
            "that it was made of."
        )
    return Patches(clip, attention.time_edges, attention.band_edges)

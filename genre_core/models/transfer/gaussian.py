"""The Gaussian head: each genre a cloud of tracks, all clouds of one shape (linear discriminant analysis)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.errors import TrainingError
from genre_core.models.tabular.graph import Graph
from genre_core.models.transfer.configs import TransferConfig


@dataclass(frozen=True, eq=False)
class Clouds:
    """Gaussians with one covariance, so that a genre's logit is a weighted sum of the columns.

    Attributes
    ----------
    classes_ : np.ndarray
        Index of each genre that it knows, shape (n_known,).
    weights, offsets : list of np.ndarray
        Of each feature, float64, shape (its columns, n_known) and (n_known,), divided by the temperature.
    """

    classes_: np.ndarray
    weights: list[np.ndarray]
    offsets: list[np.ndarray]

    def predict_proba(self, z: np.ndarray) -> np.ndarray:
        """Probability of each known genre, float64, shape (n_segments, n_known); a feature that is missing says nothing."""
        logits = np.zeros((len(z), len(self.classes_)))
        for x, weights, offsets in zip(_each(z, [len(its) for its in self.weights]), self.weights, self.offsets, strict=True):
            its = x @ weights + offsets  # (n_segments, n_known), NaN where it is missing
            logits += np.where(np.isnan(its), 0.0, its)
        return softmax(logits)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities, shape (n_segments, n_known), of logits of that shape."""
    scaled = np.exp(logits - logits.max(axis=1, keepdims=True))
    return scaled / scaled.sum(axis=1, keepdims=True)


def fit_clouds(
    config: TransferConfig,
    z: np.ndarray,
    genres: np.ndarray,
    *,
    groups: np.ndarray,
    seed: int,
    report: Callable[[str, float], None],
    widths: tuple[int, ...],
) -> tuple[Clouds, dict[str, Any]]:
    """Fit on the means of tracks; segments are judged by what tracks taught.

    Features count as independent given the genre: each has a covariance of its own, within genres over tracks, drawn towards a
    round one by `config.shrinkage` (Friedman, "Regularized discriminant analysis", Journal of the American Statistical
    Association 84, 1989). Genres are equally probable beforehand. The logits of all features are added and divided by
    `config.temperature` (Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", ICML 2017), since features
    that tell the same are no independent witnesses.

    Parameters
    ----------
    config : TransferConfig
        Shrinkage and temperature.
    z : np.ndarray
        Standardised columns, float64, shape (n_segments, n_columns). A feature that is missing of a track is NaN in all of its
        segments: it then teaches the other features alone.
    widths : tuple of int
        Columns of each feature.

    Raises
    ------
    TrainingError
        If no track of a genre has a feature.
    """
    known = np.unique(genres)
    weights, offsets = [], []
    for index, x in enumerate(_each(z, widths)):
        report("Measuring how tracks of a genre spread", index / len(widths))
        here = np.isfinite(x).all(axis=1)  # (n_segments,)
        means, genre_of = _track_means(x[here], genres[here], groups[here])
        if missing := sorted(set(known.tolist()) - set(genre_of.tolist())):
            raise TrainingError(
                f"Each genre needs a track that has every feature. Received: none of {len(missing)} genre(s) has feature "
                f"{index + 1}. Leave these genres or that feature out."
            )
        weight, offset = _one_shape(means, genre_of, known, config.shrinkage)
        weights.append(weight / config.temperature)
        offsets.append(offset / config.temperature)
    return Clouds(known, weights, offsets), {"tracks": int(np.unique(groups).size)}


def write_clouds(graph: Graph, classifier: Clouds, z: str) -> str:
    """Nodes for its probabilities, float64, shape (n_segments, genres it knows); what serves lacks no feature."""
    product = graph.node("MatMul", graph.double(z), graph.constant(np.concatenate(classifier.weights)))
    return graph.node("Softmax", graph.node("Add", product, graph.constant(np.sum(classifier.offsets, axis=0)[None])), axis=1)


def _each(z: np.ndarray, widths: Sequence[int]) -> list[np.ndarray]:
    """The columns of each feature."""
    return np.split(z, np.cumsum(widths)[:-1], axis=1)


def _track_means(x: np.ndarray, genres: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each track's segments, shape (n_tracks, n_columns), and its genre."""
    _, first, track = np.unique(groups, return_index=True, return_inverse=True)
    sums = np.zeros((len(first), x.shape[1]))
    np.add.at(sums, track, x)
    return sums / np.bincount(track)[:, None], genres[first]


def _one_shape(means: np.ndarray, genre_of: np.ndarray, known: np.ndarray, shrinkage: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights and offsets of the genres' logits, shape (n_columns, n_known) and (n_known,)."""
    centres = np.stack([means[genre_of == genre].mean(axis=0) for genre in known])  # (n_known, n_columns)
    within = means - centres[np.searchsorted(known, genre_of)]  # (n_tracks, n_columns)
    n_columns = means.shape[1]
    covariance = within.T @ within / len(within)
    spread = np.trace(covariance) / n_columns or 1.0  # of a track a genre there is no spread
    covariance = (1 - shrinkage) * covariance + shrinkage * spread * np.eye(n_columns)
    weights = np.linalg.solve(covariance, centres.T)  # (n_columns, n_known)
    return weights, -0.5 * (centres.T * weights).sum(axis=0)

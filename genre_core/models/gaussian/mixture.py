"""A Gaussian mixture for each genre, fitted by scikit-learn, which nothing else here loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from genre_core.models.gaussian.fitting import Report, StoredEstimator
from genre_core.models.gaussian.scorers import GenreMixtures
from genre_core.params import Config, param

PRIORS = ("equal", "as in training")
SEGMENTS_A_COMPONENT = 5
"""A genre with fewer segments a component gets fewer components: a variance of less would say nothing."""


@dataclass(frozen=True)
class GmmConfig(Config):
    name: ClassVar[str] = "gmm"
    n_components: int = param(5, "Components", low=1, high=32, help="Gaussians that make up one genre.", search=(1, 16), log=True)
    priors: str = param("equal", "Priors", options=PRIORS, help="What is believed of a genre before a sound is heard.")
    least_variance: float = param(
        0.03,
        "Least variance",
        low=1e-4,
        high=10.0,
        help="Added to every variance, in variances of the column over all genres: keeps few segments from looking certain.",
        advanced=True,
    )


class Gmm(StoredEstimator):
    """Tzanetakis and Cook's baseline: see `GenreMixtures`."""

    def learn(
        self, x: np.ndarray, genres: np.ndarray, groups: np.ndarray, seed: int, report: Report
    ) -> tuple[GenreMixtures, dict[str, Any]]:
        mean, std = x.mean(axis=0, dtype=np.float64), x.std(axis=0, dtype=np.float64)
        moves = std > 1e-6 * np.abs(mean)  # a column that never changed tells nothing, whatever it becomes later
        scale = np.divide(1.0, std, where=moves & (std > 0), out=np.zeros_like(std))
        z = (x - mean) * scale  # (n_segments, n_columns)
        config, shape = self.config, (self.n_genres, self.config.n_components)
        weights, means, variances = np.zeros(shape), np.zeros((*shape, z.shape[1])), np.ones((*shape, z.shape[1]))
        n_components: list[int] = []
        for genre in range(self.n_genres):
            report(f"Genre {genre + 1} of {self.n_genres}", genre / self.n_genres)
            own = z[genres == genre]
            n_distinct = len(np.unique(own, axis=0))
            wanted = min(config.n_components, max(1, n_distinct // SEGMENTS_A_COMPONENT)) if n_distinct else 0
            n_components.append(wanted)
            if wanted:
                fitted = _mixture(own, wanted, config.least_variance, seed)
                weights[genre, :wanted], means[genre, :wanted], variances[genre, :wanted] = fitted
        counts = np.bincount(genres, minlength=self.n_genres)
        shares = counts / counts.sum() if config.priors == PRIORS[1] else (counts > 0) / (counts > 0).sum()
        report("Done", 1.0)
        facts = {"scaler": [{"mean": mean.tolist(), "std": std.tolist()}], "components": n_components}
        return GenreMixtures(mean, scale, shares, weights, means, variances), facts


def _mixture(z: np.ndarray, n_components: int, least_variance: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and variances of the components; a single one has them in closed form."""
    if n_components == 1:
        return np.ones(1), z.mean(axis=0)[None], z.var(axis=0)[None] + least_variance
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    mixture = GaussianMixture(
        n_components, covariance_type="diag", reg_covar=least_variance, n_init=3, max_iter=200, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # what 200 iterations have reached is used as well
        mixture.fit(z)
    return mixture.weights_, mixture.means_, mixture.covariances_


def build_gmm(config: GmmConfig, input_shapes: tuple[tuple[int, ...], ...], n_genres: int) -> Gmm:
    """An untrained model of the row gmm."""
    return Gmm(config, input_shapes, n_genres)

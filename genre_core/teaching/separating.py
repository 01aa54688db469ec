"""Two genres in thirteen numbers: in which MFCC do they differ, and is it enough?

The difference of two means says little while both genres scatter widely. Fisher's ratio divides one by the other:
`(mean_a - mean_b)² / (deviation_a² + deviation_b²)` (Fisher, The use of multiple measurements in taxonomic problems, 1936).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.teaching.checks import numbers


@dataclass(frozen=True, eq=False)
class Separation:
    """Two groups of tracks, coefficient by coefficient; all arrays float64, shape (n_coefficients,).

    Attributes
    ----------
    mean_a, mean_b, deviation_a, deviation_b : np.ndarray
        Of the tracks of each genre; the deviation of one track is 0.
    ratio : np.ndarray
        Fisher's ratio: 0 where the means agree; above 1 the humps hardly overlap. Where neither scatters it is cut at `LARGEST`.
    threshold : np.ndarray
        Value that tells the two apart best.
    accuracy : np.ndarray
        Share of these very tracks on their right side of it, the mean of both genres: 0.5 is guessing.
    """

    mean_a: np.ndarray
    mean_b: np.ndarray
    deviation_a: np.ndarray
    deviation_b: np.ndarray
    ratio: np.ndarray
    threshold: np.ndarray
    accuracy: np.ndarray

    @property
    def best_first(self) -> np.ndarray:
        """Indices of the coefficients, the one that separates best first."""
        return np.argsort(-self.ratio, kind="stable")


LARGEST = 1e6


def separate(a: np.ndarray, b: np.ndarray) -> Separation:
    """Compare the tracks of two genres.

    Parameters
    ----------
    a, b : np.ndarray
        A row a track, a column a coefficient, shape (n_tracks, n_coefficients); as many coefficients in both.

    Raises
    ------
    ParameterError
        If a genre has no track, a number is not finite, or the coefficients are not as many.
    """
    a = numbers("The numbers of the first genre", a, shape=(None, None))
    b = numbers("The numbers of the second genre", b, shape=(None, a.shape[1]))
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    spread = a.var(axis=0) + b.var(axis=0)
    apart = (mean_a - mean_b) ** 2
    ratio = np.minimum(np.divide(apart, spread, out=np.where(apart > 0, LARGEST, 0.0), where=spread > apart / LARGEST), LARGEST)
    cuts = [_best_cut(a[:, column], b[:, column]) for column in range(a.shape[1])]
    return Separation(
        mean_a=mean_a,
        mean_b=mean_b,
        deviation_a=a.std(axis=0),
        deviation_b=b.std(axis=0),
        ratio=ratio,
        threshold=np.array([threshold for threshold, _ in cuts]),
        accuracy=np.array([accuracy for _, accuracy in cuts]),
    )


def _best_cut(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """The threshold between neighbouring values that puts most tracks right, whichever side is which, and that share."""
    values = np.unique(np.concatenate([a, b]))
    if values.size == 1:
        return float(values[0]), 0.5
    cuts = values[:-1] + np.diff(values) / 2  # (n_cuts,)
    below_a = np.searchsorted(np.sort(a), cuts) / a.size
    below_b = np.searchsorted(np.sort(b), cuts) / b.size
    accuracy = 0.5 + 0.5 * np.abs(below_a - below_b)  # (n_cuts,)
    best = int(accuracy.argmax())
    return float(cuts[best]), float(accuracy[best])

"""One weight alone: a cut through a landscape, the slope where you stand, and the step that it asks for.

All other weights are held. The slope says which way is up and how steeply; a step goes the other way, `- learning rate x slope`
(Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.teaching.checks import between
from genre_core.teaching.surfaces import Surface

FARTHEST = 1e6


@dataclass(frozen=True, eq=False)
class Cut:
    """The loss of the first weight, the second held, and some steps down it.

    Attributes
    ----------
    weights, losses : np.ndarray
        The curve, shape (n_points,) each.
    places, heights, slopes : np.ndarray
        Where one stands, at first and after each step, with the loss and its slope there, shape (n_steps + 1,) each.
    bottom : float
        The weight of least loss on the curve.
    learning_rate : float
        What each slope was multiplied with.
    """

    weights: np.ndarray
    losses: np.ndarray
    places: np.ndarray
    heights: np.ndarray
    slopes: np.ndarray
    bottom: float
    learning_rate: float

    @property
    def steps(self) -> np.ndarray:
        """How far each step goes, shape (n_steps + 1,); the last is not taken yet."""
        return -self.learning_rate * self.slopes


def cut(surface: Surface, start: float, *, learning_rate: float, n_steps: int = 1, points: int = 200) -> Cut:
    """Walk down a landscape by its first weight alone; the second stands where the landscape is deepest.

    Parameters
    ----------
    surface : Surface
    start : float
        The first weight before the first step, -1000 to 1000.
    learning_rate : float
        1e-6 to 1000.
    n_steps : int
        0 to 100; fewer are taken where the weight grows beyond a million.
    points : int
        Of the curve, 2 to 2000.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """
    learning_rate = between("The learning rate", learning_rate, 1e-6, 1000)
    n_steps = int(between("The number of steps", n_steps, 0, 100))
    points = int(between("The points of the curve", points, 2, 2000))
    place = between("The start", float(start), -1000, 1000)
    held = 0.0 if surface.minimum is None else surface.minimum[1]
    places = [place]
    for _ in range(n_steps):
        place = place - learning_rate * float(surface.slope(np.array([place, held]))[0])
        if not abs(place) <= FARTHEST:  # NaN too
            break
        places.append(place)
    weights = np.linspace(*surface.across, points)
    losses = surface.value(_at(weights, held))
    walked = _at(np.array(places), held)
    return Cut(
        weights,
        losses,
        walked[:, 0],
        surface.value(walked),
        surface.slope(walked)[:, 0],
        float(weights[losses.argmin()]),
        learning_rate,
    )


def _at(weights: np.ndarray, held: float) -> np.ndarray:
    return np.stack([weights, np.full_like(weights, held)], axis=-1)  # (n, 2)

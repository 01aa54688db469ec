"""Landscapes of loss with two weights, which can be drawn: a valley, a bend, a plateau, a saddle, and the loss of real songs.

Training a net walks through such a landscape with thousands of directions. What makes it hard shows in two: a valley that is
steep across and nearly level along, a bend, a plain, and a place that is level although it is no valley.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.checks import between, genre_indices, numbers


@dataclass(frozen=True, eq=False)
class Surface:
    """A loss of two weights.

    Attributes
    ----------
    name, title : str
        Key, and words for a menu.
    latex : str
        Its formula, LaTeX.
    difficulty : str
        What is hard about it, in a sentence.
    value : callable
        `value(points)`: heights, for points of shape (..., 2), shape (...).
    slope : callable
        `slope(points)`: the gradient, shape (..., 2).
    across, up : (float, float)
        The part that a picture shows.
    start : (float, float)
        Where a walk begins.
    minimum : (float, float) or None
        Deepest point; None where the ground falls for ever.
    rate : float
        A learning rate with which plain gradient descent gets somewhere.
    """

    name: str
    title: str
    latex: str
    difficulty: str
    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    across: tuple[float, float]
    up: tuple[float, float]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    rate: float

    def heights(self, points: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Both axes, shape (points,) each, and the heights over them, shape (points up, points across)."""
        if points != int(points) or not 2 <= points <= 400:
            raise ParameterError(f"A grid has 2 to 400 points along an axis. Received: {points}.")
        x, y = np.linspace(*self.across, int(points)), np.linspace(*self.up, int(points))
        return x, y, self.value(np.stack(np.meshgrid(x, y), axis=-1))


def _pair(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.stack([x, y], axis=-1)


def _valley(p: np.ndarray) -> np.ndarray:
    return 0.5 * (p[..., 0] ** 2 + 25.0 * p[..., 1] ** 2)


def _valley_slope(p: np.ndarray) -> np.ndarray:
    return _pair(p[..., 0], 25.0 * p[..., 1])


def _rosenbrock(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rosenbrock_slope(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    return _pair(-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2))


_BEALE = ((1.5, 1), (2.25, 2), (2.625, 3))


def _beale(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    return np.asarray(sum((a - x + x * y**n) ** 2 for a, n in _BEALE))


def _beale_slope(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    along = sum(2 * (a - x + x * y**n) * (y**n - 1) for a, n in _BEALE)
    upward = sum(2 * (a - x + x * y**n) * n * x * y ** (n - 1) for a, n in _BEALE)
    return _pair(np.asarray(along), np.asarray(upward))


def _saddle(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    return 0.5 * x**2 + 0.25 * y**4 - 0.5 * y**2


def _saddle_slope(p: np.ndarray) -> np.ndarray:
    x, y = p[..., 0], p[..., 1]
    return _pair(x, y**3 - y)


SURFACES: dict[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "valley",
            "A long valley",
            r"\tfrac12 (w_1^2 + 25\,w_2^2)",
            "25 times as steep across as along: a rate that suits one direction is wrong for the other.",
            _valley,
            _valley_slope,
            (-6.0, 6.0),
            (-2.0, 2.0),
            (-5.0, 1.5),
            (0.0, 0.0),
            0.07,
        ),
        Surface(
            "rosenbrock",
            "A bent valley (Rosenbrock)",
            r"(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2",
            "The valley is easy to find and hard to follow: it bends, and its floor is nearly level (Rosenbrock, 1960).",
            _rosenbrock,
            _rosenbrock_slope,
            (-2.0, 2.0),
            (-1.0, 3.0),
            (-1.5, 2.0),
            (1.0, 1.0),
            0.001,
        ),
        Surface(
            "beale",
            "A plain with steep edges (Beale)",
            r"(1.5 - w_1 + w_1 w_2)^2 + (2.25 - w_1 + w_1 w_2^2)^2 + (2.625 - w_1 + w_1 w_2^3)^2",
            "Nearly level in the middle, with walls at the corners (Beale, 1958).",
            _beale,
            _beale_slope,
            (-4.5, 4.5),
            (-4.5, 4.5),
            (1.0, 1.5),
            (3.0, 0.5),
            0.005,
        ),
        Surface(
            "saddle",
            "A saddle between two valleys",
            r"\tfrac12 w_1^2 + \tfrac14 w_2^4 - \tfrac12 w_2^2",
            "Level at the pass although it is no valley: whoever arrives straight stays there for long.",
            _saddle,
            _saddle_slope,
            (-2.0, 2.0),
            (-1.6, 1.6),
            (-1.8, 1e-3),
            (0.0, 1.0),
            0.1,
        ),
    )
}
"""The saddle has a second valley, as deep, at (0, -1)."""


def surface_of(name: str) -> Surface:
    """The row of that name; `ParameterError` with the names that exist if there is none."""
    if name not in SURFACES:
        raise unknown_name("surface", name, SURFACES)
    return SURFACES[name]


def real_surface(x: np.ndarray, y: np.ndarray, *, l2: float = 0.01) -> Surface:
    """The loss of one sigmoid neuron with two weights and no bias, on real tracks of two genres.

    `mean log(1 + exp(-s w · x)) + l2 / 2 |w|²`, s = +1 for the second genre, -1 for the first.

    Parameters
    ----------
    x : np.ndarray
        Two features of each track, brought to one scale, shape (n_tracks, 2).
    y : np.ndarray
        0 or 1 for each track, shape (n_tracks,).
    l2 : float
        Keeps the minimum at finite weights, 1e-6 to 100.

    Raises
    ------
    ParameterError
        If a feature is not finite, or there are other genres than two.
    """
    held = margins(x, y)
    l2 = between("l2", l2, 1e-6, 100)

    def value(p: np.ndarray) -> np.ndarray:
        return np.asarray(np.logaddexp(0.0, -(p @ held.T)).mean(axis=-1) + 0.5 * l2 * np.square(p).sum(axis=-1))

    minimum = _bottom(held, l2)
    reach = 1.5 * max(1.0, float(np.abs(minimum).max()))
    return Surface(
        name="real",
        title="The loss of real tracks",
        latex=r"\frac1n \sum_i \ln\left(1 + e^{-s_i\,w \cdot x_i}\right) + \tfrac{\lambda}{2} |w|^2",
        difficulty="A bowl: one valley, whatever the start. Batches of few tracks shake the walk.",
        value=value,
        slope=partial(slope_of_tracks, held=held, l2=l2),
        across=(-reach, reach),
        up=(-reach, reach),
        start=(-0.8 * reach, 0.8 * reach) if minimum[0] > minimum[1] else (0.8 * reach, -0.8 * reach),
        minimum=(float(minimum[0]), float(minimum[1])),
        rate=0.5,
    )


def margins(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Features with the sign of the track's genre, shape (n_tracks, 2): weights are right where their product is positive."""
    x = numbers("The features", x, shape=(None, 2))
    signs = 2.0 * genre_indices("The genres", y, n=len(x), n_genres=2) - 1.0
    return x * signs[:, None]


def slope_of_tracks(p: np.ndarray, *, held: np.ndarray, l2: float) -> np.ndarray:
    """Slope of `real_surface` for some of its tracks, given as `margins`; shape of `p`, (..., 2)."""
    doubt = np.exp(-np.logaddexp(0.0, p @ held.T))  # (..., n_tracks): 1 - probability of the right genre
    return np.asarray(-(doubt @ held) / len(held) + l2 * p)


def _bottom(held: np.ndarray, l2: float) -> np.ndarray:
    """Where the loss of real tracks is lowest, by Newton's method with a shortened step, shape (2,)."""
    w = np.zeros(2)

    def value(p: np.ndarray) -> float:
        return float(np.logaddexp(0.0, -(held @ p)).mean() + 0.5 * l2 * p @ p)

    for _ in range(100):
        doubt = np.exp(-np.logaddexp(0.0, held @ w))
        slope = slope_of_tracks(w, held=held, l2=l2)
        if np.abs(slope).max() < 1e-12:
            break
        curvature = (held * (doubt * (1 - doubt))[:, None]).T @ held / len(held)
        curvature += (l2 + 1e-12 * curvature.max()) * np.eye(2)  # solvable however long the features are
        step, share = np.linalg.solve(curvature, slope), 1.0
        while share > 1e-9 and value(w - share * step) > value(w):
            share /= 2
        w = w - share * step
    return w

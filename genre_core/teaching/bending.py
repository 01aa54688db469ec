"""Neurons in front of the last layer: each draws a line of its own, and out of their lines come borders that bend.

One layer draws straight borders only (Minsky and Papert, Perceptrons, 1969). A hidden layer of ReLU neurons folds the plane along
its lines first; what could not be cut apart by one line then can be (Cybenko, Approximation by superpositions of a sigmoidal
function, 1989). The weights are found by Adam, from a seed, so that the same question always gets the same answer.
"""

from __future__ import annotations

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, genre_indices, numbers
from genre_core.teaching.net import Net, new_net, slopes
from genre_core.teaching.neuron import Borders, log_loss
from genre_core.teaching.optimizers import optimizer_of

MOST_HIDDEN = 8
STEPS, RATE, L2 = 300, 0.1, 0.001
STARTS = 2
"""A hidden layer has many valleys: so many are walked into, and the deepest is kept."""


def bend(x: np.ndarray, y: np.ndarray, *, n_hidden: int, n_genres: int = 2, seed: int = 0) -> Net:
    """A net of two features, one hidden layer and a softmax, learned from all tracks at once.

    Parameters
    ----------
    x : np.ndarray
        Two features of each track, brought to one scale, shape (n_tracks, 2).
    y : np.ndarray
        Index of each track's genre, shape (n_tracks,).
    n_hidden : int
        Hidden neurons, 0 to 8; with none it is a layer alone.
    n_genres : int
        At least two.
    seed : int
        What the first weights are drawn from.

    Raises
    ------
    ParameterError
        If a number is not finite, an index is no genre, or there are more neurons than that.
    """
    x = numbers("The features", x, shape=(None, 2))
    between("The largest feature", float(np.abs(x).max()), 0, 1e3)
    n_genres = int(between("The number of genres", n_genres, 2, 100))
    y = genre_indices("The genres", y, n=len(x), n_genres=n_genres)
    n_hidden = int(between("The number of hidden neurons", n_hidden, 0, MOST_HIDDEN))
    rng, wanted = np.random.default_rng(seed), np.eye(n_genres)[y]
    sizes = (2, n_hidden, n_genres) if n_hidden else (2, n_genres)
    found = [_learned(new_net(sizes, rng), x, wanted) for _ in range(STARTS if n_hidden else 1)]
    return min(found, key=lambda net: log_loss(net.posteriors(x), y))


def _learned(net: Net, x: np.ndarray, wanted: np.ndarray) -> Net:
    optimizer, parts = optimizer_of("adam"), [*net.weights, *net.biases]
    memories = [optimizer.start(part) for part in parts]
    n_layers = len(net.weights)
    for number in range(1, STEPS + 1):
        _, slope = slopes(Net(tuple(parts[:n_layers]), tuple(parts[n_layers:])), x, wanted, l2=L2)
        for place, of_part in enumerate((*slope.weights, *slope.biases)):
            step, memories[place] = optimizer.step(of_part, memories[place], RATE, number)
            parts[place] = parts[place] + step
    return Net(tuple(parts[:n_layers]), tuple(parts[n_layers:]))


def bent_borders(net: Net, across: tuple[float, float], up: tuple[float, float], *, points: int = 100) -> Borders:
    """What a net of two features says of every point of a plane, as `neuron.borders` does for a layer.

    Raises
    ------
    ParameterError
        If the net has other features than two, or the grid is no 2 to 400 points along an axis.
    """
    if net.weights[0].shape[0] != 2:
        raise ParameterError(f"A plane has two features. Received: a net of {net.weights[0].shape[0]}.")
    between("The points along an axis", points, 2, 400)
    ends = numbers("The ends of the axes", [across, up], shape=(2, 2))
    x, y = np.linspace(ends[:, 0], ends[:, 1], int(points)).T
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return Borders(x, y, net.posteriors(grid).reshape(points, points, -1))


def folds(net: Net) -> list[tuple[float, float, float]]:
    """Line of each hidden neuron as (w1, w2, b): where `w1 x1 + w2 x2 + b = 0` its answer begins. Empty without hidden ones."""
    if len(net.weights) < 2:
        return []
    return [(float(w[0]), float(w[1]), float(b)) for w, b in zip(net.weights[0].T, net.biases[0], strict=True)]

"""Learning by heart, and what helps against it: a net trains before one's eyes on few tracks, with one cure or several.

A large net and few tracks: soon every training track is right and the loss there nearly 0, while tracks it never heard get no
better, and those it gets wrong it gets wrong with more and more certainty. The cures: dropout (Srivastava and others, 2014), L1
and L2 (Tibshirani, 1996; Krogh and Hertz, 1992), early stopping (Prechelt, 1998), more tracks, and tracks altered by a little
noise (Bishop, Training with noise is equivalent to Tikhonov regularization, 1995). Which of them helps is measured, not promised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.errors import TrainingError
from genre_core.params import Config, param
from genre_core.teaching.checks import between, genre_indices, numbers
from genre_core.teaching.fitting import measure
from genre_core.teaching.net import Net, new_net, penalty, slopes
from genre_core.teaching.neuron import SMALLEST
from genre_core.teaching.optimizers import OPTIMIZERS, Memory, optimizer_of

LARGEST_WEIGHT = 1e6
"""A training whose weights grow beyond this has failed, and says so."""
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Cure(Config):
    """Size of the net, how it learns, and what keeps it from learning by heart."""

    name: ClassVar[str] = "cure"

    neurons: int = param(256, "Neurons a layer", low=1, high=1024, help="More can learn more, and more by heart.")
    layers: int = param(2, "Hidden layers", low=1, high=4)
    epochs: int = param(100, "Epochs", low=1, high=500, help="How often the net sees every training track.")
    batch_size: int = param(32, "Batch size", unit="tracks", low=1, high=1024, help="Tracks that share one step.")
    optimizer: str = param("adam", "Optimizer", options=tuple(OPTIMIZERS))
    learning_rate: float = param(0.001, "Learning rate", low=1e-6, high=1000.0, log=True, help="How far each step goes.")
    dropout: float = param(0.0, "Dropout", low=0.0, high=0.9, help="Share of the hidden answers silenced in each step.")
    l1: float = param(0.0, "L1", low=0.0, high=1.0, log=True, help="Price of a weight's size: pulls small ones to zero.")
    l2: float = param(0.0, "L2", low=0.0, high=1.0, log=True, help="Price of a weight's square: keeps all of them small.")
    noise: float = param(
        0.0, "Noise on features", unit="deviations", low=0.0, high=3.0, help="Each epoch hears every track a little altered."
    )
    patience: int = param(
        0, "Early stopping", unit="epochs", low=0, high=500, help="Stop after so many without a lower valid loss; 0 never stops."
    )
    seed: int = param(0, "Seed", low=0, high=2**31 - 1, help="Same seed, same training.", advanced=True)


@dataclass(frozen=True, eq=False)
class Epoch:
    """State of a training after one epoch; all numbers finite.

    Attributes
    ----------
    number : int
        From 0, the untrained net.
    train_loss, valid_loss : float
        Mean log loss of all tracks of that part, dropout and noise off, without the penalty [nat].
    train_accuracy, valid_accuracy : float
        Share of tracks given their right genre.
    penalty : float
        What L1 and L2 add to the loss.
    net : Net
        The net at this point.
    is_best : bool
        Whether the valid loss is the lowest so far.
    """

    number: int
    train_loss: float
    train_accuracy: float
    valid_loss: float
    valid_accuracy: float
    penalty: float
    net: Net
    is_best: bool

    def histogram(self, bins: int = 41) -> tuple[np.ndarray, np.ndarray]:
        """Edges and counts of all weights, biases left out, shapes (bins + 1,) and (bins,)."""
        weights = np.concatenate([part.ravel() for part in self.net.weights])
        reach = max(float(np.abs(weights).max()), 1e-6)
        counts, edges = np.histogram(weights, bins=bins, range=(-reach, reach))
        return edges, counts

    @property
    def near_zero(self) -> float:
        """Share of the weights smaller than 0.001: what L1 has switched off."""
        return float(np.mean(np.concatenate([np.abs(part).ravel() < 1e-3 for part in self.net.weights])))


@dataclass(frozen=True, eq=False)
class Lesson:
    """Tracks to learn from and tracks to be judged by, brought to the scale of the first; float64."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_valid: np.ndarray
    y_valid: np.ndarray
    n_genres: int


def lesson(
    x_train: np.ndarray,
    y_train: np.ndarray,
    x_valid: np.ndarray,
    y_valid: np.ndarray,
    *,
    n_genres: int,
    n_tracks: int | None = None,
    seed: int = 0,
) -> Lesson:
    """Check and scale columns, and keep some of the training rows.

    Parameters
    ----------
    x_train, x_valid : np.ndarray
        Shape (n, n_columns); no artist should be in both.
    y_train, y_valid : np.ndarray
        Indices of genres, shape (n,).
    n_genres : int
    n_tracks : int, optional
        Learn from so many rows only, as evenly from the genres as they allow; a smaller choice is part of a larger one.
    seed : int
        What that choice follows from.

    Raises
    ------
    ParameterError
        If a number is not finite, shapes do not fit, or more rows are asked for than there are.
    """
    n_genres = int(between("The number of genres", n_genres, 2, 100))
    x_train = numbers("The training tracks", x_train, shape=(None, None))
    x_valid = numbers("The valid tracks", x_valid, shape=(None, x_train.shape[1]))
    between("The number of rows", len(x_train) + len(x_valid), 2, MOST_ROWS)
    y_train = genre_indices("The genres of training tracks", y_train, n=len(x_train), n_genres=n_genres)
    y_valid = genre_indices("The genres of valid tracks", y_valid, n=len(x_valid), n_genres=n_genres)
    if n_tracks is not None:
        kept = evenly(y_train, int(between("The number of tracks", n_tracks, 1, len(y_train))), seed=seed)
        x_train, y_train = x_train[kept], y_train[kept]
    scale = measure(x_train)
    limit = 1e3  # a column that hardly varied among few tracks must not shout at the others
    return Lesson(np.clip(scale(x_train), -limit, limit), y_train, np.clip(scale(x_valid), -limit, limit), y_valid, n_genres)


def evenly(y: np.ndarray, n: int, *, seed: int = 0) -> np.ndarray:
    """Indices of `n` rows drawn by turns from the genres, shape (n,), ascending."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(y))
    turn = np.zeros(len(y), dtype=np.int64)
    for genre in np.unique(y):
        mine = order[y[order] == genre]
        turn[mine] = np.arange(len(mine))
    return np.sort(order[np.argsort(turn[order], kind="stable")][:n])


def train(tracks: Lesson, cure: Cure) -> Iterator[Epoch]:
    """Train epoch by epoch; who asks for no more epoch stops it.

    Yields the untrained net first. With early stopping the last epoch is the one that gave up: the best has `is_best` last.

    Raises
    ------
    TrainingError
        If weights or loss grow without end, as with a learning rate far too large.
    """
    rng = np.random.default_rng(cure.seed)
    columns, wanted = tracks.x_train.shape[1], np.eye(tracks.n_genres)[tracks.y_train]
    net = new_net((columns, *[cure.neurons] * cure.layers, tracks.n_genres), rng)
    row = optimizer_of(cure.optimizer)
    memories = [row.start(part) for part in (*net.weights, *net.biases)]
    best, since, steps = np.inf, 0, 0
    for number in range(cure.epochs + 1):
        if number:
            order = rng.permutation(len(wanted))
            for first in range(0, len(order), cure.batch_size):
                batch = order[first : first + cure.batch_size]
                x = tracks.x_train[batch]
                if cure.noise > 0:
                    x = x + cure.noise * rng.normal(size=x.shape)
                steps += 1
                net, memories = _step(net, memories, x, wanted[batch], cure, steps, rng)
        epoch = _judged(net, tracks, cure, number, best)
        since = 0 if epoch.is_best else since + 1
        best = min(best, epoch.valid_loss)
        yield epoch
        if cure.patience and since >= cure.patience:
            return


def _step(
    net: Net, memories: list[Memory], x: np.ndarray, wanted: np.ndarray, cure: Cure, number: int, rng: np.random.Generator
) -> tuple[Net, list[Memory]]:
    with np.errstate(over="ignore", invalid="ignore"):
        _, found = slopes(net, x, wanted, l1=cure.l1, l2=cure.l2, dropout=cure.dropout, rng=rng)
        parts, kept = [], []
        row = OPTIMIZERS[cure.optimizer]
        for part, slope, memory in zip((*net.weights, *net.biases), (*found.weights, *found.biases), memories, strict=True):
            step, memory = row.step(slope, memory, cure.learning_rate, number)
            parts.append(part + step)
            kept.append(memory)
    largest = max(float(np.abs(part).max()) for part in parts)
    if not largest <= LARGEST_WEIGHT:
        raise TrainingError(
            f"The weights grew beyond a million after {number} steps. Choose a smaller learning rate than {cure.learning_rate:g}."
        )
    n = len(net.weights)
    return Net(tuple(parts[:n]), tuple(parts[n:])), kept


def _judged(net: Net, tracks: Lesson, cure: Cure, number: int, best: float) -> Epoch:
    train_loss, train_accuracy = _scores(net, tracks.x_train, tracks.y_train)
    valid_loss, valid_accuracy = _scores(net, tracks.x_valid, tracks.y_valid)
    price = penalty(net, l1=cure.l1, l2=cure.l2)
    return Epoch(number, train_loss, train_accuracy, valid_loss, valid_accuracy, price, net, is_best=valid_loss < best)


def _scores(net: Net, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Mean log loss and accuracy."""
    posteriors = net.posteriors(x)
    right = posteriors[np.arange(y.size), y]
    return float(-np.log(np.maximum(right, SMALLEST)).mean()), float((posteriors.argmax(axis=1) == y).mean())

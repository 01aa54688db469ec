"""One step against the slope, and many: how far a step may go, and how a loss falls when it is taken again and again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.teaching.backprop import walk
from genre_core.teaching.checks import between, numbers
from genre_core.teaching.tiny_net import TinyNet, answer

MOST_STEPS = 500


def losses_by_rate(
    net: TinyNet, x: np.ndarray, genre: int, rates: np.ndarray, *, judged: tuple[np.ndarray, int] | None = None
) -> np.ndarray:
    """Loss [nat] after one step from a track, for each learning rate, shape (n_rates,).

    Of that track it falls as a rule; of another, which had no say, it may rise.

    Parameters
    ----------
    net, x, genre
        As for `walk`.
    rates : np.ndarray
        Learning rates, shape (n_rates,).
    judged : (np.ndarray, int), optional
        Features and genre of another track whose loss is asked for.

    Raises
    ------
    ParameterError
        If a rate is not between 0 and 1000.
    """
    rates = numbers("The learning rates", rates, shape=(None,))
    for end in (rates.min(), rates.max()):
        between("The learning rate", float(end), 0, 1000)
    gradients = walk(net, x, genre).gradients
    of, right = judged or (x, genre)
    of = numbers("The features", of, shape=(net.shape[0],))
    return np.array([answer(_stepped(net, gradients, float(rate)), of, right).loss for rate in rates])


def _stepped(net: TinyNet, gradients: dict[str, np.ndarray], rate: float) -> TinyNet:
    """The net after one step, as `walk` takes it."""
    changed = {name: np.clip(values - rate * gradients[name], -1e6, 1e6) for name, values in net.weights.items()}
    return TinyNet(**changed, activation=net.activation)


@dataclass(frozen=True, eq=False)
class Repeated:
    """A net that learned one track again and again.

    Attributes
    ----------
    losses : np.ndarray
        Before the first step and after each [nat], shape (n_steps + 1,).
    posteriors : np.ndarray
        Probability of each genre at the same moments, shape (n_steps + 1, n_genres).
    net : TinyNet
        As it is in the end.
    """

    losses: np.ndarray
    posteriors: np.ndarray
    net: TinyNet


def repeat(net: TinyNet, x: np.ndarray, genre: int, *, learning_rate: float, n_steps: int) -> Repeated:
    """Show one track to a net `n_steps` times, 0 to 500, each time with one step against the slope.

    Raises
    ------
    ParameterError
        If the number of steps or what `walk` takes is out of range.
    """
    n_steps = int(between("The number of steps", n_steps, 0, MOST_STEPS))
    x = numbers("The features", x, shape=(net.shape[0],))
    said = [answer(net, x, genre)]
    for _ in range(n_steps):
        net = walk(net, x, genre, learning_rate=learning_rate).after
        said.append(answer(net, x, genre))
    return Repeated(np.array([each.loss for each in said]), np.stack([each.p for each in said]), net)

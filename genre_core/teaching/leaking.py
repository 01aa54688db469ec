"""Why a leaky split lies: one model, one set of songs, three ways to divide them, three scores.

The model is the same and knows the same. Only the question changes: "what is the rest of this song?", "what is another song of
these people?", "what is this?". A nearest neighbour shows why: on random segments the neighbour that decides is nearly always
another piece of the very song (Pampalk, Flexer and Widmer, Improvements of audio-based music similarity and genre classification,
2005; Sturm, The GTZAN dataset: its contents, its faults, their effects on evaluation, and its future use, 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.checks import between, genre_indices, numbers
from genre_core.teaching.dividing import WAYS, groups_of, judged_rows
from genre_core.teaching.fitting import fit_layer, measure

MOST_SEGMENTS = 4000
"""Of a larger set so many segments take part, whole tracks by lot: enough to see, and quick."""
NEIGHBOURS = 5
SHARE = 0.3


@dataclass(frozen=True)
class Try:
    """One division and its score.

    Attributes
    ----------
    way : str
        Key in WAYS.
    seed : int
    accuracy : float
        Share of judged segments given their right genre.
    chance : float
        What naming the commonest genre of what was learned from would give.
    same_track, same_artist : float
        Share of judged segments whose nearest learned segment is of the same track, or of another track of the same artist.
    n_learned, n_judged : int
        Segments on either side.
    """

    way: str
    seed: int
    accuracy: float
    chance: float
    same_track: float
    same_artist: float
    n_learned: int
    n_judged: int


@dataclass(frozen=True)
class Score:
    """All tries of one way: mean, smallest and largest accuracy, and the mean shares of kin among the nearest."""

    way: str
    accuracy: float
    lowest: float
    highest: float
    chance: float
    same_track: float
    same_artist: float
    n_tries: int


def _nearest(x: np.ndarray, y: np.ndarray, asked: np.ndarray, n_genres: int) -> np.ndarray:
    """Genres by a vote of the five nearest, the nearest deciding between equals; shape (n_asked,)."""
    far = _distances(asked, x)  # (n_asked, n_learned)
    near = np.argpartition(far, min(NEIGHBOURS, far.shape[1]) - 1, axis=1)[:, :NEIGHBOURS]
    order = np.take_along_axis(near, np.take_along_axis(far, near, axis=1).argsort(axis=1), axis=1)  # (n_asked, 5)
    weights = 1.0 - 1e-3 * np.arange(order.shape[1])
    votes = np.zeros((len(asked), n_genres))
    for place in range(order.shape[1]):
        votes[np.arange(len(asked)), y[order[:, place]]] += weights[place]
    return np.asarray(votes.argmax(axis=1))


def _logistic(x: np.ndarray, y: np.ndarray, asked: np.ndarray, n_genres: int) -> np.ndarray:
    return np.asarray(fit_layer(x, y, n_genres=n_genres, l2=1e-3, steps=12).posteriors(asked).argmax(axis=1))


MODELS: dict[str, tuple[str, Callable[[np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]]] = {
    "neighbours": ("Five nearest neighbours", _nearest),
    "logistic": ("Logistic regression", _logistic),
}
"""Name to title and function: columns and genres learned from, columns asked about, number of genres -> genres."""


def tries(
    x: np.ndarray,
    y: np.ndarray,
    track: np.ndarray,
    artist: np.ndarray,
    *,
    model: str = "neighbours",
    ways: Sequence[str] = tuple(WAYS),
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
) -> Iterator[Try]:
    """Divide, learn and judge, seed by seed and way by way; who asks for no more stops it.

    Parameters
    ----------
    x : np.ndarray
        Columns of each segment, shape (n_segments, n_columns).
    y, track, artist : np.ndarray
        Index of each segment's genre, track and artist, shape (n_segments,).
    model : str
        Key in MODELS.
    ways, seeds : sequences
        What to try.

    Raises
    ------
    ParameterError
        If there is no such model or way, a number is not finite, or a genre has a single track or artist.
    """
    if model not in MODELS:
        raise unknown_name("model", model, MODELS)
    x = numbers("The columns", x, shape=(None, None))
    y, track, artist = (
        genre_indices(name, values, n=len(x)) for name, values in (("y", y), ("track", track), ("artist", artist))
    )
    n_genres = int(between("The number of genres", int(y.max()) + 1, 2, 100))
    kept = _some(track)
    x, y, track, artist = x[kept], y[kept], track[kept], artist[kept]
    for seed in seeds:
        for way in ways:
            judged = judged_rows(groups_of(way, track, artist), y, share=SHARE, seed=seed)
            scale = measure(x[~judged])
            learned, asked = scale(x[~judged]), scale(x[judged])
            said = MODELS[model][1](learned, y[~judged], asked, n_genres)
            nearest = np.flatnonzero(~judged)[_distances(asked, learned).argmin(axis=1)]  # (n_judged,)
            same_track = track[nearest] == track[judged]
            commonest = np.bincount(y[~judged]).argmax()
            yield Try(
                way=way,
                seed=int(seed),
                accuracy=float((said == y[judged]).mean()),
                chance=float((y[judged] == commonest).mean()),
                same_track=float(same_track.mean()),
                same_artist=float(((artist[nearest] == artist[judged]) & ~same_track).mean()),
                n_learned=int((~judged).sum()),
                n_judged=int(judged.sum()),
            )


def nearest_learned(x: np.ndarray, judged: np.ndarray, row: int) -> int:
    """The row that a model learned from and that sounds most like a judged one, on the scale that was learned.

    Parameters
    ----------
    x : np.ndarray
        Columns of each segment, shape (n_segments, n_columns).
    judged : np.ndarray
        Which are judged, bool, shape (n_segments,).
    row : int
        One of the judged.

    Raises
    ------
    ParameterError
        If that row is not judged, all are, or a number is not finite.
    """
    x = numbers("The columns", x, shape=(None, None))
    if row not in range(len(x)) or not judged[row] or np.all(judged):
        raise ParameterError(f"Expected one of {int(np.sum(judged))} judged rows, and others to learn from. Received: row {row}.")
    scale = measure(x[~judged])
    return int(np.flatnonzero(~judged)[_distances(scale(x[[row]]), scale(x[~judged]))[0].argmin()])


def score_ways(found: Sequence[Try]) -> tuple[Score, ...]:
    """Tries summed up, a row a way, in the order of WAYS."""
    scores = []
    for way in WAYS:
        mine = [one for one in found if one.way == way]
        if mine:
            scores.append(
                Score(
                    way=way,
                    accuracy=float(np.mean([one.accuracy for one in mine])),
                    lowest=min(one.accuracy for one in mine),
                    highest=max(one.accuracy for one in mine),
                    chance=float(np.mean([one.chance for one in mine])),
                    same_track=float(np.mean([one.same_track for one in mine])),
                    same_artist=float(np.mean([one.same_artist for one in mine])),
                    n_tries=len(mine),
                )
            )
    return tuple(scores)


def _some(track: np.ndarray) -> np.ndarray:
    """Rows of tracks drawn by lot, at most `MOST_SEGMENTS` of them, in their order."""
    if len(track) <= MOST_SEGMENTS:
        return np.arange(len(track))
    names, counts = np.unique(track, return_counts=True)
    order = np.random.default_rng(0).permutation(len(names))
    kept = names[order[np.cumsum(counts[order]) <= MOST_SEGMENTS]]
    return np.flatnonzero(np.isin(track, kept))


def _distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared distance of each row of `a` from each of `b`, shape (n_a, n_b)."""
    return np.square(a).sum(axis=1)[:, None] - 2.0 * a @ b.T + np.square(b).sum(axis=1)

"""Dividing segments into those that are learned from and those that are judged: by segment, by track, by artist.

Only the last asks what people want to know: what does the model say of an artist whom it never heard?
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from genre_core.errors import ParameterError, unknown_name
from genre_core.teaching.checks import between


class Way(NamedTuple):
    """A row of WAYS: words for a menu, and what crosses from one part to the other."""

    title: str
    crosses: str


WAYS: dict[str, Way] = {
    "segment": Way("Random segments", "Seconds of a song are judged by a model that has learned other seconds of the same song."),
    "track": Way("By track", "No song is on both sides, but other songs of the same artist, studio and album are."),
    "artist": Way("By artist", "Nothing crosses: every judged artist is new to the model."),
}
"""From the leakiest to the strictest."""


def judged_rows(groups: np.ndarray, y: np.ndarray, *, share: float, seed: int) -> np.ndarray:
    """Which rows are judged, bool, shape (n,): whole groups, by lot, until each genre has its share.

    Parameters
    ----------
    groups : np.ndarray
        What stays together: index of each row's artist, say, shape (n,).
    y : np.ndarray
        Index of each row's genre, shape (n,). A group of several genres goes where its first genre puts it.
    share : float
        Of each genre's rows, 0.05 to 0.8. At least one group of each genre is judged and one learned from.
    seed : int
        What the lot follows from.

    Raises
    ------
    ParameterError
        If a genre has a single group.
    """
    share = between("The judged share", share, 0.05, 0.8)
    rng = np.random.default_rng(seed)
    names, first, whose = np.unique(groups, return_index=True, return_inverse=True)
    sizes, genre_of = np.bincount(whose), np.asarray(y)[first]
    judged = np.zeros(len(names), dtype=bool)
    for genre in np.unique(y):
        mine = rng.permutation(np.flatnonzero(genre_of == genre))
        if len(mine) < 2:
            raise ParameterError(
                f"Every genre needs two groups at least, one to learn from and one to be judged. Received: genre {genre} with "
                f"{len(mine)}. Choose another way to divide, or leave the genre out."
            )
        wanted, got = share * sizes[mine].sum(), 0
        for group in mine[:-1]:
            # A group that would overshoot by more than is lacking is left to learn from, unless nothing is judged yet.
            if got and got + sizes[group] - wanted > wanted - got:
                continue
            judged[group] = True
            got += sizes[group]
            if got >= wanted:
                break
    return judged[whose]


def groups_of(way: str, track: np.ndarray, artist: np.ndarray) -> np.ndarray:
    """What stays together in one way to divide, shape (n,); `ParameterError` with the names that exist for another."""
    groups = {"segment": np.arange(len(track)), "track": np.asarray(track), "artist": np.asarray(artist)}
    if way not in groups:
        raise unknown_name("way to divide", way, WAYS)
    return groups[way]


def genres_by_lot(y: np.ndarray, artist: np.ndarray, *, seed: int) -> np.ndarray:
    """Genres dealt out anew among the artists, shape (n,): nothing in the sound tells them any more.

    Each artist gets the genre of another one, or its own again, so that genres keep their numbers of artists.

    Parameters
    ----------
    y, artist : np.ndarray
        Index of each row's genre and artist, shape (n,). An artist of several genres counts by its first row.
    seed : int
        What the lot follows from.
    """
    _, first, whose = np.unique(artist, return_index=True, return_inverse=True)
    return np.asarray(np.random.default_rng(seed).permutation(np.asarray(y)[first])[whose])

"""Which genres lie near each other by how a model mixes them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core.errors import ParameterError


@dataclass(frozen=True)
class GenreTree:
    """A tree of genres: those that are mixed up most are joined first.

    Attributes
    ----------
    genres : tuple of str
        The leaves, in an order in which no branches cross.
    joins : tuple of (int, int, float)
        Each joins two nodes, with the share at which they meet: of a track of the one, how probable it is to be taken for a
        genre of the other, the mean over both directions and all pairs of their genres. Nodes 0 to n_genres - 1 are the leaves,
        each join adds the next number. The share never rises from one join to the next.
    left_out : tuple of str
        Genres of which no track was judged.
    """

    genres: tuple[str, ...]
    joins: tuple[tuple[int, int, float], ...]
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The tree as plain JSON values."""
        return asdict(self)


def genre_tree(matrix: np.ndarray, genres: Sequence[str]) -> GenreTree:
    """Cluster genres by the share of their tracks that is taken for each other, with average linkage (UPGMA).

    Rows of the confusion matrix become shares, which are made alike in both directions: s(a, b) = (p(b | a) + p(a | b)) / 2.
    One less that is the distance (the linkage: Sokal and Michener, Univ. Kansas Science Bulletin 38, 1958; such trees: Godbole,
    Exploiting confusion matrices for automatic generation of topic hierarchies, 2002).

    Parameters
    ----------
    matrix : np.ndarray
        Counts, shape (n_genres, n_genres): rows are the truth, columns what was predicted.
    genres : sequence of str
        In the order of rows and columns.

    Raises
    ------
    ParameterError
        If fewer than two genres have tracks.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage

    counts = np.asarray(matrix, dtype=np.float64)
    there = np.flatnonzero(counts.sum(axis=1))
    if len(there) < 2:
        raise ParameterError(f"A tree of genres needs judged tracks of two genres at least. Received: of {len(there)}.")
    shares = (counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))[np.ix_(there, there)]  # (n, n)
    mixed = (shares + shares.T) / 2
    linked = linkage(1 - mixed[np.triu_indices(len(there), k=1)], method="average")
    order = leaves_list(linked)
    place = {int(leaf): position for position, leaf in enumerate(order)}
    joins = tuple(
        (place.get(int(left), int(left)), place.get(int(right), int(right)), max(0.0, 1 - float(height)))
        for left, right, height, _ in linked
    )
    left_out = tuple(genre for index, genre in enumerate(genres) if index not in there)
    return GenreTree(tuple(genres[there[leaf]] for leaf in order), joins, left_out)

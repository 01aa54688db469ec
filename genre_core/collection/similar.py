"""Songs that sound alike: exact nearest neighbours, and pairs so near that they may be one recording.

Near means the same direction from the average, as everywhere (`inspection.neighbours`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from genre_core.collection.kept import Collection
from genre_core.collection.table import Judged
from genre_core.errors import CollectionError, ParameterError
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.neighbours import directions, nearest

REPEAT = 0.01
"""Distance under which two songs may be the same recording. As the default run hears GTZAN, copies in another format lie under
0.002, and songs that are no copies at 0.018 or more; a copy that begins elsewhere lies at 0.01 to 0.03."""
_AT_ONCE = 1024
"""Songs compared with all others at a time."""


class Alike(NamedTuple):
    """A song and its distance from the one asked about: 0 the same direction from the average, 1 nothing in common."""

    row: Judged
    distance: float


def embeddings_of(collection: Collection, rows: Sequence[Judged]) -> TrackEmbeddings:
    """Where the run places the songs of a collection, by their paths; silence, songs that were not heard, and repeats of a path
    are left out.

    Raises
    ------
    CollectionError
        If what was noted is damaged.
    """
    heard = {str(row.song.path): row.said for row in rows if not row.said.kind and not row.said.silent}
    values = collection.memory.embeddings(list(heard.values()))
    return TrackEmbeddings(tuple(heard), values, collection.model)


def nearest_songs(
    embeddings: TrackEmbeddings, rows: Sequence[Judged], query: str | np.ndarray, k: int = 10, *, least_distance: float = -1.0
) -> list[Alike]:
    """The songs most like one, nearest first; exact.

    Parameters
    ----------
    embeddings : TrackEmbeddings
        Of `embeddings_of`.
    rows : sequence of Judged
        The songs among which to find them: fewer than `embeddings` knows, where some are filtered away.
    query : str or np.ndarray
        Path of a song of the collection, or what the same run made of another one, `Prediction.embedding`.
    k : int
        At least 1; fewer come back where there are no more.
    least_distance : float
        Songs nearer than that are left out: with `REPEAT`, what may be the same recording.

    Raises
    ------
    CollectionError
        If no song was heard, or the song that is asked about is none of them.
    ParameterError
        If `k` is below 1, or the embedding does not fit.
    """
    if not embeddings.track_ids:
        raise CollectionError("Expected songs among which to find those alike. Received: none that could be heard.")
    if isinstance(query, str) and query not in embeddings.track_ids:
        raise CollectionError(f"Expected a song of the collection that was heard. Received: {query!r}.")
    if k < 1:
        raise ParameterError(f"k must be at least 1. Received: k={k}.")
    by_path = {str(row.song.path): row for row in rows}
    ordered = nearest(embeddings, query, len(embeddings.track_ids))
    found = (Alike(by_path[path], distance) for path, distance in ordered if path in by_path and distance >= least_distance)
    return [alike for alike, _ in zip(found, range(k), strict=False)]


def repeats(embeddings: TrackEmbeddings, *, most: float = REPEAT) -> list[tuple[str, str, float]]:
    """Pairs of songs that lie so near that they may be the same recording, nearest first: two paths and their distance.

    Every pair is looked at, a block at a time.

    Parameters
    ----------
    embeddings : TrackEmbeddings
    most : float
        Largest distance.
    """
    towards = directions(embeddings.values).astype(np.float32) if embeddings.track_ids else np.empty((0, 0), np.float32)
    found = []
    for start in range(0, len(towards), _AT_ONCE):
        block = towards[start : start + _AT_ONCE]
        near = 1 - block @ towards[start:].T  # (n_block, n_songs - start)
        for row, column in np.argwhere(near <= most):
            if row < column:
                found.append((start + int(row), start + int(column), max(0.0, float(near[row, column]))))
    ids = embeddings.track_ids
    return [(ids[a], ids[b], distance) for a, b, distance in sorted(found, key=lambda entry: entry[2])]

"""The tracks nearest to one, where a run places them: what to hear beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from genre_core.datasets.division import together
from genre_core.datasets.splits import known_pairs
from genre_core.datasets.tracks import Dataset
from genre_core.datasets.versions import load_learned
from genre_core.errors import ParameterError
from genre_core.inspection.embeddings import TrackEmbeddings, track_embeddings
from genre_core.paths import Root
from genre_core.runs import Run


class Neighbour(NamedTuple):
    """A track with its distance: 0 where both leave the average in the same direction, 1 where these have nothing in common, 2
    where they are opposite.
    """

    track_id: str
    distance: float


def standardised(values: np.ndarray, mean: np.ndarray | None = None, std: np.ndarray | None = None) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1, float64, shape (n_tracks, n_columns).

    The columns of an embedding may be of quite unlike scale, and some huge (the Gaussian rows): without this the largest alone
    would decide what is near. A column that never moves becomes zero.

    Parameters
    ----------
    values : np.ndarray
        Shape (n_tracks, n_columns), finite.
    mean, std : np.ndarray or None
        Of the columns, where they are of other tracks, shape (n_columns,).
    """
    x = np.asarray(values, np.float64)
    mean = x.mean(axis=0) if mean is None else mean
    std = x.std(axis=0) if std is None else std
    moves = std > 1e-9 * np.maximum(1e-9, abs(mean))
    return np.asarray(np.where(moves, (x - mean) / np.where(moves, std, 1.0), 0.0))


def directions(values: np.ndarray, mean: np.ndarray | None = None, std: np.ndarray | None = None) -> np.ndarray:
    """The direction in which each track leaves the average: standardised columns, then length 1, shape (n_tracks, n_columns).

    On GTZAN and the demo set, with eight models, the nearest tracks by direction are of the same genre, among other artists,
    more often than the nearest by Euclid's distance: how strongly a track has its character counts for less than which it has.
    A track exactly at the average stays zero. Parameters as `standardised`.
    """
    z = standardised(values, mean, std)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    return np.asarray(z / np.where(length > 0, length, 1.0))


def query_direction(embeddings: TrackEmbeddings, query: str | np.ndarray) -> np.ndarray:
    """The direction of one track, or of something else that the same run has heard, among these tracks, shape (n_embedding,).

    Parameters
    ----------
    embeddings : TrackEmbeddings
        They give the average and the scale of each column.
    query : str or np.ndarray
        Id of one of them, or an embedding, shape (n_embedding,).

    Raises
    ------
    ParameterError
        If there is no such track, or the embedding has another shape or is not finite.
    """
    if not embeddings.track_ids:
        raise ParameterError("Expected tracks among which to find the nearest. Received: none with an embedding.")
    values = embeddings.values.astype(np.float64)
    if isinstance(query, str):
        if query in embeddings.left_out:
            raise ParameterError(f"{query} has no place among the others. {embeddings.left_out[query]}")
        if query not in embeddings.track_ids:
            raise ParameterError(f"Expected a track among the {len(values)} that the run has placed. Received: {query!r}.")
        query = values[embeddings.track_ids.index(query)]
    query = np.asarray(query, np.float64)
    if query.shape != values.shape[1:] or not np.isfinite(query).all():
        raise ParameterError(f"Expected an embedding of {values.shape[1]} finite numbers. Received: shape {query.shape}.")
    return np.asarray(directions(query[None], values.mean(axis=0), values.std(axis=0))[0])


def distances(embeddings: TrackEmbeddings, query: str | np.ndarray) -> np.ndarray:
    """Distance of every track from one, 1 minus the cosine between their directions, float64, shape (n_tracks,).

    Parameters and errors as `query_direction`.
    """
    towards = query_direction(embeddings, query)
    return np.asarray(np.clip(1 - directions(embeddings.values) @ towards, 0, 2))


def nearest(embeddings: TrackEmbeddings, query: str | np.ndarray, k: int = 5, leave_out: Collection[str] = ()) -> list[Neighbour]:
    """The k nearest tracks, nearest first; exact. A track is never its own neighbour.

    Parameters
    ----------
    embeddings, query
        As `distances` takes them.
    k : int
        At least 1; fewer come back where there are no more.
    leave_out : collection of str
        Ids that are not to be found.

    Raises
    ------
    ParameterError
        If `k` is below 1, or as `distances`.
    """
    if k < 1:
        raise ParameterError(f"k must be at least 1. Received: k={k}.")
    found = distances(embeddings, query)
    barred = {*leave_out, *([query] if isinstance(query, str) else [])}
    order = (int(row) for row in np.argsort(found, kind="stable") if embeddings.track_ids[row] not in barred)
    return [Neighbour(embeddings.track_ids[row], float(found[row])) for row, _ in zip(order, range(k), strict=False)]


class Agreement(NamedTuple):
    """Whether nearness says anything: how often the nearest tracks, by other artists, are of a track's own genre.

    Attributes
    ----------
    share : float
        Of all those neighbours, in [0, 1].
    chance : float
        The same if neighbours were drawn by lot.
    """

    share: float
    chance: float

    @property
    def says_something(self) -> bool:
        """A quarter of the way from lot to always at least: little, but not nothing."""
        return self.share >= self.chance + 0.25 * (1 - self.chance)


def agreement(
    embeddings: TrackEmbeddings, genres: Sequence[str], artists: Sequence[str | None] | None = None, k: int = 3
) -> Agreement | None:
    """How often the k nearest tracks are of the same genre; None where no track has another one to compare with.

    Parameters
    ----------
    embeddings : TrackEmbeddings
        Of at most some thousand tracks: each is compared with each.
    genres : sequence of str
        Of each track, in the embeddings' order.
    artists : sequence of str or None
        Of each track, None where nobody knows; tracks of one artist are not compared.
    k : int
        At least 1; fewer count where there are no more.
    """
    if k < 1:
        raise ParameterError(f"k must be at least 1. Received: k={k}.")
    n_tracks = len(embeddings.track_ids)
    if n_tracks < 2:
        return None
    by = artists or [None] * n_tracks
    near = directions(embeddings.values)
    similar = near @ near.T  # (n_tracks, n_tracks)
    names, own = np.array(genres), np.array([artist or f"\0{row}" for row, artist in enumerate(by)])
    shares, chances = [], []
    for row in range(n_tracks):
        others = np.flatnonzero(own != own[row])
        if others.size:
            same = names[others] == names[row]
            found = np.argsort(-similar[row, others], kind="stable")[:k]
            shares.append(float(same[found].mean()))
            chances.append(float(same.mean()))
    return Agreement(float(np.mean(shares)), float(np.mean(chances))) if shares else None


def nearest_training(
    run: Run, root: Root, query: str | np.ndarray, k: int = 3, *, embeddings: TrackEmbeddings | None = None
) -> list[Neighbour]:
    """The nearest tracks that the judged model learned from: what may have led it to its verdict.

    Of a run with folds these are tracks of the other folds, else those of the part `train`. Left out are the track itself and
    what is known to be the same recording: equal audio, and the pairs that the last check of the data set found.

    Parameters
    ----------
    run, root
        As `track_embeddings` takes them.
    query : str or np.ndarray
        Id of a track of the run's data set, or the embedding of something else, `Prediction.embedding`.
    k : int
        At least 1.
    embeddings : TrackEmbeddings or None
        Those of `track_embeddings(run, root)`, where they are at hand.

    Raises
    ------
    GenreError
        As `track_embeddings` and `nearest`.
    """
    embeddings = embeddings or track_embeddings(run, root)
    if isinstance(query, str) and query not in embeddings.track_ids and query not in embeddings.left_out:
        place = track_embeddings(run, root, [query])
        if query in place.track_ids:
            return nearest(embeddings, place.values[0], k, _not_learned(run, embeddings, query, root))
    return nearest(embeddings, query, k, _not_learned(run, embeddings, query, root))


def learned_from(run: Run, track_id: str | None = None) -> list[str]:
    """Ids of the tracks that the model learned from which judged this track; of the served model where no track is named."""
    if run.folds is None:
        return run.track_ids("train")
    of = run.folds["of"]
    return [other for other, fold in of.items() if track_id not in of or fold != of[track_id]]


def repeats_of(track_id: str, dataset: Dataset, root: Root) -> set[str]:
    """Ids of other tracks known to hold the same recording, over any number of steps; none of a track that is not there."""
    groups = together(dataset.tracks, by_artist=False, pairs=known_pairs(dataset, root.datasets))
    mine = next((group for group in groups if any(track.id == track_id for track in group)), [])
    return {track.id for track in mine} - {track_id}


def _not_learned(run: Run, embeddings: TrackEmbeddings, query: str | np.ndarray, root: Root) -> set[str]:
    """Ids among the embeddings that are not to be found beside a query."""
    track_id = query if isinstance(query, str) else None
    barred = set(embeddings.track_ids) - set(learned_from(run, track_id))
    if track_id is not None:
        barred |= repeats_of(track_id, load_learned(run.dataset_name, root.datasets, run.dataset_fingerprint), root)
    return barred

"""A row an artist: of whom a model is right, of whom it is wrong, and what their songs are taken for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core.datasets.division import artist_key
from genre_core.errors import ParameterError
from genre_core.evaluation.intervals import Interval, interval
from genre_core.evaluation.predictions import Predictions

N_RESAMPLES = 1000


@dataclass(frozen=True)
class ArtistScores:
    """What a model says of one artist's tracks.

    Attributes
    ----------
    artist : str
        The name, as its first track spells it.
    n_tracks, n_right : int
        Tracks that were judged, and those whose genre is named rightly.
    genres : tuple of str
        What they are in truth, the most frequent first.
    taken_for : tuple of (str, int)
        Wrong genres that were named, with how many tracks, the most frequent first.
    accuracy : Interval
        Share that is right, with its interval over the artist's own tracks.
    """

    artist: str
    n_tracks: int
    n_right: int
    genres: tuple[str, ...]
    taken_for: tuple[tuple[str, int], ...]
    accuracy: Interval

    def to_dict(self) -> dict[str, Any]:
        """The row as plain JSON values."""
        return {**asdict(self), "genres": list(self.genres), "taken_for": dict(self.taken_for)}


def by_artist(predictions: Predictions, artists: Sequence[str | None] | None, *, seed: int = 0) -> list[ArtistScores]:
    """A row for each artist who is known, those with the lowest accuracy first; of equal ones those with more wrong tracks.

    Parameters
    ----------
    predictions : Predictions
        Of tracks, which are counted by their mean posterior.
    artists : sequence of str or None, or None
        Artist of each track, in the order of `predictions.track_ids`; tracks of unknown artists are left out.
    seed : int
        Of the draws of tracks that give each artist's interval.

    Raises
    ------
    ParameterError
        If no artist is known, or `artists` has another length than the tracks.
    """
    if artists is not None and len(artists) != len(predictions.track_ids):
        raise ParameterError(
            f"artists must have one entry for each of {len(predictions.track_ids)} tracks. Received: {len(artists)}."
        )
    named: dict[str, list[int]] = {}
    for index, artist in enumerate(artists or ()):
        if artist:
            named.setdefault(artist_key(artist), []).append(index)
    if artists is None or not named:
        raise ParameterError(
            "A table by artist needs tracks whose artists are known. Received: none. Import the data set with a table that names "
            "them, or bring the run's data set back."
        )
    rng = np.random.default_rng(seed)
    rows = [_row(predictions, np.array(named[key]), str(artists[named[key][0]]), rng) for key in sorted(named)]
    return sorted(rows, key=lambda row: (row.n_right / row.n_tracks, row.n_right - row.n_tracks, row.artist.casefold()))


def _row(predictions: Predictions, its: np.ndarray, artist: str, rng: np.random.Generator) -> ArtistScores:
    y_true, y_pred = predictions.y_true[its], predictions.y_pred[its]
    right = int((y_true == y_pred).sum())
    share = right / len(its)
    drawn = rng.binomial(len(its), share, N_RESAMPLES) / len(its)
    return ArtistScores(
        artist,
        n_tracks=len(its),
        n_right=right,
        genres=tuple(genre for genre, _ in _counted(predictions.genres, y_true)),
        taken_for=_counted(predictions.genres, y_pred[y_pred != y_true]),
        accuracy=interval(share, drawn, n_groups=len(its), over="tracks", what=""),
    )


def _counted(genres: Sequence[str], indices: np.ndarray) -> tuple[tuple[str, int], ...]:
    """Genres with how often each occurs, the most frequent first, of equals in the run's order."""
    counted = Counter(indices.tolist())
    return tuple((genres[index], counted[index]) for index in sorted(counted, key=lambda index: (-counted[index], index)))

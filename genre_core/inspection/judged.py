"""The tracks that a run was judged on, one by one: which of them are to be looked at, the surest errors first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import Predictions

AGREEMENTS = {
    "any": "whatever other runs say",
    "alone": "other runs are right",
    "all": "every run errs",
    "some": "some runs err, some are right",
}
"""How the verdicts of other runs on the same track may be asked for, in words."""


@dataclass(frozen=True)
class Judged:
    """One track with what a run says of it.

    Attributes
    ----------
    index : int
        Its row in the predictions.
    track_id : str
    true, predicted : str
        Genres.
    confidence : float
        Probability of the predicted genre: of an error, how sure it was of it.
    probability_true : float
        Probability of the true genre.
    artist : str or None
        None where nobody knows.
    n_others, n_others_right : int
        How many other runs judged it too, and how many of them are right.
    """

    index: int
    track_id: str
    true: str
    predicted: str
    confidence: float
    probability_true: float
    artist: str | None = None
    n_others: int = 0
    n_others_right: int = 0

    @property
    def is_right(self) -> bool:
        return self.true == self.predicted

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"right": self.is_right}


@dataclass(frozen=True)
class Wanted:
    """Which of the judged tracks to look at.

    Attributes
    ----------
    true, predicted, artist : str
        Only of that genre, called that genre, by that artist; empty takes any.
    low, high : float
        Only where the confidence lies between them, both ends included.
    agreement : str
        A name in AGREEMENTS.
    right_too : bool
        Also what was called by its own genre.

    Raises
    ------
    ParameterError
        If the confidences are no range within 0 to 1, or the agreement has no such name.
    """

    true: str = ""
    predicted: str = ""
    artist: str = ""
    low: float = 0.0
    high: float = 1.0
    agreement: str = "any"
    right_too: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise ParameterError(f"Confidence runs from low to high within 0 to 1. Received: {self.low} to {self.high}.")
        if self.agreement not in AGREEMENTS:
            raise ParameterError(f"agreement is one of {', '.join(AGREEMENTS)}. Received: {self.agreement!r}.")

    def takes(self, track: Judged) -> bool:
        """Whether a track is wanted."""
        return (
            (self.right_too or not track.is_right)
            and self.true in ("", track.true)
            and self.predicted in ("", track.predicted)
            and self.artist in ("", track.artist)
            and self.low <= track.confidence <= self.high
            and self._agrees(track)
        )

    def _agrees(self, track: Judged) -> bool:
        if self.agreement == "any":
            return True
        n_right = track.n_others_right + track.is_right
        return (
            track.n_others > 0
            and {
                "alone": not track.is_right and track.n_others_right == track.n_others,
                "all": n_right == 0,
                "some": 0 < n_right < track.n_others + 1,
            }[self.agreement]
        )


def judged(
    predictions: Predictions,
    artists: Sequence[str | None] | None = None,
    others: Mapping[str, Predictions] | None = None,
) -> list[Judged]:
    """Every judged track, in the order of the predictions.

    Parameters
    ----------
    predictions : Predictions
        Of the run that is looked at.
    artists : sequence of str or None, optional
        Of each track; None where nobody knows.
    others : mapping, optional
        Name of another run -> its predictions, of whatever tracks; compared by id and by the names of genres.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    n_tracks = len(predictions.track_ids)
    if artists is not None and len(artists) != n_tracks:
        raise ParameterError(f"artists must have one entry for each of {n_tracks} tracks. Received: {len(artists)}.")
    said: dict[str, list[str]] = {}  # what the other runs call each track
    for other in (others or {}).values():
        for track_id, index in zip(other.track_ids, other.y_pred, strict=True):
            said.setdefault(str(track_id), []).append(other.genres[index])
    posteriors, y_pred = predictions.posteriors, predictions.y_pred
    found = []
    for index, track_id in enumerate(predictions.track_ids):
        true = predictions.genres[predictions.y_true[index]]
        calls = said.get(str(track_id), [])
        found.append(
            Judged(
                index,
                str(track_id),
                true,
                predictions.genres[y_pred[index]],
                float(posteriors[index].max()),
                float(posteriors[index, predictions.y_true[index]]),
                None if artists is None else artists[index],
                len(calls),
                calls.count(true),
            )
        )
    return found


def worst_first(tracks: Sequence[Judged], wanted: Wanted) -> list[Judged]:
    """The wanted tracks: errors before what is right, the surer an error the earlier; of what is right the least sure first."""
    taken = [track for track in tracks if wanted.takes(track)]
    return sorted(taken, key=lambda track: (track.is_right, track.confidence if track.is_right else -track.confidence))


def worst_cell(matrix: np.ndarray) -> tuple[int, int] | None:
    """Row and column of the confusion that happens most often; None where nothing is confused.

    Parameters
    ----------
    matrix : np.ndarray
        Counts, shape (n_genres, n_genres), rows are the truth. Of equal counts the one of the larger share of its row, then the
        first, is taken.
    """
    counts = np.asarray(matrix, dtype=np.float64)
    share = counts / np.maximum(1.0, counts.sum(axis=1, keepdims=True))
    off = np.where(np.eye(len(counts), dtype=bool), -1.0, counts + share / 2)
    if off.size == 0 or off.max() <= 0:
        return None
    row, column = np.unravel_index(int(off.argmax()), off.shape)
    return int(row), int(column)

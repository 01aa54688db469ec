"""How well people agree with a data set's genres: what the score of a model may be held against."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genre_core.datasets.sources.genres import canonical_genre
from genre_core.errors import DatasetError
from genre_core.evaluation.intervals import Interval, draw, interval

COLUMNS = ("track_id", "listener", "answer")
_RESAMPLES = 1000


class Answer(NamedTuple):
    """What one listener called one track."""

    track_id: str
    listener: str
    genre: str


@dataclass(frozen=True)
class Agreement:
    """How often listeners name the genre that the data set names.

    Attributes
    ----------
    n_answers, n_listeners, n_tracks : int
        What it rests on.
    answers : Interval
        Share of answers that name it.
    majority : Interval
        Share of tracks whose most frequent answer names it; where several answers are as frequent, each counts its part.
    n_within : int
        Answers that name one of the data set's genres at all.
    within : Interval
        Share of those that name the right one.
    """

    n_answers: int
    n_listeners: int
    n_tracks: int
    answers: Interval
    majority: Interval
    n_within: int
    within: Interval

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values = self.__dict__.items()
        return {name: value.to_dict() if isinstance(value, Interval) else value for name, value in values}


def read_answers(path: Path) -> list[Answer]:
    """Answers from a table with the columns track_id, listener and answer; others are left alone.

    Raises
    ------
    DatasetError
        If it cannot be read or a column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise DatasetError(
                    f"A table of answers has the columns {', '.join(COLUMNS)}. Received: {path.name}, without {missing}."
                )
            return [Answer(row["track_id"], row["listener"], canonical_genre(row["answer"] or "")) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"Expected a table of listeners' answers in {path}. Received: {error}.") from error


def agreement(answers: Sequence[Answer], truth: Mapping[str, str], *, genres: Sequence[str]) -> Agreement | None:
    """Hold answers against the genres of some tracks; None where none is about them.

    Parameters
    ----------
    answers : sequence of Answer
        Of any tracks.
    truth : mapping
        Track id to genre.
    genres : sequence of str
        All that the data set has.

    Returns
    -------
    Agreement or None
        Intervals are drawn over tracks, with all their answers (cluster bootstrap).
    """
    heard = [answer for answer in answers if answer.track_id in truth]
    if not heard:
        return None
    tracks = sorted({answer.track_id for answer in heard})
    counts = {track_id: Counter(answer.genre for answer in heard if answer.track_id == track_id) for track_id in tracks}
    n_answers = np.array([counts[track_id].total() for track_id in tracks], float)  # (n_tracks,)
    n_right = np.array([counts[track_id][truth[track_id]] for track_id in tracks], float)
    n_within = np.array([sum(counts[track_id][genre] for genre in genres) for track_id in tracks], float)
    won = np.array([_won(counts[track_id], truth[track_id]) for track_id in tracks])
    return Agreement(
        n_answers=len(heard),
        n_listeners=len({answer.listener for answer in heard}),
        n_tracks=len(tracks),
        answers=_share(n_right, n_answers),
        majority=_share(won, np.ones(len(tracks))),
        n_within=int(n_within.sum()),
        within=_share(n_right, n_within),
    )


def _won(counts: Counter[str], genre: str) -> float:
    """The part that a genre has in the most frequent answers."""
    best = max(counts.values())
    return (counts[genre] == best) / sum(count == best for count in counts.values())


def _share(right: np.ndarray, of: np.ndarray) -> Interval:
    """A share of counts a track, each of shape (n_tracks,), with its interval over tracks."""
    if not of.sum():
        return Interval(None, over="tracks", n_groups=len(of), reason="There is no such answer.")
    drawn = np.concatenate(
        [_ratio(weights @ right, weights @ of) for weights in draw(len(of), n_resamples=_RESAMPLES, seed=0, at_once=_RESAMPLES)]
    )
    return interval(float(right.sum() / of.sum()), drawn, n_groups=len(of), over="tracks")


def _ratio(right: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Shares of many resamples; NaN where one holds nothing."""
    return np.divide(right, of, out=np.full(len(of), np.nan), where=of > 0)

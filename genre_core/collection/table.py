"""What was said of many songs as a table: rows judged by one threshold, filtered, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genre_core.collection.files import Song
from genre_core.collection.memory import Said
from genre_core.datasets.tracks import Problem
from genre_core.evaluation.aggregation import WITHIN
from genre_core.evaluation.verdict import decide
from genre_core.prediction import THRESHOLD, check_threshold

NOT_SURE = "not sure"
NOT_HEARD = "not heard"
SHOWN = ("all", "sure", NOT_SURE, "unlike", NOT_HEARD)
"""Which rows are wanted, by what was said."""


class Row(NamedTuple):
    """A song, and what was said of it."""

    song: Song
    said: Said


@dataclass(frozen=True, eq=False)
class Judged:
    """A song with its verdict.

    Attributes
    ----------
    song, said
        As its row has them.
    posterior : np.ndarray
        float32, shape (n_genres,); empty where it was not heard.
    genre, decision, reason, unlike
        As `Prediction` has them; for a song that was not heard, genre is None, decision `not_heard`, and reason says why.
    confidence : float
        Probability of the most probable genre; 0 where it was not heard.
    """

    song: Song
    said: Said
    posterior: np.ndarray
    genre: str | None
    decision: str
    reason: str
    unlike: str = ""

    @property
    def confidence(self) -> float:
        return float(self.posterior.max()) if self.posterior.size else 0.0

    @property
    def verdict(self) -> str:
        """The genre where it is named, else `not sure` or `not heard`."""
        if self.decision == "genre":
            return str(self.genre)
        return NOT_SURE if self.decision == "not_sure" else NOT_HEARD


@dataclass(frozen=True)
class Wanted:
    """Which rows of a table are wanted.

    Attributes
    ----------
    verdict : str
        A genre, `not sure` or `not heard`; any where empty.
    least : float
        Least confidence.
    shown : str
        One of `SHOWN`.
    text : str
        Words that path, title or artist hold, whatever their case, each anywhere.
    """

    verdict: str = ""
    least: float = 0.0
    shown: str = "all"
    text: str = ""

    def takes(self, row: Judged) -> bool:
        """Whether a row is wanted."""
        if self.verdict and row.verdict != self.verdict:
            return False
        if self.least > 0 and row.confidence < self.least:
            return False
        if self.shown == "sure" and row.decision != "genre":
            return False
        if self.shown in (NOT_SURE, NOT_HEARD) and row.verdict != self.shown:
            return False
        if self.shown == "unlike" and not row.unlike:
            return False
        hay = f"{row.song.path} {row.song.title} {row.song.artist}".casefold()
        return all(word in hay for word in self.text.casefold().split())


@dataclass(frozen=True, eq=False)
class Table:
    """What was said of a collection's songs by now.

    Attributes
    ----------
    genres : tuple of str
    run : str
        Id of the run that was asked.
    rows : tuple of Row
        In the order of the songs; those that nothing is known of yet are left out.
    n_listed : int
        Songs there are in all.
    problems : tuple of Problem
        Folders that could not be looked into.
    passed_over : str
        How many files are no songs by their names, in a sentence; empty where there are none.
    """

    genres: tuple[str, ...]
    run: str
    rows: tuple[Row, ...]
    n_listed: int
    problems: tuple[Problem, ...] = ()
    passed_over: str = ""

    def judged(self, threshold: float = THRESHOLD, aggregation: str = WITHIN[0]) -> list[Judged]:
        """Each row with its verdict; nothing is heard anew. `ParameterError` for a threshold outside [0, 1]."""
        check_threshold(threshold)
        nothing = np.empty(0, np.float32)
        found = []
        for song, said in self.rows:
            if said.kind:
                found.append(Judged(song, said, nothing, None, "not_heard", said.message))
                continue
            posterior = said.posterior(aggregation)
            verdict = decide(self.genres, posterior, threshold, said.evidence)
            found.append(Judged(song, said, posterior, verdict.genre, verdict.decision, verdict.reason, verdict.unlike))
        return found


def count(rows: Iterable[Judged], genres: Sequence[str]) -> dict[str, int]:
    """Songs of each verdict: the genres in order, then `not sure` and `not heard`."""
    found = Counter(row.verdict for row in rows)
    return {verdict: found[verdict] for verdict in (*genres, NOT_SURE, NOT_HEARD)}

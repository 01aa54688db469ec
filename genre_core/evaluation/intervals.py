"""Bootstrap intervals: how far a score may lie off because the tracks, or the artists, are a sample.

Segments of a track and tracks of an artist resemble each other, so whole groups are drawn, never single rows (the cluster
bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from genre_core.datasets.division import artist_key
from genre_core.errors import ParameterError

LEVEL = 0.95
"""Share of such intervals that hold the true value."""


@dataclass(frozen=True)
class Interval:
    """A score with its interval; as text, `0.79 [0.71, 0.86]`, or the score alone where there is no interval.

    Attributes
    ----------
    value : float or None
        The score of the whole sample; None where it cannot be said.
    low, high : float or None
        Ends of the interval; None where the sample cannot give one.
    level : float
        0.95: the share of such intervals that hold the true value.
    n_groups : int
        How many groups the score rests on: all that are drawn from, or for a genre's score those that hold the genre.
    over : str
        What the groups are: artists or tracks.
    reason : str
        Why there is no value, or no ends; empty where there are.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    n_groups: int = 0
    over: str = ""
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The interval as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Interval:
        """Inverse of `to_dict`; raises `ParameterError` if names are missing or unknown."""
        try:
            return cls(**values)
        except TypeError as error:
            raise ParameterError(f"Expected the values of an interval. Received: others ({error}).") from error

    def __str__(self) -> str:
        if self.value is None:
            return "n/a"
        return f"{self.value:.2f}" if self.low is None else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


class Groups(NamedTuple):
    """What is drawn whole.

    Attributes
    ----------
    of_track : np.ndarray
        Group of each track, int64, shape (n_tracks,).
    n_groups : int
        How many there are.
    over : str
        What they are: artists or tracks.
    """

    of_track: np.ndarray
    n_groups: int
    over: str


def groups_of(n_tracks: int, artists: Sequence[str | None] | None = None) -> Groups:
    """Artists where every one is known, else tracks.

    Raises
    ------
    ParameterError
        If `artists` has another length than the tracks.
    """
    if artists is not None and len(artists) != n_tracks:
        raise ParameterError(f"artists must have one entry for each of {n_tracks} tracks. Received: {len(artists)}.")
    if artists is None or not all(artists):
        return Groups(np.arange(n_tracks), n_tracks, "tracks")
    names, of_track = np.unique([artist_key(str(artist)) for artist in artists], return_inverse=True)
    return Groups(of_track.reshape(-1), len(names), "artists")


def draw(n_groups: int, *, n_resamples: int, seed: int, at_once: int) -> Iterator[np.ndarray]:
    """How often each group is in each resample, in batches of at most `at_once` resamples.

    A resample is as many groups as there are, drawn with replacement from all of them: not genre by genre. With one or two
    artists a genre, drawing within genres would give nearly the same artists every time, and intervals far too narrow.

    Yields
    ------
    np.ndarray
        Counts, float64, shape (n_resamples of the batch, n_groups); equal seeds give equal counts, however they are batched.

    Raises
    ------
    ParameterError
        If `n_resamples` is less than 1.
    """
    if n_resamples < 1:
        raise ParameterError(f"n_resamples must be at least 1. Received: n_resamples={n_resamples}.")
    rng = np.random.default_rng(seed)
    for start in range(0, n_resamples, at_once):
        rows = min(at_once, n_resamples - start)
        picks = rng.integers(0, n_groups, size=(rows, n_groups)) + n_groups * np.arange(rows)[:, None]
        yield np.bincount(picks.ravel(), minlength=rows * n_groups).reshape(rows, n_groups).astype(np.float64)


def interval(value: float | None, drawn: np.ndarray, *, n_groups: int, over: str, what: str = "", why_none: str = "") -> Interval:
    """The interval of a score from its values in the resamples: expanded percentiles.

    Plain percentiles are too narrow for few groups, as the normal distribution is beside Student's. The levels are moved out
    so that they fit the t distribution with n_groups - 1 degrees of freedom (Hesterberg, What Teachers Should Know about the
    Bootstrap, 2014, section 5.3).

    Parameters
    ----------
    value : float or None
        The score of the whole sample.
    drawn : np.ndarray
        The score of each resample, shape (n_resamples,); NaN where a resample has none.
    n_groups : int
        How many groups the score rests on.
    over : str
        What the groups are.
    what : str
        The genre that the score is of; empty for a score of all.
    why_none : str
        Why the score is None.
    """
    bare = Interval(value, n_groups=n_groups, over=over)
    if value is None:
        return _because(bare, why_none or "It cannot be said of these.")
    if n_groups < 2:
        held = f"All {what} here is of one of the {over}" if what else f"There is only one of the {over}"
        return _because(bare, f"{held}: an interval needs several.")
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size or np.ptp(drawn) < 1e-12:
        several = f"{n_groups} {over}" + (f" of {what}" if what else "")
        return _because(bare, f"Every sample of the {several} scores the same, so they cannot say how far the score may lie off.")
    tail = _expanded_tail((1 - LEVEL) / 2, n_groups)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(value, float(low), float(high), LEVEL, n_groups, over)


def _because(bare: Interval, reason: str) -> Interval:
    return Interval(**{**asdict(bare), "reason": reason})


def _expanded_tail(tail: float, n_groups: int) -> float:
    """The percentile to take so that `tail` of Student's t distribution lies beyond it."""
    normal, freedom = NormalDist(), n_groups - 1
    return normal.cdf(-math.sqrt(n_groups / freedom) * student_quantile(1 - tail, freedom))


def student_quantile(level: float, freedom: int) -> float:
    """Quantile of Student's t distribution above its middle, within 1 % from 2 degrees of freedom on (Peizer and Pratt 1968)."""
    z = NormalDist().inv_cdf(level)
    spread = (freedom - 5 / 6) / (freedom - 2 / 3 + 1 / (10 * freedom)) ** 2
    return math.sqrt(freedom * math.expm1(z * z * spread))

"""Bootstrap intervals: how far a score may lie off because the tracks, or the artists, are a sample.

Segments of a track and tracks of an artist resemble each other, so whole groups are drawn, never single rows (the cluster
bootstrap: Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np

from genre_core.datasets.division import artist_key
from genre_core.errors import ParameterError

LEVEL = 0.95
"""Share of such intervals that hold the true value."""

MOST_BIAS = 0.5
"""Largest bias to correct for, in standard deviations of the resamples: from few groups the bias itself is a guess."""

_EQUAL = 1e-9
"""Scores that differ by less differ by rounding alone."""


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

    @property
    def ends(self) -> str:
        """`[0.71, 0.86]`; empty where there is no interval."""
        return "" if self.low is None else f"[{self.low:.2f}, {self.high:.2f}]"

    def __str__(self) -> str:
        return "n/a" if self.value is None else f"{self.value:.2f} {self.ends}".rstrip()


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


def interval(value: float | None, drawn: np.ndarray, *, n_groups: int, over: str, why_none: str = "", what: str = "") -> Interval:
    """The interval of a score from its values in the resamples: percentiles, corrected for bias and for few groups.

    Scores that are not plain means (F1, average precision) come out lower or higher in a resample than in the sample, since
    copies of a track teach nothing: the percentiles are moved by that bias (BC percentiles: Efron, Nonparametric Standard Errors
    and Confidence Intervals, 1981), up to `MOST_BIAS`. And they are moved out as Student's t distribution is wider than the
    normal one (Hesterberg, What Teachers Should Know about the Bootstrap, 2014, section 5.3). In simulations with five artists
    a genre such intervals hold the truth in about 87 to 95 of 100 cases, in more with more artists.

    Parameters
    ----------
    value : float or None
        The score of the whole sample; it always lies in the interval.
    drawn : np.ndarray
        The score of each resample, shape (n_resamples,); NaN where a resample has none.
    n_groups : int
        How many groups the score rests on.
    over : str
        What the groups are.
    why_none : str
        Why the score is None.
    what : str
        What holds the groups, for a reason in words: empty for the whole sample, `genre` for a genre's score.
    """
    bare = Interval(value, n_groups=n_groups, over=over)
    if value is None:
        return replace(bare, reason=why_none)
    if n_groups < 2:
        how_many = f"No {over.removesuffix('s')} has this {what}" if not n_groups else f"Only one of the {over} has this {what}"
        where = how_many if what else f"There is only one of the {over}"
        return replace(bare, reason=f"{where}: an interval needs several.")
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size or np.ptp(drawn) < _EQUAL:
        whose = f"this {what}'s {over}" if what else f"the {n_groups} {over}"
        return replace(
            bare,
            reason=f"The score is the same whichever of {whose} are drawn: they cannot show how far chance moves it.",
        )
    low, high = np.quantile(drawn, _levels(value, drawn, n_groups))
    return replace(bare, low=min(float(low), value), high=max(float(high), value))


def _levels(value: float, drawn: np.ndarray, n_groups: int) -> tuple[float, float]:
    """Which percentiles are the ends of the interval."""
    normal = NormalDist()
    below = ((drawn < value - _EQUAL).mean() + (drawn <= value + _EQUAL).mean()) / 2  # 0.5 where there is no bias
    bias = normal.inv_cdf(min(max(float(below), 1e-6), 1 - 1e-6))
    bias = min(max(bias, -MOST_BIAS), MOST_BIAS)
    far = math.sqrt(n_groups / (n_groups - 1)) * student_quantile((1 + LEVEL) / 2, n_groups - 1)
    return normal.cdf(2 * bias - far), normal.cdf(2 * bias + far)


def student_quantile(level: float, freedom: int) -> float:
    """Quantile of Student's t distribution above its middle, within 1 % from 2 degrees of freedom on (Peizer and Pratt 1968)."""
    z = NormalDist().inv_cdf(level)
    spread = (freedom - 5 / 6) / (freedom - 2 / 3 + 1 / (10 * freedom)) ** 2
    return math.sqrt(freedom * math.expm1(z * z * spread))

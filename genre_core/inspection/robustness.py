"""Does a verdict survive what leaves the genre as it is? How many tracks a change of their sound renames, and what it costs.

B. L. Sturm, "A simple method to determine if a music information retrieval system is a 'horse'", IEEE Transactions on Multimedia,
2014; and "The GTZAN dataset: its contents, its faults, their effects on evaluation, and its future use", arXiv:1306.1461, 2013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from genre_core.datasets.tracks import Track
from genre_core.errors import ParameterError, RunError
from genre_core.evaluation.intervals import Groups, Interval, draw, groups_of, interval

UNTOUCHED = "untouched"
"""Name of the sound as it is, among those of its copies."""

HEARD_BEFORE = (
    "The model has learned from these very tracks: its accuracy on them flatters, and it may rename fewer of them than it would "
    "of songs that it has not heard."
)
MEANING = (
    "A flip means that the model names another genre though a listener would name the same: that verdict hung on how the song "
    "was recorded, not on what is played. It does not mean that the verdict was right before; and a model that never flips may "
    "still listen to the wrong thing."
)

_N_RESAMPLES = 1000
_AT_ONCE = 1000


@dataclass(frozen=True)
class Copied:
    """One track with what the model says of it and of its copies.

    Attributes
    ----------
    track_id : str
    genre : str
        The true one.
    artist : str or None
        None where nobody knows.
    posteriors : mapping
        `UNTOUCHED` and the name of each transform -> a probability for each genre, in the run's order.
    """

    track_id: str
    genre: str
    artist: str | None
    posteriors: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Flip:
    """A track that a transform renames.

    Attributes
    ----------
    track_id, genre : str
        The track, and its true genre.
    before, after : str
        What the model calls the sound as it is, and the copy.
    probability_before, probability_after : float
        Of these genres.
    """

    track_id: str
    genre: str
    before: str
    after: str
    probability_before: float
    probability_after: float

    @property
    def outcome(self) -> str:
        """What it does to the verdict: `made wrong`, `made right`, or `wrong as before`."""
        return "made wrong" if self.genre == self.before else "made right" if self.genre == self.after else "wrong as before"


@dataclass(frozen=True)
class Row:
    """What one transform does to all tracks.

    Attributes
    ----------
    name, title : str
        Of the transform.
    n_tracks, n_flips : int
        How many were heard, and how many of them are named otherwise than untouched.
    flips : Interval
        Share of tracks that are named otherwise; no value for the untouched sound, which the others are held against.
    accuracy : Interval
        Share of tracks named rightly.
    shift : Interval
        Mean change of the true genre's probability; below zero it is less sure of what is true. No value for the untouched sound.
    """

    name: str
    title: str
    n_tracks: int
    n_flips: int
    flips: Interval
    accuracy: Interval
    shift: Interval


@dataclass(frozen=True, eq=False)
class Robustness:
    """What transforms do to the verdicts of a run.

    Attributes
    ----------
    run, role : str
        Its id, and which of its tracks: valid, folds or test.
    genres : tuple of str
        Order of the posteriors.
    transforms : mapping
        Name -> title, in the order of the table.
    tracks : tuple of Copied
        What was heard.
    seed : int
        Of the choice of tracks.
    n_asked : int
        How many tracks were asked for.
    heard_before : bool
        Whether the model has learned from these tracks.
    problems : tuple of (str, str)
        Id of a track that could not be heard, and why.
    """

    run: str
    role: str
    genres: tuple[str, ...]
    transforms: Mapping[str, str]
    tracks: tuple[Copied, ...]
    seed: int = 0
    n_asked: int = 0
    heard_before: bool = False
    problems: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        wanted = {UNTOUCHED, *self.transforms}
        for track in self.tracks:
            sizes = {len(posterior) for posterior in track.posteriors.values()}
            if set(track.posteriors) != wanted or sizes != {len(self.genres)} or track.genre not in self.genres:
                raise ParameterError(
                    f"Expected of a track one of {len(self.genres)} genres, and a posterior of each copy: {', '.join(wanted)}. "
                    f"Received for {track.track_id}: {track.genre}; {', '.join(track.posteriors)}."
                )

    @cached_property
    def groups(self) -> Groups:
        """What the intervals are drawn over: artists where each is known, else tracks."""
        return groups_of(len(self.tracks), [track.artist for track in self.tracks])

    def posteriors(self, name: str) -> np.ndarray:
        """Of one transform, or `UNTOUCHED`, float64, shape (n_tracks, n_genres)."""
        return np.array([track.posteriors[name] for track in self.tracks]).reshape(len(self.tracks), len(self.genres))

    @cached_property
    def y_true(self) -> np.ndarray:
        """Index of each track's genre, int64, shape (n_tracks,)."""
        return np.array([self.genres.index(track.genre) for track in self.tracks], dtype=np.int64)

    def rows(self) -> list[Row]:
        """The untouched sound, then a row a transform, in the order of the table."""
        before = self.posteriors(UNTOUCHED)
        found = []
        for name, title in {UNTOUCHED: "as it is", **self.transforms}.items():
            after = self.posteriors(name)
            flipped = after.argmax(axis=1) != before.argmax(axis=1)
            shift = (after - before)[np.arange(len(after)), self.y_true]  # (n_tracks,)
            right = after.argmax(axis=1) == self.y_true
            row = Row(
                name,
                title,
                len(self.tracks),
                int(flipped.sum()),
                mean_interval(flipped, self.groups),
                mean_interval(right, self.groups),
                mean_interval(shift, self.groups),
            )
            if name == UNTOUCHED:
                none = Interval(None, reason="The sound as it is: what its copies are held against.")
                row = replace(row, flips=none, shift=none)
            found.append(row)
        return found

    def flips(self, name: str) -> list[Flip]:
        """The tracks that a transform renames, those whose new verdict is surest first."""
        if name not in self.transforms:
            raise ParameterError(f"It was measured with: {', '.join(self.transforms)}. Received: {name!r}.")
        before, after = self.posteriors(UNTOUCHED), self.posteriors(name)
        found = []
        for track, old, new in zip(self.tracks, before, after, strict=True):
            first, second = int(old.argmax()), int(new.argmax())
            if first != second:
                names = self.genres[first], self.genres[second]
                found.append(Flip(track.track_id, track.genre, *names, float(old[first]), float(new[second])))
        return sorted(found, key=lambda flip: -flip.probability_after)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Robustness:
        """Inverse of `to_dict`; raises `RunError` if something is missing or damaged."""
        try:
            tracks = tuple(
                Copied(
                    str(track["track_id"]),
                    str(track["genre"]),
                    track["artist"],
                    {name: tuple(map(float, posterior)) for name, posterior in track["posteriors"].items()},
                )
                for track in values["tracks"]
            )
            problems = tuple((str(track), str(why)) for track, why in values["problems"])
            known = {**values, "genres": tuple(values["genres"]), "tracks": tracks, "problems": problems}
            return cls(**known)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RunError(f"Expected what was measured of a run's robustness. Received: something else ({error}).") from error


def mean_interval(values: np.ndarray, groups: Groups, *, n_resamples: int = _N_RESAMPLES, seed: int = 0) -> Interval:
    """The mean of one value a track, with its 95 % interval from drawing whole groups.

    Parameters
    ----------
    values : np.ndarray
        Numbers or yes and no, shape (n_tracks,).
    groups : Groups
        Of the tracks.
    """
    values = np.asarray(values, dtype=np.float64)
    if not values.size:
        return Interval(None, n_groups=0, over=groups.over, reason="No track has been heard yet.")
    sums = np.bincount(groups.of_track, values, groups.n_groups)  # (n_groups,)
    sizes = np.bincount(groups.of_track, minlength=groups.n_groups)
    drawn = np.concatenate(
        [
            (counts @ sums) / (counts @ sizes)  # (n_resamples,)
            for counts in draw(groups.n_groups, n_resamples=n_resamples, seed=seed, at_once=_AT_ONCE)
        ]
    )
    return interval(float(values.mean()), drawn, n_groups=groups.n_groups, over=groups.over)


def most_where_none(n_groups: int) -> float:
    """Largest share at which none of so many artists, or tracks, would still be met in one of 20 samples.

    The one-sided 95 % bound of Clopper and Pearson (Biometrika 26, 1934); about 3 / n_groups.

    Raises
    ------
    ParameterError
        If `n_groups` is below 1.
    """
    if n_groups < 1:
        raise ParameterError(f"A bound needs at least one artist or track. Received: n_groups={n_groups}.")
    return float(1 - 0.05 ** (1 / n_groups))


def drawn_tracks(tracks: Sequence[Track], n_tracks: int, *, seed: int = 0) -> list[Track]:
    """Some tracks, the genres in turn, so that each is heard as often as it can be.

    Who asks for more gets the same ones and some more.

    Parameters
    ----------
    tracks : sequence of Track
    n_tracks : int
        At most so many, 1 at least.
    seed : int
        Of the order within each genre; it does not hang on the order of `tracks`.

    Raises
    ------
    ParameterError
        If `n_tracks` is below 1.
    """
    if n_tracks < 1:
        raise ParameterError(f"At least one track must be heard. Received: tracks={n_tracks}.")
    by_genre: dict[str, list[Track]] = {}
    for track in sorted(tracks, key=lambda track: track.id):
        by_genre.setdefault(track.genre, []).append(track)
    rng = np.random.default_rng(seed)
    shuffled = [[by_genre[genre][place] for place in rng.permutation(len(by_genre[genre]))] for genre in sorted(by_genre)]
    turns = [queue[turn] for turn in range(max(map(len, shuffled), default=0)) for queue in shuffled if turn < len(queue)]
    return turns[:n_tracks]

"""Folds: a data set divided so that every track is judged once, by a model that never heard it nor its artist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from genre_core.datasets.division import ATTEMPTS, EVERY_GENRE, ROLES, Alike, best_division, mostly_named, together
from genre_core.datasets.splits import LeakReport, Split, leaks_between
from genre_core.datasets.splits.columns import fold_words
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError, ParameterError
from genre_core.params import fingerprint

MIN_FOLDS, MAX_FOLDS = 3, 20
"""With fewer than three, a model would learn from less than half of the tracks."""

VALID_SHARE = 0.2
"""Of what a fold's model may hear: it says when to stop."""

GROUPED_BY = ("artist", "track", "column")


@dataclass(frozen=True)
class Folds:
    """The fold of every track.

    Attributes
    ----------
    name : str
        `by_artist` or `by_track`: what a fold never tears apart; tracks of equal audio stay together in both. `by_column` where
        the data set's table names the folds.
    seed : int
        What the choice of tracks follows from.
    n_folds : int
        Number of folds, 3 to 20.
    of : mapping
        Track id to the number of its fold, from 0, in the data set's order.
    held_out : mapping
        Track id to its role in the split that was divided, for tracks that are in no fold.
    """

    name: str
    seed: int
    n_folds: int
    of: Mapping[str, int]
    held_out: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_n_folds(self.n_folds)
        if self.name not in {f"by_{what}" for what in GROUPED_BY}:
            raise DatasetError(f"Folds are by_artist, by_track or by_column. Received: {self.name!r}.")
        found = {number for number in self.of.values() if isinstance(number, int) and not isinstance(number, bool)}
        if found != set(range(self.n_folds)) or len(found) < len(set(map(repr, self.of.values()))):
            received = ", ".join(sorted(set(map(repr, self.of.values())))) or "none"
            raise DatasetError(f"Tracks lie in each of the folds 0 to {self.n_folds - 1} and in no other. Received: {received}.")
        if wrong := sorted({str(role) for role in self.held_out.values() if role not in ROLES}):
            raise DatasetError(f"The role of a track that is held out is {', '.join(ROLES)}. Received: {', '.join(wrong)}.")
        if both := sorted(set(self.of) & set(self.held_out)):
            raise DatasetError(f"A track is in a fold or held out, not both. Received: {both[0]!r} in both.")
        object.__setattr__(self, "of", dict(self.of))
        object.__setattr__(self, "held_out", dict(self.held_out))

    @property
    def grouped_by(self) -> str:
        """`artist`, `track` or `column`."""
        return self.name.removeprefix("by_")

    @property
    def title(self) -> str:
        """Words for a badge, `5 folds by artist`."""
        return f"{self.n_folds} folds by {self.grouped_by}"

    @property
    def fingerprint(self) -> str:
        """Changes when any track changes its fold or is held out."""
        return fingerprint({"name": self.name, "of": dict(self.of), "held_out": dict(self.held_out)})

    def ids(self, index: int) -> list[str]:
        """Ids of the tracks in one fold, in the data set's order."""
        self._check_index(index)
        return [track_id for track_id, number in self.of.items() if number == index]

    def split(self, index: int, dataset: Dataset, *, pairs: Iterable[Alike] = ()) -> Split:
        """Roles for the model of one fold: `test` is the fold itself, `valid` a fifth of the others, `train` the rest.

        The fifth is drawn genre by genre as far as whole artists (where most are named) and tracks of equal audio allow.
        Tracks that are held out have no role in it.
        """
        self._check_index(index)
        others = [track for track in dataset.tracks if self.of.get(track.id, index) != index]
        groups: list[list[Track]] = together(others, by_artist=mostly_named(others), pairs=pairs)
        sizes = Counter(track.genre for track in others)
        shares = {"train": 1 - VALID_SHARE, "valid": VALID_SHARE}
        targets = {(genre, part): size * share for genre, size in sizes.items() for part, share in shares.items()}
        chosen = best_division(groups, tuple(shares), targets, self.seed).chosen
        roles = {track.id: part for group, part in zip(groups, chosen, strict=True) for track in group}
        name = f"fold {index + 1} of {self.n_folds} by {self.grouped_by}"
        return Split(name, self.seed, {track_id: roles.get(track_id, "test") for track_id in self.of})

    def counts(self, dataset: Dataset) -> dict[str, list[int]]:
        """Number of tracks by genre and fold, `{"blues": [4, 4, 4, 4, 4], ...}`."""
        counts = {genre: [0] * self.n_folds for genre in dataset.genres}
        for track in dataset.tracks:
            if track.id in self.of:
                counts[track.genre][self.of[track.id]] += 1
        return counts

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a run's manifest."""
        return {
            "name": self.name,
            "seed": self.seed,
            "count": self.n_folds,
            "grouped_by": self.grouped_by,
            "fingerprint": self.fingerprint,
            "of": dict(self.of),
            "held_out": dict(self.held_out),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Folds:
        """Inverse of `to_dict`.

        Raises
        ------
        DatasetError
            If a value is missing or does not fit, or the folds are not those that the fingerprint was taken of.
        """
        try:
            name, seed, n_folds = f"by_{values['grouped_by']}", int(values["seed"]), int(values["count"])
            folds = cls(name, seed, n_folds, dict(values["of"]), dict(values.get("held_out", {})))
            expected = values.get("fingerprint", folds.fingerprint)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"Folds need count, seed, grouped_by and of. Received: {type(error).__name__} {error}.") from error
        if expected != folds.fingerprint:
            raise DatasetError(f"The folds were changed: expected fingerprint {expected}. Received: {folds.fingerprint}.")
        return folds

    def _check_index(self, index: int) -> None:
        if index not in range(self.n_folds):
            raise DatasetError(f"The folds are 0 to {self.n_folds - 1}. Received: {index!r}.")


def check_n_folds(n_folds: int) -> int:
    """`n_folds` itself, if so many folds make sense; raises `ParameterError`."""
    if not isinstance(n_folds, int) or isinstance(n_folds, bool) or not MIN_FOLDS <= n_folds <= MAX_FOLDS:
        raise ParameterError(
            f"n_folds must be a whole number in [{MIN_FOLDS}, {MAX_FOLDS}]: one fold is judged, "
            f"the others are learned from. Received: n_folds={n_folds!r}."
        )
    return n_folds


def make_folds(
    dataset: Dataset, n_folds: int, *, seed: int = 0, within: Split | None = None, pairs: Iterable[Alike] = ()
) -> Folds:
    """Divide a data set into folds of equal size, each with every genre's share as well as whole groups allow.

    Artists stay whole where every track names one, and tracks of equal audio stay together always. The same seed gives the same
    folds, whatever the order of the tracks.

    Parameters
    ----------
    dataset : Dataset
        What to divide.
    n_folds : int
        Number of folds, 3 to 20.
    seed : int
        Another seed gives other folds.
    within : Split or None
        Divide the tracks of its roles train and valid only: its test tracks, and tracks without a role, are in no fold.
    pairs : iterable
        Tracks found to be alike (`first` and `second`, ids), which stay together too.

    Raises
    ------
    ParameterError
        If `n_folds` is out of range.
    DatasetError
        If `within` gives roles to segments, or a genre has fewer groups than folds; the message says how many folds are possible.
    """
    check_n_folds(n_folds)
    held_out = _held_out(dataset, within)
    tracks = [track for track in dataset.tracks if track.id not in held_out]
    if within is not None:
        tracks = [track for track in tracks if track.id in within.roles]
    by_artist = mostly_named(tracks)
    groups = together(tracks, by_artist=by_artist, pairs=pairs)
    _check_enough(groups, n_folds, "artists" if by_artist else "songs")
    sizes = Counter(track.genre for track in tracks)
    sizes[EVERY_GENRE] = len(tracks)
    parts = range(n_folds)
    targets = {(genre, part): size / n_folds for genre, size in sizes.items() for part in parts}
    best = best_division(groups, parts, targets, seed, attempts=ATTEMPTS if by_artist else 1)
    if best.lacking:
        genres = ", ".join(sorted({genre for genre, _ in best.lacking}))
        raise DatasetError(
            f"No division into {n_folds} folds gives every fold a part of {genres}, since artists or equal audio tie genres "
            "together. Ask for fewer folds, or add songs by other artists."
        )
    fold_of = {track.id: part for group, part in zip(groups, best.chosen, strict=True) for track in group}
    ordered = {track.id: fold_of[track.id] for track in tracks}
    return Folds("by_artist" if by_artist else "by_track", seed, n_folds, ordered, held_out)


def folds_from_column(dataset: Dataset, column: str, *, within: Split | None = None) -> Folds:
    """The folds that a column of the data set's table names, such as a published division by artist; they count in its order.

    `excluded`, `unused`, `none` and `-` leave a track out of all folds.

    Parameters
    ----------
    dataset : Dataset
        What is divided.
    column : str
        A further column of its table; any 3 to 20 different words are folds.
    within : Split or None
        Its test tracks, and tracks without a role, are in no fold.

    Raises
    ------
    DatasetError
        If there is no such column, a row is empty (the rows are named), or there are too few or too many folds.
    """
    held_out = _held_out(dataset, within)
    words = {
        track_id: word
        for track_id, word in fold_words(dataset, column).items()
        if word and track_id not in held_out and (within is None or track_id in within.roles)
    }
    names = sorted(set(words.values()), key=lambda word: (not word.isdigit(), int(word) if word.isdigit() else 0, word))
    if not MIN_FOLDS <= len(names) <= MAX_FOLDS:
        raise DatasetError(
            f"The column {column!r} must name {MIN_FOLDS} to {MAX_FOLDS} folds. Received: {len(names)} different words, "
            f"{', '.join(map(repr, names[:MIN_FOLDS])) or 'none'}. Name another column, or ask for a number of folds."
        )
    return Folds("by_column", 0, len(names), {track_id: names.index(word) for track_id, word in words.items()}, held_out)


def fold_leaks(folds: Folds, dataset: Dataset, pairs: Iterable[Alike] = ()) -> LeakReport:
    """What crosses from one fold into another; tracks that are held out don't count."""
    return leaks_between(folds.of, dataset, pairs)


def _held_out(dataset: Dataset, within: Split | None) -> dict[str, str]:
    if within is None:
        return {}
    if within.leaky:
        raise DatasetError(
            "Folds judge each track by a net that has not heard it. Received: random segments, of which every track has some in "
            "train. Train once with them, or divide another split into folds."
        )
    if missing := [track_id for track_id in within.roles if track_id not in dataset.by_id]:
        raise DatasetError(
            f"The split must be one of the data set {dataset.name!r}. Received: a split with {len(missing)} other tracks, the "
            f"first {missing[0]!r}. Split this data set anew."
        )
    return dict.fromkeys(within.ids("test"), "test")


def _check_enough(groups: list[list[Track]], n_folds: int, what: str) -> None:
    counts = Counter(genre for group in groups for genre in {track.genre for track in group})
    if len(counts) < 2:
        raise DatasetError(
            f"Folds need at least two genres. Received: {', '.join(counts) or 'none'}. Add songs of another genre."
        )
    genre, fewest = min(counts.items(), key=lambda entry: (entry[1], entry[0]))
    if fewest >= n_folds:
        return
    more = "songs by other artists" if what == "artists" else "songs"
    possible = f"At most {fewest} folds are possible" if fewest >= MIN_FOLDS else f"Folds need at least {MIN_FOLDS}"
    raise DatasetError(
        f"Every fold needs a part of every genre: {n_folds} folds need {n_folds} different {what} a genre. "
        f"Received: {genre} with {fewest}. {possible}; to go on, add {more} to {genre} or leave it out."
    )

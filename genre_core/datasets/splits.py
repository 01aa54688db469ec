"""Splits: which track a model learns from, is chosen by and is judged on. Nothing that belongs together is torn apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from genre_core.datasets.division import ATTEMPTS, ROLES, SHARES, artist_key, best_division, together
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError
from genre_core.params import fingerprint


@dataclass(frozen=True)
class Split:
    """The role of every track.

    Attributes
    ----------
    name : str
        Key in SPLITS.
    seed : int
        What its choice of tracks follows from.
    roles : mapping
        Track id to `train`, `valid` or `test`, in the data set's order.
    """

    name: str
    seed: int
    roles: Mapping[str, str]

    def __post_init__(self) -> None:
        if wrong := sorted({role for role in self.roles.values() if role not in ROLES}):
            raise DatasetError(f"A track's role is train, valid or test. Received: {', '.join(map(repr, wrong))}.")
        object.__setattr__(self, "roles", dict(self.roles))

    def ids(self, role: str) -> list[str]:
        """Ids of the tracks in one role, in the data set's order."""
        if role not in ROLES:
            raise DatasetError(f"A split has the roles {', '.join(ROLES)}. Received: {role!r}.")
        return [track_id for track_id, given in self.roles.items() if given == role]

    def counts(self, dataset: Dataset) -> dict[str, dict[str, int]]:
        """Number of tracks by genre and role, `{"blues": {"train": 12, "valid": 4, "test": 4}, ...}`."""
        counts = {genre: dict.fromkeys(ROLES, 0) for genre in dataset.genres}
        for track in dataset.tracks:
            if track.id in self.roles:
                counts[track.genre][self.roles[track.id]] += 1
        return counts

    @property
    def title(self) -> str:
        """Words for a badge, `by artist`."""
        return SPLITS[self.name].title if self.name in SPLITS else self.name

    @property
    def fingerprint(self) -> str:
        """Changes when any track changes its role."""
        return fingerprint({"name": self.name, "roles": dict(self.roles)})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a run's manifest."""
        return {"name": self.name, "seed": self.seed, "fingerprint": self.fingerprint, "roles": dict(self.roles)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Split:
        """Inverse of `to_dict`.

        Raises
        ------
        DatasetError
            If a value is missing, or the roles are not those that the fingerprint was taken of.
        """
        try:
            split = cls(str(values["name"]), int(values["seed"]), dict(values["roles"]))
            expected = values.get("fingerprint", split.fingerprint)
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"A split needs name, seed and roles. Received: {type(error).__name__} {error}.") from error
        if expected != split.fingerprint:
            raise DatasetError(f"The split's roles were changed: expected fingerprint {expected}. Received: {split.fingerprint}.")
        return split


def split_by_track(dataset: Dataset, *, seed: int = 0) -> Split:
    """Divide each genre's tracks 60, 20, 20; tracks of equal audio stay together.

    Raises
    ------
    DatasetError
        If a genre has fewer than three tracks, or the set fewer than two genres.
    """
    return Split("by_track", seed, _assign(dataset, together(dataset.tracks, by_artist=False), seed, "songs"))


def split_by_artist(dataset: Dataset, *, seed: int = 0) -> Split:
    """Divide artists so that each genre comes as near to 60, 20, 20 as whole artists allow; equal audio stays together.

    Raises
    ------
    DatasetError
        If an artist is unknown, or a genre has fewer than three artists.
    """
    if not dataset.artists_known:
        unknown = sum(not track.artist for track in dataset.tracks)
        raise DatasetError(
            f"A split by artist needs the artist of every track. Received: {unknown} of {len(dataset.tracks)} tracks without. "
            "Sort the songs into folders genre/artist/ and import again, or split by track."
        )
    return Split("by_artist", seed, _assign(dataset, together(dataset.tracks, by_artist=True), seed, "artists"))


class SplitSpec(NamedTuple):
    """A row of SPLITS: words for a menu, and the function `build(dataset, *, seed)`."""

    title: str
    description: str
    build: Callable[..., Split]


SPLITS: dict[str, SplitSpec] = {
    "by_track": SplitSpec(
        "by track",
        "Each song has one role. Songs of one artist may be in several, which flatters the score.",
        split_by_track,
    ),
    "by_artist": SplitSpec(
        "by artist",
        "All songs of an artist have one role: the score is for artists that the model never heard.",
        split_by_artist,
    ),
}


def _assign(dataset: Dataset, groups: list[list[Track]], seed: int, what: str) -> dict[str, str]:
    """Roles by track id: the best of several seeded greedy divisions."""
    _check_enough(dataset, groups, what)
    sizes = Counter(track.genre for track in dataset.tracks)
    targets = {(genre, role): size * SHARES[role] for genre, size in sizes.items() for role in ROLES}
    best = best_division(groups, ROLES, targets, seed, attempts=ATTEMPTS if what == "artists" else 1)
    if best.lacking:
        empty = ", ".join(f"{genre} in {role}" for genre, role in best.lacking)
        raise DatasetError(
            f"No division gives every genre a part of train, valid and test, since groups of {what} span several genres. "
            f"Missing: {empty}. Add {what} to these genres, or split by track."
        )
    roles = {track.id: role for group, role in zip(groups, best.chosen, strict=True) for track in group}
    return {track.id: roles[track.id] for track in dataset.tracks}


def _check_enough(dataset: Dataset, groups: list[list[Track]], what: str) -> None:
    if len(dataset.genres) < 2:
        raise DatasetError(
            f"A split needs at least two genres. Received: {', '.join(dataset.genres) or 'none'}. Add songs of another genre."
        )
    counts = Counter(genre for group in groups for genre in {track.genre for track in group})
    if scarce := [genre for genre in dataset.genres if counts[genre] < len(ROLES)]:
        received = ", ".join(f"{genre} with {counts[genre]}" for genre in scarce)
        remedy = "add songs of other artists, leave the genre out, or split by track"
        raise DatasetError(
            f"Every genre needs at least three different {what}, one each for train, valid and test. Received: {received}. "
            f"To go on, {remedy if what == 'artists' else 'add songs or leave the genre out'}."
        )


@dataclass(frozen=True)
class LeakReport:
    """What lies in more than one role of a split, or in more than one fold.

    Attributes
    ----------
    tracks : tuple of str
        Ids of tracks whose very audio is in another role as well.
    artists, hashes : tuple of str
        Artists, and SHA-256 of audio, that are in several roles.
    artists_known : bool
        Whether every track concerned names its artist; if not, that no artist crosses cannot be proven.
    """

    tracks: tuple[str, ...]
    artists: tuple[str, ...]
    hashes: tuple[str, ...]
    artists_known: bool

    @property
    def verdict(self) -> str:
        """`nothing crosses`, `12 artists cross`, `1 song crosses` or `artists unknown: not provable`."""
        crossing = [
            f"{count} {what}{'s cross' if count > 1 else ' crosses'}"
            for count, what in ((len(self.hashes), "song"), (len(self.artists), "artist"))
            if count
        ]
        if crossing:
            return ", ".join(crossing)
        return "nothing crosses" if self.artists_known else "artists unknown: not provable"

    @property
    def badge(self) -> str:
        """The verdict with its sign, as pages show it."""
        sign = "✖" if self.artists or self.hashes else "✔" if self.artists_known else "?"
        return f"{sign} {self.verdict}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a run's manifest, with the badge and the verdict in words."""
        return {
            "badge": self.badge,
            "verdict": self.verdict,
            "tracks": list(self.tracks),
            "artists": list(self.artists),
            "hashes": list(self.hashes),
            "artists_known": self.artists_known,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LeakReport:
        """Inverse of `to_dict`; badge and verdict follow from the rest.

        Raises
        ------
        DatasetError
            If a value is missing.
        """
        try:
            tracks, artists, hashes = (tuple(map(str, values[key])) for key in ("tracks", "artists", "hashes"))
            return cls(tracks, artists, hashes, values["artists_known"] is True)
        except (KeyError, TypeError) as error:
            raise DatasetError(
                f"A leak report needs tracks, artists, hashes and artists_known. Received: {type(error).__name__} {error}."
            ) from error


def leak_report(split: Split, dataset: Dataset) -> LeakReport:
    """What crosses from one role of `split` into another; tracks without a role don't count."""
    return leaks_between(split.roles, dataset)


def leaks_between(places: Mapping[str, Hashable], dataset: Dataset) -> LeakReport:
    """What lies in more than one place, where `places` says of track ids which role or fold they are in."""
    tracks = [track for track in dataset.tracks if track.id in places]
    places_of_audio: dict[str, set[Hashable]] = defaultdict(set)
    places_of_artist: dict[str, set[Hashable]] = defaultdict(set)
    names: dict[str, str] = {}
    for track in tracks:
        place = places[track.id]
        if track.sha256:
            places_of_audio[track.sha256].add(place)
        if track.artist:
            places_of_artist[artist_key(track.artist)].add(place)
            names.setdefault(artist_key(track.artist), track.artist)
    hashes = tuple(sorted(sha256 for sha256, found in places_of_audio.items() if len(found) > 1))
    return LeakReport(
        tracks=tuple(track.id for track in tracks if track.sha256 in hashes),
        artists=tuple(sorted(names[key] for key, found in places_of_artist.items() if len(found) > 1)),
        hashes=hashes,
        artists_known=bool(tracks) and all(track.artist for track in tracks),
    )

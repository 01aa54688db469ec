"""A split: the role of every track."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from genre_core.datasets.division import ROLES
from genre_core.datasets.splits.words import TITLES
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
from genre_core.params import fingerprint

MIXED = "mixed"
"""The role of a track whose segments have several."""

UNITS = ("track", "segment")
_FIVE = ("train", "train", "train", "valid", "test")
"""Roles of five segments that follow each other, in any order."""


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
        Track id to `train`, `valid` or `test`, in the data set's order; `mixed` where roles are given to segments.
    unit : str
        What has a role: `track`, or `segment`, so that one track is in several roles and the scores are leaky.
    genres : tuple of str
        The genres that it was narrowed to; empty for all of the data set's.
    train_share : float
        The share of the training tracks that was kept, above 0 to 1.
    """

    name: str
    seed: int
    roles: Mapping[str, str]
    unit: str = "track"
    genres: tuple[str, ...] = ()
    train_share: float = 1.0

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise DatasetError(f"Roles are given to each track or each segment. Received: {self.unit!r}.")
        allowed = ROLES if self.unit == "track" else (MIXED,)
        if wrong := sorted({role for role in self.roles.values() if role not in allowed}):
            raise DatasetError(f"A track's role is train, valid or test. Received: {', '.join(map(repr, wrong))}.")
        object.__setattr__(self, "roles", dict(self.roles))
        object.__setattr__(self, "genres", tuple(self.genres))

    @property
    def leaky(self) -> bool:
        """Segments of one track lie in several roles."""
        return self.unit == "segment"

    def ids(self, role: str) -> list[str]:
        """Ids of the tracks in one role, in the data set's order; of a leaky split all tracks, for each has segments there."""
        if role not in ROLES:
            raise DatasetError(f"A split has the roles {', '.join(ROLES)}. Received: {role!r}.")
        return [track_id for track_id, given in self.roles.items() if given in (role, MIXED)]

    def segment_roles(self, track_id: str, n_segments: int) -> list[str]:
        """Role of each segment of a track: the track's own, or, where roles are given to segments, drawn for each.

        Of five segments that follow each other three are to learn from, one chooses and one is judged, in an order that follows
        from the seed and the track alone.
        """
        if self.unit == "track":
            return [self.roles[track_id]] * n_segments
        roles: list[str] = []
        for block in range(-(-n_segments // len(_FIVE))):
            roles += [_FIVE[place] for place in _order(f"{self.seed}/{track_id}/{block}")]
        return roles[:n_segments]

    def counts(self, dataset: Dataset) -> dict[str, dict[str, int]]:
        """Number of tracks by genre and role, `{"blues": {"train": 12, "valid": 4, "test": 4}, ...}`.

        Where roles are given to segments, the one role is `mixed`.
        """
        roles = ROLES if self.unit == "track" else (MIXED,)
        counts = {genre: dict.fromkeys(roles, 0) for genre in self.genres or dataset.genres}
        for track in dataset.tracks:
            if track.id in self.roles:
                counts[track.genre][self.roles[track.id]] += 1
        return counts

    @property
    def title(self) -> str:
        """Words for a badge, `by artist`, `by artist, 4 genres, 20 % of the training tracks`."""
        return split_title(self.name, self.genres, self.train_share)

    @property
    def fingerprint(self) -> str:
        """Changes when any track, or any segment, changes its role."""
        values: dict[str, Any] = {"name": self.name, "roles": dict(self.roles)}
        return fingerprint(values if self.unit == "track" else {**values, "unit": self.unit, "seed": self.seed})

    def replace(self, **changes: Any) -> Split:
        """Copy with some values changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a run's manifest."""
        return {
            "name": self.name,
            "title": self.title,
            "seed": self.seed,
            "unit": self.unit,
            "genres": list(self.genres),
            "train_share": self.train_share,
            "fingerprint": self.fingerprint,
            "roles": dict(self.roles),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Split:
        """Inverse of `to_dict`.

        Raises
        ------
        DatasetError
            If a value is missing, or the roles are not those that the fingerprint was taken of.
        """
        try:
            split = cls(
                str(values["name"]),
                int(values["seed"]),
                dict(values["roles"]),
                str(values.get("unit", "track")),
                tuple(map(str, values.get("genres", ()))),
                float(values.get("train_share", 1.0)),
            )
            expected = values.get("fingerprint", split.fingerprint)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            if isinstance(error, DatasetError):
                raise
            raise DatasetError(f"A split needs name, seed and roles. Received: {type(error).__name__} {error}.") from error
        if expected != split.fingerprint:
            raise DatasetError(f"The split's roles were changed: expected fingerprint {expected}. Received: {split.fingerprint}.")
        return split


def split_title(name: str, genres: Sequence[str] = (), train_share: float = 1.0) -> str:
    """Words for a split of that name: `by artist, 4 genres, 20 % of the training tracks`."""
    words = [TITLES.get(name, name)]
    if genres:
        words.append(f"only {', '.join(genres)}" if len(genres) <= 4 else f"{len(genres)} genres")
    if train_share != 1.0:
        words.append(f"{100 * train_share:g} % of the training tracks")
    return ", ".join(words)


def _order(key: str) -> list[int]:
    """The places 0 to 4 in an order that follows from the key alone, each order as likely."""
    drawn = {place: hashlib.sha256(f"{key}/{place}".encode("utf-8", "surrogateescape")).digest() for place in range(len(_FIVE))}
    return sorted(drawn, key=drawn.__getitem__)

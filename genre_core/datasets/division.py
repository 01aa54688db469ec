"""Dividing groups of tracks into parts (train, valid and test, or folds) so that every genre comes near its shares."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from math import fsum
from typing import Generic, Protocol, TypeVar

from genre_core.datasets.tracks import Track

Part = TypeVar("Part", bound=Hashable)

ROLES = ("train", "valid", "test")
SHARES = {"train": 0.6, "valid": 0.2, "test": 0.2}
"""A fifth each for choosing and judging: five artists a genre fall 3, 1, 1, and small sets keep a test part worth a number."""


def artist_key(artist: str) -> str:
    """An artist's name without differences of case and spacing, so that `The  Who` and `the who` are one."""
    return " ".join(artist.split()).casefold()


def mostly_named(tracks: Iterable[Track]) -> bool:
    """Whether artists are known of so many tracks, half of them at least, that a division can keep artists apart.

    A track whose artist nobody named is then taken for the only one of its artist; what crosses is not provable for it.
    """
    named = [bool(track.artist) for track in tracks]
    return bool(named) and 2 * sum(named) >= len(named)


class Alike(Protocol):
    """Two tracks found to sound alike, by their ids."""

    @property
    def first(self) -> str: ...

    @property
    def second(self) -> str: ...


def together(tracks: Iterable[Track], *, by_artist: bool, pairs: Iterable[Alike] = ()) -> list[list[Track]]:
    """Groups of tracks that must share a role, linked over any number of steps.

    Equal audio links, and, if asked, the artist, and each of `pairs`; a pair with a track that is not among these is passed over.
    """
    tracks = list(tracks)
    parent = list(range(len(tracks)))

    def top(index: int) -> int:
        while parent[index] != index:
            parent[index] = index = parent[parent[index]]
        return index

    first: dict[tuple[str, str], int] = {}
    for index, track in enumerate(tracks):
        keys = [("audio", track.sha256)] if track.sha256 else []
        if by_artist and track.artist:
            keys.append(("artist", artist_key(track.artist)))
        for key in keys:
            parent[top(index)] = top(first.setdefault(key, index))
    places = {track.id: index for index, track in enumerate(tracks)}
    for pair in pairs:
        if pair.first in places and pair.second in places:
            parent[top(places[pair.first])] = top(places[pair.second])
    groups: dict[int, list[Track]] = defaultdict(list)
    for index, track in enumerate(tracks):
        groups[top(index)].append(track)
    return list(groups.values())


EVERY_GENRE = ""
"""Stands for all genres together in the targets of a `Division`."""

ATTEMPTS = 12
"""Divisions drawn where groups differ in size; the best is taken."""


class Division(Generic[Part]):
    """One division of groups into parts: greedy towards the targets, then mended where a genre lacks a part.

    Groups come in an order that a hash of the seed gives, large ones first, so that equal seeds divide equal sets alike on every
    system, whatever the order of the tracks. Single songs come genre by genre: what one genre leaves uneven, the next evens out.

    Parameters
    ----------
    groups : list of list of Track
        What must stay together.
    parts : sequence
        The parts, the first of equally good ones is taken.
    targets : dict
        Number of tracks wanted by (genre, part), all above zero; with the genre EVERY_GENRE, by part alone.
    seed : str
        Decides the order of groups of one size.
    """

    def __init__(
        self, groups: list[list[Track]], parts: Sequence[Part], targets: dict[tuple[str, Part], float], seed: str
    ) -> None:
        self.parts = parts
        self.targets = targets
        self.genres = [Counter(track.genre for track in group) for group in groups]
        if (EVERY_GENRE, parts[0]) in targets:
            for counts in self.genres:
                counts[EVERY_GENRE] = counts.total()
        self.counts: Counter[tuple[str, Part]] = Counter(dict.fromkeys(targets, 0))
        self.places: dict[int, Part] = {}
        ranks = [drawn(seed, group) for group in groups]
        genre = ["" if len(group) > 1 else group[0].genre for group in groups]
        self.order = sorted(range(len(groups)), key=lambda index: (-len(groups[index]), genre[index], ranks[index]))
        for index in self.order:
            self._put(index, min(parts, key=lambda part: self._rise(index, part)))
        self._mend()

    @property
    def chosen(self) -> list[Part]:
        """The part of each group, in the order of the groups."""
        return [self.places[index] for index in range(len(self.genres))]

    @property
    def cost(self) -> float:
        """Squared distance from the targets, each in proportion to its target."""
        return fsum((self.counts[key] - target) ** 2 / target for key, target in self.targets.items())

    @property
    def n_empty(self) -> int:
        return sum(not count for count in self.counts.values())

    @property
    def lacking(self) -> list[tuple[str, Part]]:
        """Genre and part where a part has nothing of a genre, by genre."""
        return sorted(
            (key for key, count in self.counts.items() if not count), key=lambda key: (key[0], self.parts.index(key[1]))
        )

    def _rise(self, index: int, part: Part) -> float:
        """By how much `cost` grows when the group joins `part`; summed exactly, so that no order of genres decides a tie."""
        return fsum(
            (2 * (self.counts[genre, part] - self.targets[genre, part]) + count) * count / self.targets[genre, part]
            for genre, count in self.genres[index].items()
        )

    def _put(self, index: int, part: Part) -> None:
        if index in self.places:
            self.counts.subtract({(genre, self.places[index]): count for genre, count in self.genres[index].items()})
        self.places[index] = part
        self.counts.update({(genre, part): count for genre, count in self.genres[index].items()})

    def _mend(self) -> None:
        """Move groups into parts that a genre lacks, smallest first, where that empties no other part."""
        for genre, part in self.lacking:
            for index in reversed(self.order):
                came_from, before = self.places[index], self.n_empty
                if self.counts[genre, part] or genre not in self.genres[index]:
                    continue
                self._put(index, part)
                if self.n_empty >= before:
                    self._put(index, came_from)


def best_division(
    groups: list[list[Track]],
    parts: Sequence[Part],
    targets: dict[tuple[str, Part], float],
    seed: int,
    *,
    attempts: int = ATTEMPTS,
) -> Division[Part]:
    """The best of several seeded divisions: fewest lacks, then nearest to the targets; the first of equals."""
    found = [Division(groups, parts, targets, f"{seed}/{attempt}") for attempt in range(attempts)]
    return min(found, key=lambda division: (division.n_empty, division.cost))


def drawn(seed: str, group: list[Track]) -> bytes:
    """A group's place in an order that follows from the seed and its tracks alone."""
    name = min(track.id for track in group)
    return hashlib.sha256(f"{seed}/{name}".encode("utf-8", "surrogateescape")).digest()

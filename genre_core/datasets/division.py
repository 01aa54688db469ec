"""Dividing groups of tracks into train, valid and test so that every genre comes near its shares."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from genre_core.datasets.tracks import Track

ROLES = ("train", "valid", "test")
SHARES = {"train": 0.6, "valid": 0.2, "test": 0.2}
"""A fifth each for choosing and judging: five artists a genre fall 3, 1, 1, and small sets keep a test part worth a number."""


def artist_key(artist: str) -> str:
    """An artist's name without differences of case and spacing, so that `The  Who` and `the who` are one."""
    return " ".join(artist.split()).casefold()


def together(tracks: Iterable[Track], *, by_artist: bool) -> list[list[Track]]:
    """Groups of tracks that must share a role: linked by equal audio and, if asked, by artist, over any number of steps."""
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
    groups: dict[int, list[Track]] = defaultdict(list)
    for index, track in enumerate(tracks):
        groups[top(index)].append(track)
    return list(groups.values())


class Division:
    """One division of groups into roles: greedy towards the targets, then mended where a genre lacks a role.

    Groups come in an order that a hash of the seed gives, large ones first, so that equal seeds divide equal sets alike on every
    system, whatever the order of the tracks.
    """

    def __init__(self, groups: list[list[Track]], targets: dict[tuple[str, str], float], seed: str) -> None:
        self.targets = targets
        self.genres = [Counter(track.genre for track in group) for group in groups]
        self.counts: Counter[tuple[str, str]] = Counter(dict.fromkeys(targets, 0))
        self.chosen = [""] * len(groups)
        drawn = [_draw(seed, group) for group in groups]
        self.order = sorted(range(len(groups)), key=lambda index: (-len(groups[index]), drawn[index]))
        for index in self.order:
            self._put(index, min(ROLES, key=lambda role: self._rise(index, role)))
        self._mend()

    @property
    def cost(self) -> float:
        """Squared distance from the targets, each in proportion to its target."""
        return sum((self.counts[key] - target) ** 2 / target for key, target in self.targets.items())

    @property
    def n_empty(self) -> int:
        return sum(not count for count in self.counts.values())

    def _rise(self, index: int, role: str) -> float:
        """By how much `cost` grows when the group joins `role`."""
        return sum(
            (2 * (self.counts[genre, role] - self.targets[genre, role]) + count) * count / self.targets[genre, role]
            for genre, count in self.genres[index].items()
        )

    def _put(self, index: int, role: str) -> None:
        if self.chosen[index]:
            self.counts.subtract({(genre, self.chosen[index]): count for genre, count in self.genres[index].items()})
        self.chosen[index] = role
        self.counts.update({(genre, role): count for genre, count in self.genres[index].items()})

    def _mend(self) -> None:
        """Move groups into roles that a genre lacks, smallest first, where that empties no other role."""
        for genre, role in [key for key, count in self.counts.items() if not count]:
            for index in reversed(self.order):
                came_from, before = self.chosen[index], self.n_empty
                if self.counts[genre, role] or genre not in self.genres[index]:
                    continue
                self._put(index, role)
                if self.n_empty >= before:
                    self._put(index, came_from)


def _draw(seed: str, group: list[Track]) -> bytes:
    name = min(track.id for track in group)
    return hashlib.sha256(f"{seed}/{name}".encode("utf-8", "surrogateescape")).digest()

"""What crosses a split: tracks, artists, equal audio and near-duplicates in more than one role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from genre_core.datasets.division import Alike, artist_key
from genre_core.datasets.splits.base import Split
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError


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
    near_duplicates : tuple of (str, str)
        Ids of tracks that sound alike and lie in different roles, where a check of the data set has found them.
    segments : bool
        Whether segments of one track lie in several roles; `tracks` then names all tracks.
    n_tracks, n_named : int
        How many tracks have a role, and how many of them name their artist; both 0 in records that did not count them.
    """

    tracks: tuple[str, ...]
    artists: tuple[str, ...]
    hashes: tuple[str, ...]
    artists_known: bool
    near_duplicates: tuple[tuple[str, str], ...] = ()
    segments: bool = False
    n_tracks: int = 0
    n_named: int = 0

    @property
    def verdict(self) -> str:
        """`nothing crosses`, `12 artists cross`, `1 song crosses`, `leaky: ...` or why nothing can be proven.

        `artists unknown: not provable` where nobody named any; else how many are known, and of how many tracks it is open.
        """
        if self.segments:
            return f"leaky: segments of {len(self.tracks)} {'song crosses' if len(self.tracks) == 1 else 'songs cross'}"
        counted = ((len(self.hashes), "song"), (len(self.near_duplicates), "near-duplicate"), (len(self.artists), "artist"))
        crossing = [f"{count} {what}{'s cross' if count > 1 else ' crosses'}" for count, what in counted if count]
        if crossing:
            return ", ".join(crossing)
        if self.artists_known:
            return "nothing crosses"
        if not self.n_named:
            return "artists unknown: not provable"
        unknown = self.n_tracks - self.n_named
        return f"artists of {self.n_named} of {self.n_tracks} tracks known, none of these crosses; not provable for {unknown}"

    @property
    def crosses(self) -> bool:
        """Something is known to lie in several roles."""
        return bool(self.segments or self.artists or self.hashes or self.near_duplicates)

    @property
    def badge(self) -> str:
        """The verdict with its sign, as pages show it."""
        sign = "✖" if self.crosses else "✔" if self.artists_known else "?"
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
            "near_duplicates": [list(pair) for pair in self.near_duplicates],
            "segments": self.segments,
            **({"n_tracks": self.n_tracks, "n_named": self.n_named} if self.n_tracks else {}),
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
            pairs = tuple((str(first), str(second)) for first, second in values.get("near_duplicates", ()))
            counts = (int(values.get("n_tracks", 0)), int(values.get("n_named", 0)))
            return cls(tracks, artists, hashes, values["artists_known"] is True, pairs, values.get("segments") is True, *counts)
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(
                f"A leak report needs tracks, artists, hashes and artists_known. Received: {type(error).__name__} {error}."
            ) from error


def leak_report(split: Split, dataset: Dataset, pairs: Iterable[Alike] = ()) -> LeakReport:
    """What crosses from one role of `split` into another; tracks without a role don't count.

    Parameters
    ----------
    split : Split
        Of the data set.
    dataset : Dataset
        Says which audio and which artist a track is.
    pairs : iterable
        Tracks found to sound alike, as the report of a check holds them: ids `first` and `second`.
    """
    found = leaks_between(split.roles, dataset, pairs)
    if not split.leaky:
        return found
    tracks = tuple(track.id for track in dataset.tracks if track.id in split.roles)
    return replace(found, tracks=tracks, artists=(), hashes=(), near_duplicates=(), segments=True)


def leaks_between(places: Mapping[str, Hashable], dataset: Dataset, pairs: Iterable[Alike] = ()) -> LeakReport:
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
    hashes = {sha256 for sha256, found in places_of_audio.items() if len(found) > 1}
    audio = {track.id: track.sha256 for track in tracks}
    alike = {
        (min(pair.first, pair.second), max(pair.first, pair.second))
        for pair in pairs
        if pair.first in audio
        and pair.second in audio
        and places[pair.first] != places[pair.second]
        and not (audio[pair.first] and audio[pair.first] == audio[pair.second])  # counted as one song already
    }
    return LeakReport(
        tracks=tuple(track.id for track in tracks if track.sha256 in hashes),
        artists=tuple(sorted(names[key] for key, found in places_of_artist.items() if len(found) > 1)),
        hashes=tuple(sorted(hashes)),
        artists_known=bool(tracks) and all(track.artist for track in tracks),
        near_duplicates=tuple(sorted(alike)),
        n_tracks=len(tracks),
        n_named=sum(bool(track.artist) for track in tracks),
    )

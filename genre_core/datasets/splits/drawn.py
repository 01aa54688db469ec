"""Splits that are drawn: by track, by artist, and, to show what not to do, by segment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from genre_core.datasets.division import ATTEMPTS, ROLES, SHARES, Alike, best_division, mostly_named, together
from genre_core.datasets.splits.base import MIXED, Split
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import DatasetError


def split_by_track(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> Split:
    """Divide each genre's tracks 60, 20, 20; tracks of equal audio, and `pairs` found to be alike, stay together.

    Raises
    ------
    DatasetError
        If a genre has fewer than three tracks, or the set fewer than two genres.
    """
    return Split("by_track", seed, _assign(dataset, together(dataset.tracks, by_artist=False, pairs=pairs), seed, "songs"))


def split_by_artist(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> Split:
    """Divide artists so that each genre comes as near to 60, 20, 20 as whole artists allow.

    Tracks of equal audio, and `pairs` found to be alike, stay together. A track whose artist nobody named is taken for the only
    one of its artist: the leak report says for how many tracks nothing is proven.

    Raises
    ------
    DatasetError
        If the artists of most tracks are unknown, or a genre has fewer than three artists.
    """
    if not mostly_named(dataset.tracks):
        unknown = sum(not track.artist for track in dataset.tracks)
        raise DatasetError(
            f"A split by artist needs the artists of most tracks. Received: {unknown} of {len(dataset.tracks)} tracks without. "
            "Sort the songs into folders genre/artist/ and import again, or split by track (by_track)."
        )
    return Split("by_artist", seed, _assign(dataset, together(dataset.tracks, by_artist=True, pairs=pairs), seed, "artists"))


def split_at_random(dataset: Dataset, *, seed: int = 0, pairs: Iterable[Alike] = ()) -> Split:
    """Give each segment a role of its own: a demonstration of a leak, as many published scores have it.

    Sturm, The State of the Art Ten Years After a State of the Art: Future Research in Music Information Retrieval, Journal of New
    Music Research 43(2), 2014, measures what such leaks do to scores on GTZAN.

    Raises
    ------
    DatasetError
        If the set has fewer than two genres, or every track is one row of numbers: there are no segments to tear apart.
    """
    check_genres(dataset)
    if dataset.given and all(track.seconds < 1.5 * _row_seconds(dataset) for track in dataset.tracks):
        raise DatasetError(
            f"Random segments need tracks of several segments. Each track of {dataset.name!r} is one row of numbers, so "
            "nothing could leak this way: split by track (by_track)."
        )
    return Split("segment_random", seed, dict.fromkeys((track.id for track in dataset.tracks), MIXED), unit="segment")


def _row_seconds(dataset: Dataset) -> float:
    """Length of the sound that a row of a data set without audio stands for [s]."""
    return float(dataset.given[0]["segments"]["segment_seconds"])


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
            f"Missing: {empty}. Add {what} to these genres, or split by track (by_track)."
        )
    roles = {track.id: role for group, role in zip(groups, best.chosen, strict=True) for track in group}
    return {track.id: roles[track.id] for track in dataset.tracks}


def check_genres(dataset: Dataset) -> None:
    """Raise `DatasetError` for fewer than two genres: there is nothing to tell apart."""
    if len(dataset.genres) < 2:
        raise DatasetError(
            f"A split needs at least two genres. Received: {', '.join(dataset.genres) or 'none'}. Add songs of another genre."
        )


def _check_enough(dataset: Dataset, groups: list[list[Track]], what: str) -> None:
    check_genres(dataset)
    counts = Counter(genre for group in groups for genre in {track.genre for track in group})
    if scarce := [genre for genre in dataset.genres if counts[genre] < len(ROLES)]:
        received = ", ".join(f"{genre} with {counts[genre]}" for genre in scarce)
        remedy = "add songs of other artists, leave the genre out, or split by track (by_track)"
        raise DatasetError(
            f"Every genre needs at least three different {what}, one each for train, valid and test. Received: {received}. "
            f"To go on, {remedy if what == 'artists' else 'add songs or leave the genre out'}."
        )

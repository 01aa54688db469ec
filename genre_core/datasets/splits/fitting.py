"""What a split gives of a data set's songs, and which split fits a data set best."""

from __future__ import annotations

from collections.abc import Mapping

from genre_core.datasets.division import ROLES, artist_key
from genre_core.datasets.splits.base import Split
from genre_core.datasets.splits.gtzan import fault_filtered
from genre_core.datasets.tracks import Dataset

BEST_SPLITS = ("by_artist", "fma", "fault_filtered", "by_track", "from_column")
"""Names of splits, the one to prefer first: artists apart and published ones, before those that may flatter."""

PUBLISHED = ("fma", "fault_filtered")
"""Splits that others have drawn: a part of their songs may have no test track, and still models learn and are chosen by them."""

_WHY = {
    "by_artist": "no division of these songs is stricter",
    "fma": "these are FMA's clips, and its authors' division keeps artists apart",
    "fault_filtered": "these are GTZAN's clips, and its published division leaves out repeats and faults and keeps artists apart "
    "as far as they are known",
    "by_track": "no stricter division of these songs has tracks to learn from, to choose by and to judge on in every genre",
    "from_column": "it is the only honest division that these songs allow",
}


def best_of(splits: Mapping[str, Split], dataset: Dataset) -> str | None:
    """Name of the split to begin with, of those that the data set allows; None where there is none.

    The first of `BEST_SPLITS` in which every genre has tracks of every role, of a published one train and valid tracks; where
    none is so, the first that has tracks of every role; else the first. A split that leaks is never taken unasked.
    """
    names = sorted(splits, key=lambda name: BEST_SPLITS.index(name) if name in BEST_SPLITS else len(BEST_SPLITS))
    honest = [name for name in names if not splits[name].leaky]
    whole = [name for name in honest if not set(lacking(splits[name], dataset)) - ({"test"} if name in PUBLISHED else set())]
    filled = [name for name in honest if all(splits[name].ids(role) for role in ROLES)]
    return next(iter([*whole, *filled, *honest]), None)


def why_taken(name: str) -> str:
    """Why `best_of` takes this split, as the end of a sentence; empty for one that it never takes."""
    return _WHY.get(name, "")


def lacking(split: Split, dataset: Dataset) -> dict[str, list[str]]:
    """Role -> genres that have no track of it, for roles that not every genre has; empty where roles are given to segments."""
    if split.leaky:
        return {}
    counts = split.counts(dataset)
    found = {role: [genre for genre, by_role in counts.items() if not by_role[role]] for role in ROLES}
    return {role: genres for role, genres in found.items() if genres}


def remarks(split: Split, dataset: Dataset) -> list[str]:
    """What must be known of a split of these very songs, in sentences: roles and genres without tracks, songs without a role."""
    if split.leaky:
        return ["Every song is mixed: of its segments, some are to learn from, some choose and some judge."]
    words = []
    for role, genres in lacking(split, dataset).items():
        if not split.ids(role):
            words.append(f"No song has the role {role}{', so there is no test split to open' * (role == 'test')}.")
        else:
            words.append(f"No {role} track: {', '.join(genres)}.")
    wanted = [track for track in dataset.tracks if not split.genres or track.genre in split.genres]
    without = sum(track.id not in split.roles for track in wanted)
    if without and split.train_share == 1.0:
        words.append(f"{without} {'song has' if without == 1 else 'songs have'} no role.")
    if split.name == "fault_filtered":
        words.append(_published(split))
    words += _few_artists(split, dataset)
    return words


def _few_artists(split: Split, dataset: Dataset) -> list[str]:
    """That a valid genre is one artist's, where artists are known: its score then tells of that artist."""
    artists: dict[str, set[str | None]] = {}
    for track_id in split.ids("valid"):
        track = dataset.by_id[track_id]
        artists.setdefault(track.genre, set()).add(track.artist and artist_key(track.artist))
    alone = [genre for genre, names in artists.items() if len(names) == 1 and None not in names]
    if not alone:
        return []
    which = "each genre is" if len(alone) == len(artists) else f"{', '.join(alone)} {'is' if len(alone) == 1 else 'are each'}"
    return [f"In valid {which} one artist's: the score tells how well these few artists are known, so its interval is wide."]


def _published(split: Split) -> str:
    whole, here = len(fault_filtered()), len(split.roles)
    if here == whole:
        return f"All {whole} tracks are here: scores compare with those of papers."
    roles = ", ".join(f"{len(split.ids(role))} {role}" for role in ROLES)
    return f"Here are {here} of its {whole} tracks ({roles}): scores do not compare with those of papers."

"""What a check of a data set may find: how grave it is, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from genre_core.datasets.tracks import Problem

GRAVITIES = ("grave", "doubtful", "remark")
"""In order: a track that cannot be used or has two labels; what makes scores better or worse than they are; worth knowing."""


class CheckSpec(NamedTuple):
    """A row of KINDS."""

    title: str
    gravity: str
    meaning: str
    advice: str


_AGAIN = "Export the song again, or remove the file."

KINDS: dict[str, CheckSpec] = {
    "missing": CheckSpec("gone", "grave", "The file is not where the import found it.", "Bring it back, or import again."),
    "unreadable": CheckSpec("not readable", "grave", "The file may not be read.", "Give the right to read it."),
    "empty": CheckSpec("empty file", "grave", "The file holds no bytes.", "Copy it again, or remove it."),
    "not_audio": CheckSpec("no audio", "grave", "The bytes are no audio that can be decoded.", _AGAIN),
    "no_samples": CheckSpec("no samples", "grave", "The file holds audio without a single sample.", _AGAIN),
    "not_finite": CheckSpec("not finite", "grave", "Samples are NaN, infinite or beyond any scale.", _AGAIN),
    "damaged": CheckSpec("damaged", "grave", "Decoding breaks off.", _AGAIN),
    "crashed": CheckSpec("ends the reader", "grave", "Every process that reads the file comes to an end.", _AGAIN),
    "too_long": CheckSpec("too long", "grave", "The file is longer than one track may be.", "Cut it into songs."),
    "too_short": CheckSpec("too short", "grave", "There is too little sound to judge by.", "Remove the file."),
    "silent": CheckSpec("silent", "grave", "There is no sound.", _AGAIN),
    "constant": CheckSpec("constant", "grave", "One value, or one tone that never changes, is no music.", _AGAIN),
    "changed": CheckSpec(
        "changed", "grave", "The audio is not the one that was imported; stored features are of the old.", "Import again."
    ),
    "conflict": CheckSpec(
        "same audio, two genres", "grave", "Two tracks of equal audio bear different labels: one is wrong.", "Remove one of them."
    ),
    "near_conflict": CheckSpec(
        "same recording, two genres",
        "grave",
        "Two tracks hold the same recording, in another encoding, gain or cut, under different labels.",
        "Listen to both and remove one.",
    ),
    "bandwidth": CheckSpec(
        "bandwidth gives the genre away",
        "doubtful",
        "Tracks of some genres end at a frequency where others go on: a model can tell the genre without hearing music.",
        "Low-pass all tracks to the lowest limit, or leave these tracks out.",
    ),
    "duplicate": CheckSpec("same audio", "doubtful", "Two tracks of one genre have equal audio: it counts twice.", "Remove one."),
    "near_duplicate": CheckSpec(
        "same recording",
        "doubtful",
        "Two tracks hold the same recording, in another encoding, gain or cut; in two roles of a split it flatters the score.",
        "Remove one, or keep both in one role.",
    ),
    "title_conflict": CheckSpec(
        "same song, two genres", "doubtful", "One artist's song of one title bears several labels.", "Listen, and mend a label."
    ),
    "clipped": CheckSpec(
        "clipped",
        "doubtful",
        "Much of the sound stands at full scale: it is distorted.",
        "Take a better copy where there is one.",
    ),
    "cut_short": CheckSpec("breaks off", "doubtful", "The file ends before the length it names.", "Copy it again."),
    "same_title": CheckSpec(
        "same song",
        "remark",
        "One artist's song of one title is there several times: other cuts, takes or versions.",
        "Split by artist.",
    ),
    "odd_rate": CheckSpec("odd sample rate", "remark", "Few tracks have another sample rate than most.", "Look at bandwidth."),
    "odd_channels": CheckSpec(
        "odd channels", "remark", "Few tracks have another number of channels than most.", "Models hear the mean of all channels."
    ),
    "few_tracks": CheckSpec("few tracks", "remark", "A score for so few tracks says little.", "Add songs of this genre."),
    "imbalance": CheckSpec(
        "imbalance",
        "remark",
        "One genre has many times the tracks of another.",
        "Read scores genre by genre, or balance the set.",
    ),
    "artists_unknown": CheckSpec(
        "artists unknown", "remark", "That no artist crosses a split cannot be proven.", "Name the artists and import again."
    ),
}
"""Kind of a `Problem` -> what is known of it, gravest first."""

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def gravity(kind: str) -> str:
    """`grave`, `doubtful` or `remark`; a kind that no row has is grave."""
    return KINDS[kind].gravity if kind in KINDS else GRAVITIES[0]


def by_gravity(problems: Iterable[Problem]) -> list[Problem]:
    """Gravest first; those of one kind stay in their order."""
    return sorted(problems, key=lambda problem: _RANK.get(problem.kind, -1))

"""What a check of a data set may find: how grave it is, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    def of_numbers(self) -> CheckSpec:
        """The same in the words of a data set that holds numbers and no sound."""
        plain = {"same audio": "same numbers", "equal audio": "equal numbers", "Listen, and mend": "Mend"}
        title, meaning, advice = self.title, self.meaning, self.advice
        for sound, numbers in plain.items():
            title, meaning, advice = (text.replace(sound, numbers) for text in (title, meaning, advice))
        return self._replace(title=title, meaning=meaning, advice=advice)


_AGAIN = "Export the song again and import it, or leave the track out."

KINDS: dict[str, CheckSpec] = {
    "missing": CheckSpec("gone", "grave", "The file is not where the import found it.", "Bring it back, or import again."),
    "unreadable": CheckSpec("not readable", "grave", "The file may not be read.", "Give the right to read it."),
    "empty": CheckSpec("empty file", "grave", "The file holds no bytes.", "Copy it again, or leave the track out."),
    "not_audio": CheckSpec("no audio", "grave", "The bytes are no audio that can be decoded.", _AGAIN),
    "no_samples": CheckSpec("no samples", "grave", "The file holds audio without a single sample.", _AGAIN),
    "not_finite": CheckSpec("not finite", "grave", "Samples are NaN, infinite or beyond any scale.", _AGAIN),
    "damaged": CheckSpec("damaged", "grave", "Decoding breaks off.", _AGAIN),
    "protected": CheckSpec(
        "protected", "grave", "The file is encrypted by its shop (DRM).", "Import a copy without protection, or leave it out."
    ),
    "crashed": CheckSpec("ends the reader", "grave", "Every process that reads the file comes to an end.", _AGAIN),
    "too_long": CheckSpec("too long", "grave", "The file is longer than one track may be.", "Cut it into songs."),
    "too_short": CheckSpec("too short", "grave", "There is too little sound to judge by.", "Leave the track out."),
    "silent": CheckSpec("silent", "grave", "There is no sound.", _AGAIN),
    "constant": CheckSpec("constant", "grave", "One value, or one tone that never changes, is no music.", _AGAIN),
    "changed": CheckSpec(
        "changed", "grave", "The audio is not the one that was imported; stored features are of the old.", "Import again."
    ),
    "conflict": CheckSpec(
        "same audio, two genres",
        "grave",
        "Two tracks of equal audio bear different labels: one is wrong.",
        "Leave the wrong one out.",
    ),
    "near_conflict": CheckSpec(
        "same recording, two genres",
        "grave",
        "Two tracks hold the same recording, in another encoding, gain or cut, under different labels.",
        "Listen to both and leave the wrong one out.",
    ),
    "bandwidth": CheckSpec(
        "bandwidth gives the genre away",
        "doubtful",
        "Tracks of some genres end at a frequency where others go on: a model can tell the genre without hearing music.",
        "Leave these tracks out, or low-pass all songs to the lowest limit with a sound editor and import them again.",
    ),
    "duplicate": CheckSpec(
        "same audio", "doubtful", "Two tracks of one genre have equal audio: it counts twice.", "Leave one out."
    ),
    "near_duplicate": CheckSpec(
        "same recording",
        "doubtful",
        "Two tracks hold the same recording, in another encoding, gain or cut; in two roles of a split it flatters the score.",
        "Leave one out; splits that are drawn here keep both in one role.",
    ),
    "title_conflict": CheckSpec(
        "same song, two genres", "doubtful", "One artist's song of one title bears several labels.", "Listen, and mend a label."
    ),
    "clipped": CheckSpec(
        "clipped",
        "doubtful",
        "Much of the sound stands at full scale: it is distorted.",
        "Take a better copy where there is one, or leave the track out.",
    ),
    "cut_short": CheckSpec(
        "breaks off", "doubtful", "The file ends before the length it names.", "Copy it again, or leave it out."
    ),
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
        "artists not named",
        "remark",
        "That no artist crosses a split cannot be proven.",
        "Name the artists, by folders genre/artist, a column artist or the files' tags, and import again.",
    ),
}
"""Kind of a `Problem` -> what is known of it, gravest first."""

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def gravity(kind: str) -> str:
    """`grave`, `doubtful` or `remark`; a kind that no row has is grave."""
    return KINDS[kind].gravity if kind in KINDS else GRAVITIES[0]


NAMES = {"grave": "grave", "doubtful": "doubtful", "remark": "worth knowing"}
"""Gravity -> how it is called wherever findings are counted."""

LEAVABLE = frozenset(kind for kind, spec in KINDS.items() if spec.gravity != "remark")
"""Kinds of findings that end when a track is left out."""

ALONE = frozenset({"conflict", "near_conflict", "duplicate", "near_duplicate", "title_conflict"})
"""Kinds that speak of tracks of which one may stay."""


def spec_of(kind: str, *, has_audio: bool = True) -> CheckSpec:
    """The row of KINDS, in words that fit a data set with or without sound."""
    return KINDS[kind] if has_audio else KINDS[kind].of_numbers()


def counted_words(counts: Mapping[str, int]) -> str:
    """`0 grave, 2 doubtful, 1 worth knowing`, as every part of the product says it."""
    return ", ".join(f"{counts[level]} {NAMES[level]}" for level in GRAVITIES)


def by_gravity(problems: Iterable[Problem]) -> list[Problem]:
    """Gravest first; those of one kind stay in their order."""
    return sorted(problems, key=lambda problem: _RANK.get(problem.kind, -1))

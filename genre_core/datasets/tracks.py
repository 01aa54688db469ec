"""Tracks and data sets: cheap objects that read audio only when asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from genre_core.audio.clip import Clip
from genre_core.errors import DatasetError
from genre_core.params import fingerprint

SYNTHESISED = "synthesised"
"""Note of a data set whose songs the product made."""
RECIPE = "recipe"
"""Column that says from what such a song follows."""


class NoAudioError(DatasetError):
    """The sound of a track that is known by its numbers only was asked for."""

    kind = "no_audio"


@dataclass(frozen=True, slots=True)
class Track:
    """One song entry.

    Attributes
    ----------
    id : str
        Unique within its data set, `blues.00012` or `blues/My song`.
    genre : str
        Its label.
    path : Path or None
        Audio file; None for a track known by its features only.
    artist : str or None
        None where nobody said.
    seconds : float
        Length of the decoded audio [s].
    sha256 : str
        Of the decoded audio, `Clip.sha256` at 22,050 Hz; of its numbers for a track without audio.
    extra : dict
        Further columns of the table, kept as they came: title, tempo, key.
    """

    id: str
    genre: str
    path: Path | None
    artist: str | None
    seconds: float
    sha256: str
    extra: dict[str, str] = field(default_factory=dict, compare=False)

    def clip(self, *, sr: int = 22050) -> Clip:
        """Decode the audio; raises `AudioError` if it has gone or is damaged, `NoAudioError` if there never was any."""
        if self.path is None:
            raise NoAudioError(f"Track {self.id} has no audio: its data set holds features only.")
        from genre_core.audio.decode import decode

        return decode(self.path, sr=sr)


@dataclass(frozen=True)
class Problem:
    """A file that an import left out, or something that a check found.

    Attributes
    ----------
    file : str
        The file, or a track's id, a genre or the data set's name.
    kind : str
        Why: an `AudioError` kind or a check's name, a row of `checks.KINDS`.
    message : str
        In words.
    tracks : tuple of str
        Ids of the tracks concerned; the first one is a sample to hear.
    start_seconds : float
        Where in that sample to listen [s].
    """

    file: str
    kind: str
    message: str
    tracks: tuple[str, ...] = ()
    start_seconds: float = 0.0


@dataclass(frozen=True)
class Dataset:
    """Named tracks in a fixed order.

    Attributes
    ----------
    name : str
        Folder name and key, `demo`.
    tracks : tuple of Track
    title : str
        Words to show.
    note : str
        What a reader must know wherever its numbers appear ("synthesised").
    problems : tuple of Problem
        What the import left out, with the reason.
    complete : bool
        False while tracks are still being made.
    given : tuple of dict
        Features that came as numbers, without audio: pairs of `feature` (`Feature.to_dict`) and `segments`
        (`SegmentConfig.to_dict`). Empty where there is audio.
    version : int
        Number of its version, from 1; a corrected label makes the next one.
    """

    name: str
    tracks: tuple[Track, ...]
    title: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    given: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    version: int = field(default=1, compare=False)

    @cached_property
    def genres(self) -> tuple[str, ...]:
        """Genres in alphabetical order: the order of every posterior."""
        return tuple(sorted({track.genre for track in self.tracks}))

    @cached_property
    def by_id(self) -> dict[str, Track]:
        return {track.id: track for track in self.tracks}

    @property
    def has_audio(self) -> bool:
        """Whether there is anything to hear: False where all tracks are known by their numbers only."""
        return any(track.path is not None for track in self.tracks)

    @property
    def artists_known(self) -> bool:
        return bool(self.tracks) and all(track.artist for track in self.tracks)

    @cached_property
    def fingerprint(self) -> str:
        """Changes when a track, a label or the audio changes.

        Songs that the product synthesised are told by their recipe: their samples differ in the last bit from processor to
        processor, and they are the same songs all the same.
        """
        made = self.note == SYNTHESISED
        sounds = {track.id: (made and track.extra.get(RECIPE)) or track.sha256 for track in self.tracks}
        return fingerprint(sorted([track.id, track.genre, sounds[track.id]] for track in self.tracks))

"""Which songs are meant: the files in folders, files that are named, the tracks of a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from genre_core.datasets.sources.found import Found, passed_over_words, walk
from genre_core.datasets.sources.names import printable
from genre_core.datasets.tracks import Dataset, NoAudioError, Problem


class Song(NamedTuple):
    """A song to hear.

    Attributes
    ----------
    path : Path
        As it was named; not looked at yet.
    title, artist : str
        Empty where nobody said.
    said_genre : str
        What its data set says that it is; empty where nobody said.
    """

    path: Path
    title: str = ""
    artist: str = ""
    said_genre: str = ""

    @property
    def shown(self) -> str:
        """Artist and title, or the file's name without its extension."""
        named = self.title or printable(self.path.stem)
        return f"{self.artist} - {named}" if self.artist and self.title else named


class Songs(NamedTuple):
    """Songs in order, each once; and what stood in the way, folders that cannot be looked into and folders without songs.

    `passed_over` tells in a sentence how many files of the folders are no songs by their names; it is empty where there are none.
    """

    songs: tuple[Song, ...]
    problems: tuple[Problem, ...] = ()
    passed_over: str = ""


def songs_in(paths: Sequence[Path]) -> Songs:
    """The songs that paths stand for: a folder for all audio files in it and below, by extension; anything else for itself.

    Links are followed, each real folder once. Hidden files are left out. Nothing is decoded.
    """
    songs: dict[Path, Song] = {}
    problems: list[Problem] = []
    passed_over: Counter[str] = Counter()
    for path in paths:
        if not path.is_dir():
            songs.setdefault(path, Song(path))
            continue
        found = Found("folder", path, path, "")
        parts = walk(path, found)
        passed_over += found.passed_over
        problems += [Problem(str(path / problem.file), problem.kind, problem.message) for problem in found.problems]
        if not parts and not found.problems:
            problems.append(Problem(str(path), "missing", "Expected a folder with songs. Received: none in it."))
        for inside in parts:
            file = path.joinpath(*inside)
            songs.setdefault(file, Song(file))
    return Songs(tuple(songs.values()), tuple(problems), passed_over_words(passed_over))


def songs_of(dataset: Dataset) -> Songs:
    """The tracks of a data set, with what it says of them.

    Raises
    ------
    NoAudioError
        If it holds numbers without audio.
    """
    if not dataset.has_audio:
        raise NoAudioError(f"{dataset.name!r} holds numbers without audio: there is no sound to hear.")
    found = [
        Song(track.path, track.extra.get("title", "") or track.id, track.artist or "", track.genre)
        for track in dataset.tracks
        if track.path is not None
    ]
    return Songs(tuple(found))

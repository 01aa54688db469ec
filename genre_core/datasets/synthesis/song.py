"""One synthesised track: who plays what, and how it sounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.datasets.synthesis.band import Band
from genre_core.datasets.synthesis.mixing import mix
from genre_core.datasets.synthesis.oscillators import SR
from genre_core.datasets.synthesis.styles import STYLES
from genre_core.datasets.synthesis.theory import NOTE_NAMES, SCALES
from genre_core.errors import ParameterError, unknown_name

RECIPE_VERSION = 1
"""Raised when the same seed begins to give other samples."""

_FIRST = ("Amber", "Paper", "Seven", "Hollow", "Silver", "Slow", "Borrowed", "Northern", "Velvet", "Broken", "Salt", "Quiet")
_SECOND = (
    "Harbour",
    "Ladder",
    "Morning",
    "Letters",
    "Orchard",
    "Engine",
    "Garden",
    "Weather",
    "Lantern",
    "River",
    "Signal",
    "Staircase",
)


@dataclass(frozen=True)
class Song:
    """What a track is, known before a note sounds.

    Attributes
    ----------
    genre : str
    number : int
        Which of the genre's tracks, from 0.
    artist, title : str
        Invented.
    tempo_bpm : float
        Beats a minute.
    key : str
        `A` for A major and its like, `A minor`.
    metre : str
        `4/4`, `3/4` or `12/8`.
    """

    genre: str
    number: int
    artist: str
    title: str
    tempo_bpm: float
    key: str
    metre: str

    @property
    def id(self) -> str:
        return f"demo.{self.genre}.{self.number:02d}"

    @property
    def truth(self) -> dict[str, str]:
        """Columns for the table of tracks."""
        return {"title": self.title, "tempo_bpm": f"{self.tempo_bpm:g}", "key": self.key, "metre": self.metre}


def compose(genre: str, number: int, *, seconds: float, seed: int) -> tuple[Song, Band]:
    """Write a track: its truth, and the band with every note.

    Raises
    ------
    ParameterError
        If there is no such style, or the number or the length is out of range.
    """
    if genre not in STYLES:
        raise unknown_name("style", genre, STYLES)
    if not 0 <= number <= 9999:
        raise ParameterError(f"number must lie in [0, 9999]. Received: number={number}.")
    if not 1 <= seconds <= 600:
        raise ParameterError(f"seconds must lie in [1, 600]. Received: seconds={seconds}.")
    style = STYLES[genre]
    # The order of the genres is part of the recipe: the place in the table seeds the track, whoever makes it and when.
    rng = np.random.default_rng([seed, list(STYLES).index(genre), number])
    title = f"{_FIRST[int(rng.integers(len(_FIRST)))]} {_SECOND[int(rng.integers(len(_SECOND)))]}"
    artist = style.artists[number % len(style.artists)]
    band = Band(artist, rng, seconds=seconds)
    style.arrange(band)
    mode = " minor" if 3 in SCALES[band.scale] and 4 not in SCALES[band.scale] and band.scale != "blues" else ""
    key = NOTE_NAMES[band.key] + mode
    return Song(genre, number, artist.name, title, band.bpm, key, band.metre), band


def synthesise(genre: str, number: int, *, seconds: float = 30.0, seed: int = 0) -> Clip:
    """Make one track. The same arguments give the same samples, in whatever order and in whatever process.

    Parameters
    ----------
    genre : str
        A name in STYLES.
    number : int
        Which of the genre's tracks; the artist is `number` modulo five.
    seconds : float
        Length of the track.
    seed : int
        Another seed gives another collection by the same artists.

    Returns
    -------
    Clip
        22,050 Hz, steps of 16 bit, so that a lossless file gives the same samples back.
    """
    return perform(*compose(genre, number, seconds=seconds, seed=seed))


def perform(song: Song, band: Band) -> Clip:
    """Play what `compose` has written, once: playing draws on the band's chance."""
    return Clip(mix(band), SR, name=f"{song.artist} - {song.title}")

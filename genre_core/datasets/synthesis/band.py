"""A band in the studio: the artist's habits, the score that a style writes, and the parts it is played on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from genre_core.datasets.synthesis.drums import steps
from genre_core.datasets.synthesis.theory import PhraseNote


@dataclass(frozen=True)
class Artist:
    """Who plays: what one artist's tracks share and another's lack.

    Attributes
    ----------
    name : str
        Invented.
    bpm : tuple of float
        Lowest and highest tempo [beats a minute].
    variant : str
        Which of the style's ways of playing.
    lead, comp, pad, bass : str
        Names in INSTRUMENTS for melody, accompaniment, background and bass; empty where there is none.
    kit : str
        Name in KITS.
    drive : float
        Guitar gain, see `effects.drive`; 0 is clean.
    tilt_db : float
        Slope of the mix [dB an octave].
    presence_db : float
        Lift around 3 kHz.
    wet, room_seconds : float
        Level of the reverberation and its 60-dB time.
    drums_db : float
        Level of the drums against the style's own.
    loudness_db : float
        RMS of the track relative to full scale.
    """

    name: str
    bpm: tuple[float, float]
    variant: str
    lead: str = ""
    comp: str = ""
    pad: str = ""
    bass: str = ""
    kit: str = "room"
    drive: float = 0.0
    tilt_db: float = 0.0
    presence_db: float = 0.0
    wet: float = 0.15
    room_seconds: float = 0.9
    drums_db: float = 0.0
    loudness_db: float = -18.0


class Note(NamedTuple):
    """When [s], how long [s], how high (MIDI number), how loud (0 to 1)."""

    start: float
    seconds: float
    pitch: float
    velocity: float


class Stroke(NamedTuple):
    """When [s], which drum, how loud (0 to 1)."""

    start: float
    drum: str
    velocity: float


@dataclass
class Part:
    """One instrument's line with its place in the mix."""

    instrument: str
    gain_db: float
    wet: float
    drive: float
    low_hz: float
    high_hz: float
    echo_seconds: float
    echo_feedback: float
    notes: list[Note] = field(default_factory=list)


class Band:
    """A track being written. A style sets metre, swing and key, opens parts and plays notes at beats.

    Parameters
    ----------
    artist : Artist
    rng : np.random.Generator
        All chance in the track comes from here.
    seconds : float
        Length of the track.
    """

    def __init__(self, artist: Artist, rng: np.random.Generator, *, seconds: float) -> None:
        self.artist = artist
        self.rng = rng
        self.seconds = seconds
        self.bpm = round(float(rng.uniform(*artist.bpm)), 1)
        self.beats_per_bar = 4
        self.swing = 0.5
        self.swing_unit = 1.0
        self.slow_triplets = False
        self.looseness_seconds = float(rng.uniform(0.003, 0.007))
        self.key = int(rng.integers(12))
        self.scale = "major"
        self.parts: dict[str, Part] = {}
        self.strokes: list[Stroke] = []
        self.drums_db = 0.0
        self.hiss_db: float | None = None

    @property
    def n_bars(self) -> int:
        return math.ceil(self.seconds * self.bpm / 60 / self.beats_per_bar)

    @property
    def metre(self) -> str:
        """`4/4` and the like; a beat that falls into three at a slow tempo is written as 12/8."""
        return "12/8" if self.slow_triplets else f"{self.beats_per_bar}/4"

    def choose(self, options: Sequence[str]) -> str:
        """One of some options, by chance."""
        return options[int(self.rng.integers(len(options)))]

    def chance(self, likelihood: float) -> bool:
        return bool(self.rng.random() < likelihood)

    def time(self, beat: float) -> float:
        """Seconds at a beat; swing moves the second half of each `swing_unit` back."""
        whole, place = divmod(beat / self.swing_unit, 1.0)
        bent = 2 * place * self.swing if place < 0.5 else self.swing + (2 * place - 1) * (1 - self.swing)
        return (whole + bent) * self.swing_unit * 60 / self.bpm

    def part(
        self,
        role: str,
        instrument: str,
        gain_db: float,
        *,
        wet: float = 1.0,
        drive: float = 0.0,
        low_hz: float = 0.0,
        high_hz: float = 0.0,
        echo_seconds: float = 0.0,
        echo_feedback: float = 0.35,
    ) -> None:
        """Open a part, see `Part`; notes are played on it by its role."""
        self.parts[role] = Part(instrument, gain_db, wet, drive, low_hz, high_hz, echo_seconds, echo_feedback)

    def note(self, role: str, beat: float, pitch: float, beats: float, velocity: float = 0.8, *, late: float = 0.0) -> None:
        """Play one note; `late` moves it by seconds. Timing and loudness are a person's."""
        start = self.time(beat) + late + self.rng.normal(0, self.looseness_seconds)
        length = self.time(beat + beats) - self.time(beat)
        loud = float(np.clip(velocity * (1 + self.rng.normal(0, 0.06)), 0.05, 1.0))
        self.parts[role].notes.append(Note(max(0.0, start), length, pitch, loud))

    def chord(
        self, role: str, beat: float, pitches: Iterable[float], beats: float, velocity: float = 0.8, *, strum: float = 0.0
    ) -> None:
        """Play several pitches at once, or `strum` seconds after one another."""
        for place, pitch in enumerate(pitches):
            self.note(role, beat, pitch, beats, velocity, late=place * strum)

    def line(self, role: str, phrase: Iterable[PhraseNote], *, shift: float = 0.0, legato: float = 0.92) -> None:
        """Play a melody, `shift` beats later."""
        for entry in phrase:
            self.note(role, entry.beat + shift, entry.pitch, entry.beats * legato, entry.velocity)

    def hit(self, drum: str, beat: float, velocity: float = 0.8) -> None:
        start = self.time(beat) + self.rng.normal(0, 0.6 * self.looseness_seconds)
        loud = float(np.clip(velocity * (1 + self.rng.normal(0, 0.08)), 0.03, 1.0))
        self.strokes.append(Stroke(max(0.0, start), drum, loud))

    def groove(self, bar: int, **lines: str) -> None:
        """Play one bar of drum lines, `kick="X...x..."`; an underscore in a name stands for a blank."""
        for drum, marks in lines.items():
            for place, velocity in steps(marks):
                self.hit(drum.replace("_", " "), (bar + place) * self.beats_per_bar, velocity)

    def fill(self, bar: int, *, beats: float = 1.0, drums: Sequence[str] = ("snare", "high tom", "mid tom", "low tom")) -> None:
        """A run down the drums at the end of a bar, with a crash on the next one."""
        end = (bar + 1) * self.beats_per_bar
        n = round(4 * beats)
        for place in range(n):
            self.hit(drums[place * len(drums) // n], end - beats + place / 4, 0.6 + 0.3 * place / n)
        self.hit("crash", end, 0.8)

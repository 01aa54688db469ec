"""Harmony and melody: scales, chords by roman numeral, voicings, phrases."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from genre_core.errors import ParameterError

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
"""Semitones above the keynote."""

QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7, 12),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 10, 14),
    "m7": (0, 3, 7, 10),
    "m9": (0, 3, 10, 14),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 11, 14),
    "m7b5": (0, 3, 6, 10),
    "sus4": (0, 5, 7),
    "add9": (0, 4, 7, 14),
}
"""Semitones above the chord's root."""

NOTE_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_ROMAN = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
_SYMBOL = re.compile(r"(b|#)?(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")


class Chord(NamedTuple):
    """A chord relative to a key: `root` in semitones above the keynote, `tones` in semitones above the root."""

    root: int
    tones: tuple[int, ...]


@lru_cache(maxsize=256)
def chord(symbol: str) -> Chord:
    """Chord of a roman numeral: `I`, `ii7`, `bVII`, `V7`, `i5`; small letters are minor.

    Raises
    ------
    ParameterError
        If the symbol has another form.
    """
    match = _SYMBOL.fullmatch(symbol)
    if match is None:
        raise ParameterError(f"A chord is a roman numeral with a quality, such as ii7 or bVII. Received: {symbol!r}.")
    accidental, roman, quality = match.groups()
    if roman.islower() and quality != "5":
        quality = quality if quality.startswith("m") else f"m{quality}"
    if quality not in QUALITIES:
        raise ParameterError(f"The quality of a chord must be one of {', '.join(QUALITIES)}. Received: {symbol!r}.")
    root = _ROMAN[roman.upper()] + {"b": -1, "#": 1, None: 0}[accidental]
    return Chord(root % 12, QUALITIES[quality])


def progression(symbols: str) -> list[Chord]:
    """Chords of a line such as `I V vi IV`, one a bar."""
    return [chord(symbol) for symbol in symbols.split()]


def near(pitch: float, centre: float) -> float:
    """The octave of `pitch` that lies nearest to `centre` (MIDI numbers)."""
    return pitch + 12 * round((centre - pitch) / 12)


def voicing(harmony: Chord, key: int, centre: float) -> list[float]:
    """Pitches of a chord, each in the octave nearest to `centre`: neighbouring chords move little.

    Parameters
    ----------
    harmony : Chord
        The chord, relative to the key.
    key : int
        Keynote as a pitch class, 0 is C.
    centre : float
        Middle of the hand [MIDI number].
    """
    return sorted({near(key + harmony.root + tone, centre) for tone in harmony.tones})


def scale_pitches(scale: str, key: int, low: float, high: float) -> np.ndarray:
    """All pitches of a scale from `low` to `high` [MIDI numbers], shape (n_pitches,)."""
    members = {(key + step) % 12 for step in SCALES[scale]}
    return np.array([pitch for pitch in range(int(low), int(high) + 1) if pitch % 12 in members])


class PhraseNote(NamedTuple):
    """A note of a melody: where [beats], how high [MIDI number], how long [beats], how loud (0 to 1)."""

    beat: float
    pitch: float
    beats: float
    velocity: float


def rhythm(rng: np.random.Generator, beats: float, *, density: float, grid: float = 0.5) -> list[tuple[float, float]]:
    """Onsets and lengths of one motif: strong places are taken more often, and the last quarter breathes.

    Parameters
    ----------
    rng : np.random.Generator
        Source of chance.
    beats : float
        Length of the motif.
    density : float
        Share of grid places that sound, 0 to 1.
    grid : float
        Smallest step [beats].

    Returns
    -------
    list of (onset, length)
        Both in beats.
    """
    places = np.arange(0, beats, grid)
    weight = np.where(places % 1 == 0, 1.25, 0.8) * np.where(places >= 0.8 * beats, 0.35, 1.0)
    taken = places[rng.random(places.size) < density * weight]
    if taken.size == 0:
        taken = places[:1]
    ends = np.append(taken[1:], min(beats, taken[-1] + 1.5))
    return [(float(onset), float(min(end - onset, 2.0))) for onset, end in zip(taken, ends, strict=True)]


def _distance(pitch: float, other: float) -> float:
    return abs(pitch - other)


def melody(
    rng: np.random.Generator,
    harmony: list[Chord],
    *,
    key: int,
    scale: str,
    beats_per_bar: float = 4,
    low: float = 60,
    high: float = 79,
    density: float = 0.5,
    grid: float = 0.5,
    leap: float = 1.6,
) -> list[PhraseNote]:
    """A melody over one chord a bar, made of two motifs of two bars in the order A A' B A.

    A motif keeps its rhythm and its contour when it comes back; on strong beats, and where
    a note would rub against the chord by a semitone, the line moves to the nearest chord tone.
    """
    pitches = scale_pitches(scale, key, low, high)
    span = 2 * beats_per_bar
    motifs = []
    for thinning in (1.0, 0.8):
        places = rhythm(rng, span, density=density * thinning, grid=grid)
        motifs.append((places, np.cumsum(rng.normal(0, leap, len(places)))))
    line, start = [], int(rng.integers(len(pitches) // 3, 2 * len(pitches) // 3 + 1))
    for block in range((len(harmony) + 1) // 2):
        places, contour = motifs[(0, 0, 1, 0)[block % 4]]
        shift = rng.integers(-1, 2) if block % 4 == 1 else 0
        for (onset, length), step in zip(places, contour, strict=True):
            bar = 2 * block + int(onset // beats_per_bar)
            if bar >= len(harmony):
                break
            index = int(np.clip(start + shift + round(step - contour.mean()), 0, len(pitches) - 1))
            pitch = float(pitches[index])
            tones = [near(key + harmony[bar].root + tone, pitch) for tone in harmony[bar].tones]
            rubs = scale != "blues" and any(abs(tone - pitch) == 1 for tone in tones) and pitch not in tones
            if onset % 2 == 0 or length >= 1 or rubs:
                pitch = min(tones[:3], key=partial(_distance, pitch))
            velocity = 0.85 if onset % 1 == 0 else 0.7
            line.append(PhraseNote(2 * block * beats_per_bar + onset, pitch, length, velocity))
    return line

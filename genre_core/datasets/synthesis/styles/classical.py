"""Classical: functional harmony, no drums, a melody over broken chords, strings or organ."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist("Ilse Varro", (112, 140), "alberti", "piano", "piano", "", "", tilt_db=-0.9, wet=0.3, room_seconds=1.6),
    Artist(
        "Quartet Oriel",
        (84, 108),
        "strings",
        "violin",
        "short strings",
        "strings",
        "cello",
        tilt_db=-0.3,
        wet=0.4,
        room_seconds=1.8,
    ),
    Artist(
        "Harbour Philharmonic",
        (96, 126),
        "orchestra",
        "oboe",
        "strings",
        "horn",
        "cello",
        tilt_db=-1.0,
        wet=0.6,
        room_seconds=2.4,
    ),
    Artist(
        "Tomas Lindel", (78, 100), "arpeggio", "nylon guitar", "nylon guitar", "", "", tilt_db=-0.5, wet=0.2, room_seconds=1.1
    ),
    Artist("Camerata Fen", (104, 132), "waltz", "flute", "harpsichord", "", "cello", tilt_db=0.4, wet=0.35, room_seconds=1.5),
)

_MAJOR = ("I V vi iii IV I IV V", "I IV V I vi ii V I", "I vi IV V I IV V7 I", "I V I IV ii V7 I I")
_MINOR = ("i iv V i bVI iv V i", "i bVII bVI V i iv V7 i", "i iv bVII bIII bVI iv V7 i")


def arrange(band: Band) -> None:
    variant = band.artist.variant
    band.beats_per_bar = 3 if variant == "waltz" or (variant == "arpeggio" and band.chance(0.5)) else 4
    minor = band.chance(0.4)
    band.scale = "harmonic minor" if minor else "major"
    form = progression(band.choose(_MINOR if minor else _MAJOR))
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _ACCOMPANY[variant](band, harmony)
    high = 84 if variant in ("alberti", "waltz", "strings") else 79
    phrase = melody(
        band.rng,
        harmony,
        key=band.key,
        scale=band.scale,
        beats_per_bar=band.beats_per_bar,
        low=64,
        high=high,
        density=0.55,
        grid=0.25 if variant == "alberti" and band.chance(0.3) else 0.5,
    )
    band.part("lead", band.artist.lead, 1, wet=1.0)
    band.line("lead", phrase, legato=1.0)


def _broken(band: Band, harmony: list[Chord]) -> None:
    """Alberti bass: low, high, middle, high."""
    band.part("comp", band.artist.comp, -4)
    for bar, here in enumerate(harmony):
        hand = voicing(here, band.key, 52)[:3]
        for eighth in range(8):
            band.note("comp", 4 * bar + eighth / 2, hand[(0, 2, 1, 2)[eighth % 4]], 0.55, 0.7 if eighth % 4 == 0 else 0.5)


def _arpeggio(band: Band, harmony: list[Chord]) -> None:
    band.part("comp", band.artist.comp, -2)
    beats = band.beats_per_bar
    for bar, here in enumerate(harmony):
        band.note("comp", beats * bar, near(band.key + here.root, 43), beats, 0.8)
        hand = voicing(here, band.key, 57)[:3]
        for eighth in range(1, 2 * beats):
            band.note("comp", beats * bar + eighth / 2, hand[(0, 1, 2, 1)[(eighth - 1) % 4]], 1.0, 0.55)


def _strings(band: Band, harmony: list[Chord]) -> None:
    band.part("comp", band.artist.comp, -4)
    band.part("bass", band.artist.bass, -3)
    pulse = band.choose(("x.x.x.x.", "x...x...", "xxxxxxxx"))
    for bar, here in enumerate(harmony):
        band.note("bass", 4 * bar, near(band.key + here.root, 43), 3.8, 0.75)
        for eighth, mark in enumerate(pulse):
            if mark == "x":
                band.chord("comp", 4 * bar + eighth / 2, voicing(here, band.key, 60), 0.4 + 3 * (pulse == "x...x..."), 0.6)


def _orchestra(band: Band, harmony: list[Chord]) -> None:
    band.part("comp", band.artist.comp, -2)
    band.part("bass", band.artist.bass, -2)
    band.part("pad", band.artist.pad, -5)
    band.drums_db = -8
    for bar, here in enumerate(harmony):
        growing = 0.55 + 0.35 * (bar % 8) / 7
        band.chord("comp", 4 * bar, voicing(here, band.key, 64), 3.9, growing)
        band.note("bass", 4 * bar, near(band.key + here.root, 40), 3.9, growing)
        if bar % 8 >= 4:
            band.chord("pad", 4 * bar, voicing(here, band.key, 55), 3.8, growing)
        if bar % 8 in (0, 7):
            band.hit("timpani", 4 * bar, 0.7)


def _waltz(band: Band, harmony: list[Chord]) -> None:
    band.part("comp", band.artist.comp, -4)
    band.part("bass", band.artist.bass, -4)
    for bar, here in enumerate(harmony):
        band.note("bass", 3 * bar, near(band.key + here.root, 45), 1.6, 0.75)
        for beat in (1, 2):
            band.chord("comp", 3 * bar + beat, voicing(here, band.key, 62), 0.7, 0.6)


_ACCOMPANY = {"alberti": _broken, "arpeggio": _arpeggio, "strings": _strings, "orchestra": _orchestra, "waltz": _waltz}

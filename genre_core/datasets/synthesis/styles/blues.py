"""Blues: twelve bars of dominant chords, shuffled, with a lead that calls and answers."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist(
        "Lantern Creek", (96, 116), "shuffle", "electric guitar", "electric guitar", "organ", "finger bass", "vintage", 1.2, -0.6
    ),
    Artist("Mother Sorrel", (62, 72), "slow", "saxophone", "piano", "organ", "upright bass", "brushes", 0.0, -1.2, wet=0.3),
    Artist(
        "Gravel Ferry",
        (118, 134),
        "boogie",
        "drive lead",
        "riff guitar",
        "",
        "pick bass",
        "room",
        3.5,
        0.1,
        presence_db=1.5,
        wet=0.1,
    ),
    Artist(
        "Tall Amos Reed", (84, 104), "porch", "harmonica", "steel guitar", "", "", "brushes", 0.0, 0.2, wet=0.06, room_seconds=0.5
    ),
    Artist("Nightshift Trio", (100, 122), "shuffle", "organ", "piano", "", "upright bass", "brushes", 0.0, -0.9, wet=0.22),
)

_TWELVE_BARS = "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7"
_QUICKER = "I7 I7 IV7 I7 V7 IV7 I7 V7"


def arrange(band: Band) -> None:
    band.swing = 0.64 if band.artist.variant != "boogie" else 0.57
    band.slow_triplets = band.artist.variant == "slow"
    band.scale = "blues"
    form = progression(_QUICKER if band.artist.variant == "slow" else _TWELVE_BARS)
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _accompany(band, harmony)
    _lead(band, harmony)
    if band.artist.bass:
        _bass(band, harmony)
    _drums(band)


def _accompany(band: Band, harmony: list[Chord]) -> None:
    artist = band.artist
    loud = artist.variant == "boogie"
    band.part("comp", artist.comp, -1 if loud else -3, drive=artist.drive, wet=0.8)
    if artist.pad:
        band.part("pad", artist.pad, -10, wet=1.2)
    boogie = artist.variant in ("boogie", "porch", "shuffle") and "guitar" in artist.comp
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 46)
        if boogie:
            for eighth in range(8):
                upper = (7, 7, 9, 7, 10 if bar % 2 else 9, 7, 9, 7)[eighth]
                accent = 0.85 if eighth % 2 == 0 else 0.6
                band.chord("comp", 4 * bar + eighth / 2, (root, root + upper), 0.42, accent)
        else:
            for beat in (0, 1.5, 2, 3.5) if bar % 2 else (0, 1, 2.5, 3):
                band.chord("comp", 4 * bar + beat, voicing(here, band.key, 58), 0.6, 0.75, strum=0.008)
            if artist.comp == "piano":
                band.note("comp", 4 * bar, root, 1.5, 0.8)
        if artist.pad:
            band.chord("pad", 4 * bar, voicing(here, band.key, 63), 3.9, 0.6)


def _lead(band: Band, harmony: list[Chord]) -> None:
    """Two bars of call, two bars of rest, as a singer leaves room for the answer."""
    artist = band.artist
    band.part("lead", artist.lead, 0, drive=0.6 * artist.drive, wet=1.4)
    density = {"slow": 0.5, "porch": 0.45}.get(artist.variant, 0.42)
    phrase = melody(band.rng, harmony, key=band.key, scale="blues", low=62, high=81, density=density, leap=1.9)
    resting = int(band.rng.integers(2))
    band.line("lead", [note for note in phrase if note.beat // 8 % 2 == resting or note.beat % 16 < 6])


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 0, wet=0.2)
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 38)
        after = near(band.key + harmony[(bar + 1) % len(harmony)].root, root)
        walk = (root, root + 4, root + 7, root + 9 if bar % 2 else after + (1 if band.chance(0.5) else -1))
        for beat, pitch in enumerate(walk):
            band.note("bass", 4 * bar + beat, pitch, 0.85, 0.85 if beat % 2 == 0 else 0.75)
            if band.artist.variant == "shuffle" and band.chance(0.3):
                band.note("bass", 4 * bar + beat + 0.5, pitch, 0.35, 0.6)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = {"slow": -5, "porch": -9, "boogie": 1}.get(variant, -2)
    for bar in range(band.n_bars):
        if variant == "porch":
            band.groove(bar, kick="x...x...", brush="..o...o.")  # a stamping foot and a hand
        elif variant == "slow":
            band.groove(bar, ride="xoxoxoxo", kick="x...x...", ghost="..x...xo", hat="..o...o.")
        elif variant == "boogie":
            band.groove(bar, hat="X.xoX.xo", kick="X...x.x.", snare="..X...X.")
        else:
            band.groove(bar, ride="x.xox.xo", kick="x...x..o", snare="..x...x.", hat="..o...o.")
        if bar % 4 == 3 and variant != "porch":
            band.fill(bar, beats=0.75)

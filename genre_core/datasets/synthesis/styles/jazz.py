"""Jazz: ii-V-I, a walking bass, a swung ride cymbal, chords that answer, a horn that improvises."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist("The Ines Calder Trio", (128, 164), "swing", "piano", "piano", "", "upright bass", "brushes", tilt_db=-0.7, wet=0.18),
    Artist("Bluebird Annexe", (132, 172), "swing", "saxophone", "piano", "", "upright bass", "vintage", tilt_db=-0.4, wet=0.15),
    Artist(
        "Odette Fairlie",
        (56, 68),
        "ballad",
        "saxophone",
        "piano",
        "",
        "upright bass",
        "brushes",
        tilt_db=-1.1,
        wet=0.35,
    ),
    Artist(
        "Sal Montego",
        (116, 134),
        "bossa",
        "saxophone",
        "nylon guitar",
        "vibraphone",
        "upright bass",
        "brushes",
        tilt_db=-0.5,
        wet=0.2,
    ),
    Artist(
        "Eastgate Organ Club", (104, 126), "swing", "electric guitar", "organ", "", "finger bass", "room", tilt_db=-0.9, wet=0.12
    ),
)

_FORMS = (
    "ii7 V7 Imaj7 vi7 ii7 V7 Imaj7 I7",
    "Imaj7 vi7 ii7 V7 iii7 vi7 ii7 V7",
    "Imaj9 IV7 iii7 vi7 ii9 V7 Imaj7 V7",
    "i7 i7 ii7 V7 i7 bVImaj7 V7 i7",
)
_BLUES = "I7 IV7 I7 I7 IV7 IV7 I7 vi7 ii7 V7 I7 V7"


def arrange(band: Band) -> None:
    variant = band.artist.variant
    band.swing = {"swing": 0.64, "ballad": 0.6}.get(variant, 0.5)
    form = progression(_BLUES if variant == "swing" and band.chance(0.3) else band.choose(_FORMS))
    band.scale = "dorian" if form[0].tones[1] == 3 and form[0].root == 0 else "major"
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _comp(band, harmony)
    _bass(band, harmony)
    _drums(band)
    band.part("lead", band.artist.lead, 1, wet=1.2)
    density = {"ballad": 0.5, "bossa": 0.4}.get(variant, 0.62)
    phrase = melody(band.rng, harmony, key=band.key, scale=band.scale, low=62, high=83, density=density, leap=2.2)
    band.line("lead", [note for note in phrase if note.beat % 16 < 13.5])


def _comp(band: Band, harmony: list[Chord]) -> None:
    artist = band.artist
    band.part("comp", artist.comp, -4, wet=0.9)
    if artist.pad:
        band.part("pad", artist.pad, -6, wet=1.2)
    answers = ((0, 1.5), (0.5, 2.5), (1.5, 3.5), (0, 2.5), (1.5,))
    for bar, here in enumerate(harmony):
        shape = voicing(here, band.key, 60)
        if artist.variant == "bossa":
            for eighth in (0, 3, 4, 6) if bar % 2 == 0 else (1, 4, 7):
                band.chord("comp", 4 * bar + eighth / 2, shape, 0.7, 0.7, strum=0.004)
        elif artist.variant == "ballad":
            band.chord("comp", 4 * bar, shape, 3.0, 0.6, strum=0.03)
            band.chord("comp", 4 * bar + 2.5, shape[1:], 1.2, 0.45, strum=0.02)
        else:
            for beat in answers[int(band.rng.integers(len(answers)))]:
                band.chord("comp", 4 * bar + beat, shape, 0.45 if band.chance(0.6) else 1.2, 0.65)
        if artist.pad and bar % 2 == 1:
            band.chord("pad", 4 * bar + 1, voicing(here, band.key, 70)[-2:], 2.5, 0.6)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 1, wet=0.25)
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 38)
        after = near(band.key + harmony[(bar + 1) % len(harmony)].root, root)
        steps: tuple[tuple[float, float, float], ...]
        if band.artist.variant == "ballad":
            steps = ((0, root, 1.8), (2, root + here.tones[2], 1.6))
        elif band.artist.variant == "bossa":
            steps = ((0, root, 1.3), (1.5, root + 7, 0.45), (2, root + 7, 1.3), (3.5, root, 0.45))
        else:
            third = root + here.tones[1]
            approach = after + (1 if band.chance(0.5) else -1)
            middle = (third, root + 7) if band.chance(0.6) else (root + 7, third)
            steps = ((0, root, 0.9), (1, middle[0], 0.9), (2, middle[1], 0.9), (3, approach, 0.9))
        for beat, pitch, beats in steps:
            band.note("bass", 4 * bar + beat, pitch, beats, 0.8)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = {"ballad": -9, "bossa": -6}.get(variant, -4)
    for bar in range(band.n_bars):
        if variant == "ballad":
            band.groove(bar, brush="x.o.x.o.", hat="..o...o.", ride="o...o...")
        elif variant == "bossa":
            band.groove(bar, rim="x..x..x...x..x..", shaker="xoxoxoxoxoxoxoxo", kick="o..oo..oo..oo..o")
        else:
            band.groove(bar, ride="x.xox.xo", hat="..x...x.", kick="-.-.-.-.")
            for place in range(8):
                if band.chance(0.12):
                    band.hit("ghost", 4 * bar + place / 2, 0.6)

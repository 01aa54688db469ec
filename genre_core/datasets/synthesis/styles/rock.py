"""Rock: a backbeat, driven guitars on open and power chords, bass in eighths, a lead guitar or a singer."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist("The Ladder Rebels", (118, 136), "drive", "drive lead", "riff guitar", "", "pick bass", "room", 4, 0.1, 1.5, 0.14),
    Artist("Copper Thursday", (96, 112), "riff", "voice", "riff guitar", "organ", "finger bass", "vintage", 2.5, -0.4, 0.0, 0.18),
    Artist("Static Orchard", (138, 156), "punk", "bright voice", "riff guitar", "", "pick bass", "heavy", 9, 0.3, 1.5, 0.08),
    Artist(
        "Marlow Bridge",
        (104, 118),
        "clean",
        "electric guitar",
        "electric guitar",
        "synth pad",
        "pick bass",
        "big",
        0.8,
        0.0,
        1.0,
        0.3,
    ),
    Artist("Highway Relic", (84, 98), "riff", "drive lead", "electric guitar", "piano", "finger bass", "big", 3, -0.2, 0.5, 0.22),
)

_FORMS = ("I bVII IV I", "I IV V IV", "i bVII bVI bVII", "I V IV IV", "vi IV I V", "I bIII IV I")


def arrange(band: Band) -> None:
    form = progression(band.choose(_FORMS))
    band.key = (4, 9, 2, 7, 0)[int(band.rng.integers(5))]
    band.scale = "minor pentatonic" if form[0].tones[1] == 3 or band.artist.variant in ("riff", "drive") else "major pentatonic"
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _guitars(band, harmony)
    _bass(band, harmony)
    _drums(band)
    driven = band.artist.lead in ("drive lead", "electric guitar")
    band.part("lead", band.artist.lead, 0, drive=min(band.artist.drive, 3) if driven else 0.0, wet=1.5)
    phrase = melody(band.rng, harmony, key=band.key, scale=band.scale, low=62, high=83, density=0.48, leap=1.9)
    band.line("lead", [note for note in phrase if note.beat % 32 < 22])


def _guitars(band: Band, harmony: list[Chord]) -> None:
    artist = band.artist
    band.part("comp", artist.comp, 0, drive=artist.drive, wet=0.8)
    if artist.pad:
        band.part("pad", artist.pad, -8, wet=1.2)
    marks = {"riff": ("P..PP..xP..PP.x.", "P.x.P..PP.x.P..."), "drive": ("P.xxP.xxP.xxP.xx", "P.P.xxP.P.P.xxP.")}
    line = band.choose(marks.get(artist.variant, ("PxPxPxPxPxPxPxPx"[::1].replace("x", "."),)))
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 45)
        power = (root, root + 7, root + 12)
        if artist.variant == "clean":
            shape = [root, *voicing(here, band.key, 62)]
            for eighth, tone in enumerate((0, 2, 3, 1, 2, 3, 1, 2)):
                band.note("comp", 4 * bar + eighth / 2, shape[tone % len(shape)], 1.0, 0.75 if eighth % 4 == 0 else 0.6)
        else:
            for place, mark in enumerate(line):
                if mark != ".":
                    band.chord("comp", 4 * bar + place / 4, power, 0.45 if mark == "P" else 0.2, 0.85 if mark == "P" else 0.6)
        if artist.pad:
            band.chord("pad", 4 * bar, voicing(here, band.key, 64), 3.8, 0.55)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 0, wet=0.1)
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 36)
        for eighth in range(8):
            if band.artist.variant == "riff" and eighth in (1, 5):
                continue
            pitch = root + (7 if eighth == 7 and bar % 2 else 0)
            band.note("bass", 4 * bar + eighth / 2, pitch, 0.45, 0.85 if eighth % 2 == 0 else 0.72)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = 2
    for bar in range(band.n_bars):
        if variant == "punk":
            band.groove(bar, kick="X.x.X.x.X.x.X.x.", snare="..X...X...X...X.", open="x.x.x.x.x.x.x.x.")
        elif variant == "clean":
            band.groove(bar, kick="X.....x.X.......", snare="....X.......X...", ride="x.o.x.o.x.o.x.o.")
        else:
            hats = "open" if bar % 8 >= 4 else "hat"
            band.groove(bar, kick="X..x..x.X.x.....", snare="....X..-....X...", **{hats: "x.o.x.o.x.o.x.o."})
        if bar % 4 == 3:
            band.fill(bar, beats=1.0)

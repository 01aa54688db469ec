"""Metal: power-chord riffs through a saturated amplifier, muted strings, double bass drum."""

from __future__ import annotations

from itertools import pairwise

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import melody, near, progression

ARTISTS = (
    Artist("Iron Estuary", (148, 178), "thrash", "drive lead", "riff guitar", "", "pick bass", "heavy", 22, 0.5, 2.0, 0.08),
    Artist("Obsidian Choir", (66, 80), "doom", "choir", "riff guitar", "choir", "pick bass", "big", 16, -0.6, 0.0, 0.3, 1.8),
    Artist("Wolfgate", (112, 132), "groove", "drive lead", "riff guitar", "", "finger bass", "heavy", 18, 0.0, 1.0, 0.08),
    Artist("Saint Ember", (124, 146), "hard rock", "bright voice", "riff guitar", "", "pick bass", "room", 7, 0.0, 1.0, 0.16),
    Artist(
        "Northern Furnace",
        (138, 160),
        "melodic",
        "drive lead",
        "riff guitar",
        "strings",
        "pick bass",
        "big",
        12,
        0.2,
        0.5,
        0.22,
        1.4,
    ),
)

_FORMS = ("i5 i5 bII5 i5", "i5 bVI5 bVII5 i5", "i5 i5 bIII5 bII5", "i5 iv5 bVI5 V5", "i5 bVII5 bVI5 bVII5")
_RIFFS = {
    "thrash": ("mmPmmPmmPmmPmPmP", "mmmmPmmmmmPmPmPm", "PmmPmmPmPmmPmmPm"),
    "doom": ("P.......P...P...", "P...........PmPm"),
    "groove": ("P.mmP..mP.mm.mP.", "mm.mmP..mm.mP.P."),
    "hard rock": ("P.PP..P.P.PP..PP", "P...P.P.mmP.P..."),
    "melodic": ("PmmmPmmmPmmmPmmm", "P..PmmP.P..PmmPm"),
}


def arrange(band: Band) -> None:
    variant = band.artist.variant
    band.key = (4, 2, 9, 0)[int(band.rng.integers(4))] if variant != "hard rock" else (4, 9, 7, 2)[int(band.rng.integers(4))]
    band.scale = "phrygian" if variant in ("thrash", "groove") else "minor"
    form = progression(band.choose(_FORMS))
    _riff(band, [form[bar % len(form)].root for bar in range(band.n_bars)])
    _drums(band)
    if band.artist.pad:
        band.part("pad", band.artist.pad, -9, wet=1.5)
        for bar in range(band.n_bars):
            root = near(band.key + form[bar % len(form)].root, 57)
            band.chord("pad", 4 * bar, (root, root + 7, root + 12), 3.9, 0.6)
    lead_drive = 3.0 if band.artist.lead == "drive lead" else 0.0
    band.part("lead", band.artist.lead, -2, drive=lead_drive, wet=2.0, echo_seconds=45 / band.bpm, echo_feedback=0.25)
    grid = 0.25 if variant in ("thrash", "melodic") else 0.5
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    phrase = melody(band.rng, harmony, key=band.key, scale=band.scale, low=64, high=86, density=0.55, grid=grid)
    band.line("lead", [note for note in phrase if note.beat % 32 >= 16])


def _riff(band: Band, roots: list[int]) -> None:
    """`P` is an open power chord, `m` a muted low string; one riff for three bars of four, another for the fourth."""
    artist = band.artist
    band.part("open", artist.comp, 1, drive=artist.drive, wet=0.5)
    band.part("muted", "palm guitar", 1, drive=artist.drive, wet=0.3)
    band.part("bass", artist.bass, 0, drive=0.8, wet=0.05)
    riffs = _RIFFS[artist.variant]
    first = band.choose(riffs)
    for bar, here in enumerate(roots):
        marks = first if bar % 4 < 3 else band.choose(riffs)
        root = near(band.key + here, 40)
        low = near(float(band.key), 40)
        places = [place for place, mark in enumerate(marks) if mark != "."] + [16]
        for place, following in pairwise(places):
            beat, length = 4 * bar + place / 4, (following - place) / 4
            if marks[place] == "P":
                band.chord("open", beat, (root, root + 7, root + 12), length, 0.85)
                band.note("bass", beat, root - 12 if root >= 40 else root, length, 0.85)
            else:
                band.chord("muted", beat, (low, low + 7), 0.25, 0.8)
                band.note("bass", beat, low - 12 if low >= 40 else low, 0.22, 0.8)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = 2
    for bar in range(band.n_bars):
        if variant == "thrash":
            band.groove(bar, kick="xxxxxxxxxxxxxxxx", snare="....X.......X...", hat="x.x.x.x.x.x.x.x.")
        elif variant == "doom":
            band.groove(bar, kick="X.....x.X.......", snare="....X.......X...", crash="X...o...o...o...")
        elif variant == "groove":
            band.groove(bar, kick="X.xxX..xX.xx.xX.", snare="....X.......X...", ride="x...x...x...x...")
        elif variant == "hard rock":
            band.groove(bar, kick="X.x...x.X.x.....", snare="....X.......X...", open="x.o.x.o.x.o.x.o.")
        else:
            band.groove(bar, kick="x.xxx.xxx.xxx.xx", snare="....X.......X...", ride="x.o.x.o.x.o.x.o.")
        if bar % 4 == 3:
            band.fill(bar, beats=1.0)

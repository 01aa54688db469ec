"""Disco: four on the floor, octave bass, open hats off the beat, string stabs and a scratching guitar."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist(
        "Velvet Arcade", (114, 122), "strings", "voice", "muted guitar", "strings", "finger bass", "tight", tilt_db=-0.1, wet=0.22
    ),
    Artist(
        "Solar Parade",
        (120, 130),
        "synth",
        "synth lead",
        "synth pluck",
        "synth pad",
        "synth bass",
        "machine",
        tilt_db=0.5,
        wet=0.16,
    ),
    Artist(
        "The Brass Elevator", (108, 118), "funk", "brass", "clavinet", "organ", "finger bass", "vintage", tilt_db=-0.4, wet=0.12
    ),
    Artist(
        "Mirabelle Knight",
        (116, 128),
        "strings",
        "bright voice",
        "bright piano",
        "short strings",
        "pick bass",
        "room",
        tilt_db=0.2,
        wet=0.3,
    ),
    Artist(
        "Satellite Lounge",
        (102, 114),
        "soft",
        "soft voice",
        "electric piano",
        "strings",
        "finger bass",
        "dusty",
        tilt_db=-0.8,
        wet=0.25,
    ),
)

_FORMS = ("i iv bVII bIII", "i7 i7 iv7 iv7", "vi IV I V", "ii7 V7 Imaj7 vi7", "i bVI bVII i", "Imaj7 iii7 ii7 V7")


def arrange(band: Band) -> None:
    form = progression(band.choose(_FORMS))
    band.scale = "minor" if form[0].tones[1] == 3 and form[0].root == 0 else "major"
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    artist = band.artist
    _rhythm(band, harmony)
    _background(band, harmony)
    _bass(band, harmony)
    _drums(band)
    band.part("lead", artist.lead, 0, wet=1.2)
    phrase = melody(band.rng, harmony, key=band.key, scale=band.scale, low=64, high=81, density=0.45)
    band.line("lead", [note for note in phrase if note.beat % 32 < 24])


def _rhythm(band: Band, harmony: list[Chord]) -> None:
    band.part("comp", band.artist.comp, -5, wet=0.6, low_hz=250)
    scratch = band.choose(("x.xx.xx.x.xx.xxo", "..xx..x...xx..x.", "x..x..x.x..x.xx."))
    for bar, here in enumerate(harmony):
        for sixteenth, mark in enumerate(scratch):
            if mark != ".":
                band.chord("comp", 4 * bar + sixteenth / 4, voicing(here, band.key, 66), 0.2, 0.8 if mark == "x" else 0.5)


def _background(band: Band, harmony: list[Chord]) -> None:
    band.part("pad", band.artist.pad, -4, wet=1.3)
    for bar, here in enumerate(harmony):
        shape = voicing(here, band.key, 69)
        if bar % 4 < 2 or band.artist.variant == "soft":
            band.chord("pad", 4 * bar, shape, 3.8, 0.6)
        else:
            for beat in (0, 1.5, 3):
                band.chord("pad", 4 * bar + beat, shape, 0.4, 0.8)
            if band.artist.pad.endswith("strings") and bar % 4 == 3:
                for step in range(4):  # the run up that leads into the next four bars
                    band.note("pad", 4 * bar + 3 + step / 4, shape[-1] + (0, 2, 4, 5)[step], 0.25, 0.7)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 1, wet=0.1)
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 37)
        for eighth in range(8):
            if band.artist.variant == "funk" and eighth in (3, 6) and bar % 2:
                continue
            band.note("bass", 4 * bar + eighth / 2, root + 12 * (eighth % 2), 0.4, 0.85 if eighth % 2 == 0 else 0.7)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = -1 if variant == "soft" else 2
    backbeat = "clap" if variant == "synth" else "snare"
    for bar in range(band.n_bars):
        hats = {"open": "..x...x...x...x.", "hat": "x.-xx.-xx.-xx.-x"}
        band.groove(bar, kick="X...X...X...X...", **hats, **{backbeat: "....x.......x..."})
        if variant == "funk":
            band.groove(bar, conga="..o..o....o..o..", high_conga="x......ox.....o.")
        if bar % 4 == 3:
            band.fill(bar, beats=0.5, drums=("snare", "high tom"))

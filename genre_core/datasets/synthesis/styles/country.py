"""Country: root and fifth in the bass, chords on the off-beats, a train beat, picked and sliding leads."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist(
        "Wick Halloran",
        (108, 124),
        "train",
        "fiddle",
        "steel guitar",
        "pedal steel",
        "finger bass",
        "tight",
        0.8,
        0.3,
        presence_db=1.5,
    ),
    Artist(
        "The Plum County Pickers",
        (118, 138),
        "bluegrass",
        "fiddle",
        "steel guitar",
        "banjo",
        "upright bass",
        tilt_db=0.7,
        wet=0.08,
    ),
    Artist(
        "Josie Marlowe",
        (84, 100),
        "waltz",
        "pedal steel",
        "steel guitar",
        "soft voice",
        "finger bass",
        "brushes",
        tilt_db=-0.4,
        wet=0.3,
    ),
    Artist(
        "Route Nine Revival", (116, 134), "rock", "drive lead", "riff guitar", "organ", "pick bass", "room", 2.2, 0.0, wet=0.14
    ),
    Artist(
        "Dell & Harper",
        (76, 96),
        "ballad",
        "bright voice",
        "steel guitar",
        "pedal steel",
        "finger bass",
        "room",
        tilt_db=-0.2,
        wet=0.25,
    ),
)

_FORMS = ("I I IV I I V I V", "I IV I V I IV V I", "I I IV IV V V I I", "I V vi IV I V IV I")


def arrange(band: Band) -> None:
    variant = band.artist.variant
    band.beats_per_bar = 3 if variant == "waltz" else 4
    band.scale = "major"
    form = progression(band.choose(_FORMS))
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _strum(band, harmony)
    _bass(band, harmony)
    _drums(band)
    band.part("lead", band.artist.lead, 0, drive=band.artist.drive, wet=1.2)
    density = {"bluegrass": 0.75, "train": 0.55}.get(variant, 0.42)
    phrase = melody(
        band.rng,
        harmony,
        key=band.key,
        scale="major pentatonic",
        beats_per_bar=band.beats_per_bar,
        low=64,
        high=83,
        density=density,
    )
    band.line("lead", phrase)


def _strum(band: Band, harmony: list[Chord]) -> None:
    artist, beats = band.artist, band.beats_per_bar
    band.part("comp", artist.comp, -2, drive=artist.drive if artist.variant == "rock" else 0.0, wet=0.7)
    if artist.pad:
        band.part("pad", artist.pad, -6)
    for bar, here in enumerate(harmony):
        shape = [*voicing(here, band.key, 57), near(band.key + here.root, 69)]
        if artist.variant == "ballad":
            for eighth, tone in enumerate((0, 2, 1, 3, 2, 1, 3, 1)):
                band.note("comp", 4 * bar + eighth / 2, shape[tone], 1.2, 0.65)
        else:
            for beat in range(beats):
                if beat % 2 == 1 or artist.variant in ("waltz", "rock"):
                    band.chord("comp", beats * bar + beat, shape, 0.45, 0.7 if beat else 0.5, strum=0.009)
                    band.chord("comp", beats * bar + beat + 0.5, shape[::-1][:3], 0.4, 0.45, strum=0.007)
        if artist.pad == "banjo":
            roll = (0, 1, 3, 2, 0, 3, 1, 2)
            for sixteenth in range(16):
                band.note(
                    "pad", 4 * bar + sixteenth / 4, shape[roll[sixteenth % 8]] + 12, 0.4, 0.75 if sixteenth % 4 == 0 else 0.6
                )
        elif artist.pad:
            band.chord("pad", beats * bar, voicing(here, band.key, 66)[:2], beats * 0.97, 0.55)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, -1, wet=0.2)
    beats = band.beats_per_bar
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 38)
        band.note("bass", beats * bar, root, 0.9, 0.85)
        if beats == 4:
            band.note("bass", 4 * bar + 2, root - 5 if root - 5 >= 31 else root + 7, 0.9, 0.8)
            if bar % 4 == 3:
                after = near(band.key + harmony[(bar + 1) % len(harmony)].root, root)
                band.note("bass", 4 * bar + 3, (root + after) // 2, 0.45, 0.7)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = {"waltz": -6, "ballad": -4, "bluegrass": -60, "rock": 0}.get(variant, -3)
    for bar in range(band.n_bars):
        if variant == "waltz":
            band.groove(bar, kick="x.....", brush="..x.x.", hat="o.o.o.")
        elif variant == "ballad":
            band.groove(bar, kick="x...x.o.", rim="..x...x.", hat="oooooooo")
        elif variant == "train":
            band.groove(bar, kick="x...x...x...x...", ghost="x-Xox-Xox-Xox-Xx", hat="..o...o...o...o.")
        elif variant == "rock":
            band.groove(bar, kick="X..xX...", snare="..X...X.", hat="xoxoxoxo")
        if bar % 4 == 3 and variant in ("train", "rock", "ballad"):
            band.fill(bar, beats=0.5, drums=("snare", "mid tom"))

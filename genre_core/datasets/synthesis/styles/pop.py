"""Pop: four chords that go round, a sung tune, pads and plucks over a plain beat."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist(
        "Paper Cinema",
        (102, 116),
        "synth",
        "bright voice",
        "synth pluck",
        "synth pad",
        "synth bass",
        "machine",
        tilt_db=0.3,
        wet=0.2,
    ),
    Artist(
        "Ada Winterling",
        (70, 84),
        "ballad",
        "bright voice",
        "piano",
        "synth pad",
        "synth bass",
        "machine",
        tilt_db=-0.1,
        wet=0.3,
        room_seconds=1.5,
    ),
    Artist(
        "Glasshouse", (118, 128), "dance", "voice", "synth pluck", "synth brass", "synth bass", "tight", tilt_db=0.4, wet=0.18
    ),
    Artist(
        "The Weekend Atlas",
        (108, 124),
        "guitar",
        "bright voice",
        "electric guitar",
        "synth pad",
        "synth bass",
        "machine",
        0.7,
        0.2,
        wet=0.15,
    ),
    Artist(
        "Juniper Lane",
        (92, 106),
        "acoustic",
        "bright voice",
        "steel guitar",
        "synth pad",
        "synth bass",
        "tight",
        tilt_db=0.1,
        wet=0.16,
    ),
)

_FORMS = ("I V vi IV", "vi IV I V", "I vi IV V", "IV I V vi", "I iii IV V")


def arrange(band: Band) -> None:
    band.scale = "major"
    form = progression(band.choose(_FORMS))
    harmony = [form[bar % 4] for bar in range(band.n_bars)]
    _chords(band, harmony)
    _bass(band, harmony)
    _drums(band)
    band.part("lead", band.artist.lead, 1, wet=1.3)
    phrase = melody(band.rng, harmony, key=band.key, scale="major pentatonic", low=62, high=79, density=0.5)
    band.line("lead", [note for note in phrase if note.beat % 16 < 14])


def _chords(band: Band, harmony: list[Chord]) -> None:
    artist, variant = band.artist, band.artist.variant
    band.part("comp", artist.comp, -4, drive=artist.drive, wet=0.9, echo_seconds=45 / band.bpm if variant == "synth" else 0.0)
    band.part("pad", artist.pad, -7, wet=1.3)
    for bar, here in enumerate(harmony):
        shape = voicing(here, band.key, 64)
        band.chord("pad", 4 * bar, voicing(here, band.key, 60), 3.9, 0.55)
        if variant in ("synth", "acoustic"):
            wide = [near(band.key + here.root, 52), *shape, shape[0] + 12]
            roll = (0, 1, 2, 3, 4, 3, 2, 1) if variant == "acoustic" else (0, 2, 3, 1, 4, 2, 3, 2)
            for eighth in range(8):
                band.note("comp", 4 * bar + eighth / 2, wide[roll[eighth] % len(wide)], 0.6, 0.75 if eighth % 4 == 0 else 0.6)
        elif variant == "ballad":
            for quarter in range(4):
                band.chord("comp", 4 * bar + quarter, shape, 0.95, 0.75 if quarter == 0 else 0.55)
            band.note("comp", 4 * bar, near(band.key + here.root, 43), 3.5, 0.75)
        elif variant == "dance":
            for beat in (0.0, 0.75, 1.5, 2.5, 3.25):
                band.chord("comp", 4 * bar + beat, shape, 0.3, 0.75)
        else:
            for eighth in range(8):
                band.chord("comp", 4 * bar + eighth / 2, shape, 0.42, 0.75 if eighth % 2 == 0 else 0.5, strum=0.006)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 0, wet=0.1)
    variant = band.artist.variant
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 37)
        places: tuple[float, ...] = {"ballad": (0, 2.5), "acoustic": (0, 1.5, 2, 3.5), "dance": (0.5, 1, 1.5, 2.5, 3, 3.5)}.get(
            variant, tuple(eighth / 2 for eighth in range(8))
        )
        for place in places:
            band.note("bass", 4 * bar + place, root, 0.45 if len(places) > 3 else 1.8, 0.8)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = {"ballad": -2, "acoustic": -3}.get(variant, 2)
    for bar in range(band.n_bars):
        if variant == "ballad":
            band.groove(bar, kick="X.....x.X.......", snare="....X.......X...", hat="x.o.x.o.x.o.x.o.")
        elif variant == "dance":
            band.groove(bar, kick="X...X...X...X...", clap="....X.......X...", open="..x...x...x...x.", hat="x-o-x-o-x-o-x-o-")
        elif variant == "guitar":
            band.groove(bar, kick="X...x.x.X.x.....", snare="....X.......X...", hat="x.x.x.x.x.x.x.x.")
        elif variant == "acoustic":
            band.groove(bar, kick="x.....x.x.......", rim="....x.......x...", shaker="xoxoxoxoxoxoxoxo")
        else:
            band.groove(bar, kick="X.....X.X..x....", clap="....X.......X...", snare="....x.......x...", hat="xoxoxoxoxoxoxoxo")
        if bar % 8 == 7:
            band.fill(bar, beats=1.0, drums=("snare", "mid tom"))

"""Reggae: chords off the beat, the drum on three, a bass that sings, echoes."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist(
        "Marigold Sound",
        (70, 80),
        "one drop",
        "voice",
        "electric guitar",
        "organ",
        "finger bass",
        "island",
        tilt_db=-0.6,
        wet=0.16,
    ),
    Artist(
        "Breadfruit Republic",
        (76, 88),
        "rockers",
        "brass",
        "electric guitar",
        "organ",
        "deep bass",
        "tight",
        tilt_db=-0.2,
        wet=0.12,
    ),
    Artist(
        "Echo Parish",
        (68, 76),
        "dub",
        "muted trumpet",
        "muted guitar",
        "organ",
        "sub bass",
        "island",
        tilt_db=-1.0,
        wet=0.4,
        room_seconds=1.8,
    ),
    Artist(
        "Coral & The Uprights",
        (82, 94),
        "rockers",
        "bright voice",
        "bright piano",
        "strings",
        "pick bass",
        "room",
        tilt_db=0.2,
        wet=0.2,
    ),
    Artist(
        "Dominic Palm",
        (84, 96),
        "one drop",
        "saxophone",
        "steel guitar",
        "bright organ",
        "finger bass",
        "dusty",
        tilt_db=-0.3,
        wet=0.1,
    ),
)

_FORMS = ("I IV", "i iv", "I IV V IV", "i bVII", "I vi ii V", "i bVII bVI bVII", "I ii")


def arrange(band: Band) -> None:
    band.swing_unit, band.swing = 0.5, 0.55
    form = progression(band.choose(_FORMS))
    minor = form[0].tones[1] == 3
    band.scale = "minor" if minor else "major"
    harmony = [form[bar % len(form)] for bar in range(band.n_bars)]
    _skank(band, harmony)
    _bass(band, harmony)
    _drums(band)
    band.part("lead", band.artist.lead, -1, wet=1.4, echo_seconds=45 / band.bpm if band.artist.variant == "dub" else 0.0)
    scale = "minor pentatonic" if minor else "major pentatonic"
    phrase = melody(band.rng, harmony, key=band.key, scale=scale, low=62, high=79, density=0.4)
    band.line("lead", [note for note in phrase if note.beat % 16 < 10])


def _skank(band: Band, harmony: list[Chord]) -> None:
    artist = band.artist
    band.part("comp", artist.comp, -2, wet=0.7, low_hz=300, echo_seconds=45 / band.bpm if artist.variant == "dub" else 0.0)
    band.part("pad", artist.pad, -7, wet=0.8)
    for bar, here in enumerate(harmony):
        shape = voicing(here, band.key, 64)
        for beat in (1, 3) if artist.variant == "dub" else (0.5, 1.5, 2.5, 3.5):
            band.chord("comp", 4 * bar + beat, shape, 0.22, 0.8, strum=0.003)
        if artist.pad == "strings":
            band.chord("pad", 4 * bar, shape, 3.9, 0.5)
        else:  # the organ bubbles between the chops
            for place in (0.25, 0.5, 0.75, 1.25, 1.5, 1.75, 2.25, 2.5, 2.75, 3.25, 3.5, 3.75):
                band.chord("pad", 4 * bar + place, shape[:2], 0.2, 0.75 if place % 1 == 0.5 else 0.45)


def _bass(band: Band, harmony: list[Chord]) -> None:
    """A tune of its own that leaves the first beat free as often as not, the same every two bars."""
    band.part("bass", band.artist.bass, 4, wet=0.1)
    figure = ((0, 0), (0.75, 0), (1.5, 2), (2, 1), (3, 0)), ((0.5, 0), (1, 2), (2, 0), (2.5, 1), (3, 2), (3.5, 1))
    first = int(band.rng.integers(2))
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 35)
        places = figure[(first + bar) % 2]
        for place, tone in places:
            band.note("bass", 4 * bar + place, root + here.tones[tone], 0.7, 0.85)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = 0
    for bar in range(band.n_bars):
        if variant == "one drop":
            band.groove(bar, kick="........X.......", rim="........x.......", hat="x.o.x.oox.o.x.o.")
        elif variant == "dub":
            band.groove(bar, kick="x.......X.......", snare="........x.......", rim="......o.....o..o", hat="x.o.x.o.x.o.x.o.")
        else:
            band.groove(bar, kick="X...X...X...X...", snare="....o...x...o...", hat="x.o.x.o.x.o.x.oo", rim="..........x..x..")
        if bar % 4 == 3:
            band.fill(bar, beats=0.75, drums=("high tom", "rim", "mid tom"))

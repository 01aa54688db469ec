"""Hip-hop: a two-bar loop, boom-bap or slow machine drums, deep sparse bass, the crackle of a record."""

from __future__ import annotations

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.theory import Chord, melody, near, progression, voicing

ARTISTS = (
    Artist("Crate Nine", (86, 95), "boom bap", "flute", "electric piano", "", "finger bass", "dusty", tilt_db=-0.8, wet=0.1),
    Artist("Kilo Vantage", (68, 76), "trap", "bell", "synth pluck", "synth pad", "sub bass", "machine", tilt_db=0.1, wet=0.25),
    Artist(
        "Professor Attic", (90, 100), "boom bap", "muted trumpet", "piano", "", "upright bass", "dusty", tilt_db=-0.5, wet=0.15
    ),
    Artist("Sable Transit", (78, 90), "dub", "voice", "organ", "", "deep bass", "island", tilt_db=-0.7, wet=0.2),
    Artist(
        "Neon Corner", (98, 110), "electro", "synth lead", "synth brass", "choir", "synth bass", "machine", tilt_db=0.4, wet=0.12
    ),
)

_FORMS = ("i7 iv7", "i9 bVImaj7", "i7 IV7", "i bVII", "i7 v7", "Imaj7 vi9")


def arrange(band: Band) -> None:
    variant = band.artist.variant
    band.swing_unit, band.swing = 0.5, {"boom bap": 0.59, "dub": 0.55}.get(variant, 0.5)
    loop = progression(band.choose(_FORMS))
    band.scale = "minor pentatonic" if 3 in loop[0].tones else "major pentatonic"
    harmony = [loop[bar % 2] for bar in range(band.n_bars)]
    if variant in ("boom bap", "dub"):
        band.hiss_db = -17
    _sample(band, harmony)
    _bass(band, harmony)
    _drums(band)
    _hook(band, harmony)


def _sample(band: Band, harmony: list[Chord]) -> None:
    """The loop: the same two bars again and again, dulled as from a record."""
    artist = band.artist
    band.part("comp", artist.comp, -3, wet=0.8, high_hz=3000 if artist.variant == "boom bap" else 0)
    if artist.pad:
        band.part("pad", artist.pad, -9, wet=1.2)
    places = sorted(band.rng.choice(16, size=5, replace=False) / 2)
    for bar, here in enumerate(harmony):
        shape = voicing(here, band.key, 63)
        if artist.variant == "dub":
            for beat in (1, 3):
                band.chord("comp", 4 * bar + beat, shape, 0.35, 0.7)
        elif artist.variant == "trap":
            for eighth in range(8):
                band.note("comp", 4 * bar + eighth / 2, shape[(0, 2, 1, 2, 0, 1, 2, 1)[eighth] % len(shape)] + 12, 0.5, 0.6)
        else:
            for place in places:
                if place // 4 == bar % 2:
                    band.chord("comp", 4 * bar + place % 4, shape, 1.4, 0.75, strum=0.01)
        if artist.pad:
            band.chord("pad", 4 * bar, shape, 3.9, 0.5)


def _bass(band: Band, harmony: list[Chord]) -> None:
    band.part("bass", band.artist.bass, 2, wet=0.05)
    places = [0.0, *sorted(band.rng.choice([1.5, 1.75, 2.5, 2.75, 3.5], size=2, replace=False))]
    for bar, here in enumerate(harmony):
        root = near(band.key + here.root, 33)
        for place in places:
            pitch = root if place < 3 else root + (7 if band.chance(0.5) else 12)
            band.note("bass", 4 * bar + place, pitch, 1.8 if band.artist.variant == "trap" else 0.9, 0.85)


def _drums(band: Band) -> None:
    variant = band.artist.variant
    band.drums_db = 4
    kick = band.choose(("X.....x.x.X.....", "X..x......X..x..", "X.......x.X....o"))
    for bar in range(band.n_bars):
        if variant == "trap":
            hats = "xoxoxoxoxoxxxoxo" if bar % 2 == 0 else "xoxoxxxoxoxoxxxx"
            band.groove(bar, kick="X......x..x.....", clap="........X.......", hat=hats)
        elif variant == "electro":
            band.groove(bar, kick="X..x..x...x.x...", clap="....X.......X...", hat="xoxoxoxoxoxoxoxo", cowbell="..o..o....o..o..")
        elif variant == "dub":
            band.groove(bar, kick=kick, rim="....x.......x...", snare="............x...", hat="x.o.x.o.x.o.x.o.")
        else:
            band.groove(bar, kick=kick, snare="....X..-....X...", hat="x.o.x.o.x.o.x.oo")
        if bar % 8 == 7:
            band.hit("open", 4 * bar + 3.5, 0.8)


def _hook(band: Band, harmony: list[Chord]) -> None:
    """A short phrase, played for four bars of every eight."""
    artist = band.artist
    band.part("lead", artist.lead, -4, wet=1.2, echo_seconds=45 / band.bpm if artist.variant in ("dub", "trap") else 0.0)
    phrase = melody(band.rng, harmony[:2], key=band.key, scale=band.scale, low=64, high=79, density=0.4)
    for bar in range(0, band.n_bars, 2):
        if bar % 8 >= 4 or artist.variant == "trap":
            band.line("lead", phrase, shift=4 * bar)

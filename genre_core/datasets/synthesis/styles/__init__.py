"""The ten styles, one module each: how a style is played, and the five artists who play it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from genre_core.datasets.synthesis.band import Artist, Band
from genre_core.datasets.synthesis.styles import blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock


@dataclass(frozen=True)
class Style:
    """A row of STYLES: `arrange(band)` writes the track, `artists` play it in turn."""

    arrange: Callable[[Band], None]
    artists: tuple[Artist, ...]


STYLES: dict[str, Style] = {
    "blues": Style(blues.arrange, blues.ARTISTS),
    "classical": Style(classical.arrange, classical.ARTISTS),
    "country": Style(country.arrange, country.ARTISTS),
    "disco": Style(disco.arrange, disco.ARTISTS),
    "hiphop": Style(hiphop.arrange, hiphop.ARTISTS),
    "jazz": Style(jazz.arrange, jazz.ARTISTS),
    "metal": Style(metal.arrange, metal.ARTISTS),
    "pop": Style(pop.arrange, pop.ARTISTS),
    "reggae": Style(reggae.arrange, reggae.ARTISTS),
    "rock": Style(rock.arrange, rock.ARTISTS),
}
"""Genre to style, in the order in which tracks are made."""

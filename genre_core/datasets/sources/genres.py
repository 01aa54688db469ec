"""Names of genres, written one way however they come."""

from __future__ import annotations

import unicodedata

from genre_core.datasets.sources.names import printable

GTZAN_GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
_SAME_GENRE = {"hip hop": "hiphop", "hip-hop": "hiphop", "hip_hop": "hiphop"}


def canonical_genre(name: str) -> str:
    """A genre's name as the product writes it: small letters, single spaces, `hiphop` for hip-hop, hip hop and hip_hop."""
    plain = printable(" ".join(unicodedata.normalize("NFC", name).split()).lower())
    return _SAME_GENRE.get(plain, plain)

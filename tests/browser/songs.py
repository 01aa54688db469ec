"""A folder of songs that anybody could bring: three genres of chords, by artists who play one genre each."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

SR = 22050
SECONDS = 3.2
CHORDS = {"bass": (55.0, 82.4, 110.0), "flute": (880.0, 1108.7, 1318.5), "whistle": (880.0, 1108.7, 1318.5)}
"""Genre -> its chord [Hz]. Two sound alike, so that no model is always right: a score then has an interval."""


def song(genre: str, number: int = 0, *, seconds: float = SECONDS) -> bytes:
    """A WAV file: the genre's chord in beats; songs of another number differ by their noise."""
    time = np.arange(round(seconds * SR)) / SR
    y = sum(np.sin(2 * np.pi * pitch * time) for pitch in CHORDS[genre]) * np.exp(-4 * (time * 2 % 1))
    noise = np.random.default_rng([number, *genre.encode()]).normal(scale=0.02, size=time.size)
    out = io.BytesIO()
    soundfile.write(out, 0.2 * y + noise, SR, format="WAV", subtype="PCM_16")
    return out.getvalue()


def write_songs(folder: Path, *, n_artists: int = 5, n_songs: int = 2) -> int:
    """Write genre/artist/song.wav below a folder; returns how many songs there are."""
    for genre in CHORDS:
        for artist in range(n_artists):
            place = folder / genre / f"{genre} player {artist}"
            place.mkdir(parents=True)
            for number in range(n_songs):
                index = artist * n_songs + number
                (place / f"{genre}-{index:02d}.wav").write_bytes(song(genre, index))
    return len(CHORDS) * n_artists * n_songs


def upload(name: str, content: bytes) -> dict[str, object]:
    """What Playwright puts into a file field."""
    return {"name": name, "mimeType": "audio/wav", "buffer": content}

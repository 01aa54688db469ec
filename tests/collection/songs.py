"""Songs for collections: tones that the run of `tests.tiny_run` calls low or high."""

from __future__ import annotations

from pathlib import Path

import soundfile

from tests.tiny_run import tone

HERTZ = {"b.wav": 110, "a.wav": 6000, "deeper/c.flac": 120}


def write_songs(folder: Path, songs: dict[str, float] | None = None, *, seconds: float = 2.0) -> Path:
    """Write tones by file name; returns the folder."""
    for name, hertz in (songs or HERTZ).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        clip = tone(hertz, seconds)
        soundfile.write(path, clip.y, clip.sr)
    return folder

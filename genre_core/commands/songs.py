"""Which files a command means when it is given a folder."""

from __future__ import annotations

from pathlib import Path

from genre_core.audio.decode import AUDIO_EXTENSIONS


def audio_files(folder: Path) -> list[Path]:
    """Audio files in a folder and all below it, by extension, in order; hidden ones (`._song.wav`) left out."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in AUDIO_EXTENSIONS and not file.name.startswith(".") and file.is_file()
    )

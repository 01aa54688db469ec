"""Tiny songs for the tests of data sets."""

from pathlib import Path

import numpy as np
import soundfile

SR = 22050


def write_song(path: Path, *, seconds: float = 0.7, pitch: float = 220.0, amplitude: float = 0.3) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    time = np.arange(round(seconds * SR)) / SR
    soundfile.write(path, amplitude * np.sin(2 * np.pi * pitch * time), SR, subtype="PCM_16")
    return path


def write_folder(folder: Path, *, genres=("blues", "rock"), n_tracks: int = 3, **options) -> Path:
    for number, genre in enumerate(genres):
        for track in range(n_tracks):
            write_song(folder / genre / f"{genre}.{track:05d}.wav", pitch=200 + 100 * number + 10 * track, **options)
    return folder

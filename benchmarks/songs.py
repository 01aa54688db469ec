"""What is measured on: demo songs, synthesised on the spot, or a folder of one's own."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.audio import AUDIO_EXTENSIONS, Clip
from genre_core.audio.decode import read
from genre_core.datasets.demo import make_demo

SR = 22050
SECONDS = 30.0


@dataclass(frozen=True)
class Songs:
    """Clips of 30 s at 22,050 Hz, and words that say where they come from."""

    words: str
    clips: tuple[Clip, ...]


def audio_files(folder: Path) -> list[Path]:
    """Every sound file below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in AUDIO_EXTENSIONS)


def songs(folder: Path | None, n_clips: int) -> Songs:
    """The first 30 s of `n_clips` files spread evenly over a folder; demo songs, one a genre in turn, without one.

    Raises
    ------
    SystemExit
        If the folder holds no sound file.
    """
    if folder is None:
        with tempfile.TemporaryDirectory() as spare:
            dataset = make_demo(Path(spare), n_tracks=-(-n_clips // 10), seconds=SECONDS)
            return Songs("demo songs, synthesised", tuple(track.clip(sr=SR) for track in dataset.tracks[:n_clips]))
    files = audio_files(folder)
    if not files:
        raise SystemExit(f"Expected sound files below {folder}. Received: none. Name a folder of songs.")
    chosen = [files[index] for index in np.unique(np.linspace(0, len(files) - 1, n_clips).round().astype(int))]
    return Songs("songs of a folder", tuple(read(path, 0, SECONDS, sr=SR) for path in chosen))

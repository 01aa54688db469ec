"""Tiny songs, and data sets without any, for the tests of data sets."""

import csv
from pathlib import Path

import numpy as np
import soundfile

from genre_core.datasets.tracks import Dataset, Track
from genre_core.features.summary import Summary57

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


def made(counts: dict[str, int], *, n_artists: int = 5, artists: bool = True) -> Dataset:
    """A data set of so many tracks a genre, without audio; artists take turns."""
    return Dataset(
        "made",
        tuple(
            Track(f"{genre}.{i:05d}", genre, None, f"{genre} {i % n_artists}" if artists else None, 30.0, f"{genre}{i}")
            for genre, count in counts.items()
            for i in range(count)
        ),
    )


def write_numbers(path: Path) -> None:
    """A table of numbers: a row a track, one of them twice, one without an artist."""
    rng, rows = np.random.default_rng(0), []
    for genre in ("blues", "rock"):
        for number in range(6):
            artist = "" if (genre, number) == ("rock", 2) else f"{genre} {number}"
            part = "train" if number < 3 else "test"
            rows.append([f"{genre}.{number:05d}.wav", *rng.uniform(0.1, 1.0, 57).tolist(), genre, artist, part])
    rows.append(["blues.00099.wav", *rows[0][1:]])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["filename", *Summary57.COLUMNS, "label", "artist", "split"], *rows])

"""A folder as GTZAN_FOLDER is told to be, of five clips, two of which can be heard; and tags as they were published."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import soundfile

from genre_core.features.summary import Summary57

SR = 22050
CLIPS = {
    "blues.00000": ("valid", "0"),
    "jazz.00001": ("train", "1"),
    "rock.00002": ("train", "1"),
    "pop.00003": ("train", "2"),
    "metal.00004": ("test", "3"),
}
"""Id -> part and group of artists. Only the first two lie there as sound; tags are published of the second and third."""

TAGGED = ("jazz.00001", "rock.00002")


def columns(place: int) -> np.ndarray:
    """Made-up columns of the clip at that place, shape (57,)."""
    return np.arange(57) + 100.0 * place


def make_folder(folder: Path, *, seconds: float = 3.2) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        (f"{name}.wav", 661794, *columns(place), name.split(".")[0], part)
        for place, (name, (part, _)) in enumerate(CLIPS.items())
    ]
    _write(folder / "features_30_sec.csv", ("filename", "length", *Summary57.COLUMNS, "label", "split"), rows)
    folds = [(name, place % 3, group) for place, (name, (_, group)) in enumerate(CLIPS.items()) if name != "pop.00003"]
    _write(folder / "artist_folds.csv", ("track_id", "fold", "artist_group"), folds)
    songs = []
    for place, name in enumerate(list(CLIPS)[:2]):
        t = np.arange(round(seconds * SR)) / SR
        path = Path("audio") / f"{name}.wav"
        (folder / "audio").mkdir(exist_ok=True)
        y = 0.2 * np.sign(np.sin(2 * np.pi * (220 + 110 * place) * t)) * (t % 0.5 < 0.4)
        soundfile.write(folder / path, y.astype(np.float32), SR, subtype="PCM_16")
        songs.append((name, name.split(".")[0], f"Artist {place}", f"Song {place}", CLIPS[name][0], path.as_posix()))
    _write(folder / "tracks.csv", ("track_id", "genre", "artist", "title", "split", "audio"), songs)
    return folder


def make_tags(path: Path, n_segments: int = 7) -> Path:
    """Probabilities of 50 tags for some segments of each of `TAGGED`."""
    rng = np.random.default_rng(0)
    tags = rng.random((n_segments * len(TAGGED), 50)).astype(np.float32)
    tags[0, :2] = 0, 1
    np.savez(path, tags=tags, track_id=np.repeat(TAGGED, n_segments))
    return path


def _write(path: Path, head: tuple[str, ...], rows: list[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(head)
        written.writerows(rows)

"""A split as a table, which other tools read and `from_column` reads back."""

from __future__ import annotations

import csv
import io

from genre_core.datasets.splits.base import Split
from genre_core.datasets.tracks import Dataset

EXCLUDED = "excluded"
"""Stands for a track without a role."""


def split_csv(split: Split, dataset: Dataset) -> bytes:
    """The role of every track as CSV in UTF-8: columns id, genre, artist, split.

    A track without a role is `excluded`; where roles are given to segments, every track is `mixed (leaky)`, which no import takes
    for a role.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "genre", "artist", "split"])
    for track in dataset.tracks:
        role = split.roles.get(track.id, EXCLUDED)
        writer.writerow([track.id, track.genre, track.artist or "", f"{role} (leaky)" if split.leaky else role])
    return text.getvalue().encode("utf-8", "surrogateescape")

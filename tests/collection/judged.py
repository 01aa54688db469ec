"""Songs with verdicts known by hand."""

from __future__ import annotations

from pathlib import Path

from genre_core.collection.files import Song
from genre_core.collection.memory import Said
from genre_core.collection.table import Row, Table

GENRES = ("jazz", "rock")


def said(p: float, *, vote: float | None = None, **evidence) -> Said:
    """Jazz with probability `p` by the mean, `vote` by the vote."""
    ways = [p, p, p, p if vote is None else vote]
    return Said(seconds=61.6, posteriors=tuple((way, 1 - way) for way in ways), n_segments=1, **evidence)


def table(*rows: tuple[str, Said]) -> Table:
    return Table(GENRES, "run-1", tuple(Row(Song(Path("/m") / name), told) for name, told in rows), len(rows))


SONGS = table(
    ("a.mp3", said(0.875)),
    ("b.mp3", said(0.25)),
    ("c.mp3", said(0.5625)),
    ("speech.mp3", said(0.9375, music=(-2.0,))),
    ("letter.mp3", Said("not_audio", "It is text.")),
)

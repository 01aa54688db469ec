"""Clips a second with one process and with two, on the way that the product takes: decode, compute, store."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genre_core.audio import Clip, decode, encode_wav
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.store import FeatureStore, extract_all
from genre_core.datasets.tracks import Track
from genre_core.features import Summary57

_STEP = 7919  # Samples, a prime: turned round by its multiples, no clip comes back to where another was.
WARM_UP = 12
"""Clips that are left out at the beginning: by then every process runs."""


@dataclass(frozen=True)
class Scaling:
    """Clips a second of `summary57`, medians of paired runs.

    Attributes
    ----------
    one, two : float
        With one process and with two.
    ratios : tuple of float
        Of each pair of runs.
    """

    one: float
    two: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def scaling(clips: Sequence[Clip], *, n_clips: int = 96, pairs: int = 3) -> Scaling:
    """Extract `n_clips` clips with one process and with two in turn; each clip a different sound of the same length.

    Raises
    ------
    ValueError
        If `n_clips` leaves nothing after the warm-up.
    """
    if n_clips <= WARM_UP:
        raise ValueError(f"n_clips must exceed the {WARM_UP} clips of the warm-up. Received: n_clips={n_clips}.")
    with tempfile.TemporaryDirectory() as folder:
        tracks = [_track(clips, number, Path(folder)) for number in range(n_clips)]
        rates = {1: [], 2: []}
        for pair in range(pairs):
            for processes in (1, 2) if pair % 2 == 0 else (2, 1):
                rates[processes].append(_rate(tracks, processes))
    ratios = tuple(two / one for one, two in zip(rates[1], rates[2], strict=True))
    return Scaling(statistics.median(rates[1]), statistics.median(rates[2]), ratios)


def _track(clips: Sequence[Clip], number: int, folder: Path) -> Track:
    """One of the clips, turned round in time so that no two have the same hash and none is computed for another."""
    source = clips[number % len(clips)]
    y = np.roll(source.y, number * _STEP)  # (n_samples,)
    path = folder / f"{number:03d}.wav"
    path.write_bytes(encode_wav(Clip(y, source.sr)))
    clip = decode(path)
    return Track(f"clip.{number:03d}", "any", path, None, clip.seconds, clip.sha256)


def _rate(tracks: Sequence[Track], processes: int) -> float:
    """Clips a second once every process is warm."""
    stamps: list[tuple[int, float]] = []

    def heard(done: int, total: int, left: float | None) -> None:
        stamps.append((done, time.perf_counter()))

    whole = SegmentConfig(segment_seconds=600.0, hop_seconds=600.0)
    with tempfile.TemporaryDirectory() as folder:
        problems = extract_all(tracks, [(Summary57(), whole)], FeatureStore(Path(folder)), progress=heard, processes=processes)
    if problems:
        raise RuntimeError(f"A clip could not be computed: {problems[0].message}")
    first = next(stamp for stamp in stamps if stamp[0] >= WARM_UP)
    last = stamps[-1]
    return (last[0] - first[0]) / (last[1] - first[1])

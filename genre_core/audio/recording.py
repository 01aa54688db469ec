"""Sound of any length: its outline is found in one pass, and parts of it are decoded when they are wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from genre_core.audio.clip import AudioFacts, Clip
from genre_core.audio.decode import blocks, probe, read
from genre_core.audio.playback import envelope
from genre_core.audio.sources import show_name
from genre_core.errors import ParameterError

BIN_SECONDS = 0.02
"""Length of an outline's finest bin."""

_BLOCK_SECONDS = 30.0


@dataclass(frozen=True, eq=False)
class Recording:
    """A file whose samples stay encoded.

    Attributes
    ----------
    source : bytes or Path
        The file.
    sr : int
        Rate of the parts [Hz].
    name : str
        Name to show.
    seconds : float
        Its length, counted sample by sample.
    facts : AudioFacts
        What the file said of itself.
    bins : np.ndarray
        Least and greatest sample of each BIN_SECONDS, float32, shape (2, n).
    """

    source: bytes | Path
    sr: int
    name: str
    seconds: float
    facts: AudioFacts
    bins: np.ndarray

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of outline and length: tells one recording from another without decoding it again."""
        digest = hashlib.sha256(f"{self.sr} {self.seconds!r} {self.name} ".encode())
        digest.update(self.bins.tobytes())
        return digest.hexdigest()

    def slice(self, start_seconds: float, end_seconds: float) -> Clip:
        """A part of it, cut to its ends; raises what `read` raises."""
        return read(self.source, max(0.0, start_seconds), min(end_seconds, self.seconds), sr=self.sr, name=self.name)

    def outline(self, n_bins: int) -> np.ndarray:
        """Least and greatest sample of each of `n_bins` equal parts, float32, shape (2, n_bins), as `envelope` of a clip."""
        if n_bins < 1:
            raise ParameterError(f"n_bins must be at least 1. Received: n_bins={n_bins}.")
        starts = np.arange(n_bins) * self.bins.shape[1] // n_bins
        return np.stack([np.minimum.reduceat(self.bins[0], starts), np.maximum.reduceat(self.bins[1], starts)])


def open_recording(
    source: bytes | Path, *, sr: int = 22050, name: str = "", progress: Callable[[float, float | None], None] | None = None
) -> Recording:
    """Go through a file of any length once, in bounded memory.

    Parameters
    ----------
    source : bytes or Path
        The file.
    sr : int
        Rate of its parts [Hz].
    name : str
        Name to show; a path's own where empty.
    progress : callable, optional
        `progress(seconds_read, seconds_in_all)`; the latter None where the file does not say. What it raises ends the reading.

    Raises
    ------
    AudioError
        As `decode`, but never too_long.
    """
    name = show_name(source, name)
    facts = probe(source, name=name)
    found: list[np.ndarray] = []
    n_samples = 0
    for block in blocks(source, sr=sr, block_seconds=_BLOCK_SECONDS, name=name):
        found.append(envelope(block, max(1, round(block.seconds / BIN_SECONDS))))
        n_samples += block.n_samples
        if progress is not None:
            progress(n_samples / sr, facts.seconds)
    return Recording(source, sr, name, n_samples / sr, facts, np.concatenate(found, axis=1))

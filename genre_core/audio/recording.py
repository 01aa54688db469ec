"""Sound of any length: its outline is found in one pass, and parts of it are decoded when they are wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
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
    file_sha256 : str
        SHA-256 of the file, where it is known: it then stands for the recording, also while that is still gone through.
    """

    source: bytes | Path
    sr: int
    name: str
    seconds: float
    facts: AudioFacts
    bins: np.ndarray
    file_sha256: str = ""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, or of outline and length: tells one recording from another without decoding it again."""
        if self.file_sha256:
            return hashlib.sha256(f"{self.sr} {self.name} {self.file_sha256}".encode()).hexdigest()
        digest = hashlib.sha256(f"{self.sr} {self.seconds!r} {self.name} ".encode())
        digest.update(self.bins.tobytes())
        return digest.hexdigest()

    @property
    def outlined_seconds(self) -> float:
        """How far the outline goes [s]: less than all while the recording is gone through."""
        known = self.bins.shape[1] * BIN_SECONDS
        return known if known < self.seconds - BIN_SECONDS else self.seconds

    def slice(self, start_seconds: float, end_seconds: float) -> Clip:
        """A part of it, cut to its ends; raises what `read` raises."""
        return read(self.source, max(0.0, start_seconds), min(end_seconds, self.seconds), sr=self.sr, name=self.name)

    def outline(self, n_bins: int) -> np.ndarray:
        """Least and greatest sample of each of `n_bins` equal parts, float32, shape (2, n_bins), as `envelope` of a clip."""
        if n_bins < 1:
            raise ParameterError(f"n_bins must be at least 1. Received: n_bins={n_bins}.")
        starts = np.arange(n_bins) * self.bins.shape[1] // n_bins
        return np.stack([np.minimum.reduceat(self.bins[0], starts), np.maximum.reduceat(self.bins[1], starts)])


class Opening:
    """A recording of any length while it is gone through, once and in bounded memory; whoever takes its blocks moves it on.

    Parameters
    ----------
    source : bytes or Path
        The file.
    sr : int
        Rate of its parts [Hz].
    name : str
        Name to show; a path's own where empty.
    file_sha256 : str
        As `Recording` has it.

    Raises
    ------
    AudioError
        As `probe`.
    """

    def __init__(self, source: bytes | Path, *, sr: int = 22050, name: str = "", file_sha256: str = "") -> None:
        self.source, self.sr, self.name, self.file_sha256 = source, sr, show_name(source, name), file_sha256
        self.facts = probe(source, name=self.name)
        self.seconds = 0.0
        self._found: list[np.ndarray] = []
        self._is_over = False

    def blocks(self) -> Iterator[Clip]:
        """Its samples in order, once; raises `AudioError` as `decode`, but never too_long."""
        n_samples = 0
        for block in blocks(self.source, sr=self.sr, block_seconds=_BLOCK_SECONDS, name=self.name):
            self._found.append(envelope(block, max(1, round(block.seconds / BIN_SECONDS))))
            n_samples += block.n_samples
            self.seconds = n_samples / self.sr
            yield block
        self._is_over = True

    def recording(self) -> Recording:
        """What is known by now: until its end is reached it is as long as the file says, and its outline ends where this is."""
        seconds = self.seconds if self._is_over else max(self.seconds, self.facts.seconds or 0.0)
        bins = np.concatenate(self._found, axis=1) if self._found else np.zeros((2, 1), np.float32)
        return Recording(self.source, self.sr, self.name, seconds, self.facts, bins, self.file_sha256)


def open_recording(
    source: bytes | Path, *, sr: int = 22050, name: str = "", progress: Callable[[float, float | None], None] | None = None
) -> Recording:
    """Go through a file of any length once, in bounded memory.

    Parameters
    ----------
    source, sr, name
        As `Opening` takes them.
    progress : callable, optional
        `progress(seconds_read, seconds_in_all)`; the latter None where the file does not say. What it raises ends the reading.

    Raises
    ------
    AudioError
        As `decode`, but never too_long.
    """
    opening = Opening(source, sr=sr, name=name)
    for _ in opening.blocks():
        if progress is not None:
            progress(opening.seconds, opening.facts.seconds)
    return opening.recording()

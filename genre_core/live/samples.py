"""The last samples of a sound that goes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from genre_core.errors import AudioError

KEPT_SECONDS = 30.0
"""The sound that is kept, so that another model can be asked about it."""

RATES = (8000, 192000)
"""Least and highest sample rate of a microphone [Hz]."""


class Recent:
    """The last samples at the rate at which they came."""

    def __init__(self) -> None:
        self.sr = 0
        self.y = np.zeros(0, np.float32)
        self.stop = 0

    def check(self, sr: int) -> None:
        if not RATES[0] <= sr <= RATES[1]:
            raise AudioError(f"Expected a sample rate in [{RATES[0]}, {RATES[1]}] Hz. Received: {sr} Hz. Use another microphone.")
        if self.sr not in (0, sr):
            raise AudioError(f"Expected {self.sr} Hz, as before. Received: {sr} Hz. Stop, and start listening again.")
        self.sr = sr

    def add(self, y: np.ndarray) -> None:
        self.y = np.concatenate([self.y, y])[-round(KEPT_SECONDS * self.sr) :].copy()
        self.stop += y.size

    def skip(self, n_samples: int) -> None:
        self.y = np.zeros(0, np.float32)
        self.stop += n_samples


class Stream:
    """The samples at a feature's rate that a later segment may still need, in their places since listening began."""

    def __init__(self, sr: int) -> None:
        self.sr = sr
        self.begin(0)

    def begin(self, place: int) -> None:
        """Nothing before this sample belongs to what comes."""
        self.first = self.offset = place
        self.y = np.zeros(0, np.float32)
        self._resampler: Any = None

    @property
    def stop(self) -> int:
        return self.offset + self.y.size

    def add(self, y: np.ndarray, sr: int) -> None:
        if sr != self.sr:
            if self._resampler is None:
                import soxr

                self._resampler = soxr.ResampleStream(sr, self.sr, 1, dtype="float32", quality="HQ")
            y = self._resampler.resample_chunk(y)
        self.y = np.concatenate([self.y, y])

    def cut(self, start: int, stop: int) -> np.ndarray:
        return self.y[start - self.offset : stop - self.offset]

    def forget(self, before_seconds: float) -> None:
        """Let go of what lies before that moment."""
        keep = min(self.stop, max(self.offset, round(before_seconds * self.sr)))
        self.y, self.offset = self.y[keep - self.offset :].copy(), keep

"""A clip: decoded samples and what the file said of itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from genre_core.errors import ParameterError

SILENCE_PEAK = 1e-4
"""Peak (-80 dB of full scale) below which a clip counts as silent."""


@dataclass(frozen=True)
class AudioFacts:
    """What the file said before decoding: container, codec, rate and channels as they were."""

    format: str
    codec: str
    sample_rate: int
    channels: int
    seconds: float | None


@dataclass(frozen=True, eq=False)
class Clip:
    """Mono audio in memory.

    Attributes
    ----------
    y : np.ndarray
        Samples, float32, shape (n_samples,), full scale is [-1, 1]; read-only.
    sr : int
        Sample rate of `y` [Hz].
    name : str
        Name to show, the file's name as a rule.
    facts : AudioFacts or None
        The file as it was; None for synthesised sound.
    """

    y: np.ndarray
    sr: int
    name: str = ""
    facts: AudioFacts | None = None

    def __post_init__(self) -> None:
        y = np.ascontiguousarray(self.y, dtype=np.float32)
        if y.ndim != 1:
            raise ParameterError(f"A clip holds one channel, shape (n_samples,). Received: shape {y.shape}.")
        if y is self.y and y.flags.writeable:
            y = y.view()
        y.flags.writeable = False
        object.__setattr__(self, "y", y)

    @property
    def n_samples(self) -> int:
        return int(self.y.size)

    @property
    def seconds(self) -> float:
        return self.y.size / self.sr

    @cached_property
    def peak(self) -> float:
        """Largest magnitude of a sample; 1.0 is full scale."""
        return float(max(self.y.max(), -self.y.min())) if self.y.size else 0.0

    @property
    def is_silent(self) -> bool:
        return self.peak < SILENCE_PEAK

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of rate and samples: equal for equal sound, whatever the file around it."""
        digest = hashlib.sha256(f"{self.sr} float32 ".encode())
        digest.update((self.y + np.float32(0)).astype("<f4", copy=False).tobytes())  # -0 and 0 sound the same
        return digest.hexdigest()

    def resample(self, sr: int) -> Clip:
        """The same sound at another rate (soxr, high quality); the clip itself where the rate fits."""
        if sr == self.sr:
            return self
        import soxr

        return replace(self, y=soxr.resample(self.y, self.sr, sr, quality="HQ"), sr=sr)

    def slice(self, start_seconds: float, end_seconds: float) -> Clip:
        """The part from `start_seconds` to `end_seconds`, cut to the clip's own ends."""
        start = max(0, round(start_seconds * self.sr))
        stop = min(self.y.size, round(end_seconds * self.sr))
        if stop <= start:
            raise ParameterError(
                f"A region needs an end after its start, inside 0 to {self.seconds:.2f} s. "
                f"Received: {start_seconds} to {end_seconds} s."
            )
        return replace(self, y=self.y[start:stop])

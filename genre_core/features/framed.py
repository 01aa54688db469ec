"""Params that features share: those of the short-time Fourier transform, of frames of samples, of scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.features.base import Timed
from genre_core.features.stft import WINDOWS, Spectra
from genre_core.params import param

FFT_LENGTHS = (256, 512, 1024, 2048, 4096, 8192, 16384)
SCALES = ("linear", "dB")


def hop_param() -> Any:
    """Declare `hop_length`."""
    return param(512, "Hop", unit="samples", low=16, high=8192, help="Samples from one frame to the next.")


@dataclass(frozen=True)
class Framed(Timed):
    """What all features made from a short-time Fourier transform declare and offer; no feature by itself."""

    n_fft: int = param(
        2048,
        "FFT length",
        unit="samples",
        options=FFT_LENGTHS,
        help="Longer tells near pitches apart, shorter tells near times apart.",
    )
    hop_length: int = hop_param()
    window: str = param("hann", "Window", options=WINDOWS, help="How a frame fades in and out.", advanced=True)

    def check(self) -> None:
        if self.hop_length > self.n_fft:
            raise ParameterError(
                "The hop (hop_length) must not exceed the FFT length (n_fft), or sound between frames would be lost. "
                f"Received: hop_length={self.hop_length}, n_fft={self.n_fft}. Choose a shorter hop or a longer FFT."
            )

    def check_length(self, n_samples: int) -> None:
        if self.n_fft > n_samples:
            raise ParameterError(
                f"The FFT length (n_fft) must not exceed the sound, here {n_samples} samples. Received: n_fft={self.n_fft}. "
                "Choose a shorter FFT or a longer region."
            )

    def _magnitude(self, spectra: Spectra) -> np.ndarray:
        return spectra.magnitude(n_fft=self.n_fft, hop_length=self.hop_length, window=self.window)

    def _magnitude_in_parts(self, spectra: Spectra) -> Iterator[tuple[slice, np.ndarray]]:
        return spectra.magnitude_in_parts(n_fft=self.n_fft, hop_length=self.hop_length, window=self.window)

    def _power(self, spectra: Spectra) -> np.ndarray:
        return spectra.power(n_fft=self.n_fft, hop_length=self.hop_length, window=self.window)


@dataclass(frozen=True)
class Binned(Framed):
    """A feature whose rows are the bins of the transform; no feature by itself."""

    @property
    def n_rows(self) -> int:
        return 1 + self.n_fft // 2

    @property
    def frequencies(self) -> np.ndarray:
        """Frequency of each row [Hz], ascending, float64, shape (1 + n_fft // 2,)."""
        return np.fft.rfftfreq(self.n_fft, 1.0 / self.sr)


@dataclass(frozen=True)
class SampleFrames(Timed):
    """What features made from frames of samples, without a transform, declare; no feature by itself."""

    frame_length: int = param(
        2048, "Frame length", unit="samples", options=FFT_LENGTHS, help="How much sound one value is made of."
    )
    hop_length: int = hop_param()

    def check(self) -> None:
        if self.hop_length > self.frame_length:
            raise ParameterError(
                "The hop (hop_length) must not exceed the frame length (frame_length), or sound between frames would be lost. "
                f"Received: hop_length={self.hop_length}, frame_length={self.frame_length}. "
                "Choose a shorter hop or a longer frame."
            )

    def check_length(self, n_samples: int) -> None:
        if self.frame_length > n_samples:
            raise ParameterError(
                f"The frame length (frame_length) must not exceed the sound, here {n_samples} samples. "
                f"Received: frame_length={self.frame_length}. Choose a shorter frame or a longer region."
            )

"""Spectral contrast: how far peaks stand above valleys in each octave."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from genre_core.errors import ParameterError
from genre_core.features.framed import Framed
from genre_core.features.mel import power_to_db
from genre_core.features.stft import Spectra, n_frames
from genre_core.params import param

QUANTILE = 0.02
"""Share of a band's bins that makes its peak and its valley."""


@dataclass(frozen=True)
class SpectralContrast(Framed):
    """Peak less valley of each octave band [dB], shape (n_bands + 1, n_frames): tones stand out, noise doesn't.

    Mean of the largest over mean of the smallest fiftieth of the magnitudes in a band (Jiang et al., 2002), each in decibels as
    librosa takes them, `10 log10`; equal to `librosa.feature.spectral_contrast`. The first band is what lies below `fmin`.
    """

    name: ClassVar[str] = "contrast"
    title: ClassVar[str] = "Spectral contrast"
    unit: ClassVar[str] = "dB"
    n_bands: int = param(6, "Octave bands", low=1, high=9, help="Octaves above the lowest frequency, each a row.")
    fmin: float = param(
        200.0, "Lowest frequency", unit="Hz", low=20.0, high=8000.0, help="Where the first octave begins.", advanced=True
    )

    def check(self) -> None:
        super().check()
        if self.edges[-2] >= self.sr / 2:
            raise ParameterError(
                f"The last octave band (n_bands) must begin below half the sample rate, {self.sr / 2:g} Hz. "
                f"Received: n_bands={self.n_bands}, fmin={self.fmin:g}, where it begins at {self.edges[-2]:g} Hz. "
                "Choose fewer bands or a lower first frequency."
            )
        if self.fmin < self.sr / self.n_fft:
            raise ParameterError(
                f"The lowest frequency (fmin) must be at least the distance of two bins, {self.sr / self.n_fft:.1f} Hz with this "
                f"FFT length (n_fft). Received: fmin={self.fmin:g}, n_fft={self.n_fft}. Choose a higher one or a longer FFT."
            )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        shape = (self.n_rows, n_frames(spectra.y.size, self.hop_length))
        peak, valley = np.empty(shape, np.float32), np.empty(shape, np.float32)
        for part, magnitude in self._magnitude_in_parts(spectra):  # (n_bins, n_part)
            self._outer(magnitude.T, peak[:, part], valley[:, part])
        return power_to_db(peak) - power_to_db(valley)  # (n_bands + 1, n_frames)

    def _outer(self, by_frame: np.ndarray, peak: np.ndarray, valley: np.ndarray) -> None:
        """Means of the largest and of the smallest bins of each band, into arrays of shape (n_bands + 1, n_part)."""
        bins = np.fft.rfftfreq(self.n_fft, 1.0 / self.sr)
        for row, (low, high) in enumerate(pairwise(self.edges)):
            first, stop = int(np.searchsorted(bins, low)), int(np.searchsorted(bins, high, side="right"))
            first = max(0, first - 1)
            if row == self.n_bands:
                stop = len(bins)
            n_outer = max(1, round(QUANTILE * (stop - first)))
            band = by_frame[:, first : stop if row == self.n_bands else stop - 1]  # neighbours share no bin
            ordered = np.partition(band, sorted({n_outer - 1, band.shape[1] - n_outer}), axis=1)
            valley[row] = ordered[:, :n_outer].mean(axis=1)
            peak[row] = ordered[:, -n_outer:].mean(axis=1)

    @property
    def n_rows(self) -> int:
        return self.n_bands + 1

    @property
    def edges(self) -> np.ndarray:
        """Edges of the bands [Hz], float64, shape (n_bands + 2,)."""
        return np.concatenate([[0.0], self.fmin * 2.0 ** np.arange(self.n_bands + 1)])

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each row: `0–200 Hz`, the last up to half the sample rate."""
        edges = [*self.edges[:-1], self.sr / 2]
        return tuple(f"{low:g}–{high:g} Hz" for low, high in pairwise(edges))

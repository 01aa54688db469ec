"""Spectrograms of the harmonic and the percussive part of a sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.features.framed import SCALES, Binned
from genre_core.features.hpss import shared_mask
from genre_core.features.mel import power_to_db
from genre_core.features.stft import Spectra
from genre_core.params import param


@dataclass(frozen=True)
class _Part(Binned):
    """A spectrogram that keeps a share of each bin."""

    scale: str = param("dB", "Scale", options=SCALES, help="Decibels are nearer to how loudness is heard.")

    def _harmonic_share(self, spectra: Spectra) -> np.ndarray:
        return shared_mask(spectra, n_fft=self.n_fft, hop_length=self.hop_length, window=self.window)

    def _scaled(self, magnitude: np.ndarray) -> np.ndarray:
        return power_to_db(np.square(magnitude, out=magnitude)) if self.scale == "dB" else magnitude  # (n_bins, n_frames)

    @property
    def value_unit(self) -> str:
        return "dB" if self.scale == "dB" else self.unit


@dataclass(frozen=True)
class HarmonicSpectrogram(_Part):
    """Magnitude of what sounds on, or its decibels, shape (1 + n_fft // 2, n_frames).

    The spectrogram times the share that medians along time take of those along time and frequency (Fitzgerald, 2010); equal to
    `abs(librosa.decompose.hpss(stft)[0])`, on the scale dB cut at 80 dB below the largest value.
    """

    name: ClassVar[str] = "harmonic"
    title: ClassVar[str] = "Harmonic part"
    unit: ClassVar[str] = "magnitude"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return self._scaled(self._magnitude(spectra) * self._harmonic_share(spectra))


@dataclass(frozen=True)
class PercussiveSpectrogram(_Part):
    """Magnitude of hits and noise, or its decibels, shape (1 + n_fft // 2, n_frames).

    What the harmonic part leaves of the spectrogram (Fitzgerald, 2010); equal to `abs(librosa.decompose.hpss(stft)[1])`, on the
    scale dB cut at 80 dB below the largest value.
    """

    name: ClassVar[str] = "percussive"
    title: ClassVar[str] = "Percussive part"
    unit: ClassVar[str] = "magnitude"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return self._scaled(self._magnitude(spectra) * (1 - self._harmonic_share(spectra)))

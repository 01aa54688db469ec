"""Features of one value a frame: the shape of the spectrum, loudness, zero crossings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.features.descriptors import ROLL_PERCENT, centroid_and_bandwidth, flatness, rms, rolloff, zero_crossing_rate
from genre_core.features.framed import Framed, SampleFrames
from genre_core.features.stft import Spectra
from genre_core.params import param


def _one_row(curve: np.ndarray) -> np.ndarray:
    return curve.astype(np.float32, copy=False)[None]  # (1, n_frames)


@dataclass(frozen=True)
class _Curve(Framed):
    """One row made from the spectrum of each frame."""

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of the one row."""
        return (self.title,)

    def _moments(self, spectra: Spectra) -> np.ndarray:
        """Centroid and bandwidth [Hz], float64, shape (2, n_frames); computed once for both."""
        key = ("centroid_and_bandwidth", self.n_fft, self.hop_length, self.window)
        return spectra.once(key, lambda: np.stack(centroid_and_bandwidth(self._magnitude(spectra), sr=spectra.sr)))


@dataclass(frozen=True)
class SpectralCentroid(_Curve):
    """Centre of gravity of the spectrum [Hz], shape (1, n_frames): how bright the sound is.

    `sum(f * S) / sum(S)` over the magnitudes S of a frame (Peeters, 2004); equal to `librosa.feature.spectral_centroid`; 0 in
    silence.
    """

    name: ClassVar[str] = "centroid"
    title: ClassVar[str] = "Spectral centroid"
    unit: ClassVar[str] = "Hz"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(self._moments(spectra)[0])


@dataclass(frozen=True)
class SpectralBandwidth(_Curve):
    """Spread of the spectrum around its centroid [Hz], shape (1, n_frames).

    `sqrt(sum((f - centroid)^2 * S) / sum(S))` (Peeters, 2004); equal to `librosa.feature.spectral_bandwidth`; 0 in silence.
    """

    name: ClassVar[str] = "bandwidth"
    title: ClassVar[str] = "Spectral bandwidth"
    unit: ClassVar[str] = "Hz"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(self._moments(spectra)[1])


@dataclass(frozen=True)
class SpectralRolloff(_Curve):
    """Frequency below which most of the magnitude lies [Hz], shape (1, n_frames).

    The lowest bin up to which the magnitudes of a frame sum to `roll_percent` of their total (Peeters, 2004); equal to
    `librosa.feature.spectral_rolloff`; 0 in silence.
    """

    name: ClassVar[str] = "rolloff"
    title: ClassVar[str] = "Spectral roll-off"
    unit: ClassVar[str] = "Hz"
    roll_percent: float = param(
        ROLL_PERCENT, "Share below", low=0.01, high=0.99, help="Share of the magnitude that lies below: 0.85 is 85 %."
    )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(rolloff(self._magnitude(spectra), sr=spectra.sr, roll_percent=self.roll_percent))


@dataclass(frozen=True)
class SpectralFlatness(_Curve):
    """How like noise the spectrum is, 0 to 1 without a unit, shape (1, n_frames).

    Geometric over arithmetic mean of the power of a frame's bins (Dubnov, 2004), each at least 1e-10; equal to
    `librosa.feature.spectral_flatness`. White noise has exp(-0.577) = 0.56, a tone nearly 0, silence 1.
    """

    name: ClassVar[str] = "flatness"
    title: ClassVar[str] = "Spectral flatness"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(flatness(self._power(spectra)))


@dataclass(frozen=True)
class ZeroCrossingRate(SampleFrames):
    """Share of samples where the sign changes, 0 to 1 without a unit, shape (1, n_frames).

    A sine of f Hz has `2 f / sr`; equal to `librosa.feature.zero_crossing_rate`; 0 in silence.
    """

    name: ClassVar[str] = "zcr"
    title: ClassVar[str] = "Zero-crossing rate"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(zero_crossing_rate(spectra.y, frame_length=self.frame_length, hop_length=self.hop_length))

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of the one row."""
        return (self.title,)


@dataclass(frozen=True)
class Rms(SampleFrames):
    """Root of the mean square of each frame [amplitude, full scale 1], shape (1, n_frames): how loud the sound is.

    A sine of amplitude a has `a / sqrt(2)`; equal to `librosa.feature.rms`.
    """

    name: ClassVar[str] = "rms"
    title: ClassVar[str] = "RMS level"
    unit: ClassVar[str] = "amplitude"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(rms(spectra, frame_length=self.frame_length, hop_length=self.hop_length))

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of the one row."""
        return (self.title,)

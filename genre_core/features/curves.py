"""Features of one value a frame: the shape of the spectrum, loudness, zero crossings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.features.base import Feature
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

    @property
    def _key(self) -> tuple[Hashable, ...]:
        """Under what the clip's spectra keep what `_of` gives."""
        return (self.name, self.n_fft, self.hop_length, self.window)

    def _of(self, magnitude: np.ndarray, sr: int) -> np.ndarray:
        """Values of some frames, whose magnitude has the shape (n_bins, n_part); shape (..., n_part)."""
        raise TypeError(f"{type(self).__name__} does not say how it is computed: define _of.")

    def _found(self, spectra: Spectra) -> np.ndarray:
        """What `_of` gives for all frames, shape (..., n_frames); computed once."""
        together(spectra, [self])
        return spectra.once(self._key, lambda: np.zeros(0))


def together(spectra: Spectra, features: Sequence[Feature]) -> None:
    """Compute several curves in one pass over the frames, so that each then finds its own in `spectra`.

    They must share the parameters of the transform; features of another kind are left alone.
    """
    curves = [feature for feature in features if isinstance(feature, _Curve)]
    asked: dict[tuple[Hashable, ...], Callable[[np.ndarray, int], np.ndarray]] = {
        curve._key: curve._of for curve in curves if not spectra.has(curve._key)
    }
    if not asked:
        return
    found: dict[tuple[Hashable, ...], list[np.ndarray]] = {key: [] for key in asked}
    for _, magnitude in curves[0]._magnitude_in_parts(spectra):
        for key, of in asked.items():
            found[key].append(of(magnitude, spectra.sr))
    for key, parts in found.items():
        spectra.once(key, lambda parts=parts: np.concatenate(parts, axis=-1))  # type: ignore[misc]


class _Moments(_Curve):
    """Centroid and bandwidth [Hz], computed once for both."""

    @property
    def _key(self) -> tuple[Hashable, ...]:
        return ("centroid_and_bandwidth", self.n_fft, self.hop_length, self.window)

    def _of(self, magnitude: np.ndarray, sr: int) -> np.ndarray:
        return np.stack(centroid_and_bandwidth(magnitude, sr=sr))  # (2, n_part)


@dataclass(frozen=True)
class SpectralCentroid(_Moments):
    """Centre of gravity of the spectrum [Hz], shape (1, n_frames): how bright the sound is.

    `sum(f * S) / sum(S)` over the magnitudes S of a frame (Peeters, 2004); equal to `librosa.feature.spectral_centroid`; 0 in
    silence.
    """

    name: ClassVar[str] = "centroid"
    title: ClassVar[str] = "Spectral centroid"
    unit: ClassVar[str] = "Hz"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(self._found(spectra)[0])


@dataclass(frozen=True)
class SpectralBandwidth(_Moments):
    """Spread of the spectrum around its centroid [Hz], shape (1, n_frames).

    `sqrt(sum((f - centroid)^2 * S) / sum(S))` (Peeters, 2004); equal to `librosa.feature.spectral_bandwidth`; 0 in silence.
    """

    name: ClassVar[str] = "bandwidth"
    title: ClassVar[str] = "Spectral bandwidth"
    unit: ClassVar[str] = "Hz"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(self._found(spectra)[1])


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
        return _one_row(self._found(spectra))

    @property
    def _key(self) -> tuple[Hashable, ...]:
        return (*super()._key, self.roll_percent)

    def _of(self, magnitude: np.ndarray, sr: int) -> np.ndarray:
        return rolloff(magnitude, sr=sr, roll_percent=self.roll_percent)


@dataclass(frozen=True)
class SpectralFlatness(_Curve):
    """How like noise the spectrum is, 0 to 1 without a unit, shape (1, n_frames).

    Geometric over arithmetic mean of the power of a frame's bins (Dubnov, 2004), each at least 1e-10; equal to
    `librosa.feature.spectral_flatness`. White noise has exp(-0.577) = 0.56, a tone nearly 0, silence 1.
    """

    name: ClassVar[str] = "flatness"
    title: ClassVar[str] = "Spectral flatness"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return _one_row(self._found(spectra))

    def _of(self, magnitude: np.ndarray, sr: int) -> np.ndarray:
        return flatness(np.square(magnitude))


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

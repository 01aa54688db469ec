"""Features of the spectrum over time: spectrum, spectrogram, mel, log-mel, MFCC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy.fft

from genre_core.errors import ParameterError
from genre_core.features.framed import SCALES, Binned, Framed
from genre_core.features.mel import band_edges, cut_below, decibels, log_mel, mel_power, power_to_db
from genre_core.features.stft import Spectra, n_frames, window_values
from genre_core.params import param

DELTAS = ("none", "delta", "delta and delta-delta")
DELTA_FRAMES = 9
"""Frames that a slope is fitted to, as librosa has it."""


@dataclass(frozen=True)
class Spectrum(Binned):
    """Frequency spectrum of the whole clip, shape (1 + n_fft // 2,).

    Mean over all frames of the magnitude, scaled by `2 / sum(window)`: a steady sine of amplitude 0.5 has a peak of 0.5 at its
    frequency. Only frames that lie wholly inside the clip count, so that its edges don't dilute the mean; a clip shorter than
    `n_fft` counts as it is. On the scale dB a sine of full scale is 0 dB; values end 80 dB below the largest.
    """

    name: ClassVar[str] = "spectrum"
    title: ClassVar[str] = "Frequency spectrum"
    unit: ClassVar[str] = "amplitude"
    per_frame: ClassVar[bool] = False
    scale: str = param("linear", "Scale", options=SCALES, help="Decibels show what is soft beside what is loud.")

    def __call__(self, spectra: Spectra) -> np.ndarray:
        total = n_frames(spectra.y.size, self.hop_length)
        first = -(-self.n_fft // 2 // self.hop_length)
        stop = (spectra.y.size - self.n_fft // 2) // self.hop_length + 1
        if stop <= first:
            first, stop = 0, total
        sums = np.zeros(self.n_rows)
        for part, magnitude in self._magnitude_in_parts(spectra):  # (n_bins, n_part)
            begin, end, _ = part.indices(total)
            inside = magnitude[:, max(0, first - begin) : max(0, min(end, stop) - begin)]
            sums += inside.sum(axis=1, dtype=np.float64)
        scale = np.full(self.n_rows, 2.0 / window_values(self.window, self.n_fft).sum(dtype=np.float64))
        scale[[0, -1]] /= 2  # 0 Hz and half the sample rate have no mirror image
        amplitude = (sums / (stop - first) * scale).astype(np.float32)  # (n_bins,)
        return power_to_db(amplitude**2) if self.scale == "dB" else amplitude

    def shape(self, n_samples: int) -> tuple[int, ...]:
        return (1 + self.n_fft // 2,)

    @property
    def value_unit(self) -> str:
        return "dB" if self.scale == "dB" else self.unit


@dataclass(frozen=True)
class Spectrogram(Binned):
    """Magnitude of the short-time Fourier transform, or its decibels, shape (1 + n_fft // 2, n_frames).

    Equal to `abs(librosa.stft(y))`, on the scale dB to `librosa.amplitude_to_db` of it: `20 log10(magnitude)`, cut at 80 dB below
    the largest value.
    """

    name: ClassVar[str] = "spectrogram"
    title: ClassVar[str] = "Spectrogram"
    unit: ClassVar[str] = "magnitude"
    scale: str = param("dB", "Scale", options=SCALES, help="Decibels are nearer to how loudness is heard.")

    def __call__(self, spectra: Spectra) -> np.ndarray:
        by_frame = np.empty((n_frames(spectra.y.size, self.hop_length), self.n_rows), np.float32)
        if self.scale == "dB":
            for part, power in spectra.power_in_parts(n_fft=self.n_fft, hop_length=self.hop_length, window=self.window):
                decibels(power.T, out=by_frame[part])
            return cut_below(by_frame).T  # (n_bins, n_frames)
        for part, magnitude in self._magnitude_in_parts(spectra):
            by_frame[part] = magnitude.T
        return by_frame.T  # (n_bins, n_frames)

    @property
    def value_unit(self) -> str:
        return "dB" if self.scale == "dB" else self.unit


@dataclass(frozen=True)
class _Mel(Framed):
    """Mel bands, the common ground of mel, log-mel and MFCC."""

    n_mels: int = param(128, "Mel bands", low=8, high=512, help="Rows of the picture: resolution in frequency.")
    fmin: float = param(
        0.0, "Lowest frequency", unit="Hz", low=0.0, high=24000.0, help="Where the first band begins.", advanced=True
    )
    fmax: float = param(
        0.0,
        "Highest frequency",
        unit="Hz",
        low=0.0,
        high=24000.0,
        help="Where the last band ends; 0 is half the sample rate.",
        advanced=True,
    )

    def check(self) -> None:
        super().check()
        if self.fmax > self.sr / 2:
            raise ParameterError(
                f"The highest frequency (fmax) must not exceed half the sample rate, {self.sr / 2:g} Hz. "
                f"Received: fmax={self.fmax:g}. Choose a lower one; 0 takes all up to there."
            )
        if self.fmin >= self.highest:
            raise ParameterError(
                f"The lowest frequency (fmin) must lie below the highest (fmax), here {self.highest:g} Hz. "
                f"Received: fmin={self.fmin:g}. Choose a lower one."
            )

    @property
    def highest(self) -> float:
        """Where the last band ends [Hz]."""
        return self.fmax or self.sr / 2

    def _bands(self) -> dict[str, Any]:
        """What `mel_power` and `log_mel` want."""
        return {
            "n_fft": self.n_fft,
            "hop_length": self.hop_length,
            "window": self.window,
            "n_mels": self.n_mels,
            "fmin": self.fmin,
            "fmax": self.highest,
        }


@dataclass(frozen=True)
class _MelRows(_Mel):
    """Mel bands as rows."""

    @property
    def n_rows(self) -> int:
        return self.n_mels

    @property
    def frequencies(self) -> np.ndarray:
        """Centre of each mel band [Hz], ascending, float64, shape (n_mels,)."""
        return band_edges(self.n_mels, self.fmin, self.highest)[1:-1]


@dataclass(frozen=True)
class Mel(_MelRows):
    """Mel spectrogram: power in each mel band, shape (n_mels, n_frames).

    Equal to `librosa.feature.melspectrogram(y=y, sr=sr)`: Slaney's triangular filters of equal area (Auditory Toolbox, 1998) on
    the squared magnitude of the short-time Fourier transform.
    """

    name: ClassVar[str] = "mel"
    title: ClassVar[str] = "Mel spectrogram"
    unit: ClassVar[str] = "power"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return mel_power(spectra, **self._bands())  # (n_mels, n_frames)


@dataclass(frozen=True)
class LogMel(_MelRows):
    """Log-power mel spectrogram [dB], shape (n_mels, n_frames).

    Equal to `librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=sr))`: Slaney's mel filters on the power, `10 log10`, cut
    at -100 dB and at 80 dB below the largest value.
    """

    name: ClassVar[str] = "log_mel"
    title: ClassVar[str] = "Log-mel spectrogram"
    unit: ClassVar[str] = "dB"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return log_mel(spectra, **self._bands())  # (n_mels, n_frames)


@dataclass(frozen=True)
class Mfcc(_Mel):
    """Mel-frequency cepstral coefficients, shape (n_mfcc, n_frames); with deltas twice or three times the rows.

    Orthonormal DCT-II over the bands of the log-mel spectrogram (Davis and Mermelstein, 1980), equal to `librosa.feature.mfcc`.
    Deltas are slope and curvature of a parabola fitted to nine frames, `librosa.feature.delta`; where a clip has fewer frames,
    its first and last are repeated. Rows are named from one, as Kaggle's table names them: `MFCC 1`, the loudness, is librosa's
    row 0 and the coefficient 0 of the formula.
    """

    name: ClassVar[str] = "mfcc"
    title: ClassVar[str] = "MFCC"
    n_mfcc: int = param(13, "Coefficients", low=1, high=128, help="The first few hold the timbre; 13 is the custom.")
    deltas: str = param("none", "Deltas", options=DELTAS, help="How the coefficients move, as further rows.")

    def check(self) -> None:
        super().check()
        if self.n_mfcc > self.n_mels:
            raise ParameterError(
                f"The coefficients (n_mfcc) must not exceed the mel bands (n_mels): {self.n_mels} bands give at most "
                f"{self.n_mels} coefficients. Received: n_mfcc={self.n_mfcc}. Choose fewer coefficients or more bands."
            )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        bands = log_mel(spectra, **self._bands())  # (n_mels, n_frames)
        mfcc = scipy.fft.dct(bands, axis=0, type=2, norm="ortho")[: self.n_mfcc]
        orders = range(1, 1 + DELTAS.index(self.deltas))
        return np.concatenate([mfcc, *(delta(mfcc, order=order) for order in orders)])  # (n_rows, n_frames)

    @property
    def n_rows(self) -> int:
        return len(self.rows)

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each row, counted from one: `MFCC 1`, `Δ MFCC 1`, `ΔΔ MFCC 1`."""
        marks = ("", "Δ ", "ΔΔ ")[: 1 + DELTAS.index(self.deltas)]
        return tuple(f"{mark}MFCC {number}" for mark in marks for number in range(1, self.n_mfcc + 1))


def delta(rows: np.ndarray, *, order: int = 1, width: int = DELTA_FRAMES) -> np.ndarray:
    """Slope (order 1) or curvature (order 2) a frame over time, float32, same shape (n_rows, n_frames).

    A polynomial of degree `order` is fitted to `width` frames around each (Savitzky and Golay, 1964). At the ends, where the
    frames give out, the first and the last full fit hold; with fewer than `width` frames the outer ones are repeated.
    """
    half = width // 2
    offsets = np.arange(-half, half + 1.0)
    if order == 2:
        offsets = offsets**2
        offsets -= offsets.mean()
    elif order != 1:
        raise ParameterError(f"order must be 1 (slope) or 2 (curvature). Received: order={order}.")
    weights = order * offsets / np.sum(offsets**2)
    short = rows.shape[1] < width
    if short:
        rows = np.pad(rows, ((0, 0), (half, half)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(rows, width, axis=1)  # (n_rows, n_fits, width)
    fits = (windows @ weights).astype(np.float32)
    return fits if short else np.pad(fits, ((0, 0), (half, half)), mode="edge")  # (n_rows, n_frames)

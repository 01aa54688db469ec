"""Means and variances of the classic descriptors: the 57 columns of Kaggle's GTZAN table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.fft

from genre_core.features.base import Feature
from genre_core.features.chroma import chroma
from genre_core.features.descriptors import centroid_and_bandwidth, rms, rolloff, zero_crossing_rate
from genre_core.features.hpss import harmonic_percussive
from genre_core.features.mel import log_mel
from genre_core.features.rhythm import onset_strength, tempo
from genre_core.features.stft import Spectra
from genre_core.params import param

N_MFCC = 20
_DESCRIPTORS = (
    "chroma_stft",
    "rms",
    "spectral_centroid",
    "spectral_bandwidth",
    "rolloff",
    "zero_crossing_rate",
    "harmony",
    "perceptr",
)
_MFCC = tuple(f"mfcc{number}" for number in range(1, N_MFCC + 1))


def _mean_and_var(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}_{statistic}" for name in names for statistic in ("mean", "var"))


@dataclass(frozen=True)
class Summary57(Feature):
    """Mean and variance of 28 descriptors and the tempo of a clip, shape (57,).

    Columns, names and order are those of `features_30_sec.csv` in Kaggle's "GTZAN Dataset - Music Genre Classification":
    chroma, RMS, spectral centroid, bandwidth and roll-off [Hz], zero-crossing rate, the harmonic and percussive ("perceptr")
    waveforms, tempo [beats per minute], 20 MFCC. Each equals librosa's with its defaults.
    """

    name: ClassVar[str] = "summary57"
    title: ClassVar[str] = "Summary of 57 columns"
    per_frame: ClassVar[bool] = False
    COLUMNS: ClassVar[tuple[str, ...]] = (*_mean_and_var(_DESCRIPTORS), "tempo", *_mean_and_var(_MFCC))

    def __call__(self, spectra: Spectra) -> np.ndarray:
        magnitude = spectra.magnitude()
        mfcc = scipy.fft.dct(log_mel(spectra), axis=0, type=2, norm="ortho")[:N_MFCC]  # (20, n_frames)
        curves = (
            chroma(spectra),
            rms(spectra),
            *centroid_and_bandwidth(magnitude, sr=spectra.sr),
            rolloff(magnitude, sr=spectra.sr),
            zero_crossing_rate(spectra.y),
            *harmonic_percussive(spectra),
        )
        bpm = tempo(onset_strength(spectra), sr=spectra.sr)
        return np.array([*_statistics(curves), bpm, *_statistics(tuple(mfcc))], dtype=np.float32)  # (57,)

    def shape(self, n_samples: int) -> tuple[int, ...]:
        return (len(self.COLUMNS),)


@dataclass(frozen=True)
class SummaryAround(Summary57):
    """The same 57 columns, of the half minute that a segment lies in, shape (57,).

    Tempo and variances need longer than a few seconds to settle; here they are measured as in tables of whole clips.
    """

    name: ClassVar[str] = "summary57_around"
    title: ClassVar[str] = "Summary of the half minute around"
    context_seconds: float = param(
        30.0, "Stretch", unit="s", low=5.0, high=120.0, help="How much sound around a segment is summed up."
    )


def _statistics(curves: tuple[np.ndarray, ...]) -> list[float]:
    """Mean and variance of each curve, in float64: means near zero would drown in the rounding of float32."""
    return [float(value) for curve in curves for value in (curve.mean(dtype=np.float64), curve.var(dtype=np.float64))]

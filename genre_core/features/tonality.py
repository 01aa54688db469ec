"""Features of pitch and harmony: constant-Q transform, chroma, tonnetz."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.errors import ParameterError
from genre_core.features.base import Timed
from genre_core.features.chroma import N_CHROMA, PITCH_CLASSES, chroma, scaled_to_one, tuning_of_parts
from genre_core.features.framed import SCALES, Framed
from genre_core.features.mel import power_to_db
from genre_core.features.stft import Spectra
from genre_core.features.wavelets import C1, constant_q, note_frequencies, reach
from genre_core.params import param

CQT_HOPS = (128, 256, 512, 1024, 2048, 4096)
BINS_PER_OCTAVE = (12, 24, 36, 48)
FINE = 36
"""Bins an octave that chroma is summed from: three a semitone, so that a note a little off stays in its class."""
TONNETZ_ROWS = ("Fifth x", "Fifth y", "Minor third x", "Minor third y", "Major third x", "Major third y")


@dataclass(frozen=True)
class _Notes(Timed):
    """What features made from the constant-Q transform declare."""

    hop_length: int = param(512, "Hop", unit="samples", options=CQT_HOPS, help="Samples from one frame to the next.")
    fmin: float = param(
        C1, "Lowest frequency", unit="Hz", low=16.0, high=4000.0, help="The first note; 32.7 Hz is C1.", advanced=True
    )

    def _check_reach(self, n_bins: int, bins_per_octave: int, named: str, remedy: str) -> None:
        highest = reach(self.fmin, n_bins, bins_per_octave)
        if highest > self.sr / 2:
            raise ParameterError(
                f"The highest note must lie below half the sample rate, {self.sr / 2:g} Hz. Received: {named}, "
                f"fmin={self.fmin:g}, which reach up to {highest:.0f} Hz. Choose {remedy} or a lower first frequency."
            )


@dataclass(frozen=True)
class ConstantQ(_Notes):
    """Constant-Q transform: magnitude of each note, or its decibels, shape (n_bins, n_frames).

    Bins lie as far apart as notes do, and each filter spans the same number of periods (Brown, 1991; Schörkhuber and Klapuri,
    2010). Equal to `abs(librosa.cqt(y))`, on the scale dB to `librosa.amplitude_to_db` of it: `20 log10(magnitude)`, cut at 80 dB
    below the largest value.
    """

    name: ClassVar[str] = "cqt"
    title: ClassVar[str] = "Constant-Q spectrogram"
    unit: ClassVar[str] = "magnitude"
    n_bins: int = param(84, "Notes", low=1, high=480, help="Rows of the picture, upwards from the lowest frequency.")
    bins_per_octave: int = param(12, "Rows an octave", options=BINS_PER_OCTAVE, help="12 is a row a semitone.")
    scale: str = param("dB", "Scale", options=SCALES, help="Decibels are nearer to how loudness is heard.")

    def check(self) -> None:
        self._check_reach(self.n_bins, self.bins_per_octave, f"{self.n_bins} notes (n_bins)", "fewer notes")

    def __call__(self, spectra: Spectra) -> np.ndarray:
        magnitude = constant_q(
            spectra, hop_length=self.hop_length, fmin=self.fmin, n_bins=self.n_bins, bins_per_octave=self.bins_per_octave
        )
        return power_to_db(magnitude**2) if self.scale == "dB" else magnitude  # (n_bins, n_frames)

    @property
    def n_rows(self) -> int:
        return self.n_bins

    @property
    def frequencies(self) -> np.ndarray:
        """Frequency of each row [Hz], ascending, float64, shape (n_bins,)."""
        return note_frequencies(self.fmin, self.n_bins, self.bins_per_octave)

    @property
    def value_unit(self) -> str:
        return "dB" if self.scale == "dB" else self.unit


class _PitchClasses:
    """Twelve rows, one a pitch class."""

    @property
    def n_rows(self) -> int:
        return N_CHROMA

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each pitch class: `C`, `C♯`, ... `B`."""
        return PITCH_CLASSES


@dataclass(frozen=True)
class Chroma(_PitchClasses, Framed):
    """Energy of the twelve pitch classes from the Fourier transform, C first, 0 to 1 without a unit, shape (12, n_frames).

    Each frame is scaled to a largest value of one, and the classes to the music's own tuning (Ellis, 2007); equal to
    `librosa.feature.chroma_stft`. A silent frame is zero.
    """

    name: ClassVar[str] = "chroma"
    title: ClassVar[str] = "Chroma"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        key = ("chroma", self.n_fft, self.hop_length, self.window)
        return spectra.once(
            key, lambda: chroma(spectra, n_fft=self.n_fft, hop_length=self.hop_length, window=self.window)
        )  # (12, n_frames)


@dataclass(frozen=True)
class _FromNotes(_Notes):
    n_octaves: int = param(7, "Octaves", low=1, high=9, help="Octaves above the lowest frequency that are summed.", advanced=True)

    def check(self) -> None:
        self._check_reach(self.n_octaves * FINE, FINE, f"{self.n_octaves} octaves (n_octaves)", "fewer octaves")

    def _chroma(self, spectra: Spectra) -> np.ndarray:
        """Chroma of the constant-Q transform, float32, shape (12, n_frames); computed once."""
        return spectra.once(("chroma_cqt", self.hop_length, self.fmin, self.n_octaves), lambda: self._sum_octaves(spectra))

    def _sum_octaves(self, spectra: Spectra) -> np.ndarray:
        tuning = tuning_of_parts(spectra.magnitude_in_parts(), sr=spectra.sr, bins_per_octave=FINE)
        magnitude = constant_q(
            spectra,
            hop_length=self.hop_length,
            fmin=self.fmin,
            n_bins=self.n_octaves * FINE,
            bins_per_octave=FINE,
            tuning=tuning,
        )  # (n_octaves * 36, n_frames)
        fine = magnitude.reshape(self.n_octaves, FINE, -1).sum(axis=0)  # (36, n_frames)
        merged = FINE // N_CHROMA
        semitones = np.roll(fine, merged // 2, axis=0).reshape(N_CHROMA, merged, -1).sum(axis=1)  # (12, n_frames)
        first_class = round(12 * float(np.log2(self.fmin / C1)))
        return scaled_to_one(np.roll(semitones, first_class, axis=0))


@dataclass(frozen=True)
class ChromaCqt(_PitchClasses, _FromNotes):
    """Magnitude of the twelve pitch classes from the constant-Q transform, C first, 0 to 1 without a unit, shape (12, n_frames).

    Three bins a semitone, tuned to the music, summed over octaves; each frame is scaled to a largest value of one. Equal to
    `librosa.feature.chroma_cqt`. A silent frame is zero.
    """

    name: ClassVar[str] = "chroma_cqt"
    title: ClassVar[str] = "Chroma (constant-Q)"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return self._chroma(spectra)  # (12, n_frames)


@dataclass(frozen=True)
class Tonnetz(_FromNotes):
    """Tonal centroid: where a frame's harmony lies on three circles, -1 to 1 without a unit, shape (6, n_frames).

    Chroma summed to one, times the sine and cosine of each pitch class on the circles of fifths, minor and major thirds, the last
    of half the radius (Harte, Sandler and Gasser, 2006); equal to `librosa.feature.tonnetz`. A silent frame is zero.
    """

    name: ClassVar[str] = "tonnetz"
    title: ClassVar[str] = "Tonnetz"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        weights = self._chroma(spectra).astype(np.float64)
        total = weights.sum(axis=0)
        weights /= np.where(total < np.finfo(np.float32).tiny, 1.0, total)  # (12, n_frames)
        return (tonnetz_matrix() @ weights).astype(np.float32)  # (6, n_frames)

    @property
    def n_rows(self) -> int:
        return len(TONNETZ_ROWS)

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each row: `Fifth x`, `Fifth y`, ..."""
        return TONNETZ_ROWS


def tonnetz_matrix() -> np.ndarray:
    """Place of each pitch class on the circles of fifths, minor and major thirds, float64, shape (6, 12)."""
    steps = np.arange(N_CHROMA)
    places = []
    for turn, radius in ((7 / 6, 1.0), (3 / 2, 1.0), (2 / 3, 0.5)):  # half turns a semitone
        places += [radius * np.sin(np.pi * turn * steps), radius * np.cos(np.pi * turn * steps)]
    return np.array(places)

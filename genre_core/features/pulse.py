"""Features of rhythm: onset strength and tempogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from genre_core.features.framed import Framed
from genre_core.features.rhythm import AGGREGATES, TEMPOGRAM_FRAMES, onset_strength, tempi, tempogram
from genre_core.features.stft import Spectra
from genre_core.params import param


@dataclass(frozen=True)
class _Onsets(Framed):
    """What both declare."""

    aggregate: str = param(
        "mean",
        "Over the bands",
        options=AGGREGATES,
        help="The mean shows soft onsets too; the median only those that all bands share, and beats are found in it.",
        advanced=True,
    )

    def _onsets(self, spectra: Spectra) -> np.ndarray:
        key = ("onset_strength", self.n_fft, self.hop_length, self.window, self.aggregate)
        return spectra.once(
            key,
            lambda: onset_strength(
                spectra, n_fft=self.n_fft, hop_length=self.hop_length, window=self.window, aggregate=self.aggregate
            ),
        )


@dataclass(frozen=True)
class OnsetStrength(_Onsets):
    """How much the spectrum rises at each frame [dB], shape (1, n_frames): high where a sound begins.

    Spectral flux of 128 log-mel bands, what falls left out, shifted so that a peak lies where the sound begins (Böck and Widmer,
    2013); equal to `librosa.onset.onset_strength(y=y, sr=sr)`.
    """

    name: ClassVar[str] = "onset_strength"
    title: ClassVar[str] = "Onset strength"
    unit: ClassVar[str] = "dB"

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return self._onsets(spectra)[None]  # (1, n_frames)

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of the one row."""
        return (self.title,)


@dataclass(frozen=True)
class Tempogram(_Onsets):
    """How well the rhythm repeats after each lag, -1 to 1 without a unit, shape (win_length, n_frames).

    Autocorrelation of the onset strength in a window around each frame, scaled to a largest value of one (Grosche, Müller and
    Kurth, 2010); equal to `librosa.feature.tempogram(y=y, sr=sr)`. Row 0 is lag 0, always one where there is any onset.
    """

    name: ClassVar[str] = "tempogram"
    title: ClassVar[str] = "Tempogram"
    win_length: int = param(
        TEMPOGRAM_FRAMES,
        "Window length",
        unit="frames",
        low=16,
        high=2048,
        help="Frames looked at around each; rows of the picture.",
    )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return tempogram(self._onsets(spectra), win_length=self.win_length)  # (win_length, n_frames)

    @property
    def n_rows(self) -> int:
        return self.win_length

    @property
    def tempi(self) -> np.ndarray:
        """Tempo of each row [beats per minute], descending, float64, shape (win_length,).

        The first, lag 0, is infinite: leave it out where tempi are an axis.
        """
        return tempi(self.win_length, sr=self.sr, hop_length=self.hop_length)

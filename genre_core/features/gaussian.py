"""A sound as one Gaussian: mean and covariance of its MFCC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.fft

from genre_core.errors import ParameterError
from genre_core.features.base import Feature
from genre_core.features.mel import log_mel
from genre_core.features.stft import Spectra
from genre_core.params import param

LEAST_VARIANCE = 0.01
"""Added to every variance [dB²]: a tenth of a decibel, which nobody hears."""

LEAST_SHARE = 1e-5
"""Added to every variance as a share of all variance: far more than float32 rounds away, so no direction becomes negative."""


@dataclass(frozen=True)
class Gaussian(Feature):
    """Mean and full covariance of the MFCC of a clip's middle, shape (1 + n_mfcc, n_mfcc).

    Row 0 is the mean [dB], rows 1 and on are the covariance [dB²], symmetric; after Mandel and Ellis, "Song-level features and
    support vector machines for music classification", ISMIR 2005, and Haggblade, Hong and Kao, "Music Genre Classification",
    Stanford CS229, 2011: 15 MFCC of 20 mel bands, frames of 20 ms under a Hamming window, of the middle half of the clip. Only
    frames that lie wholly inside it count; a clip shorter than a frame counts as it is. The sum of squares is divided by the
    number of frames.

    `LEAST_VARIANCE` and `LEAST_SHARE` of the trace are added to the diagonal. So silence and a constant tone, whose MFCC never
    change, have a Gaussian as well, positive definite after rounding to float32 and with a condition number below 10^5.
    """

    name: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Gaussian of MFCC"
    unit: ClassVar[str] = ""
    per_frame: ClassVar[bool] = False
    n_mfcc: int = param(15, "Coefficients", low=2, high=40, help="The first few hold the timbre.")
    n_mels: int = param(20, "Mel bands", low=4, high=40, help="Bands of which the coefficients are made.")
    keep_share: float = param(0.5, "Middle kept", low=0.1, high=1.0, help="Share of the clip around its middle that counts.")
    frame_seconds: float = param(0.02, "Frame length", unit="s", low=0.01, high=0.2, help="How much sound one frame holds.")
    overlap: float = param(0.5, "Overlap", options=(0.0, 0.5, 0.75), help="Share of a frame that the next one holds too.")

    def check(self) -> None:
        if self.n_mfcc > self.n_mels:
            raise ParameterError(
                f"The coefficients (n_mfcc) must not exceed the mel bands (n_mels): {self.n_mels} bands give at most "
                f"{self.n_mels} coefficients. Received: n_mfcc={self.n_mfcc}. Choose fewer coefficients or more bands."
            )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        mfcc = self._mfcc(spectra)  # (n_mfcc, n_frames)
        mean = mfcc.mean(axis=1)  # (n_mfcc,)
        around = mfcc - mean[:, None]
        covariance = around @ around.T / mfcc.shape[1]  # (n_mfcc, n_mfcc)
        covariance = (covariance + covariance.T) / 2
        covariance[np.diag_indices(self.n_mfcc)] += LEAST_VARIANCE + LEAST_SHARE * np.trace(covariance)
        return np.concatenate([mean[None], covariance]).astype(np.float32)  # (1 + n_mfcc, n_mfcc)

    def shape(self, n_samples: int) -> tuple[int, ...]:
        return (1 + self.n_mfcc, self.n_mfcc)

    @property
    def rows(self) -> tuple[str, ...]:
        """`mean`, then `covariance 1` and on: with which coefficient, counted from one."""
        return ("mean", *(f"covariance {number}" for number in range(1, self.n_mfcc + 1)))

    def _mfcc(self, spectra: Spectra) -> np.ndarray:
        """Coefficients of the frames inside the middle, float64, shape (n_mfcc, n_frames)."""
        n_samples = max(1, round(spectra.y.size * self.keep_share))
        start = (spectra.y.size - n_samples) // 2
        middle = Spectra(spectra.y[start : start + n_samples], sr=spectra.sr)
        frame_length = 2 * round(self.frame_seconds * spectra.sr / 2)  # centred frames have two equal halves
        hop_length = round(frame_length * (1 - self.overlap))
        bands = log_mel(middle, n_fft=frame_length, hop_length=hop_length, window="hamming", n_mels=self.n_mels)
        before = frame_length // 2  # frame t holds the samples from t * hop_length - before
        first = -(-before // hop_length)
        stop = (n_samples - before) // hop_length + 1
        inside = bands[:, first:stop] if stop > first else bands  # (n_mels, n_frames)
        return scipy.fft.dct(inside.astype(np.float64), axis=0, type=2, norm="ortho")[: self.n_mfcc]

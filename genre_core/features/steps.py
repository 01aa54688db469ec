"""MFCC step by step: every number between a frame of sound and its coefficients, for pictures and lessons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import AMIN, TOP_DB, band_edges, log_mel, mel_matrix
from genre_core.features.spectral import Mfcc
from genre_core.features.stft import Spectra, window_values


@dataclass(frozen=True, eq=False)
class MfccSteps:
    """What lies between a frame and its MFCC, in the order of computing; all arrays float64.

    Attributes
    ----------
    config : Mfcc
        Parameters of the feature.
    frame : int
        Which column of the feature this is.
    centre_seconds : float
        Centre of the frame [s].
    samples : np.ndarray
        The frame, silence beyond the ends of the clip, shape (n_fft,).
    window, windowed : np.ndarray
        The window, and the samples times it, shape (n_fft,) each.
    power : np.ndarray
        Squared magnitude of the Fourier transform of `windowed`, shape (1 + n_fft // 2,).
    filters : np.ndarray
        Mel filters, shape (n_mels, 1 + n_fft // 2).
    energies : np.ndarray
        Power in each band, `filters @ power`, shape (n_mels,).
    levels : np.ndarray
        `energies` in decibels, cut at 80 dB below the loudest band of the whole clip, shape (n_mels,).
    cosines : np.ndarray
        Rows of the orthonormal DCT-II, shape (n_mfcc, n_mels).
    coefficients : np.ndarray
        `cosines @ levels`: MFCC 1 to n_mfcc, shape (n_mfcc,).
    """

    config: Mfcc
    frame: int
    centre_seconds: float
    samples: np.ndarray
    window: np.ndarray
    windowed: np.ndarray
    power: np.ndarray
    filters: np.ndarray
    energies: np.ndarray
    levels: np.ndarray
    cosines: np.ndarray
    coefficients: np.ndarray

    @property
    def sample_seconds(self) -> np.ndarray:
        """Time of each sample in the clip [s], float64, shape (n_fft,)."""
        n_fft = self.config.n_fft
        return self.centre_seconds + (np.arange(n_fft) - n_fft // 2) / self.config.sr

    @property
    def frequencies(self) -> np.ndarray:
        """Frequency of each bin of `power` [Hz], float64, shape (1 + n_fft // 2,)."""
        return np.fft.rfftfreq(self.config.n_fft, 1.0 / self.config.sr)

    @property
    def band_edges(self) -> np.ndarray:
        """Edges of the mel bands [Hz], float64, shape (n_mels + 2,): band m begins at m, peaks at m + 1, ends at m + 2."""
        return band_edges(self.config.n_mels, self.config.fmin, self.config.highest)


def mfcc_steps(clip: Clip, *, at_seconds: float, config: Mfcc | None = None, spectra: Spectra | None = None) -> MfccSteps:
    """The steps of the frame whose centre is nearest to `at_seconds`.

    Parameters
    ----------
    clip : Clip
        Sound, resampled to the rate of `config`.
    at_seconds : float
        A moment of the clip [s].
    config : Mfcc, optional
        Parameters; deltas are left out, as they need the neighbours. Default: `Mfcc()`.
    spectra : Spectra, optional
        Those of the clip at the rate of `config`, where its MFCC were made of them already.

    Raises
    ------
    ParameterError
        If the moment lies outside the clip.
    AudioError
        If the clip holds no sample, or one that is NaN or infinite.
    """
    config = config or Mfcc()
    spectra = spectra or Spectra(clip.resample(config.sr).y, sr=config.sr)
    seconds = spectra.y.size / config.sr
    if not 0 <= at_seconds <= seconds:
        raise ParameterError(f"The moment must lie inside the clip, from 0 to {seconds:.2f} s. Received: {at_seconds:g} s.")
    frame = min(round(at_seconds * config.sr / config.hop_length), spectra.y.size // config.hop_length)
    samples = _frame(spectra, frame, config).astype(np.float64)  # (n_fft,)
    window = window_values(config.window, config.n_fft)
    windowed = samples * window
    power = np.abs(np.fft.rfft(windowed)) ** 2  # (n_bins,)
    filters = mel_matrix(config.sr, config.n_fft, config.n_mels, config.fmin, config.highest).astype(np.float64)
    energies = filters @ power  # (n_mels,)
    levels = np.maximum(10 * np.log10(np.maximum(energies, AMIN)), _loudest_db(spectra, config) - TOP_DB)
    cosines = dct_rows(config.n_mfcc, config.n_mels)  # (n_mfcc, n_mels)
    return MfccSteps(
        config=config,
        frame=frame,
        centre_seconds=frame * config.hop_length / config.sr,
        samples=samples,
        window=window,
        windowed=windowed,
        power=power,
        filters=filters,
        energies=energies,
        levels=levels,
        cosines=cosines,
        coefficients=cosines @ levels,
    )


def dct_rows(n_rows: int, n_columns: int) -> np.ndarray:
    """First rows of the orthonormal DCT-II, float64, shape (n_rows, n_columns).

    Row q is `sqrt(2 / n) cos(pi q (m + 1/2) / n)` over m, row 0 is `sqrt(1 / n)` (Ahmed, Natarajan and Rao, 1974).
    """
    angle = np.pi * np.arange(n_rows)[:, None] * (np.arange(n_columns) + 0.5) / n_columns
    rows = np.sqrt(2.0 / n_columns) * np.cos(angle)  # (n_rows, n_columns)
    rows[0] /= np.sqrt(2.0)
    return rows


def _frame(spectra: Spectra, frame: int, config: Mfcc) -> np.ndarray:
    """Samples of one centred frame, float32, shape (n_fft,); silence beyond the ends."""
    start = frame * config.hop_length - config.n_fft // 2
    inside = spectra.y[max(0, start) : max(0, start + config.n_fft)]
    before = max(0, -start)
    return np.pad(inside, (before, config.n_fft - before - inside.size))


def _loudest_db(spectra: Spectra, config: Mfcc) -> float:
    level = log_mel(
        spectra,
        n_fft=config.n_fft,
        hop_length=config.hop_length,
        window=config.window,
        n_mels=config.n_mels,
        fmin=config.fmin,
        fmax=config.highest,
    )
    return float(level.max())

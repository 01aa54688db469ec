"""The mel scale: filters spaced as hearing is, and decibels."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from genre_core.features.stft import Spectra, n_frames

# Slaney's scale (Auditory Toolbox, 1998): linear up to 1000 Hz = 15 mel, then 27 mel for each factor of 6.4.
_HZ_PER_MEL = 200.0 / 3
_BEND_HZ = 1000.0
_BEND_MEL = _BEND_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0

_BANDS_AT_ONCE = 16  # Bands multiplied in one go: neighbours share bins, so that few zeros are multiplied.

AMIN = 1e-10
"""Power below which decibels stop, -100 dB."""
TOP_DB = 80.0
"""Range kept below the loudest value [dB]."""


def hz_to_mel(frequencies: np.ndarray | float) -> np.ndarray:
    """Mel of frequencies [Hz] on Slaney's scale, float64, same shape."""
    hz = np.asarray(frequencies, dtype=np.float64)
    return np.where(hz < _BEND_HZ, hz / _HZ_PER_MEL, _BEND_MEL + np.log(np.maximum(hz, _BEND_HZ) / _BEND_HZ) / _LOG_STEP)


def mel_to_hz(mels: np.ndarray | float) -> np.ndarray:
    """Frequencies [Hz] of mels on Slaney's scale, float64, same shape; inverse of `hz_to_mel`."""
    mel = np.asarray(mels, dtype=np.float64)
    return np.where(mel < _BEND_MEL, mel * _HZ_PER_MEL, _BEND_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BEND_MEL) - _BEND_MEL)))


def band_edges(n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Edges of `n_mels` bands equally wide in mel [Hz], float64, shape (n_mels + 2,).

    Neighbours overlap: band m begins at edge m, peaks at m + 1, ends at m + 2.
    """
    return mel_to_hz(np.linspace(hz_to_mel(fmin), hz_to_mel(fmax), n_mels + 2))


@lru_cache(maxsize=32)
def mel_matrix(sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> np.ndarray:
    """Triangular mel filters of equal area, float32, shape (n_mels, 1 + n_fft // 2), read-only.

    Each triangle has the height `2 / width in Hz`, as Slaney's Auditory Toolbox (1998) has it and librosa by default.
    """
    edges = band_edges(n_mels, fmin, fmax)
    bins = np.fft.rfftfreq(n_fft, 1.0 / sr)
    rise, width = edges[:, None] - bins, np.diff(edges)
    lower = -rise[:-2] / width[:-1, None]
    upper = rise[2:] / width[1:, None]
    matrix = np.maximum(0, np.minimum(lower, upper)).astype(np.float32)  # (n_mels, n_bins)
    matrix *= (2.0 / (edges[2:] - edges[:-2]))[:, None]
    matrix.flags.writeable = False
    return matrix


def mel_power(
    spectra: Spectra,
    *,
    n_fft: int = 2048,
    hop_length: int = 512,
    window: str = "hann",
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
) -> np.ndarray:
    """Power in each mel band, float32, shape (n_mels, n_frames); `fmax` None is half the sample rate.

    Equal to `librosa.feature.melspectrogram`.
    """
    blocks = _blocks(spectra.sr, n_fft, n_mels, fmin, spectra.sr / 2 if fmax is None else fmax)
    bands = np.zeros((n_mels, n_frames(spectra.y.size, hop_length)), np.float32)
    for part, power in spectra.power_in_parts(n_fft=n_fft, hop_length=hop_length, window=window):  # (n_bins, n_part)
        for rows, bins, weights in blocks:
            bands[rows, part] = weights @ power[bins]
    return bands


@lru_cache(maxsize=32)
def _blocks(sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float) -> tuple[tuple[slice, slice, np.ndarray], ...]:
    """Which bands, the bins that they span, and their weights, shape (n_bands, n_bins spanned): the filters less most zeros."""
    matrix = mel_matrix(sr, n_fft, n_mels, fmin, fmax)
    blocks = []
    for first in range(0, n_mels, _BANDS_AT_ONCE):
        rows = slice(first, first + _BANDS_AT_ONCE)
        used = np.flatnonzero(matrix[rows].any(axis=0))
        if used.size:
            bins = slice(int(used[0]), int(used[-1]) + 1)
            blocks.append((rows, bins, matrix[rows, bins]))
    return tuple(blocks)


def log_mel(
    spectra: Spectra,
    *,
    n_fft: int = 2048,
    hop_length: int = 512,
    window: str = "hann",
    n_mels: int = 128,
    fmin: float = 0.0,
    fmax: float | None = None,
) -> np.ndarray:
    """`mel_power` in decibels, float32, shape (n_mels, n_frames); computed once for all features of a clip."""
    top = spectra.sr / 2 if fmax is None else fmax
    key = ("log_mel", n_fft, hop_length, window, n_mels, fmin, top)

    def compute() -> np.ndarray:
        power = mel_power(spectra, n_fft=n_fft, hop_length=hop_length, window=window, n_mels=n_mels, fmin=fmin, fmax=top)
        return power_to_db(power)

    return spectra.once(key, compute)


def power_to_db(power: np.ndarray, *, top_db: float = TOP_DB) -> np.ndarray:
    """Decibels of a power, `10 log10(max(power, 1e-10))`, cut at `top_db` below the largest; float32, same shape."""
    return cut_below(decibels(power), top_db=top_db)


def decibels(power: np.ndarray, *, out: np.ndarray | None = None) -> np.ndarray:
    """`10 log10(max(power, 1e-10))`, float32, same shape."""
    db = np.maximum(power, np.float32(AMIN), out=out)
    np.log(db, out=db)  # the natural logarithm is several times as fast as log10
    db *= np.float32(10 / np.log(10))
    return db


def cut_below(db: np.ndarray, *, top_db: float = TOP_DB) -> np.ndarray:
    """Decibels, in their place, cut at `top_db` below the largest."""
    return np.maximum(db, db.max() - np.float32(top_db), out=db)

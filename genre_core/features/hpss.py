"""Harmonic and percussive parts of a sound.

A steady tone is a line along time in the spectrogram, a hit a line along frequency. A median along time keeps the first and
removes the second, a median along frequency the other way round (Fitzgerald, 2010; soft masks after Driedger et al., 2014).
"""

from __future__ import annotations

import numpy as np

from genre_core.features.stft import Spectra, istft

KERNEL = 31
"""Frames and bins that a median spans."""


def running_median(values: np.ndarray, width: int, *, axis: int) -> np.ndarray:
    """Median of `width` neighbours along one axis, the ends mirrored, float32, same shape (n_bins, n_frames).

    The same bits as `scipy.ndimage.median_filter(values, size=..., mode="reflect")`.

    Parameters
    ----------
    width : int
        Odd number of neighbours.
    axis : int
        0 along frequency, 1 along time.
    """
    from genre_core.features.kernels import running_median_rows

    along = np.ascontiguousarray(values if axis == 1 else values.T, dtype=np.float32)
    medians = running_median_rows(along, width)
    return medians if axis == 1 else medians.T


def harmonic_mask(magnitude: np.ndarray) -> np.ndarray:
    """Share of each bin's energy that is harmonic, float32 in [0, 1], shape (n_bins, n_frames); the rest is percussive."""
    from genre_core.features.kernels import soft_mask

    harmonic = running_median(magnitude, KERNEL, axis=1)
    percussive = running_median(magnitude, KERNEL, axis=0)
    return soft_mask(np.ascontiguousarray(harmonic.T), np.ascontiguousarray(percussive.T)).T


def harmonic_percussive(spectra: Spectra) -> tuple[np.ndarray, np.ndarray]:
    """Harmonic and percussive part of a clip, float32, shape (n_samples,) each; equal to `librosa.effects.hpss`."""
    stft, n_samples = spectra.stft(), spectra.y.size
    mask = harmonic_mask(spectra.magnitude())  # (n_bins, n_frames)
    harmonic = stft * mask
    return istft(harmonic, n_samples), istft(stft - harmonic, n_samples)

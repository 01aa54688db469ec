"""Harmonic and percussive parts of a sound.

A steady tone is a line along time in the spectrogram, a hit a line along frequency. A median along time keeps the first and
removes the second, a median along frequency the other way round (Fitzgerald, 2010; soft masks as in Driedger et al., 2014).
"""

from __future__ import annotations

import numpy as np

from genre_core.features.median import running_median
from genre_core.features.stft import Spectra, istft

KERNEL = 31
"""Frames and bins that a median spans."""

_FRAMES_AT_ONCE = 64


def harmonic_mask(magnitude: np.ndarray) -> np.ndarray:
    """Share of each bin's energy that is harmonic, float32 in [0, 1], shape (n_bins, n_frames); the rest is percussive.

    One half where there is no energy at all; equal to the first mask of `librosa.decompose.hpss(magnitude, mask=True)`.
    """
    harmonic = running_median(magnitude, KERNEL, axis=1).T  # (n_frames, n_bins)
    percussive = running_median(magnitude, KERNEL, axis=0).T
    tiny = np.finfo(np.float32).tiny
    for first in range(0, len(harmonic), _FRAMES_AT_ONCE):
        wanted, other = harmonic[first : first + _FRAMES_AT_ONCE], percussive[first : first + _FRAMES_AT_ONCE]
        larger = np.maximum(wanted, other)  # squares of soft values would vanish in float32, ratios don't
        silent = larger < tiny
        larger[silent] = wanted[silent] = other[silent] = 1.0
        wanted /= larger
        other /= larger
        wanted *= wanted
        other *= other
        other += wanted
        wanted /= other
    return harmonic.T


def shared_mask(spectra: Spectra, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
    """`harmonic_mask` of a clip's spectrum, float32, shape (n_bins, n_frames); computed once for all that ask."""
    return spectra.once(
        ("harmonic_mask", n_fft, hop_length, window),
        lambda: harmonic_mask(spectra.magnitude(n_fft=n_fft, hop_length=hop_length, window=window)),
    )


def harmonic_percussive(spectra: Spectra) -> tuple[np.ndarray, np.ndarray]:
    """Harmonic and percussive part of a clip, float32, shape (n_samples,) each; their sum is the clip.

    Equal to `librosa.effects.hpss`, which transforms both parts back; as the masks sum to one, the second is what the first
    leaves.
    """
    mask = shared_mask(spectra)  # (n_bins, n_frames)
    harmonic = istft(spectra.stft() * mask, spectra.y.size)
    return harmonic, spectra.y - harmonic

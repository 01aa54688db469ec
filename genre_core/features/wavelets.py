"""The constant-Q transform: bins spaced as notes are, each as many periods long as every other.

Octave by octave from the top, with the same short filters each time while the sound is brought to half the rate (Schörkhuber and
Klapuri, "Constant-Q transform toolbox for music processing", 2010). Scaling, filter lengths and thinning are those of librosa, so
that the numbers are comparable.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft

from genre_core.features.stft import Spectra, n_frames

C1 = 440.0 * 2.0 ** (-45 / 12)
"""Frequency of the lowest C of most bass instruments [Hz]."""
SPREAD = 1.5
"""Bandwidth of a Hann window in bins of its own length: how far above its centre the highest filter reaches."""

_DROPPED = 0.01  # Share of a filter's spectrum, summed over its smallest bins, that is left away.
_FRAMES_AT_ONCE = 256


def quality(bins_per_octave: int) -> float:
    """Periods that each filter spans: its frequency over its bandwidth."""
    ratio = 2.0 ** (2.0 / bins_per_octave)
    return (ratio + 1) / (ratio - 1)


def note_frequencies(fmin: float, n_bins: int, bins_per_octave: int) -> np.ndarray:
    """Frequencies of bins equally spaced in pitch [Hz], ascending, float64, shape (n_bins,)."""
    return fmin * 2.0 ** (np.arange(n_bins) / bins_per_octave)


def reach(fmin: float, n_bins: int, bins_per_octave: int) -> float:
    """Highest frequency that the filter of the last bin hears [Hz]."""
    last = fmin * 2.0 ** ((n_bins - 1) / bins_per_octave)
    return last * (1 + 0.5 * SPREAD / quality(bins_per_octave))


def constant_q(
    spectra: Spectra,
    *,
    hop_length: int = 512,
    fmin: float = C1,
    n_bins: int = 84,
    bins_per_octave: int = 12,
    tuning: float = 0.0,
) -> np.ndarray:
    """Magnitude of the constant-Q transform, float32, shape (n_bins, n_frames).

    `abs(librosa.cqt(y))` with its defaults: a steady sine of amplitude a has about `a / 2` times the root of its filter's length.

    Parameters
    ----------
    spectra : Spectra
    hop_length : int
        Samples from one frame to the next. A power of two lets every octave be halved; others take longer.
    fmin : float
        Frequency of the first bin [Hz].
    n_bins, bins_per_octave : int
        Rows, and rows an octave.
    tuning : float
        How far the bins are shifted upwards [parts of a bin].
    """
    key = ("constant_q", hop_length, fmin, n_bins, bins_per_octave, tuning)
    return spectra.once(key, lambda: _constant_q(spectra, hop_length, fmin, n_bins, bins_per_octave, tuning))


def _constant_q(spectra: Spectra, hop_length: int, fmin: float, n_bins: int, bins_per_octave: int, tuning: float) -> np.ndarray:
    fmin *= 2.0 ** (tuning / bins_per_octave)
    total = n_frames(spectra.y.size, hop_length)
    y, rate, hop = _slower(spectra, hop_length, n_bins, bins_per_octave, reach(fmin, n_bins, bins_per_octave))
    frequencies = note_frequencies(fmin, n_bins, bins_per_octave)
    lengths = quality(bins_per_octave) * rate / frequencies  # (n_bins,), in samples at the first rate
    magnitude = np.empty((n_bins, total), np.float32)
    top, slowed = n_bins, 1
    while top > 0:
        rows = slice(max(0, top - bins_per_octave), top)
        n_periods = tuple(np.round(frequencies[rows] / rate * slowed, 15))  # a sample
        response = _response(y, hop, n_periods, quality(bins_per_octave), total)
        magnitude[rows] = response * np.sqrt(slowed / lengths[rows])[:, None]
        top -= bins_per_octave
        if top > 0 and hop % 2 == 0:
            y, hop, slowed = _resampled(y, 2), hop // 2, slowed * 2
    return magnitude


def _slower(
    spectra: Spectra, hop_length: int, n_bins: int, bins_per_octave: int, highest: float
) -> tuple[np.ndarray, float, int]:
    """Samples, rate [Hz] and hop, brought at once to the lowest rate that holds the highest note."""
    n_octaves = -(-n_bins // bins_per_octave)
    twos = (hop_length & -hop_length).bit_length() - 1
    room = int(np.ceil(np.log2(spectra.sr / 2 / highest))) - 2
    halvings = max(0, min(room, twos - n_octaves + 1))
    if not halvings:
        return spectra.y, float(spectra.sr), hop_length
    return _resampled(spectra.y, 2**halvings), spectra.sr / 2**halvings, hop_length // 2**halvings


def _resampled(y: np.ndarray, factor: int) -> np.ndarray:
    """Samples at a rate `factor` times lower, of the same energy, float32."""
    import soxr

    wanted = -(-y.size // factor)
    slower = soxr.resample(y, factor, 1, quality="HQ")[:wanted]
    return np.pad(slower, (0, wanted - slower.size)) * np.float32(np.sqrt(factor))


def _response(y: np.ndarray, hop: int, periods: tuple[float, ...], q: float, total: int) -> np.ndarray:
    """Magnitude of each filter's answer at each frame, float32, shape (n_filters, total); frames are centred."""
    bins, weights, n_fft = _filters(periods, q)
    padded = np.pad(y, (n_fft // 2, n_fft // 2 + max(0, (total - 1) * hop - y.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop][:total]  # (total, n_fft), no copy
    response = np.empty((len(weights), total), np.float32)
    for first in range(0, total, _FRAMES_AT_ONCE):
        batch = slice(first, first + _FRAMES_AT_ONCE)
        spectrum = scipy.fft.rfft(frames[batch], axis=1)[:, bins]  # (n_batch, n_used)
        response[:, batch] = np.abs(weights @ spectrum.T)
    return response


@lru_cache(maxsize=64)
def _filters(periods: tuple[float, ...], q: float) -> tuple[slice, np.ndarray, int]:
    """Bins that the filters use, their spectra there, complex64, shape (n_filters, n_used), and the length transformed.

    `periods` are periods a sample, the same for every octave, so that its filters are made once.
    """
    lengths = [q / period for period in periods]
    n_fft = 2 ** int(np.ceil(np.log2(max(lengths))))
    waves = np.zeros((len(periods), n_fft), np.complex128)
    for row, (period, length) in enumerate(zip(periods, lengths, strict=True)):
        steps = np.arange(-length // 2, length // 2)
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(steps.size) / steps.size)
        wave = window * np.exp(2j * np.pi * period * steps)
        first = (n_fft - steps.size) // 2
        waves[row, first : first + steps.size] = wave * (length / n_fft / np.abs(wave).sum())
    spectra = scipy.fft.fft(waves, axis=1)[:, : 1 + n_fft // 2]
    height = np.abs(spectra)
    ordered = np.sort(height, axis=1)
    share = np.cumsum(ordered / height.sum(axis=1, keepdims=True), axis=1)
    least = ordered[np.arange(len(periods)), np.argmin(share < _DROPPED, axis=1)]
    spectra[height < least[:, None]] = 0
    used = np.flatnonzero(spectra.any(axis=0))
    bins = slice(int(used[0]), int(used[-1]) + 1)
    weights = spectra[:, bins].astype(np.complex64)
    weights.flags.writeable = False
    return bins, weights, n_fft

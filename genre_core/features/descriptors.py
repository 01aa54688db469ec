"""One number a frame: loudness, and the shape of the spectrum. The formulas are those of Peeters (2004) as librosa has them."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.features.stft import Spectra

FRAME_LENGTH, HOP_LENGTH = 2048, 512
ROLL_PERCENT = 0.85
LEAST_POWER = 1e-10
ZERO = 1e-10
"""Samples nearer to zero than this count as zero, which is positive."""


def rms(spectra: Spectra, *, frame_length: int = FRAME_LENGTH, hop_length: int = HOP_LENGTH) -> np.ndarray:
    """Root of the mean square of each frame, float32, shape (n_frames,); silence beyond the ends."""
    frames = sliding_window_view(spectra.padded(frame_length // 2), frame_length)[::hop_length]  # (n_frames, frame_length)
    return np.sqrt(np.einsum("ij,ij->i", frames, frames) / np.float32(frame_length))


def zero_crossing_rate(y: np.ndarray, *, frame_length: int = FRAME_LENGTH, hop_length: int = HOP_LENGTH) -> np.ndarray:
    """Share of samples of each frame where the sign changes, float64, shape (n_frames,); the ends are held."""
    negative = np.pad(y, frame_length // 2, mode="edge") < -ZERO
    crossings = np.zeros(negative.size, np.int64)
    np.cumsum(negative[1:] != negative[:-1], out=crossings[1:])
    counts = crossings[frame_length - 1 :] - crossings[: crossings.size - frame_length + 1]
    return counts[::hop_length] / frame_length  # (n_frames,)


def centroid_and_bandwidth(magnitude: np.ndarray, *, sr: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of frequency, weighted by magnitude [Hz]; float64, shape (n_frames,) each; 0 in silence."""
    frequencies = _frequencies(magnitude, sr)
    by_frame = magnitude.T.astype(np.float64)  # (n_frames, n_bins); squares of frequencies need the precision
    moments = by_frame @ np.stack([np.ones_like(frequencies), frequencies, frequencies**2], axis=1)  # (n_frames, 3)
    total = moments[:, 0]
    sounding = total >= np.finfo(np.float32).tiny
    mean, square = (np.where(sounding, moments[:, k] / np.where(sounding, total, 1.0), 0.0) for k in (1, 2))
    return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def rolloff(magnitude: np.ndarray, *, sr: int, roll_percent: float = ROLL_PERCENT) -> np.ndarray:
    """Frequency below which `roll_percent` of the magnitude lies [Hz], float64, shape (n_frames,); 0 in silence."""
    total = np.cumsum(magnitude.T, axis=1)  # (n_frames, n_bins)
    reached = total >= np.float32(roll_percent) * total[:, -1:]
    return _frequencies(magnitude, sr)[reached.argmax(axis=1)]


def flatness(power: np.ndarray) -> np.ndarray:
    """Geometric over arithmetic mean of each frame's bins, float32, shape (n_frames,), each at least 1e-10; silence is 1."""
    by_frame = np.maximum(power.T, np.float32(LEAST_POWER))  # (n_frames, n_bins)
    arithmetic = by_frame.mean(axis=1)
    geometric = np.exp(np.log(by_frame, out=by_frame).mean(axis=1))
    return np.minimum(geometric / arithmetic, np.float32(1.0))  # rounding would lift silence above its bound


def _frequencies(magnitude: np.ndarray, sr: int) -> np.ndarray:
    return np.fft.rfftfreq(2 * (magnitude.shape[0] - 1), 1.0 / sr)

"""Chroma: the energy in each of the twelve pitch classes, whatever the octave."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from genre_core.features.stft import Spectra

N_CHROMA = 12
PITCH_CLASSES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
PITCH_LOW_HZ, PITCH_HIGH_HZ = 150.0, 4000.0
PEAK_THRESHOLD = 0.1
TUNING_STEP = 0.01


def octaves(frequencies: np.ndarray, tuning: float = 0.0) -> np.ndarray:
    """Octaves above the A of 27.5 Hz, the dtype and shape of `frequencies` [Hz]; `tuning` in semitones."""
    return np.log2(frequencies / (440.0 * 2.0 ** (tuning / N_CHROMA) / 16))


def spectral_peaks(power: np.ndarray, *, sr: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequency [Hz] and height of the peaks between 150 and 4000 Hz of all frames, float32, shape (n_peaks,) each.

    Local maxima above a tenth of their frame's largest value, refined by a parabola through three bins (J. O. Smith, Spectral
    Audio Signal Processing, 2011); equal to the non-zero values of `librosa.piptrack`.
    """
    n_fft = 2 * (power.shape[0] - 1)
    by_frame = power.T  # (n_frames, n_bins)
    bins = np.fft.rfftfreq(n_fft, 1.0 / sr)
    first = max(1, int(np.searchsorted(bins, PITCH_LOW_HZ)))
    stop = min(len(bins) - 1, int(np.searchsorted(bins, min(PITCH_HIGH_HZ, sr / 2))))
    floor = PEAK_THRESHOLD * by_frame.max(axis=1, keepdims=True)
    middle = by_frame[:, first:stop]
    is_peak = (middle > by_frame[:, first - 1 : stop - 1]) & (middle >= by_frame[:, first + 1 : stop + 1]) & (middle > floor)
    frame, row = np.nonzero(is_peak)
    row += first
    below, peak, above = (by_frame[frame, row + step] for step in (-1, 0, 1))  # (n_peaks,)
    curvature = above.astype(np.float64) + below - 2.0 * peak
    slope = (above - below) / 2
    inside = np.abs(slope) < np.abs(curvature)
    shift = np.where(inside, -slope / np.where(inside, curvature, 1.0), 0.0).astype(np.float32)
    return ((row + shift) * float(sr) / n_fft).astype(np.float32), peak + np.float32(0.5) * slope * shift


def estimate_tuning(spectrum: np.ndarray, *, sr: int, bins_per_octave: int = N_CHROMA) -> float:
    """How far the music's pitches lie above A = 440 Hz [parts of a bin, -0.5 to 0.5]; equal to `librosa.estimate_tuning`.

    The commonest distance of the stronger half of the peaks to the nearest bin, a semitone where an octave has twelve; 0 where
    there is no peak. `spectrum` is a power or a magnitude, shape (n_bins, n_frames): they weigh soft peaks differently.
    """
    return tuning_of_parts([(slice(None), spectrum)], sr=sr, bins_per_octave=bins_per_octave)


def tuning_of_parts(parts: Iterable[tuple[slice, np.ndarray]], *, sr: int, bins_per_octave: int = N_CHROMA) -> float:
    """`estimate_tuning` of a spectrum that comes some frames at a time, as `Spectra.magnitude_in_parts` gives it."""
    peaks = [spectral_peaks(spectrum, sr=sr) for _, spectrum in parts]
    frequencies, heights = (np.concatenate(values) for values in zip(*peaks, strict=True))
    if not frequencies.size:
        return 0.0
    strong = frequencies[heights >= np.median(heights)]
    distance = np.mod(bins_per_octave * octaves(strong), 1.0)
    distance[distance >= 0.5] -= 1.0
    counts, edges = np.histogram(distance, np.linspace(-0.5, 0.5, round(1 / TUNING_STEP) + 1))
    return float(edges[np.argmax(counts)])


@lru_cache(maxsize=128)
def chroma_matrix(sr: int, n_fft: int, tuning: float) -> np.ndarray:
    """Weight of each bin in each pitch class, C first, float32, shape (12, 1 + n_fft // 2), read-only.

    A Gaussian around each semitone, another over octaves around the fifth (Ellis, 2007); equal to `librosa.filters.chroma`.
    """
    semitones = N_CHROMA * octaves(np.linspace(0, sr, n_fft, endpoint=False)[1:], tuning)
    semitones = np.concatenate(([semitones[0] - 1.5 * N_CHROMA], semitones))  # 0 Hz has no pitch: far below the first bin
    width = np.append(np.maximum(np.diff(semitones), 1.0), 1.0)
    half = N_CHROMA / 2
    distance = np.mod(semitones - np.arange(N_CHROMA)[:, None] + half + 10 * N_CHROMA, N_CHROMA) - half  # (12, n_fft)
    matrix = np.exp(-0.5 * (2 * distance / width) ** 2)
    matrix /= np.linalg.norm(matrix, axis=0)
    matrix *= np.exp(-0.5 * ((semitones / N_CHROMA - 5.0) / 2.0) ** 2)
    matrix = np.roll(matrix, -3, axis=0)[:, : 1 + n_fft // 2].astype(np.float32)  # from A to C first
    matrix.flags.writeable = False
    return matrix


def chroma(spectra: Spectra, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
    """Energy of the twelve pitch classes, C first, each frame scaled to a largest value of one; float32, shape (12, n_frames).

    Tuned to the music; a silent frame is zero. Equal to `librosa.feature.chroma_stft`.
    """
    power = spectra.power(n_fft=n_fft, hop_length=hop_length, window=window)
    energy = chroma_matrix(spectra.sr, n_fft, estimate_tuning(power, sr=spectra.sr)) @ power  # (12, n_frames)
    return scaled_to_one(energy)


def scaled_to_one(rows: np.ndarray) -> np.ndarray:
    """Each frame of `rows`, shape (n_rows, n_frames), divided by its largest value; a silent frame stays as it is."""
    largest = rows.max(axis=0)
    largest[largest < np.finfo(np.float32).tiny] = 1.0
    return rows / largest

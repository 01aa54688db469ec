"""Frames and windows: a spectrum is taken of a short piece of sound, and how the piece is cut out leaves a mark of its own.

A tone that does not swing a whole number of times in the frame breaks off at its ends; the break spreads over all frequencies,
which is called leakage. A window fades the frame in and out: less leakage, but a broader peak (Harris, On the use of windows for
harmonic analysis with the discrete Fourier transform, 1978).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.features.stft import window_values
from genre_core.teaching.checks import between

FLOOR_DB = -120.0
"""Levels are cut here: below it is the rounding of numbers."""
_FINE = 16
"""Points a bin in the picture of a window's spectrum."""


@dataclass(frozen=True, eq=False)
class Leak:
    """A tone in one frame, and its spectrum.

    Attributes
    ----------
    seconds, samples, window, windowed : np.ndarray
        The frame, float64, shape (n_fft,) each.
    hertz, level_db : np.ndarray
        Spectrum of `windowed`, shape (1 + n_fft // 2,); 0 dB is the loudest bin.
    periods : float
        How often the tone swings in the frame.
    spilled : float
        Share of the power that lies more than two bins away from the tone, 0 to 1.
    """

    seconds: np.ndarray
    samples: np.ndarray
    window: np.ndarray
    windowed: np.ndarray
    hertz: np.ndarray
    level_db: np.ndarray
    periods: float
    spilled: float


@dataclass(frozen=True, eq=False)
class WindowShape:
    """What a window does to a tone, whatever its pitch.

    Attributes
    ----------
    values : np.ndarray
        The window, shape (n_fft,).
    bins, level_db : np.ndarray
        Spectrum around a tone, in bins from it and in dB below its peak, shape (n_points,).
    main_lobe_bins : float
        Width of the peak from zero to zero [bins]: nearer tones melt into one.
    side_lobe_db : float
        Highest level outside the peak [dB].
    """

    values: np.ndarray
    bins: np.ndarray
    level_db: np.ndarray
    main_lobe_bins: float
    side_lobe_db: float


def leak(hertz: float, *, window: str, n_fft: int = 512, sr: int = 22050) -> Leak:
    """Cut one frame out of a tone, window it and transform it.

    Raises
    ------
    ParameterError
        If the tone lies beyond half the rate, or there is no window of that name.
    """
    hertz = between("The frequency", hertz, 0, sr / 2, unit="Hz")
    n_fft = _even(n_fft)
    seconds = np.arange(n_fft) / sr
    samples = np.sin(2 * np.pi * hertz * seconds)
    values = window_values(window, n_fft)
    power = np.abs(np.fft.rfft(samples * values)) ** 2  # (n_bins,)
    bins = np.arange(power.size)
    total = power.sum()
    far = power[np.abs(bins - hertz * n_fft / sr) > 2].sum()
    return Leak(
        seconds=seconds,
        samples=samples,
        window=values,
        windowed=samples * values,
        hertz=bins * sr / n_fft,
        level_db=_decibels(power),
        periods=hertz * n_fft / sr,
        spilled=float(far / total) if total > 0 else 0.0,
    )


def window_shape(window: str, *, n_fft: int = 64) -> WindowShape:
    """The spectrum of a window itself, 16 points a bin: each tone of a sound appears as a copy of it."""
    n_fft = _even(n_fft)
    values = window_values(window, n_fft)
    power = np.abs(np.fft.rfft(values, _FINE * n_fft)) ** 2  # (n_points,)
    level = _decibels(power)
    # The peak ends where the level stops falling.
    end = int(np.argmax(np.diff(power) > 0)) if (np.diff(power) > 0).any() else power.size - 1
    return WindowShape(
        values=values,
        bins=np.arange(power.size) / _FINE,
        level_db=level,
        main_lobe_bins=2 * end / _FINE,
        side_lobe_db=float(level[end:].max()),
    )


def _even(n_fft: int) -> int:
    if n_fft != int(n_fft) or not 8 <= n_fft <= 65536 or n_fft % 2:
        raise ParameterError(f"A frame needs an even number of samples from 8 to 65536. Received: n_fft={n_fft}.")
    return int(n_fft)


def _decibels(power: np.ndarray) -> np.ndarray:
    """Decibels below the loudest, not below `FLOOR_DB`; all at the floor where nothing sounds."""
    top = power.max()
    if top <= 0:
        return np.full(power.shape, FLOOR_DB)
    return np.asarray(10 * np.log10(np.maximum(power / top, 10 ** (FLOOR_DB / 10))))

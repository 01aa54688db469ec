"""The Fourier transform as matching: how much of one frequency is in a frame?

Lay a cosine and a sine of that frequency over the frame, multiply sample by sample and add up. Where frame and wave swing
together the products are positive and the sum grows; where they have nothing in common, plus and minus cancel. Two waves are
needed because one alone would miss a tone that is shifted by a quarter of a period. The discrete Fourier transform is this, for
`N // 2 + 1` frequencies: `X[k] = sum x[n] cos(2 pi k n / N) - i sum x[n] sin(2 pi k n / N)` (Smith, Mathematics of the discrete
Fourier transform, 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.errors import ParameterError
from genre_core.teaching.checks import between, numbers

MOST_SAMPLES = 8192
"""Longest frame: matching costs N squared products, which is why the fast transform was a discovery."""


@dataclass(frozen=True, eq=False)
class Match:
    """A frame held against one frequency.

    Attributes
    ----------
    hertz : float
        The frequency.
    cosine, sine : np.ndarray
        The two waves, shape (n,).
    with_cosine, with_sine : np.ndarray
        Products of the frame with each, sample by sample, shape (n,).
    cosine_sum, sine_sum : float
        What the products add up to.
    """

    hertz: float
    cosine: np.ndarray
    sine: np.ndarray
    with_cosine: np.ndarray
    with_sine: np.ndarray
    cosine_sum: float
    sine_sum: float

    @property
    def magnitude(self) -> float:
        """`sqrt(cosine_sum² + sine_sum²)`: how much of the frequency there is, whatever its phase."""
        return float(np.hypot(self.cosine_sum, self.sine_sum))

    @property
    def phase_radians(self) -> float:
        """Where in its swing the frequency begins: 0 for a cosine, -pi / 2 for a sine."""
        return float(np.arctan2(-self.sine_sum, self.cosine_sum))

    @property
    def transform(self) -> complex:
        """`cosine_sum - i sine_sum`: the value of the Fourier transform."""
        return complex(self.cosine_sum, -self.sine_sum)


def match(frame: np.ndarray, hertz: float, *, sr: float) -> Match:
    """Hold a frame against any one frequency.

    Parameters
    ----------
    frame : np.ndarray
        Samples, shape (n,), windowed or not.
    hertz : float
        From 0 to half the rate [Hz]; multiples of sr / n are the bins of the transform.
    sr : float
        Sample rate [Hz].
    """
    frame = _frame(frame)
    hertz = between("The frequency", hertz, 0, sr / 2, unit="Hz")
    # Whole periods are taken off before the cosine, so that a bin's waves are exact to the last digit.
    angle = 2 * np.pi * np.mod(hertz / sr * np.arange(frame.size), 1.0)
    return _matched(frame, hertz, np.cos(angle), np.sin(angle))


def match_bin(frame: np.ndarray, k: int, *, sr: float) -> Match:
    """Hold a frame against bin `k` of its transform: k whole periods in the frame, `k sr / n` Hz."""
    frame = _frame(frame)
    if k != int(k) or not 0 <= k <= frame.size // 2:
        raise ParameterError(f"A frame of {frame.size} samples has the bins 0 to {frame.size // 2}. Received: {k}.")
    angle = 2 * np.pi * (int(k) * np.arange(frame.size) % frame.size) / frame.size
    return _matched(frame, k * sr / frame.size, np.cos(angle), np.sin(angle))


def spectrum(frame: np.ndarray) -> np.ndarray:
    """All bins by matching, complex128, shape (1 + n // 2,): the same as `np.fft.rfft`, with N squared products."""
    frame = _frame(frame)
    n = frame.size
    turns = np.arange(1 + n // 2)[:, None] * np.arange(n) % n  # (n_bins, n): how far wave k has turned, in n-ths
    circle = 2 * np.pi * np.arange(n) / n
    return np.asarray(np.cos(circle)[turns] @ frame - 1j * (np.sin(circle)[turns] @ frame))


def _frame(frame: np.ndarray) -> np.ndarray:
    frame = numbers("The frame", frame, shape=(None,))
    if frame.size > MOST_SAMPLES:
        raise ParameterError(f"A frame has at most {MOST_SAMPLES} samples here. Received: {frame.size}. Choose a shorter one.")
    return frame


def _matched(frame: np.ndarray, hertz: float, cosine: np.ndarray, sine: np.ndarray) -> Match:
    with_cosine, with_sine = frame * cosine, frame * sine
    return Match(float(hertz), cosine, sine, with_cosine, with_sine, float(with_cosine.sum()), float(with_sine.sum()))

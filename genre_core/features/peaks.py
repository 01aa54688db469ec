"""The peaks of a spectrum: what a reader would name as notes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from genre_core.features.stft import COSINE_TERMS

RANGE_DB = 45.0
"""Peaks further below the highest are left unnamed."""

PROMINENCE_DB = 6.0
"""How far the spectrum falls on both sides of a peak before anything higher comes."""

APART = 2 ** (1.5 / 12)
"""Least ratio of two peaks' frequencies: three quarter tones."""

PURE_DB = 1.0
"""How far the bins beside a peak may lie from those of one steady tone."""

ERROR_PURE, ERROR_MIXED = 0.1, 0.5
"""How far off a peak's place may be, for one steady tone and for a mixture [bins]."""


class Peak(NamedTuple):
    """A peak, between the bins it was found in.

    Attributes
    ----------
    frequency : float
        Its place [Hz].
    level_db : float
        Its height [dB].
    is_note : bool
        Its place is known well enough to say which semitone it is: in the bass a bin is wider than a semitone, and a peak tells
        its note only where it has the shape of one steady tone.
    """

    frequency: float
    level_db: float
    is_note: bool = True


def spectrum_peaks(level_db: np.ndarray, *, sr: int, window: str = "hann", most: int = 6, low_hz: float = 30.0) -> list[Peak]:
    """The highest peaks of a spectrum, in order of frequency.

    A parabola through three bins of the levels gives place and height (J. O. Smith, Spectral Audio Signal Processing, 2011,
    "Quadratic Interpolation of Spectral Peaks").

    Parameters
    ----------
    level_db : np.ndarray
        Level of each bin from 0 Hz to half the sample rate [dB], shape (n_bins,).
    sr : int
        Sample rate [Hz].
    window : str
        That of the frames: it shapes the peak of a steady tone.
    most : int
        How many at most.
    low_hz : float
        Nothing below counts.
    """
    values = np.asarray(level_db, np.float64)
    if values.size < 3:
        return []
    step = sr / 2 / (values.size - 1)
    inner = values[1:-1]
    places = np.flatnonzero((inner > values[:-2]) & (inner >= values[2:]) & (inner > values.max() - RANGE_DB)) + 1
    found: list[Peak] = []
    for place in places[np.argsort(-values[places], kind="stable")]:
        below, middle, above = values[place - 1 : place + 2]
        shift = float(0.5 * (below - above) / (below - 2 * middle + above))
        frequency = float((place + shift) * step)
        error = ERROR_PURE if _is_pure(below - middle, above - middle, shift, window) else ERROR_MIXED
        peak = Peak(frequency, float(middle - 0.25 * (below - above) * shift), is_note(frequency, error_hz=error * step))
        is_apart = all(max(peak.frequency, other.frequency) >= APART * min(peak.frequency, other.frequency) for other in found)
        if peak.frequency >= low_hz and is_apart and _stands_out(inner, int(place) - 1):
            found.append(peak)
        if len(found) == most:
            break
    return sorted(found)


def is_note(frequency: float, *, error_hz: float) -> bool:
    """Whether a frequency known to within `error_hz` [Hz] lies in one semitone of A4 = 440 Hz, and no other."""
    if frequency <= error_hz:
        return False
    low, high = 12 * np.log2(np.array([frequency - error_hz, frequency + error_hz]) / 440.0)
    return bool(np.rint(low) == np.rint(high))


def _is_pure(below: float, above: float, shift: float, window: str) -> bool:
    """Whether the bins beside a peak lie as far below it [dB] as those of a steady tone `shift` bins above the middle one."""
    level = 20 * np.log10(np.abs(_lobe(np.array([-1.0, 0.0, 1.0]) - shift, window)) + 1e-6)
    return bool(abs(level[0] - level[1] - below) < PURE_DB and abs(level[2] - level[1] - above) < PURE_DB)


def _lobe(bins: np.ndarray, window: str) -> np.ndarray:
    """Transform of a window of cosines, `bins` from its middle, one there; same shape."""
    terms = COSINE_TERMS[window]
    value = np.zeros_like(bins)
    for k, a in enumerate(terms):
        value += a / 2 * (np.sinc(bins - k) + np.sinc(bins + k))
    return value / terms[0]


def _stands_out(values: np.ndarray, place: int) -> bool:
    """Whether both sides fall by PROMINENCE_DB before they rise above the peak. The halved bins at the ends are left out."""
    for side in (values[place::-1], values[place:]):
        higher = np.flatnonzero(side > side[0])
        until = side[: higher[0]] if higher.size else side
        if side[0] - until.min() < PROMINENCE_DB:
            return False
    return True

"""The peaks of a spectrum: what a reader would name as notes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

RANGE_DB = 45.0
"""Peaks further below the highest are left unnamed."""

PROMINENCE_DB = 6.0
"""How far the spectrum falls on both sides of a peak before anything higher comes."""

APART = 2 ** (1.5 / 12)
"""Least ratio of two peaks' frequencies: three quarter tones."""


class Peak(NamedTuple):
    """Frequency [Hz] and level [dB] of a peak, between the bins it was found in."""

    frequency: float
    level_db: float


def spectrum_peaks(level_db: np.ndarray, *, sr: int, most: int = 6, low_hz: float = 30.0) -> list[Peak]:
    """The highest peaks of a spectrum, in order of frequency.

    A parabola through three bins of the levels gives place and height (J. O. Smith, Spectral Audio Signal Processing, 2011,
    "Quadratic Interpolation of Spectral Peaks").

    Parameters
    ----------
    level_db : np.ndarray
        Level of each bin from 0 Hz to half the sample rate [dB], shape (n_bins,).
    sr : int
        Sample rate [Hz].
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
        shift = 0.5 * (below - above) / (below - 2 * middle + above)
        peak = Peak(float((place + shift) * step), float(middle - 0.25 * (below - above) * shift))
        is_apart = all(max(peak.frequency, other.frequency) >= APART * min(peak.frequency, other.frequency) for other in found)
        if peak.frequency >= low_hz and is_apart and _stands_out(inner, int(place) - 1):
            found.append(peak)
        if len(found) == most:
            break
    return sorted(found)


def _stands_out(values: np.ndarray, place: int) -> bool:
    """Whether both sides fall by PROMINENCE_DB before they rise above the peak. The halved bins at the ends are left out."""
    for side in (values[place::-1], values[place:]):
        higher = np.flatnonzero(side > side[0])
        until = side[: higher[0]] if higher.size else side
        if side[0] - until.min() < PROMINENCE_DB:
            return False
    return True

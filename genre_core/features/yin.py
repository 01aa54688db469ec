"""Candidates for the pitch of a frame: how little a sound differs from itself a period later.

The difference function is that of YIN (de Cheveigné and Kawahara, 2002), the weighing of its troughs that of pYIN (Mauch and
Dixon, 2014) as its authors' program and librosa have it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft

N_THRESHOLDS = 100
BOLTZMANN = 2.0
"""How fast belief falls from one trough below the threshold to the next longer period."""
NO_TROUGH = 0.01
"""Belief in the deepest trough where none lies below the threshold."""


def normalised_difference(frames: np.ndarray, min_period: int, max_period: int) -> np.ndarray:
    """Difference of each frame from itself moved by a period, over its mean up to there; float64, shape (n_frames, n_periods).

    Equation 8 of de Cheveigné and Kawahara (2002) for periods of `min_period` to `max_period` samples, both included. Near 0
    where the sound repeats, 1 where it doesn't, 0 in silence. What lies beyond the frame counts as silence, as librosa has it.
    """
    frames = np.asarray(frames, np.float64)  # (n_frames, frame_length)
    n_fft = scipy.fft.next_fast_len(frames.shape[1] + max_period + 1, real=True)
    spectrum = scipy.fft.rfft(frames, n_fft, axis=1)
    correlation = scipy.fft.irfft(spectrum.real**2 + spectrum.imag**2, n_fft, axis=1)[:, : max_period + 1]
    head = np.cumsum(frames[:, :max_period] ** 2, axis=1)  # energy of what a shift of 1, 2, ... leaves without a partner
    difference = 2 * (correlation[:, :1] - correlation[:, 1:]) - head  # (n_frames, max_period), of periods 1, 2, ...
    mean = np.cumsum(difference, axis=1) / np.arange(1, max_period + 1)
    kept = slice(min_period - 1, None)
    silent = correlation[:, :1] < np.finfo(np.float32).tiny
    return np.where(silent, 0.0, difference[:, kept] / np.maximum(mean[:, kept], np.finfo(np.float64).tiny))


def candidates(difference: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frame, place and probability of each trough that may be the period; frames and then places ascend, shape (n_troughs,) each.

    A place is a column of `difference`, shape (n_frames, n_periods), moved to the lowest point of the parabola through it and its
    neighbours. Probabilities of a frame sum to at most one.
    """
    is_trough = np.zeros(difference.shape, bool)
    is_trough[:, 1:] = difference[:, 1:] < difference[:, :-1]
    is_trough[:, :-1] &= difference[:, :-1] <= difference[:, 1:]
    is_trough[:, 0] = difference[:, 0] < difference[:, 1]
    frame, place = np.nonzero(is_trough)
    height = difference[frame, place]
    deepest = _deepest(frame, height)
    kept = deepest | (height < 1.0)  # nothing else lies below a threshold
    frame, place, height, deepest = frame[kept], place[kept], height[kept], deepest[kept]
    probability = _probabilities(frame, height, deepest)
    likely = probability > 0
    frame, place = frame[likely], place[likely]
    return frame, place + _shift(difference, frame, place), probability[likely]


def _deepest(frame: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Which trough is the deepest of its frame, the first of equals."""
    found = np.zeros(frame.size, bool)
    order = np.lexsort((height, frame))  # by frame, then height; stable
    first = np.ones(frame.size, bool)
    first[1:] = frame[order][1:] != frame[order][:-1]
    found[order[first]] = True
    return found


def _probabilities(frame: np.ndarray, height: np.ndarray, deepest: np.ndarray) -> np.ndarray:
    """Probability of each trough: over all thresholds, those below one share its weight, shorter periods first."""
    levels, weights = _thresholds()
    below = height[:, None] < levels  # (n_troughs, n_thresholds)
    so_far = np.zeros((frame.size + 1, levels.size), np.int32)
    np.cumsum(below, axis=0, out=so_far[1:])
    start, stop = np.searchsorted(frame, frame, "left"), np.searchsorted(frame, frame, "right")
    place = so_far[1:] - so_far[start] - 1  # how many shorter periods of the frame lie below the threshold as well
    n_below = so_far[stop] - so_far[start]
    steps = np.exp(-BOLTZMANN * np.arange(max(1, int(n_below.max(initial=0))) + 1))
    shares = (1 - steps[1]) * steps[np.maximum(place, 0)] / (1 - steps[np.maximum(n_below, 1)])
    probability = np.where(below, shares, 0.0) @ weights  # (n_troughs,)
    without = np.concatenate([[0.0], np.cumsum(weights)])[np.count_nonzero(~below, axis=1)]
    return probability + np.where(deepest, NO_TROUGH * without, 0.0)


@lru_cache(maxsize=1)
def _thresholds() -> tuple[np.ndarray, np.ndarray]:
    """Thresholds and the belief in each: the steps of a beta(2, 18) distribution, whose mean is 0.1; (n_thresholds,) each."""
    levels = np.linspace(0, 1, N_THRESHOLDS + 1)
    reached = 1 - (1 - levels) ** 19 - 19 * levels * (1 - levels) ** 18
    return levels[1:], np.diff(reached)


def _shift(difference: np.ndarray, frame: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Where the parabola through a value and its neighbours is lowest, from -1 to 1; 0 at the ends, shape (n_troughs,)."""
    last = difference.shape[1] - 1
    before, after = (difference[frame, np.clip(place + step, 0, last)] for step in (-1, 1))
    curvature = before + after - 2 * difference[frame, place]
    slope = (after - before) / 2
    inside = (np.abs(slope) < np.abs(curvature)) & (place > 0) & (place < last)
    return np.where(inside, -slope / np.where(inside, curvature, 1.0), 0.0)

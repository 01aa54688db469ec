"""Loudness of what is made: never beyond full scale, and as loud as what it was made from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from genre_core.audio.clip import Clip

_LIMITER_SECONDS = 0.02
_ROUNDS = 6  # What is limited becomes softer as a whole and is turned up again; it converges by then.


def within_full_scale(clip: Clip, y: np.ndarray) -> Clip:
    """A clip with the samples `y`, turned down as a whole where one of them lies beyond full scale."""
    peak = float(np.abs(y).max(initial=0.0))
    return replace(clip, y=y * np.float32(1 / peak) if peak > 1.0 else y)


def as_loud_as(clip: Clip, y: np.ndarray) -> Clip:
    """`y` at the root mean square of `clip`; silence stays silence.

    What a feature keeps is often steeper in its dynamics than the sound was: where single moments would then leave full scale,
    they alone are turned down for some milliseconds, as a limiter does, so that the rest is heard at its level.
    """
    wanted = rms(clip.y)
    for _ in range(_ROUNDS):
        given = rms(y)
        if given == 0:
            break
        y = y * np.float32(wanted / given)
        if np.abs(y).max() <= 1.0:
            break
        y = limited(y, clip.sr)
    return within_full_scale(clip, y)


def limited(y: np.ndarray, sr: int) -> np.ndarray:
    """`y` with a gain that falls and rises smoothly wherever a sample would leave full scale, float32, same shape."""
    width = 2 * round(_LIMITER_SECONDS / 2 * sr) + 1
    peaks = maximum_filter1d(np.abs(y), width, mode="nearest")
    # Each gain that is averaged here heeds the sample in the middle, so their mean does as well.
    return y * uniform_filter1d(1 / np.maximum(peaks, 1), width, mode="nearest")


def rms(y: np.ndarray) -> float:
    """Root mean square of samples; 0 where there is none."""
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64)))) if y.size else 0.0

"""Clicks mixed into a sound, so that beats and onsets can be heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.resynthesis.levels import rms, within_full_scale

CLICK_HZ = 1760.0
"""Pitch of a click, an A above most melodies."""
CLICK_SECONDS = 0.04

_OVER_RMS = 4.0
_SOFTEST, _LOUDEST = 0.1, 0.8


def with_clicks(clip: Clip, times: Sequence[float] | np.ndarray) -> Clip:
    """The clip with a short click beginning at each of `times`.

    A click is four times as high as the clip's root mean square, so that it is heard through loud music and does not startle in
    soft; where the sum would leave full scale, all of it is turned down.

    Parameters
    ----------
    clip : Clip
        Any sound.
    times : sequence of float
        Seconds from the clip's start, in any order; those outside the clip are left out.

    Returns
    -------
    Clip
        Of the same length and rate.

    Raises
    ------
    ParameterError
        If a time is NaN or infinite.
    """
    seconds = np.asarray(times, dtype=np.float64).reshape(-1)
    if not np.isfinite(seconds).all():
        raise ParameterError("Times of clicks must be finite seconds. Received: NaN or infinite ones. Leave them out first.")
    starts = np.rint(seconds * clip.sr).astype(np.int64)
    starts = np.unique(starts[(starts >= 0) & (starts < clip.n_samples)])
    one = _click(clip.sr) * np.float32(np.clip(_OVER_RMS * rms(clip.y), _SOFTEST, _LOUDEST))
    y = np.pad(clip.y, (0, one.size))
    for start in starts.tolist():
        y[start : start + one.size] += one
    return within_full_scale(clip, y[: clip.n_samples])


def _click(sr: int) -> np.ndarray:
    """A tone that dies away, float32, shape (n_samples,), peak 1; an octave or more lower where the rate has no room for it."""
    t = np.arange(max(1, round(CLICK_SECONDS * sr))) / sr
    pitch = min(CLICK_HZ, sr / 5)
    y = np.cos(2 * np.pi * pitch * t) * np.exp(-5 * t / CLICK_SECONDS)
    return y.astype(np.float32)

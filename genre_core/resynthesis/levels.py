"""Loudness of what is made: never beyond full scale, and as loud as what it was made from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from genre_core.audio.clip import Clip


def within_full_scale(clip: Clip, y: np.ndarray) -> Clip:
    """A clip with the samples `y`, turned down as a whole where one of them lies beyond full scale."""
    peak = float(np.abs(y).max(initial=0.0))
    return replace(clip, y=y * np.float32(1 / peak) if peak > 1.0 else y)


def as_loud_as(clip: Clip, y: np.ndarray) -> Clip:
    """`y` at the root mean square of `clip`, or softer where it would otherwise leave full scale; silence stays silence."""
    wanted, given = rms(clip.y), rms(y)
    return within_full_scale(clip, y * np.float32(wanted / given) if given > 0 else y)


def rms(y: np.ndarray) -> float:
    """Root mean square of samples; 0 where there is none."""
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64)))) if y.size else 0.0

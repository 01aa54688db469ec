"""What a patch of sound is replaced with when a model is asked what it would say without it.

None of them is neutral: silence in the midst of music is an event of its own, and noise is a sound. So a map that is made with
one of them is checked with another (`inspection.faithfulness`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy.fft

from genre_core.errors import unknown_name
from genre_core.inspection.patches import Patches

FLOOR_DB = -60.0
"""What quiet means: a thousandth of the amplitude, below what the loud parts leave in a spectrogram."""


class Fill(NamedTuple):
    """A row of FILLS.

    Attributes
    ----------
    title : str
        Words for a menu.
    words : str
        What is heard in the place of a patch, in a sentence.
    make : callable
        `make(patches, rng)` -> what stands in for the clip's bands, float32, shape (n_bands, n_samples).
    """

    title: str
    words: str
    make: Callable[[Patches, np.random.Generator], np.ndarray]


def _quiet(patches: Patches, rng: np.random.Generator) -> np.ndarray:
    return patches.bands * np.float32(10 ** (FLOOR_DB / 20))


def _mean(patches: Patches, rng: np.random.Generator) -> np.ndarray:
    """The clip with random phases: the same spectrum, spread evenly over its time (Theiler and others, 1992)."""
    y = patches.clip.y
    length = scipy.fft.next_fast_len(y.size, real=True)
    magnitude = np.abs(scipy.fft.rfft(y, length))
    angles = rng.random(magnitude.size, np.float32) * np.float32(2 * np.pi)
    even = scipy.fft.irfft(magnitude * np.exp(1j * angles).astype(np.complex64), length)[: y.size]
    return patches.divided(even)


def _noise(patches: Patches, rng: np.random.Generator) -> np.ndarray:
    """White noise, each patch as loud as what it replaces."""
    bands = patches.divided(rng.standard_normal(patches.clip.n_samples, np.float32))
    gains = np.sqrt(patches.energy / np.maximum(patches.energy_of(bands), 1e-12))  # (n_bands, n_times)
    for band, row in enumerate(gains):
        bands[band] *= patches.over_time(row)
    return bands


FILLS: dict[str, Fill] = {
    "quiet": Fill("Silence", f"The patch is turned down by {-FLOOR_DB:.0f} dB.", _quiet),
    "mean": Fill("The clip's mean", "In its place sounds the mean spectrum of the clip, in which nothing happens.", _mean),
    "noise": Fill("Noise", "In its place sounds noise of the same loudness.", _noise),
}
"""Name -> how a patch is replaced."""


def fill_named(name: str) -> Fill:
    """A row of FILLS; `ParameterError` where there is none of that name."""
    if name not in FILLS:
        raise unknown_name("fill", name, FILLS)
    return FILLS[name]

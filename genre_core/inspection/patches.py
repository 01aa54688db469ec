"""A clip as patches of time and frequency that add up to it: the pieces that can be taken away, replaced, or heard alone.

A bank of band filters without delay divides the sound, and soft windows divide each band in time. Both are made of steps that
rise once and fall once, so that all windows sum to one everywhere: what is taken out and what stays add up to the clip, and no
edge clicks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.fft

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import hz_to_mel, mel_to_hz

FADE_SECONDS = 0.04
"""How long a patch takes to rise and to fall: too short to smear a drum hit into the next patch, too long to click."""

EDGE_SHARE = 0.25
"""Width of the edge between two bands, as a share of a band [mel]."""

_RINGING_SECONDS = 0.25


@dataclass(frozen=True)
class Grid:
    """How fine a clip is divided.

    Attributes
    ----------
    patch_seconds : float
        Length of a patch [s], more than `FADE_SECONDS`.
    n_bands : int
        Bands of equal width in mel.
    """

    patch_seconds: float
    n_bands: int

    def __post_init__(self) -> None:
        if not self.patch_seconds >= 2 * FADE_SECONDS:
            raise ParameterError(
                f"A patch lasts at least {2 * FADE_SECONDS:g} s, so that it can rise and fall. "
                f"Received: patch_seconds={self.patch_seconds}."
            )
        if self.n_bands < 1:
            raise ParameterError(f"A grid has at least one band. Received: n_bands={self.n_bands}.")

    def time_edges(self, seconds: float) -> np.ndarray:
        """Edges of the columns [s], float64, shape (n_times + 1,); a remainder of less than half a patch joins the last.

        They lie half a fade behind the multiples of `patch_seconds`: of a segment that begins there, nothing of the column before
        is left but its fall.
        """
        n_times = max(1, int(np.floor(seconds / self.patch_seconds + 0.5)))
        inner = np.arange(1, n_times) * self.patch_seconds + FADE_SECONDS / 2
        return np.concatenate([[0.0], inner[inner < seconds - FADE_SECONDS], [seconds]])

    def band_edges(self, highest_hz: float) -> np.ndarray:
        """Edges of the bands [Hz], float64, shape (n_bands + 1,), from 0 to `highest_hz`."""
        return mel_to_hz(np.linspace(0.0, float(hz_to_mel(highest_hz)), self.n_bands + 1))


@dataclass(frozen=True, eq=False)
class Patches:
    """The patches of one clip.

    Attributes
    ----------
    clip : Clip
        What is divided.
    time_edges : np.ndarray
        As `Grid` has them [s].
    band_edges : np.ndarray
        As `Grid` has them [Hz]; the last band holds what lies above it too.
    """

    clip: Clip
    time_edges: np.ndarray
    band_edges: np.ndarray
    _edges: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        edges = [round(float(edge) * self.clip.sr) for edge in self.time_edges]
        object.__setattr__(self, "_edges", [*edges[:-1], self.clip.n_samples])

    @property
    def n_times(self) -> int:
        return len(self.time_edges) - 1

    @property
    def n_bands(self) -> int:
        return len(self.band_edges) - 1

    @cached_property
    def bands(self) -> np.ndarray:
        """The clip's bands, which sum to it, float32, shape (n_bands, n_samples)."""
        return self.divided(self.clip.y)

    def divided(self, y: np.ndarray) -> np.ndarray:
        """Bands of other samples of the clip's length, float32, shape (n_bands, n_samples)."""
        padding = min(y.size, round(_RINGING_SECONDS * self.clip.sr))
        length = scipy.fft.next_fast_len(y.size + padding, real=True)
        spectrum = scipy.fft.rfft(np.asarray(y, np.float32), length)
        mel = hz_to_mel(np.arange(spectrum.size) * (self.clip.sr / length))  # (n_bins,)
        edges = hz_to_mel(self.band_edges)
        width = EDGE_SHARE * (edges[1] - edges[0])
        found = np.empty((self.n_bands, y.size), np.float32)
        left = np.ones(spectrum.size, np.float32)  # what lies in this band or above it
        for band in range(self.n_bands):
            above = np.zeros_like(left) if band == self.n_bands - 1 else _rise((mel - edges[band + 1]) / width + 0.5)
            found[band] = scipy.fft.irfft(spectrum * (left - above), length)[: y.size]
            left = above
        return found

    def over_time(self, gains: np.ndarray) -> np.ndarray:
        """A gain for each column as one for each sample, softly joined, float32, shape (n_samples,)."""
        gains = np.asarray(gains, np.float32)
        smooth = np.repeat(gains, np.diff(self._edges))
        half = round(FADE_SECONDS / 2 * self.clip.sr)
        rise = _rise((np.arange(2 * half) + 0.5) / (2 * half))
        for column in np.flatnonzero(np.diff(gains)):
            edge = self._edges[column + 1]
            first, stop = max(0, edge - half), min(smooth.size, edge + half)
            part = rise[first - (edge - half) : first - (edge - half) + stop - first]
            smooth[first:stop] = gains[column] + (gains[column + 1] - gains[column]) * part
        return smooth

    def part(self, gains: np.ndarray, bands: np.ndarray | None = None) -> np.ndarray:
        """What the patches hold together, each times its gain.

        Parameters
        ----------
        gains : np.ndarray
            Shape (n_bands, n_times).
        bands : np.ndarray, optional
            Other bands than the clip's own, as `divided` gives them.

        Returns
        -------
        np.ndarray
            float32, shape (n_samples,).
        """
        bands = self.bands if bands is None else bands
        y = np.zeros(self.clip.n_samples, np.float32)
        for band, row in enumerate(gains):
            if np.any(row):
                y += bands[band] * self.over_time(row)
        return y

    @cached_property
    def energy(self) -> np.ndarray:
        """Sum of squared samples of each patch, float64, shape (n_bands, n_times)."""
        return self.energy_of(self.bands)

    def energy_of(self, bands: np.ndarray) -> np.ndarray:
        """The same of other bands."""
        return np.add.reduceat(np.square(bands, dtype=np.float64), self._edges[:-1], axis=1)


def _rise(x: np.ndarray) -> np.ndarray:
    """From 0 to 1 over the unit interval as a raised cosine, float32."""
    return (0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0.0, 1.0))).astype(np.float32)

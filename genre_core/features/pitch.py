"""Fundamental frequency over time: the most likely path through the candidates of all frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.errors import ParameterError
from genre_core.features.framed import SampleFrames
from genre_core.features.stft import Spectra
from genre_core.features.yin import candidates, normalised_difference
from genre_core.params import param

BINS_PER_SEMITONE = 10
OCTAVES_PER_SECOND = 35.92
"""How fast a pitch may move."""
SWITCH = 0.01
"""Probability that a pitch begins or ends from one frame to the next."""
ROWS = ("Frequency", "Probability of a pitch")

_FRAMES_AT_ONCE = 128


@dataclass(frozen=True)
class F0(SampleFrames):
    """Fundamental frequency [Hz], 0 where there is none, and the probability that there is one, shape (2, n_frames).

    pYIN (Mauch and Dixon, 2014): troughs of the YIN difference as candidates, the most likely path through them by Viterbi's
    algorithm in steps of a tenth of a semitone. The numbers of `librosa.pyin`; for one voice or instrument, not for chords.
    """

    name: ClassVar[str] = "f0"
    title: ClassVar[str] = "Fundamental frequency"
    unit: ClassVar[str] = "Hz"
    fmin: float = param(65.0, "Lowest frequency", unit="Hz", low=20.0, high=8000.0, help="Lowest pitch looked for; 65 Hz is C2.")
    fmax: float = param(
        2093.0, "Highest frequency", unit="Hz", low=40.0, high=12000.0, help="Highest pitch looked for; 2093 Hz is C7."
    )

    def check(self) -> None:
        super().check()
        if self.fmax > self.sr / 2:
            raise ParameterError(
                f"The highest frequency (fmax) must not exceed half the sample rate, {self.sr / 2:g} Hz. "
                f"Received: fmax={self.fmax:g}. Choose a lower one."
            )
        if self.fmin >= self.fmax:
            raise ParameterError(
                f"The lowest frequency (fmin) must lie below the highest (fmax), here {self.fmax:g} Hz. "
                f"Received: fmin={self.fmin:g}. Choose a lower one."
            )
        if self.sr / self.fmin >= self.frame_length - 1:
            raise ParameterError(
                "The frame length (frame_length) must hold a period of the lowest frequency (fmin), "
                f"{self.sr / self.fmin:.0f} samples. Received: frame_length={self.frame_length}, fmin={self.fmin:g}. "
                "Choose a longer frame or a higher frequency."
            )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        key = ("f0", *(getattr(self, name) for name in self.params()))
        return spectra.once(key, lambda: self._path(spectra))

    @property
    def n_rows(self) -> int:
        return 2

    @property
    def rows(self) -> tuple[str, ...]:
        """Name of each row: `Frequency` [Hz], `Probability of a pitch`."""
        return ROWS

    @property
    def _n_bins(self) -> int:
        return int(np.floor(12 * BINS_PER_SEMITONE * np.log2(self.fmax / self.fmin))) + 1

    def _path(self, spectra: Spectra) -> np.ndarray:
        belief = self._belief(spectra)  # (n_frames, n_bins)
        voiced = np.minimum(belief.sum(axis=1), 1.0)
        semitones = round(OCTAVES_PER_SECOND * 12 * self.hop_length / self.sr)
        path = most_likely_path(belief, voiced, reach=semitones * BINS_PER_SEMITONE // 2)
        frequency = self.fmin * 2.0 ** (path / (12 * BINS_PER_SEMITONE))
        return np.stack([np.where(path < 0, 0.0, frequency), voiced]).astype(np.float32)  # (2, n_frames)

    def _belief(self, spectra: Spectra) -> np.ndarray:
        """Probability of each pitch at each frame, float64, shape (n_frames, n_bins)."""
        frames = sliding_window_view(spectra.padded(self.frame_length // 2), self.frame_length)[:: self.hop_length]
        min_period = int(spectra.sr / self.fmax)
        max_period = min(int(np.ceil(spectra.sr / self.fmin)), self.frame_length - 1)
        belief = np.zeros((len(frames), self._n_bins))
        for first in range(0, len(frames), _FRAMES_AT_ONCE):
            difference = normalised_difference(frames[first : first + _FRAMES_AT_ONCE], min_period, max_period)
            frame, place, probability = candidates(difference)
            steps = 12 * BINS_PER_SEMITONE * np.log2(spectra.sr / (min_period + place) / self.fmin)
            pitch = np.maximum(np.round(steps).astype(int), 0)
            inside = pitch < self._n_bins
            belief[first + frame[inside], pitch[inside]] = probability[inside]  # of two on one pitch, the longer period holds
        return belief


def most_likely_path(belief: np.ndarray, voiced: np.ndarray, *, reach: int) -> np.ndarray:
    """Pitch of each frame on the most likely path, -1 where there is none; int, shape (n_frames,).

    Viterbi's algorithm over two states a pitch, sounding and silent. A pitch moves at most `reach` bins a frame, to near ones
    rather than to far ones, and begins or ends seldom.

    Parameters
    ----------
    belief : np.ndarray
        Probability of each pitch, shape (n_frames, n_bins).
    voiced : np.ndarray
        Probability that there is any, shape (n_frames,).
    reach : int
        Bins.

    Notes
    -----
    Two states of up to 16,000 bins fit the 16 bits that each step back takes.
    """
    n_frames, n_bins = belief.shape
    tiny = np.finfo(np.float64).tiny
    silent = np.log((1 - voiced) / n_bins + tiny)  # (n_frames,)
    near = 1 - np.abs(np.arange(-reach, reach + 1)) / (reach + 1)
    inside = np.convolve(np.ones(n_bins), near)[reach : reach + n_bins]  # weight of the steps that stay within the range
    step, leave = np.log(near), np.log(inside)[None]
    stay, switch = np.log(1 - SWITCH), np.log(SWITCH)
    score = np.full((2, n_bins), -np.log(2 * n_bins))
    score[0] += np.log(belief[0] + tiny)
    score[1] += silent[0]
    came_from = np.zeros((n_frames, 2, n_bins), np.int16)  # state * n_bins + pitch, a frame before
    padded = np.full((2, n_bins + 2 * reach), -np.inf)
    moves = sliding_window_view(padded, near.size, axis=1)  # (2, n_bins, n_steps), no copy
    reached = np.empty(moves.shape)
    pitches = np.arange(n_bins) - reach
    for frame in range(1, n_frames):
        np.subtract(score, leave, out=padded[:, reach : reach + n_bins])
        np.add(moves, step, out=reached)
        best = reached.argmax(axis=2)  # (2, n_bins), from each state the best step
        value = np.take_along_axis(reached, best[:, :, None], axis=2)[:, :, 0]
        origin = best + pitches
        for state, own in enumerate((np.log(belief[frame] + tiny), silent[frame])):
            kept, changed = value[state] + stay, value[1 - state] + switch
            from_silence = changed > kept if state == 0 else kept > changed  # of equals, what sounds
            score[state] = np.maximum(kept, changed) + own
            came_from[frame, state] = np.where(from_silence, n_bins + origin[1], origin[0])
    path = np.empty(n_frames, int)
    at = int(score.argmax())
    for frame in range(n_frames - 1, -1, -1):
        path[frame] = at if at < n_bins else -1
        at = int(came_from[frame].reshape(-1)[at])
    return path

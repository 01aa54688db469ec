"""Fingerprints that tell the same recording behind another encoding, loudness or start: peaks of the spectrogram.

A peak is louder than all around it, so gain does not move it; a codec keeps the loudest parts; low-pass filters leave those
below; a later start shifts all of them alike. After Wang, "An industrial-strength audio search algorithm", ISMIR 2003, with
triples of peaks in place of pairs (Six and Leman, "Panako", ISMIR 2014, have triples too): three peaks seldom stand alike by
chance, so that few of them have to be compared in a large collection.

Another speed or pitch, another take and another mix are other recordings here.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError

METHOD = "peaks of the spectrogram"
"""Name of the method, in words."""

VERSION = 1
"""Raised when equal audio begins to give other peaks."""

SR = 22050
N_FFT = 2048
HOP_LENGTH = 512
FRAME_SECONDS = HOP_LENGTH / SR

_LOW_BIN, _HIGH_BIN = 20, 420  # 215 to 4,522 Hz: what every codec and most rates keep
_PEAK_FRAMES, _PEAK_BINS = 10, 12  # a peak is the largest this far around it: 0.23 s, 129 Hz
_AROUND_FRAMES, _AROUND_BINS = 41, 61
_OVER_AROUND = 1.0
"""How far a peak stands over the mean around it [natural logarithm of magnitude]: 8.7 dB."""

_FLOOR = 1e-4  # of the largest magnitude: what lies 80 dB below is rounding
_FAN = 4
_MIN_STEP, _MAX_STEP, _MAX_BINS = 2, 63, 100
_NEIGHBOURS = 48

MIN_COMMON = 30
MIN_BINS = 12
MIN_OVERLAP_SECONDS = 3.0
MIN_SCORE = 0.2
"""Share of many peaks in common from which two clips hold the same recording; unrelated music has 0.01 to 0.06."""

_SURE = 1.5
"""Few peaks agree by chance more easily: this over the square root of their number is wanted on top of `MIN_SCORE`."""


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """Peaks of a clip's spectrogram, in the order of time.

    Attributes
    ----------
    frames : np.ndarray
        Time of each peak [frames of `FRAME_SECONDS`], int32, shape (n_peaks,).
    bins : np.ndarray
        Its frequency [FFT bins], int32, shape (n_peaks,).
    """

    frames: np.ndarray
    bins: np.ndarray

    def to_bytes(self) -> bytes:
        """The peaks, packed: about 2 bytes a peak, 60 a second."""
        steps = np.diff(self.frames, prepend=0).astype("<u2")
        return zlib.compress(steps.tobytes() + self.bins.astype("<u2").tobytes(), 6)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Fingerprint:
        """Inverse of `to_bytes`.

        Raises
        ------
        ParameterError
            If these are not the bytes of a fingerprint.
        """
        try:
            values = np.frombuffer(zlib.decompress(packed), "<u2").astype(np.int32)
            steps, bins = values.reshape(2, -1)
        except (zlib.error, ValueError) as error:
            raise ParameterError(f"Expected the bytes of a fingerprint. Received: {len(packed)} others ({error}).") from error
        return cls(np.cumsum(steps, dtype=np.int32), bins)


@dataclass(frozen=True)
class Match:
    """How much two clips have in common.

    Attributes
    ----------
    score : float
        Share of the peaks of the part they share that both have, in [0, 1].
    offset_seconds : float
        What sounds at t in the second clip sounds at t + offset_seconds in the first.
    n_common : int
        Peaks that both have.
    is_same : bool
        Whether that is too much for chance: the same recording.
    """

    score: float
    offset_seconds: float
    n_common: int
    is_same: bool


NO_MATCH = Match(0.0, 0.0, 0, False)


def fingerprint(clip: Clip) -> Fingerprint:
    """Peaks of a clip's spectrogram, about 25 a second of music; a clip at another rate is resampled to 22,050 Hz first."""
    y = clip.resample(SR).y
    if y.size < N_FFT:
        return Fingerprint(np.zeros(0, np.int32), np.zeros(0, np.int32))
    from scipy.ndimage import maximum_filter1d, uniform_filter

    level = _log_magnitude(y)  # (n_frames, n_bins)
    highest = maximum_filter1d(maximum_filter1d(level, 2 * _PEAK_FRAMES + 1, axis=0), 2 * _PEAK_BINS + 1, axis=1)
    frames, bins = np.nonzero(level == highest)
    over = level[frames, bins] - uniform_filter(level, (_AROUND_FRAMES, _AROUND_BINS))[frames, bins]
    chosen = over > _OVER_AROUND
    return Fingerprint(frames[chosen].astype(np.int32), (bins[chosen] + _LOW_BIN).astype(np.int32))


def _log_magnitude(y: np.ndarray) -> np.ndarray:
    """Logarithm of the magnitude spectrum, frames first, shape (n_frames, _HIGH_BIN - _LOW_BIN)."""
    import scipy.fft

    window = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(y, N_FFT)[::HOP_LENGTH]  # (n_frames, N_FFT)
    level = np.empty((len(frames), _HIGH_BIN - _LOW_BIN), np.float32)
    for start in range(0, len(frames), 256):
        spectrum = scipy.fft.rfft(frames[start : start + 256] * window, axis=1)
        level[start : start + 256] = np.abs(spectrum[:, _LOW_BIN:_HIGH_BIN])
    return np.log(level + _FLOOR * max(float(level.max()), 1e-20))


def triples(print_: Fingerprint) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of three peaks each, and the frame of the first one.

    Each peak is joined with two of the `_FAN` peaks that follow it. A hash is made of the first one's frequency and the steps in
    time and frequency to the others; frequencies are halved, so that a peak that moves by one bin often stays where it is.

    Returns
    -------
    hashes : np.ndarray
        uint32, well mixed, shape (n_triples,).
    frames : np.ndarray
        int32, shape (n_triples,).
    """
    followers = _followers(print_)  # (n_peaks, _FAN)
    frames, bins = print_.frames.astype(np.int64), print_.bins.astype(np.int64)
    hashes, starts = [], []
    for i in range(_FAN):
        for j in range(i + 1, _FAN):
            first = np.flatnonzero(followers[:, j] >= 0)
            second, third = followers[first, i], followers[first, j]
            code = bins[first] >> 1
            for other in (second, third):
                code = code * 128 + ((bins[other] - bins[first] + 128) >> 1)
                code = code * 64 + (frames[other] - frames[first])
            hashes.append(code)
            starts.append(print_.frames[first])
    code = np.concatenate(hashes).astype(np.uint64)
    mixed = (code * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)  # Fibonacci hashing: high bits depend on all
    return mixed.astype(np.uint32), np.concatenate(starts)


def _followers(print_: Fingerprint) -> np.ndarray:
    """Indices of the next peaks near enough in time and frequency, -1 where there are fewer, shape (n_peaks, _FAN)."""
    frames, bins = print_.frames, print_.bins
    found = np.full((frames.size, _FAN), -1, np.int64)
    count = np.zeros(frames.size, np.int64)
    for ahead in range(1, min(_NEIGHBOURS, frames.size)):
        step = frames[ahead:] - frames[:-ahead]
        near = (step >= _MIN_STEP) & (step <= _MAX_STEP) & (np.abs(bins[ahead:] - bins[:-ahead]) <= _MAX_BINS)
        first = np.flatnonzero(near & (count[:-ahead] < _FAN))
        found[first, count[first]] = first + ahead
        count[first] += 1
    return found


def compare(first: Fingerprint, second: Fingerprint, *, offset_frames: int | None = None) -> Match:
    """How much two clips have in common, at the one offset where they agree best.

    Parameters
    ----------
    first, second : Fingerprint
    offset_frames : int or None
        Where to look, to a frame; by default wherever most triples agree.
    """
    if not (first.frames.size and second.frames.size):
        return NO_MATCH
    if offset_frames is None:
        offset_frames = _best_offset(first, second)
        if offset_frames is None:
            return NO_MATCH
    return max((_common(first, second, offset_frames + step) for step in (0, -1, 1)), key=lambda match: match.score)


def _best_offset(first: Fingerprint, second: Fingerprint) -> int | None:
    hashes, frames = triples(first)
    others, other_frames = triples(second)
    order = np.argsort(hashes, kind="stable")
    hashes, frames = hashes[order], frames[order]
    left, right = np.searchsorted(hashes, others, "left"), np.searchsorted(hashes, others, "right")
    count = np.minimum(right - left, 16)
    offsets = [frames[left[count > k] + k] - other_frames[count > k] for k in range(int(count.max(initial=0)))]
    if not offsets:
        return None
    found, votes = np.unique(np.concatenate(offsets), return_counts=True)
    return int(found[votes.argmax()])


def _common(first: Fingerprint, second: Fingerprint, offset: int) -> Match:
    """Peaks that both have, where the second clip is moved by `offset` frames; a frame and a bin either way count as equal."""
    start = max(int(first.frames[0]), int(second.frames[0]) + offset)
    end = min(int(first.frames[-1]), int(second.frames[-1]) + offset)
    moved = second.frames + offset
    inside = (first.frames >= start) & (first.frames <= end)
    others = (moved >= start) & (moved <= end)
    n_least = min(int(inside.sum()), int(others.sum()))
    if not n_least:
        return NO_MATCH
    places = np.sort(first.frames.astype(np.int64)[inside] * 1024 + first.bins[inside])
    wanted = moved.astype(np.int64)[others] * 1024 + second.bins[others]
    found = np.zeros(wanted.size, bool)
    for frame in (-1, 0, 1):
        at = np.searchsorted(places, wanted + frame * 1024 - 1)  # three bins lie side by side
        found |= (at < places.size) & (places[np.minimum(at, places.size - 1)] <= wanted + frame * 1024 + 1)
    n_common = int(found.sum())
    score = min(1.0, n_common / n_least)
    same = (
        score >= MIN_SCORE + _SURE / n_least**0.5
        and n_common >= MIN_COMMON
        and (end - start) * FRAME_SECONDS >= MIN_OVERLAP_SECONDS
        and np.unique(second.bins[others][found]).size >= MIN_BINS
    )
    return Match(round(score, 4), round(offset * FRAME_SECONDS, 3), n_common, bool(same))

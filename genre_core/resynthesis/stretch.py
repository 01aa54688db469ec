"""Slower or faster at the same pitch."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.hpss import harmonic_percussive
from genre_core.features.stft import Spectra, istft, window_values
from genre_core.resynthesis.levels import within_full_scale

RATES = (0.25, 2.0)
"""Slowest and fastest."""

_FRAME_SECONDS = 0.093  # Of what lasts: long enough to tell bass notes apart.
_HIT_FRAME_SECONDS = 0.0116  # Of what strikes: shorter than an attack.
_BLOCK_SECONDS = 0.003
_APART_SECONDS = 0.05  # Hits closer than this count as one.
_AROUND_SECONDS = 0.1
_ABOVE_AROUND = 2.0  # How far a hit stands out of what is around it.
_ABOVE_LOUDEST = 0.02
_NOISE_GAIN = 2**0.5
_FRAMES_AT_ONCE = 32


def stretch(clip: Clip, *, rate: float) -> Clip:
    """The clip at `rate` times its speed, at its own pitch.

    Harmonic and percussive sound are stretched apart (Driedger, Müller and Ewert, "Improving time-scale modification of music
    signals using harmonic-percussive separation", 2014): the first by a phase vocoder whose bins turn with the nearest peak
    (Laroche and Dolson, 1999), so that chords do not sound as if in a tube; the second in short frames whose map of time runs at
    the original speed around each hit, so that a drum stays a drum and keeps its place in the bar.

    Parameters
    ----------
    clip : Clip
        Any sound.
    rate : float
        From 0.25, a quarter of the speed, to 2, double speed.

    Returns
    -------
    Clip
        `n_samples / rate` samples, rounded, at the same sample rate.

    Raises
    ------
    ParameterError
        If `rate` is outside its range.
    AudioError
        If the clip has no samples.
    """
    if not RATES[0] <= rate <= RATES[1]:
        raise ParameterError(f"rate must lie in [{RATES[0]:g}, {RATES[1]:g}]; below 1 is slower. Received: rate={rate:g}.")
    if rate == 1:
        return within_full_scale(clip, clip.y)
    lasting, striking = harmonic_percussive(Spectra(clip.y, sr=clip.sr))  # (n_samples,) each
    n_samples = max(1, round(clip.n_samples / rate))
    n_fft = _power_of_two(_FRAME_SECONDS * clip.sr)
    y = _lasting(lasting, rate, n_samples, n_fft=n_fft)
    at = np.arange(0, n_samples, n_fft // 8)
    there = np.minimum(np.rint(at * rate).astype(np.int64), clip.n_samples - 1)
    # Frames of a tone add up in phase, those of noise do not and lose up to 3 dB; nor do the two parts of noise, cut from each
    # other. So much is given back, and no more.
    harmonic_power = _power(lasting, n_fft)[there]
    y *= _gain(harmonic_power, _power(y, n_fft)[at], at, n_samples)
    y += _striking(striking, rate, n_samples, sr=clip.sr)
    y *= _gain(_power(clip.y, n_fft)[there], harmonic_power + _power(striking, n_fft)[there], at, n_samples)
    return within_full_scale(clip, y)


def _power(y: np.ndarray, width: int) -> np.ndarray:
    """Mean square of the `width` samples around each, float32, shape (n_samples,)."""
    return np.maximum(uniform_filter1d(np.square(y), width, mode="constant"), 0)


def _gain(wanted: np.ndarray, found: np.ndarray, at: np.ndarray, n_samples: int) -> np.ndarray:
    """What turns power `found` at the samples `at` up to `wanted`, never down, float32, shape (n_samples,)."""
    gain = np.sqrt(np.divide(wanted, found, out=np.ones_like(found), where=found > 0))
    return np.interp(np.arange(n_samples), at, np.clip(gain, 1.0, _NOISE_GAIN)).astype(np.float32)


def _power_of_two(n_samples: float) -> int:
    return 1 << max(4, round(np.log2(n_samples)))


def _lasting(y: np.ndarray, rate: float, n_samples: int, *, n_fft: int) -> np.ndarray:
    """Phase vocoder with locked phases, float32, shape (n_samples,).

    Each frame is cut where the original stood at that time, and once more one hop earlier: how far its phases move in that hop is
    how far they move in the result.
    """
    hop = n_fft // 4
    total = 1 + n_samples // hop
    starts = np.rint(np.arange(total) * (hop * rate)).astype(np.int64) + hop
    padded = np.pad(y, (n_fft // 2 + hop, n_fft // 2 + hop))
    starts = np.minimum(starts, padded.size - n_fft)
    cut = sliding_window_view(padded, n_fft)
    shape = window_values("hann", n_fft).astype(np.float32)
    spectrum = np.empty((total, 1 + n_fft // 2), np.complex64)
    last: np.ndarray | None = None
    for first in range(0, total, _FRAMES_AT_ONCE):
        part = slice(first, first + _FRAMES_AT_ONCE)
        here = scipy.fft.rfft(cut[starts[part]] * shape, axis=1, overwrite_x=True)  # (n_part, n_bins)
        earlier = scipy.fft.rfft(cut[starts[part] - hop] * shape, axis=1, overwrite_x=True)
        peaks = _peaks(np.abs(here))
        for number, frame in enumerate(here):
            if last is not None:
                frame *= _turns(last, earlier[number], np.flatnonzero(peaks[number]))
            last = frame
        spectrum[part] = here
    return istft(spectrum.T, n_samples, hop_length=hop)


def _peaks(magnitude: np.ndarray) -> np.ndarray:
    """Where a bin is larger than the two on either side, bool, shape (n_frames, n_bins); silence has no peak."""
    inner = magnitude[:, 2:-2]
    found = np.zeros(magnitude.shape, bool)
    found[:, 2:-2] = (
        (inner > magnitude[:, 1:-3]) & (inner >= magnitude[:, 3:-1]) & (inner > magnitude[:, :-4]) & (inner >= magnitude[:, 4:])
    )
    return found


def _turns(last: np.ndarray, earlier: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """What each bin is turned by, complex64, shape (n_bins,): as much as the peak nearest to it must be to go on from `last`."""
    if not peaks.size:
        peaks = np.array([0])
    turn = last[peaks] * earlier[peaks].conj()
    size = np.abs(turn)
    turn[size == 0] = size[size == 0] = 1
    turn /= size
    borders = (peaks[:-1] + peaks[1:] + 1) // 2
    return np.repeat(turn, np.diff(borders, prepend=0, append=last.size))


def _striking(y: np.ndarray, rate: float, n_samples: int, *, sr: int) -> np.ndarray:
    """Overlap-add of short frames taken along `_time_map`, float32, shape (n_samples,)."""
    length = _power_of_two(_HIT_FRAME_SECONDS * sr)
    hop = length // 2
    at, source = _time_map(_hits(y, sr), y.size, n_samples, rate, before=length, after=3 * length)
    centres = np.arange(0, n_samples + hop, hop)
    around = 2 * length  # near the ends the map reaches beyond them, to keep a hit in its place
    starts = np.clip(np.rint(np.interp(centres, at, source)).astype(np.int64) + around, 0, y.size + 2 * around)
    cut = sliding_window_view(np.pad(y, around + hop), length)
    frames = cut[starts] * window_values("hann", length).astype(np.float32)  # (n_frames, length)
    rows = np.zeros((len(centres) + 1, hop), np.float32)
    rows[:-1] += frames[:, :hop]
    rows[1:] += frames[:, hop:]
    return rows.reshape(-1)[hop : hop + n_samples]


def _time_map(
    hits: np.ndarray, n_source: int, n_samples: int, rate: float, *, before: int, after: int
) -> tuple[np.ndarray, np.ndarray]:
    """Corners of the map from a sample of the result to one of the source; around each hit it rises by one a sample."""
    at, source = [0.0], [0.0]
    gaps = np.diff(hits, append=n_source + after) * min(1.0, 1 / rate)
    for hit, gap in zip(hits.tolist(), gaps.tolist(), strict=True):
        hit_at, keep = hit / rate, min(after, gap - before - 1)
        for offset in (-before, keep):
            if hit_at + offset > at[-1] and hit + offset > source[-1]:
                at.append(hit_at + offset)
                source.append(hit + offset)
            elif len(at) == 1:  # so near to the start that the map begins within the hit
                at[0], source[0] = hit_at + offset, float(hit + offset)
    if n_samples > at[-1] and n_source > source[-1]:
        at.append(n_samples)
        source.append(n_source)
    return np.array(at), np.array(source)


def _hits(y: np.ndarray, sr: int) -> np.ndarray:
    """Samples at which something strikes, ascending: the largest of each stretch that stands out of its surroundings."""
    block = max(1, round(_BLOCK_SECONDS * sr))
    blocks = np.abs(np.pad(y, (0, -y.size % block))).reshape(-1, block)
    level = np.sqrt(np.mean(blocks**2, axis=1))  # (n_blocks,)
    per_second = sr / block
    around = uniform_filter1d(level, max(1, round(_AROUND_SECONDS * per_second)), mode="constant")
    highest = maximum_filter1d(level, 2 * round(_APART_SECONDS * per_second) + 1, mode="constant")
    found = np.flatnonzero((level == highest) & (level > _ABOVE_AROUND * around) & (level > _ABOVE_LOUDEST * level.max()))
    return found * block + blocks[found].argmax(axis=1)

"""Sound from magnitudes alone: phases are found that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.stft import Spectra, n_frames, window_values
from genre_core.resynthesis.levels import as_loud_as

Steps = Callable[[int, int], None]
"""`progress(done, total)` after each step; it may raise to stop."""
REBUILD_STEPS = 64
"""Steps where a clip is rebuilt: further ones gain little that is heard."""

_SAMPLES_AT_ONCE = 2**16
_LEAST_COVER = 0.05  # Where windows leave less of a sample than this share, dividing by it would only raise rounding.


def griffin_lim(
    magnitude: np.ndarray,
    *,
    n_samples: int,
    hop_length: int = 512,
    window: str = "hann",
    n_iter: int = 32,
    momentum: float = 0.99,
    seed: int = 0,
    progress: Steps | None = None,
) -> np.ndarray:
    """Samples whose short-time Fourier transform has nearly the magnitudes given.

    From random phases on, each step makes sound, transforms it back and keeps its phases, pushed on by the step before
    (Perraudin, Balazs and Søndergaard, "A fast Griffin-Lim algorithm", 2013). Equal to `librosa.griffinlim`; in single precision
    throughout.

    Parameters
    ----------
    magnitude : np.ndarray
        As `Spectra.magnitude` gives it, shape (1 + n_fft // 2, n_frames), not negative.
    n_samples : int
        Length wanted; `n_frames` must be that of such a length.
    hop_length, window
        Those of the transform.
    n_iter : int
        Steps; the error falls quickly at first, slowly after some thirty.
    momentum : float
        In [0, 1]; 0 is the method of Griffin and Lim (1984).
    seed : int
        Of the phases at the start.
    progress : callable or None
        `progress(done, total)` after each step; it may raise to stop.

    Returns
    -------
    np.ndarray
        float32, shape (n_samples,).

    Raises
    ------
    ParameterError
        If the shapes do not belong together, a magnitude is negative, NaN or infinite, or a number is out of its range.
    """
    _check(magnitude, n_samples, hop_length, n_iter, momentum)
    frames = _Frames(2 * (len(magnitude) - 1), hop_length, window, n_samples)
    phases = np.random.default_rng(seed).random(magnitude.shape).T * (2 * np.pi)  # (n_frames, n_bins)
    by_frame = np.ascontiguousarray(magnitude.T, dtype=np.float32)
    spectrum = np.empty(by_frame.shape, np.complex64)
    spectrum.real = np.cos(phases, dtype=np.float32, casting="same_kind")
    spectrum.imag = np.sin(phases, dtype=np.float32, casting="same_kind")
    del phases
    spectrum *= by_frame
    before: np.ndarray | None = None
    share = np.float32(momentum / (1 + momentum))
    for step in range(n_iter):
        padded = frames.joined(spectrum)
        last = np.empty_like(spectrum) if before is None else before
        for part, found in frames.transformed(padded):
            target = spectrum[part]  # (n_part, n_bins)
            if before is None:
                target[...] = found
            else:
                np.multiply(before[part], -share, out=target)
                target += found
            last[part] = found
            _set_magnitude(target, by_frame[part])
        before = last
        if progress:
            progress(step + 1, n_iter)
    return frames.inside(frames.joined(spectrum)).copy()


def rebuild_from_magnitude(
    clip: Clip,
    *,
    n_fft: int = 2048,
    hop_length: int = 512,
    window: str = "hann",
    n_iter: int = REBUILD_STEPS,
    seed: int = 0,
    progress: Steps | None = None,
) -> Clip:
    """What a spectrogram keeps of a clip: its phases are thrown away and made up anew, its loudness is kept.

    Parameters
    ----------
    clip : Clip
        A region; the time grows with its length.
    n_fft, hop_length, window
        Of the spectrogram.
    n_iter, seed, progress
        As `griffin_lim`.

    Raises
    ------
    ParameterError
        If `hop_length` exceeds `n_fft`, or a number is out of its range.
    AudioError
        If the clip has no samples.
    """
    check_frames(n_fft, hop_length)
    magnitude = Spectra(clip.y, sr=clip.sr).magnitude(n_fft=n_fft, hop_length=hop_length, window=window)
    y = griffin_lim(
        magnitude, n_samples=clip.n_samples, hop_length=hop_length, window=window, n_iter=n_iter, seed=seed, progress=progress
    )
    return as_loud_as(clip, y)


def check_frames(n_fft: int, hop_length: int) -> None:
    """Refuse a transform that leaves sound between its frames."""
    if n_fft < 2 or n_fft % 2:
        raise ParameterError(f"n_fft must be an even number of samples, at least 2. Received: n_fft={n_fft}.")
    if not 1 <= hop_length <= n_fft:
        raise ParameterError(
            "hop_length must lie in [1, n_fft], or sound between frames would be lost. "
            f"Received: hop_length={hop_length}, n_fft={n_fft}."
        )


def _check(magnitude: np.ndarray, n_samples: int, hop_length: int, n_iter: int, momentum: float) -> None:
    if magnitude.ndim != 2 or len(magnitude) < 2:
        raise ParameterError(f"Expected magnitudes of shape (1 + n_fft // 2, n_frames). Received: shape {magnitude.shape}.")
    check_frames(2 * (len(magnitude) - 1), hop_length)
    if n_samples < 1 or magnitude.shape[1] != n_frames(n_samples, hop_length):
        raise ParameterError(
            f"{magnitude.shape[1]} frames, {hop_length} samples apart, do not belong to n_samples={n_samples}, "
            f"which has {n_frames(n_samples, hop_length)}. Give the length of the sound they were made from."
        )
    if not np.isfinite(magnitude).all() or magnitude.min() < 0:
        raise ParameterError("Magnitudes must be finite and not negative. Received: others. Decibels must be turned back first.")
    if n_iter < 1:
        raise ParameterError(f"n_iter must be at least 1. Received: n_iter={n_iter}.")
    if not 0 <= momentum <= 1:
        raise ParameterError(f"momentum must lie in [0, 1], beyond which nothing converges. Received: momentum={momentum}.")


def _set_magnitude(spectrum: np.ndarray, magnitude: np.ndarray) -> None:
    """Give complex values other magnitudes and leave their phases; in place."""
    length = np.square(spectrum.real)
    length += np.square(spectrum.imag)
    np.sqrt(length, out=length)
    length += np.finfo(np.float32).tiny
    np.divide(magnitude, length, out=length)
    spectrum *= length


class _Frames:
    """Transform and inverse of one length of sound, a few frames at a time, so that each batch stays in a core's cache."""

    def __init__(self, n_fft: int, hop_length: int, window: str, n_samples: int) -> None:
        self.n_fft, self.hop_length, self.n_samples = n_fft, hop_length, n_samples
        self.total = n_frames(n_samples, hop_length)
        self.shape = window_values(window, n_fft).astype(np.float32)
        self.n_parts = -(-n_fft // hop_length)
        self.rows = max(self.total + self.n_parts, -(-(n_fft + n_samples) // hop_length))
        cover = np.zeros((self.rows, hop_length), np.float32)
        squared = self._in_parts(self.shape[None] ** 2)[0]  # (n_parts, hop_length)
        for part in range(self.n_parts):
            cover[part : part + self.total] += squared[part]
        self.weight = 1 / np.maximum(self.inside(cover.reshape(-1)), _LEAST_COVER * cover.max())  # (n_samples,)
        step = max(1, _SAMPLES_AT_ONCE // n_fft)
        self.batches = [slice(first, min(first + step, self.total)) for first in range(0, self.total, step)]

    def inside(self, padded: np.ndarray) -> np.ndarray:
        """The sound itself, between what frames reach over at its ends."""
        return padded[self.n_fft // 2 : self.n_fft // 2 + self.n_samples]

    def joined(self, spectrum: np.ndarray) -> np.ndarray:
        """Overlap-add of frames, shape (n_frames, n_bins), with silence on either side of the sound, as the transform has it."""
        rows = np.zeros((self.rows, self.hop_length), np.float32)
        for batch in self.batches:
            frames = scipy.fft.irfft(spectrum[batch], self.n_fft, axis=1)
            frames *= self.shape
            parts = self._in_parts(frames)  # (n_batch, n_parts, hop_length)
            for part in range(self.n_parts):
                rows[batch.start + part : batch.stop + part] += parts[:, part]
        padded = rows.reshape(-1)
        padded[: self.n_fft // 2] = 0
        padded[self.n_fft // 2 + self.n_samples :] = 0
        self.inside(padded)[...] *= self.weight
        return padded

    def transformed(self, padded: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
        """Which frames, and their spectra, complex64, shape (n_batch, n_bins)."""
        cut = sliding_window_view(padded, self.n_fft)[:: self.hop_length]
        for batch in self.batches:
            yield batch, scipy.fft.rfft(cut[batch] * self.shape, axis=1, overwrite_x=True)

    def _in_parts(self, frames: np.ndarray) -> np.ndarray:
        """Frames cut into pieces of one hop, the last filled up with zeros."""
        lacking = self.n_parts * self.hop_length - self.n_fft
        return (np.pad(frames, ((0, 0), (0, lacking))) if lacking else frames).reshape(len(frames), self.n_parts, self.hop_length)

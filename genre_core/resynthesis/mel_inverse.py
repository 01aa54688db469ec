"""Sound from mel bands: what a mel spectrogram keeps."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.sparse

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import mel_matrix, mel_power
from genre_core.features.stft import Spectra
from genre_core.resynthesis.griffin_lim import REBUILD_STEPS, Steps, check_frames, griffin_lim
from genre_core.resynthesis.levels import as_loud_as

N_ROUNDS = 40
"""Rounds in which the power of the bins is fitted to that of the bands."""

_FLOOR = 1e-13  # Far below features.mel.AMIN, where a band is as good as silent; keeps ratios of powers finite.


def rebuild_from_mel(
    clip: Clip,
    *,
    n_mels: int = 128,
    n_fft: int = 2048,
    hop_length: int = 512,
    window: str = "hann",
    fmin: float = 0.0,
    fmax: float = 0.0,
    n_iter: int = REBUILD_STEPS,
    seed: int = 0,
    progress: Steps | None = None,
) -> Clip:
    """What `n_mels` mel bands keep of a clip: their power is spread over the bins again, phases are made up.

    Parameters
    ----------
    clip : Clip
        A region; the time grows with its length.
    n_mels, n_fft, hop_length, window, fmin, fmax
        Of the mel spectrogram, as `LogMel` has them; `fmax` 0 is half the sample rate.
    n_iter, seed, progress
        As `griffin_lim`.

    Returns
    -------
    Clip
        Of the same length, rate and root mean square; moments that would leave full scale are limited.

    Raises
    ------
    ParameterError
        If a parameter is impossible for this clip.
    AudioError
        If the clip has no samples.
    """
    highest = check_bands(clip, n_mels=n_mels, n_fft=n_fft, hop_length=hop_length, fmin=fmin, fmax=fmax)
    bands = mel_power(
        Spectra(clip.y, sr=clip.sr), n_fft=n_fft, hop_length=hop_length, window=window, n_mels=n_mels, fmin=fmin, fmax=highest
    )
    return sound_of_bands(
        clip,
        bands,
        n_fft=n_fft,
        hop_length=hop_length,
        window=window,
        fmin=fmin,
        fmax=highest,
        n_iter=n_iter,
        seed=seed,
        progress=progress,
    )


def sound_of_bands(
    clip: Clip,
    bands: np.ndarray,
    *,
    n_fft: int,
    hop_length: int,
    window: str,
    fmin: float,
    fmax: float,
    n_iter: int,
    seed: int,
    progress: Steps | None,
) -> Clip:
    """Sound with the mel power `bands`, shape (n_mels, n_frames), as long and as loud as `clip`."""
    magnitude = magnitude_from_mel(bands, sr=clip.sr, n_fft=n_fft, fmin=fmin, fmax=fmax)
    y = griffin_lim(
        magnitude, n_samples=clip.n_samples, hop_length=hop_length, window=window, n_iter=n_iter, seed=seed, progress=progress
    )
    return as_loud_as(clip, y)


def magnitude_from_mel(
    bands: np.ndarray, *, sr: int, n_fft: int, fmin: float = 0.0, fmax: float | None = None, n_rounds: int = N_ROUNDS
) -> np.ndarray:
    """Magnitudes, none negative, whose mel bands have the power given, float32, shape (1 + n_fft // 2, n_frames).

    There are more bins than bands, so many solutions; this one begins with the smooth spectrum that the bands interpolate and
    multiplies each bin by how much the bands it belongs to still lack (Lee and Seung, 2001, for the divergence of Kullback and
    Leibler). A soft band is thereby met as well as a loud one, where least squares (`librosa.feature.inverse.mel_to_stft`) would
    look at the loud ones alone; nothing becomes negative, and all frames are fitted at once.

    Parameters
    ----------
    bands : np.ndarray
        Power in mel bands as `features.mel.mel_power` gives it, shape (n_mels, n_frames).
    sr, n_fft, fmin, fmax
        Of the mel filters; `fmax` None is half the sample rate.
    n_rounds : int
        Rounds of fitting.
    """
    forward, back, cover = _sparse(sr, n_fft, len(bands), fmin, sr / 2 if fmax is None else fmax)
    height = np.asarray(forward.sum(axis=1), dtype=np.float32)[:, None]  # (n_mels, 1), 0 where a band lies between two bins
    height[height == 0] = np.inf
    wanted = np.maximum(bands, np.float32(_FLOOR))  # (n_mels, n_frames)
    power = (back @ (wanted / height)) / cover  # (n_bins, n_frames)
    for _ in range(n_rounds):
        lack = forward @ power
        np.divide(wanted, lack, out=lack, where=lack > 0)
        power *= (back @ lack) / cover
    power[np.asarray(forward.sum(axis=0)).ravel() == 0] = 0  # below the first band and above the last
    return np.sqrt(power, out=power)


def check_bands(clip: Clip, *, n_mels: int, n_fft: int, hop_length: int, fmin: float, fmax: float) -> float:
    """Refuse mel bands that a clip cannot have; return where the last one ends [Hz]."""
    check_frames(n_fft, hop_length)
    if n_mels < 1:
        raise ParameterError(f"n_mels must be at least 1. Received: n_mels={n_mels}.")
    if not 0 <= fmax <= clip.sr / 2:
        raise ParameterError(
            f"fmax must lie in [0, {clip.sr / 2:g}], half the sample rate; 0 takes all up to there. Received: fmax={fmax:g}."
        )
    highest = fmax or clip.sr / 2
    if not 0 <= fmin < highest:
        raise ParameterError(f"fmin must lie below fmax, here {highest:g} Hz, and not below 0. Received: fmin={fmin:g}.")
    return highest


@lru_cache(maxsize=8)
def _sparse(
    sr: int, n_fft: int, n_mels: int, fmin: float, fmax: float
) -> tuple[scipy.sparse.csr_array, scipy.sparse.csr_array, np.ndarray]:
    """Mel filters, their transpose, and the sum of the filters over each bin, 1 where there is none, shape (n_bins, 1)."""
    forward = scipy.sparse.csr_array(mel_matrix(sr, n_fft, n_mels, fmin, fmax))
    cover = np.asarray(forward.sum(axis=0), dtype=np.float32)[:, None]
    return forward, forward.T.tocsr(), np.where(cover > 0, cover, np.float32(1))

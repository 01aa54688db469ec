"""Sound from MFCC: what a dozen numbers a frame keep."""

from __future__ import annotations

import numpy as np
import scipy.fft

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.features.mel import log_mel
from genre_core.features.stft import Spectra
from genre_core.resynthesis.griffin_lim import REBUILD_STEPS, Steps
from genre_core.resynthesis.mel_inverse import check_bands, sound_of_bands


def rebuild_from_mfcc(
    clip: Clip,
    *,
    n_mfcc: int = 13,
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
    """What `n_mfcc` coefficients keep of a clip: rhythm and timbre, hardly any pitch.

    The log-mel spectrogram is turned into coefficients, all but the first `n_mfcc` are dropped, and the rest is turned back: a
    smooth outline of each frame's spectrum, the mean of its decibels. A tone's narrow peaks weigh little in such a mean, so that
    drums come out louder beside chords than they were. Bands give magnitudes (`magnitude_from_mel`), magnitudes sound
    (`griffin_lim`).

    Parameters
    ----------
    clip : Clip
        A region; the time grows with its length.
    n_mfcc : int
        In [1, n_mels]; with all of them nothing is lost that the bands had.
    n_mels, n_fft, hop_length, window, fmin, fmax
        Of the coefficients, as `Mfcc` has them; `fmax` 0 is half the sample rate.
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
    if not 1 <= n_mfcc <= n_mels:
        raise ParameterError(
            f"n_mfcc must lie in [1, n_mels]: {n_mels} bands give at most {n_mels} coefficients. Received: n_mfcc={n_mfcc}."
        )
    bands = log_mel(
        Spectra(clip.y, sr=clip.sr), n_fft=n_fft, hop_length=hop_length, window=window, n_mels=n_mels, fmin=fmin, fmax=highest
    )
    return sound_of_bands(
        clip,
        np.power(np.float32(10), outline(bands, n_mfcc) / 10),
        n_fft=n_fft,
        hop_length=hop_length,
        window=window,
        fmin=fmin,
        fmax=highest,
        n_iter=n_iter,
        seed=seed,
        progress=progress,
    )


def outline(log_bands: np.ndarray, n_mfcc: int) -> np.ndarray:
    """What the first `n_mfcc` coefficients keep of log-mel bands [dB], float32, same shape (n_mels, n_frames)."""
    mfcc = scipy.fft.dct(log_bands, axis=0, type=2, norm="ortho")[:n_mfcc]  # (n_mfcc, n_frames)
    return scipy.fft.idct(mfcc, n=len(log_bands), axis=0, type=2, norm="ortho").astype(np.float32, copy=False)

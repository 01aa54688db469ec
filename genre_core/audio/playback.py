"""What a browser needs of a clip: a WAV file to play, an outline to draw."""

from __future__ import annotations

import io
import wave

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError


def encode_wav(clip: Clip) -> bytes:
    """A clip as a 16-bit mono WAV file; samples outside [-1, 1] are clipped."""
    pcm = np.clip(np.rint(clip.y * 32768.0), -32768, 32767).astype("<i2")  # (n_samples,)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(clip.sr)
        file.writeframes(pcm.tobytes())
    return out.getvalue()


def envelope(clip: Clip, n_bins: int) -> np.ndarray:
    """Least and greatest sample of each of `n_bins` equal parts of a clip.

    Parameters
    ----------
    clip : Clip
        Of any length.
    n_bins : int
        At least 1. Bin i holds the samples from i * n_samples // n_bins to the next bin's first; where there are more bins than
        samples, a bin without one of its own shows the sample it starts at.

    Returns
    -------
    np.ndarray
        float32, shape (2, n_bins): minimum and maximum. Zeros for a clip without samples.
    """
    if n_bins < 1:
        raise ParameterError(f"n_bins must be at least 1. Received: n_bins={n_bins}.")
    if not clip.n_samples:
        return np.zeros((2, n_bins), np.float32)
    starts = np.arange(n_bins) * clip.n_samples // n_bins  # (n_bins,)
    return np.stack([np.minimum.reduceat(clip.y, starts), np.maximum.reduceat(clip.y, starts)])  # (2, n_bins)

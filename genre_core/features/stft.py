"""One shared short-time Fourier transform a clip: features that need the same spectrum compute it once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.errors import AudioError, ParameterError, unknown_name

# Cosine terms of each window: w[n] = sum over k of (-1)^k a_k cos(2 pi k n / N), periodic.
COSINE_TERMS = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46), "blackman": (0.42, 0.5, 0.08), "ones": (1.0,)}
WINDOWS = tuple(COSINE_TERMS)

_SAMPLES_AT_ONCE = 2**17  # Transformed in one go: 64 frames of 2048 samples stay in a core's cache.
_FRAMES_IN_PART = 512


class Spectra:
    """Samples of a clip with the transforms that features ask for, each computed at most once.

    Parameters
    ----------
    y : np.ndarray
        Samples, float32, shape (n_samples,).
    sr : int
        Sample rate [Hz].

    Raises
    ------
    AudioError
        If there is no sample, or a sample is NaN or infinite.
    ParameterError
        If `y` has another shape than (n_samples,).
    """

    def __init__(self, y: np.ndarray, *, sr: int) -> None:
        self.y = np.ascontiguousarray(y, dtype=np.float32)
        self.sr = sr
        self._computed: dict[Hashable, np.ndarray] = {}
        self._padded: tuple[int, np.ndarray] | None = None
        if self.y.ndim != 1:
            raise ParameterError(
                f"Expected one channel, shape (n_samples,). Received: shape {self.y.shape}. Mix it to mono first."
            )
        if not self.y.size:
            raise AudioError("Expected at least one sample. Received: none. Choose a longer region.", kind="no_samples")
        if not np.isfinite(self.y).all():
            raise AudioError(
                "Expected finite samples. Received: NaN or infinite ones. Repair the audio first.", kind="not_finite"
            )

    def once(self, key: Hashable, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """What `compute` returns, computed at the first call with `key` and shared, read-only, from then on."""
        if key not in self._computed:
            values = compute()
            values.flags.writeable = False
            self._computed[key] = values
        return self._computed[key]

    def has(self, key: Hashable) -> bool:
        """Whether something was computed under `key`."""
        return key in self._computed

    def padded(self, n_samples: int) -> np.ndarray:
        """The clip with `n_samples` of silence on either side, float32: what centred frames are cut from. The last is kept."""
        if self._padded is None or self._padded[0] != n_samples:
            self._padded = (n_samples, np.pad(self.y, n_samples))
        return self._padded[1]

    def stft(self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
        """Complex spectrum, complex64, shape (1 + n_fft // 2, n_frames).

        Frames are centred: frame t covers samples around `t * hop_length`, with zeros beyond the ends, as librosa has it.
        """
        return self.once(("stft", n_fft, hop_length, window), lambda: _stft(self, n_fft, hop_length, window))

    def magnitude(self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
        """Magnitude of `stft`, float32, shape (1 + n_fft // 2, n_frames)."""
        stft = self.stft
        return self.once(
            ("magnitude", n_fft, hop_length, window),
            lambda: np.abs(stft(n_fft=n_fft, hop_length=hop_length, window=window)),
        )

    def power(self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann") -> np.ndarray:
        """Squared magnitude of `stft`, float32, shape (1 + n_fft // 2, n_frames).

        Computed without keeping the complex spectrum, which is twice as large, unless that is there already.
        """
        key = (n_fft, hop_length, window)
        known = self._computed.get(("stft", *key))
        return self.once(("power", *key), lambda: _power(self, *key) if known is None else _square(known.T).T)

    def magnitude_in_parts(
        self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann"
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """`magnitude` some frames at a time, for what makes little of each frame: which frames, and float32, (n_bins, n_part).

        The same numbers, but nothing of them is kept, and the next part overwrites them: a large array is slower to lay out than
        to fill. Where another feature has left the magnitude behind, that is taken.
        """
        key = (n_fft, hop_length, window)
        if ("stft", *key) in self._computed or ("magnitude", *key) in self._computed:
            yield slice(None), self.magnitude(n_fft=n_fft, hop_length=hop_length, window=window)
            return
        for batch, spectrum in _in_batches(self, *key):
            yield batch, np.abs(spectrum).T

    def power_in_parts(
        self, *, n_fft: int = 2048, hop_length: int = 512, window: str = "hann"
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """`power` a few hundred frames at a time, for what sums its bins up at once: which frames, and float32, (n_bins, n_part).

        Nothing of it is kept, the next part overwrites it, and frames are transformed in single precision: half the time of
        `power`. It differs by about 1e-7 of a frame's largest magnitude, which no band above -80 dB feels. Where another feature
        has left the spectrum behind, that is taken.
        """
        key = (n_fft, hop_length, window)
        if ("stft", *key) in self._computed or ("power", *key) in self._computed:
            yield slice(None), self.power(n_fft=n_fft, hop_length=hop_length, window=window)
            return
        total = n_frames(self.y.size, hop_length)
        power = np.empty((min(total, _FRAMES_IN_PART), 1 + n_fft // 2), np.float32)
        for first in range(0, total, _FRAMES_IN_PART):
            part = slice(first, min(first + _FRAMES_IN_PART, total))
            for batch, values in _in_batches(self, *key, precision=np.float32, frames=part):
                _square(values, out=power[batch.start - first : batch.stop - first])
            yield part, power[: part.stop - first].T


def n_frames(n_samples: int, hop_length: int) -> int:
    """Frames of a centred transform of `n_samples`."""
    return 1 + n_samples // hop_length


@lru_cache(maxsize=32)
def window_values(window: str, n_fft: int) -> np.ndarray:
    """Periodic window, float64, shape (n_fft,), read-only.

    Raises
    ------
    ParameterError
        If there is no window of that name; the message lists those that exist.
    """
    if window not in COSINE_TERMS:
        raise unknown_name("window", window, WINDOWS)
    angle = 2 * np.pi * np.arange(n_fft) / n_fft
    terms = [(-1) ** k * a * np.cos(k * angle) for k, a in enumerate(COSINE_TERMS[window])]
    values = np.sum(terms, axis=0)  # (n_fft,)
    values.flags.writeable = False
    return values


def _in_batches(
    spectra: Spectra,
    n_fft: int,
    hop_length: int,
    window: str,
    *,
    precision: type[np.floating] = np.float64,
    frames: slice = slice(None),
) -> Iterator[tuple[slice, np.ndarray]]:
    """Which frames, and their complex spectra, complex64, shape (n_batch, 1 + n_fft // 2).

    Transformed in double precision where nothing else is said: the rounding of single precision lies far below what is heard, but
    summed over all bins and weighted by frequency squared it shifts the bandwidth of a pure tone by several percent.
    """
    if n_fft < 2 or n_fft % 2:
        raise ParameterError(f"A frame must have two equal halves around its centre: n_fft is even. Received: n_fft={n_fft}.")
    shape = window_values(window, n_fft).astype(precision, copy=False)
    cut = sliding_window_view(spectra.padded(n_fft // 2), n_fft)[::hop_length]  # (n_frames, n_fft), no copy
    first, stop, _ = frames.indices(len(cut))
    at_once = _frames_at_once(n_fft)
    windowed = np.empty((min(at_once, stop - first), n_fft), precision)
    for start in range(first, stop, at_once):
        batch = slice(start, min(start + at_once, stop))
        values = np.multiply(cut[batch], shape, out=windowed[: batch.stop - start])
        yield batch, scipy.fft.rfft(values, axis=1, overwrite_x=True).astype(np.complex64, copy=False)


def _frames_at_once(n_fft: int) -> int:
    return max(1, _SAMPLES_AT_ONCE // n_fft)


def _stft(spectra: Spectra, n_fft: int, hop_length: int, window: str) -> np.ndarray:
    spectrum = np.empty((n_frames(spectra.y.size, hop_length), 1 + n_fft // 2), np.complex64)
    for batch, values in _in_batches(spectra, n_fft, hop_length, window):
        spectrum[batch] = values
    return spectrum.T  # (1 + n_fft // 2, n_frames), a frame contiguous


def _power(spectra: Spectra, n_fft: int, hop_length: int, window: str) -> np.ndarray:
    power = np.empty((n_frames(spectra.y.size, hop_length), 1 + n_fft // 2), np.float32)
    for batch, values in _in_batches(spectra, n_fft, hop_length, window):
        _square(values, out=power[batch])
    return power.T  # (1 + n_fft // 2, n_frames)


def _square(spectrum: np.ndarray, *, out: np.ndarray | None = None) -> np.ndarray:
    power = np.square(spectrum.real, out=out)
    power += np.square(spectrum.imag)
    return power


def istft(stft: np.ndarray, n_samples: int, *, hop_length: int = 512, window: str = "hann") -> np.ndarray:
    """Samples whose windowed frames come nearest to `stft`, float32, shape (n_samples,).

    Overlap-add, divided by the sum of squared windows (Griffin and Lim, 1984, equation 6). With a hop of a third of the window or
    less every sample is well covered; near the last one a longer hop leaves little but rounding.

    Parameters
    ----------
    stft : np.ndarray
        As `Spectra.stft` gives it, shape (1 + n_fft // 2, n_frames).
    n_samples : int
        Length wanted.
    hop_length, window
        Those the transform was made with.
    """
    n_fft = 2 * (stft.shape[0] - 1)
    by_frame = stft.T  # (n_frames, n_bins)
    n_parts = -(-n_fft // hop_length)
    shape = window_values(window, n_fft)
    squared = np.pad(shape**2, (0, n_parts * hop_length - n_fft)).reshape(n_parts, hop_length)
    total = max(len(by_frame) + n_parts, -(-(n_fft + n_samples) // hop_length))
    y, norm = np.zeros((2, total, hop_length), np.float32)
    for part in range(n_parts):
        norm[part : part + len(by_frame)] += squared[part]
    at_once = _frames_at_once(n_fft)
    for first in range(0, len(by_frame), at_once):
        frames = scipy.fft.irfft(by_frame[first : first + at_once], n_fft, axis=1)
        frames *= shape
        parts = np.pad(frames, ((0, 0), (0, n_parts * hop_length - n_fft))) if n_fft % hop_length else frames
        parts = parts.reshape(-1, n_parts, hop_length)  # (n_batch, n_parts, hop_length)
        for part in range(n_parts):
            y[first + part : first + part + len(parts)] += parts[:, part]
    inside = slice(n_fft // 2, n_fft // 2 + n_samples)
    return y.reshape(-1)[inside] / np.maximum(norm.reshape(-1)[inside], np.finfo(np.float32).tiny)

"""Effects: equaliser, drive and cabinet, echo, room, compressor, limiter."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy.fft
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, fftconvolve, sosfilt

from genre_core.datasets.synthesis.oscillators import SR, decay, noise


def decibels(gain_db: float) -> float:
    """Amplitude factor of a gain in dB."""
    return 10.0 ** (gain_db / 20)


def rms(y: np.ndarray) -> float:
    """Root mean square of the samples; 0 for none."""
    return float(np.sqrt(np.mean(np.square(y, dtype=np.float64)))) if y.size else 0.0


def active_rms(y: np.ndarray, *, block: int = 2048) -> float:
    """RMS of the blocks that are within 30 dB of the loudest one: rests do not count."""
    n_blocks = max(1, y.size // block)
    power = np.square(y[: n_blocks * block], dtype=np.float64).reshape(n_blocks, -1).mean(axis=1)  # (n_blocks,)
    return float(np.sqrt(power[power >= 1e-3 * power.max()].mean())) if power.max() > 0 else 0.0


@lru_cache(maxsize=512)
def passing(order: int, corner_hz: float | tuple[float, float], kind: str) -> np.ndarray:
    """Sections of a Butterworth filter, shape (n_sections, 6), designed once: that takes longer than to filter a drum with it."""
    return butter(order, corner_hz, kind, fs=SR, output="sos")


def cut(y: np.ndarray, *, low_hz: float = 0.0, high_hz: float = 0.0) -> np.ndarray:
    """Take away what lies below `low_hz` and above `high_hz`, 12 dB an octave; 0 leaves that side alone."""
    if low_hz:
        y = sosfilt(passing(2, low_hz, "highpass"), y)
    if high_hz:
        y = sosfilt(passing(2, min(high_hz, 0.47 * SR), "lowpass"), y)
    return y.astype(np.float32, copy=False)


def tilt(y: np.ndarray, tilt_db: float, *, pivot_hz: float = 800.0, presence_db: float = 0.0) -> np.ndarray:
    """Tilt the spectrum by `tilt_db` an octave around `pivot_hz`, at most three octaves each way, in the frequency domain.

    `presence_db` lifts a band around 3 kHz. Nothing below 30 Hz is left.
    """
    n = scipy.fft.next_fast_len(y.size + SR // 4, real=True)
    freq = np.fft.rfftfreq(n, 1 / SR)
    octaves = np.clip(np.log2(np.maximum(freq, 1.0) / pivot_hz), -3, 3)
    gain_db = tilt_db * octaves + presence_db * np.exp(-0.5 * (np.log2(np.maximum(freq, 1.0) / 3000) / 0.7) ** 2)
    gain = 10 ** (gain_db / 20) / np.sqrt(1 + (30 / np.maximum(freq, 0.1)) ** 6)
    spectrum = scipy.fft.rfft(y, n) * gain.astype(np.float32)
    return scipy.fft.irfft(spectrum, n)[: y.size].astype(np.float32, copy=False)


def drive(y: np.ndarray, amount: float, *, cabinet_hz: float = 4200.0) -> np.ndarray:
    """Guitar amplifier: saturation by tanh, then a loudspeaker cabinet's band.

    `amount` is the gain before saturation relative to the part's own level: 1 is a warm edge, 20 is metal.
    """
    level = active_rms(y)
    if level == 0.0:
        return y
    hot = np.tanh(amount * cut(y, low_hz=70) / (3 * level) + 0.08) - np.tanh(0.08)
    hot = sosfilt(passing(4, (75, cabinet_hz), "bandpass"), hot)
    return hot.astype(np.float32)


def echo(y: np.ndarray, delay_seconds: float, feedback: float, *, taps: int = 4) -> np.ndarray:
    """Repeats, each `feedback` as loud and duller than the one before."""
    out, repeat, shift = y.copy(), y, round(delay_seconds * SR)
    for tap in range(1, taps + 1):
        repeat = cut(repeat * feedback, high_hz=3500)
        out[tap * shift :] += repeat[: max(0, y.size - tap * shift)]
    return out


def room(y: np.ndarray, seconds: float, rng: np.random.Generator, *, dark_hz: float = 4000.0) -> np.ndarray:
    """The reverberant part alone: convolution with decaying noise of the given 60-dB time."""
    n = round(min(seconds, 2.5) * SR)
    answer = cut(noise(rng, n) * decay(n, seconds), low_hz=180, high_hz=dark_hz)
    answer[: round(0.008 * SR)] = 0
    answer /= np.sqrt(np.sum(np.square(answer)))
    return fftconvolve(y, answer)[: y.size].astype(np.float32, copy=False)


def compress(y: np.ndarray, *, threshold_db: float, ratio: float, block: int = 256) -> np.ndarray:
    """Bring loud passages down: above `threshold_db` relative to the RMS, `ratio` dB in give one dB out."""
    n_blocks = -(-y.size // block)
    padded = np.pad(y, (0, n_blocks * block - y.size))
    level = np.sqrt(np.square(padded).reshape(n_blocks, block).mean(axis=1) + 1e-12)  # (n_blocks,)
    level = uniform_filter1d(maximum_filter1d(level, 5), 9)
    over_db = np.maximum(0, 20 * np.log10(level / max(rms(y), 1e-9)) - threshold_db)
    gain = 10 ** (-over_db * (1 - 1 / ratio) / 20)
    return (y * np.interp(np.arange(y.size), (np.arange(n_blocks) + 0.5) * block, gain)).astype(np.float32)


def limit(y: np.ndarray, ceiling: float) -> np.ndarray:
    """Bring peaks to `ceiling` at most: the gain looks ahead 3 ms and moves smoothly."""
    reach = round(0.003 * SR)
    peak = maximum_filter1d(np.abs(y), 2 * reach + 1)
    gain = np.minimum(1.0, ceiling / np.maximum(peak, 1e-9))
    return np.clip(y * uniform_filter1d(gain, reach), -ceiling, ceiling).astype(np.float32)


def fade(y: np.ndarray, seconds: float) -> np.ndarray:
    """Fade both ends over `seconds`, so that a clip neither begins nor ends with a click."""
    n = min(round(seconds * SR), y.size // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(n, 1))).astype(np.float32)
    y = y.copy()
    y[:n] *= ramp
    y[y.size - n :] *= ramp[::-1]
    return y

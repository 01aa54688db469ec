"""Where a recording ends in frequency, when something cut it off: a former sample rate, a codec, a low-pass filter."""

from __future__ import annotations

import numpy as np

from genre_core.audio.clip import Clip

_N_FFT = 2048
_RANGE_DB = 80.0
_CLIFF_DB = 20.0
_SMOOTHED_BINS = 9
_LOWEST_HZ = 2500.0
_REFERENCE_HZ = (100.0, 4000.0)


def upper_limit_hz(clip: Clip) -> float:
    """The frequency from which a clip holds nothing, half its rate where nothing was cut off.

    The limit is where the mean power spectrum last stands within 80 dB of its largest value between 100 Hz and 4 kHz. It counts
    as cut off when the level falls by 20 dB or more around it, from 200 to 600 Hz below to 200 to 600 Hz above: music that
    merely grows softer upwards, and single tones, end nowhere.

    Returns
    -------
    float
        Limit [Hz], from 2,500 Hz to half the rate.
    """
    highest = clip.sr / 2
    n_frames = clip.n_samples // _N_FFT
    if not n_frames:
        return highest
    level = _mean_level(clip.y[: n_frames * _N_FFT].reshape(n_frames, _N_FFT))  # [dB], (n_bins,)
    frequencies = np.fft.rfftfreq(_N_FFT, 1 / clip.sr)
    reference = level[(frequencies >= _REFERENCE_HZ[0]) & (frequencies <= _REFERENCE_HZ[1])]
    if not reference.size:
        return highest
    above = np.flatnonzero(level > reference.max() - _RANGE_DB)
    limit = float(frequencies[above[-1]]) if above.size else 0.0
    below, beyond = (_between(level, frequencies, limit + start, limit + start + 400) for start in (-600, 200))
    if limit < _LOWEST_HZ or beyond is None or below is None or below - beyond < _CLIFF_DB:
        return highest
    return round(limit, 1)


def _mean_level(frames: np.ndarray) -> np.ndarray:
    """Mean power spectrum of frames, smoothed over 100 Hz [dB]."""
    import scipy.fft

    window = np.hanning(_N_FFT + 1)[:-1].astype(np.float32)
    power = np.zeros(_N_FFT // 2 + 1)
    for start in range(0, len(frames), 256):
        spectrum = scipy.fft.rfft(frames[start : start + 256] * window, axis=1)
        power += np.square(np.abs(spectrum)).sum(axis=0)
    smooth = np.convolve(power / len(frames), np.ones(_SMOOTHED_BINS) / _SMOOTHED_BINS, "same")
    return 10 * np.log10(smooth + 1e-20)


def _between(level: np.ndarray, frequencies: np.ndarray, low_hz: float, high_hz: float) -> float | None:
    """Mean level of a band, None where less than half of it lies below the highest frequency."""
    chosen = level[(frequencies >= low_hz) & (frequencies < high_hz)]
    return float(chosen.mean()) if chosen.size * 2 * frequencies[1] >= high_hz - low_hz else None

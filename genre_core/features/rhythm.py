"""Rhythm: where sounds begin, how fast they follow one another, where the beats are."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.features.mel import log_mel
from genre_core.features.stft import Spectra, window_values

N_FFT, HOP_LENGTH = 2048, 512
AGGREGATES = ("mean", "median")
TEMPO_SECONDS = 8.0
"""Length of sound that a tempo is read from [s]."""
TEMPOGRAM_FRAMES = 384
LIKELY_BPM = 120.0
FASTEST_BPM = 320.0
TIGHTNESS = 100.0
"""How much beats that come early or late cost."""

_FRAMES_AT_ONCE = 64


def onset_strength(
    spectra: Spectra,
    *,
    n_fft: int = N_FFT,
    hop_length: int = HOP_LENGTH,
    window: str = "hann",
    aggregate: str = "median",
) -> np.ndarray:
    """How much the spectrum rises at each frame [dB], median or mean over mel bands, float32, shape (n_frames,).

    Spectral flux of the log-mel spectrogram, shifted so that a peak lies where the sound begins (Böck and Widmer, 2013). The
    median is what librosa's beat tracker uses, `librosa.onset.onset_strength(y=y, sr=sr, aggregate=np.median)`; the mean is that
    function's own default.
    """
    level = log_mel(spectra, n_fft=n_fft, hop_length=hop_length, window=window)  # (n_mels, n_frames)
    n_frames = level.shape[1]
    rise = np.maximum(0, level[:, 1:] - level[:, :-1])
    strength = np.zeros(n_frames + n_fft // (2 * hop_length), np.float32)
    if n_frames > 1:
        strength[-(n_frames - 1) :] = rise.mean(axis=0) if aggregate == "mean" else np.median(rise, axis=0)
    return strength[:n_frames]


def tempi(n_lags: int, *, sr: int, hop_length: int = HOP_LENGTH) -> np.ndarray:
    """Tempo of each lag of `hop_length` samples [beats per minute], float64, shape (n_lags,); the first, lag 0, is infinite."""
    bpm = np.full(n_lags, np.inf)
    bpm[1:] = 60.0 * sr / (hop_length * np.arange(1, n_lags))
    return bpm


def _windowed(onsets: np.ndarray, n_lags: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Views of `n_lags` frames around each, shape (n_frames, n_lags), the window, and a length that no lag wraps around in."""
    padded = np.pad(onsets, n_lags // 2, mode="linear_ramp")
    frames = sliding_window_view(padded, n_lags)[: onsets.size]  # no copy
    return frames, window_values("hann", n_lags), scipy.fft.next_fast_len(2 * n_lags - 1, real=True)


def tempogram(onsets: np.ndarray, *, win_length: int = TEMPOGRAM_FRAMES) -> np.ndarray:
    """Autocorrelation of the onset strength around each frame, each scaled to a largest value of one.

    Float32, shape (win_length, n_frames); row k says how well the sound repeats after k frames (Grosche, Müller and Kurth, 2010).
    Equal to `librosa.feature.tempogram(onset_envelope=onsets)`; a frame without an onset nearby is zero.
    """
    frames, shape, n_fft = _windowed(onsets, win_length)
    found = np.empty((len(frames), win_length), np.float32)
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        batch = frames[first : first + _FRAMES_AT_ONCE] * shape
        spectrum = scipy.fft.rfft(batch, n_fft, axis=1)
        lags = scipy.fft.irfft(spectrum.real**2 + spectrum.imag**2, n_fft, axis=1)[:, :win_length]
        largest = np.abs(lags).max(axis=1, keepdims=True)
        largest[largest < np.finfo(np.float32).tiny] = 1.0
        found[first : first + len(batch)] = lags / largest
    return found.T  # (win_length, n_frames)


def tempo_spectrum(onsets: np.ndarray, *, sr: int, hop_length: int = HOP_LENGTH) -> tuple[np.ndarray, np.ndarray]:
    """Tempi [beats per minute] and how well each fits, float64, shape (n_lags,) each; the first, lag 0, is infinite.

    Mean over time of a `tempogram` of eight seconds.
    """
    n_lags = max(2, int(TEMPO_SECONDS * sr / hop_length))
    frames, shape, n_fft = _windowed(onsets, n_lags)
    mean = np.zeros(1 + n_fft // 2)
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        batch = frames[first : first + _FRAMES_AT_ONCE] * shape
        energy = np.einsum("ij,ij->i", batch, batch)  # lag 0, the largest of every autocorrelation
        energy[energy < np.finfo(np.float64).tiny] = 1.0
        spectrum = scipy.fft.rfft(batch, n_fft, axis=1)
        mean += (1.0 / energy) @ (spectrum.real**2 + spectrum.imag**2) / onsets.size  # (n_bins,)
    # The mean over frames commutes with the way back, so that one inverse transform does for all.
    return tempi(n_lags, sr=sr, hop_length=hop_length), scipy.fft.irfft(mean, n_fft)[:n_lags]


def tempo(onsets: np.ndarray, *, sr: int, hop_length: int = HOP_LENGTH) -> float:
    """Tempo [beats per minute], 0 where nothing begins; equal to what `librosa.beat.beat_track` says.

    The best fitting lag under a log-normal preference of one octave around 120 bpm (Ellis, 2007).
    """
    if not onsets.any():
        return 0.0
    bpm, fit = tempo_spectrum(onsets, sr=sr, hop_length=hop_length)
    preference = -0.5 * np.log2(bpm[1:] / LIKELY_BPM) ** 2
    preference[bpm[1:] >= FASTEST_BPM] = -np.inf
    return float(bpm[1 + np.argmax(np.log1p(1e6 * np.maximum(fit[1:], 0)) + preference)])


def beats(onsets: np.ndarray, *, sr: int, hop_length: int = HOP_LENGTH, bpm: float | None = None) -> np.ndarray:
    """Times of the beats [s], ascending, float64, shape (n_beats,); none where nothing begins.

    The series of frames with strong onsets whose distances come nearest to the tempo, found by dynamic programming (Ellis, "Beat
    tracking by dynamic programming", 2007, equations 5 to 7); the beats of `librosa.beat.beat_track`.

    Parameters
    ----------
    onsets : np.ndarray
        `onset_strength` with its median, shape (n_frames,).
    sr, hop_length : int
        Rate of the sound [Hz] and samples from one frame to the next.
    bpm : float or None
        Tempo to follow [beats per minute]; `tempo` finds it where nothing is said.
    """
    bpm = tempo(onsets, sr=sr, hop_length=hop_length) if bpm is None else bpm
    if onsets.size < 2 or not onsets.any() or bpm <= 0:
        return np.zeros(0)
    period = max(1, round(60.0 * sr / hop_length / bpm))
    level = _near_onsets(onsets, period)
    total, before = _best_series(level, period)
    frame = _last_beat(total)
    series = []
    while frame >= 0:
        series.append(frame)
        frame = int(before[frame])
    return _trimmed(np.array(series[::-1]), level) * (hop_length / sr)


def _near_onsets(onsets: np.ndarray, period: int) -> np.ndarray:
    """Onset strength in units of its deviation, smoothed over a small part of a beat, float64, shape (n_frames,)."""
    scaled = onsets.astype(np.float64) / (float(onsets.std(ddof=1)) + float(np.finfo(np.float32).tiny))
    offsets = np.arange(-period, period + 1)
    return np.convolve(scaled, np.exp(-0.5 * (32.0 * offsets / period) ** 2))[period : period + onsets.size]


def _best_series(level: np.ndarray, period: int) -> tuple[np.ndarray, np.ndarray]:
    """Score of the best series of beats that ends at each frame, and the beat before it, -1 for a first one; (n_frames,) each."""
    lags = np.arange(2 * period, max(1, round(period / 2)) - 1, -1)  # the furthest first, as they lie in memory
    cost = TIGHTNESS * np.log(lags / period) ** 2
    n_before = 2 * period
    total = np.full(n_before + level.size, -np.inf)  # silence before the start has no series
    before = np.full(level.size, -1)
    least = 0.01 * level.max()
    started = False
    for frame, own in enumerate(level):
        scores = total[frame : frame + lags.size] - cost
        best = lags.size - 1 - int(scores[::-1].argmax())  # of equals the nearest
        place = frame - int(lags[best])
        total[n_before + frame] = own + (scores[best] if place >= 0 else 0.0)
        started = started or own >= least
        if started and place >= 0:
            before[frame] = place
    return total[n_before:], before


def _last_beat(total: np.ndarray) -> int:
    """The last peak of the score that reaches half the median of all peaks."""
    is_peak = np.zeros(total.size, bool)
    is_peak[1:] = total[1:] > total[:-1]
    is_peak[1:-1] &= total[1:-1] >= total[2:]
    peaks = np.flatnonzero(is_peak)
    if not peaks.size:
        return total.size - 1
    high = peaks[total[peaks] >= 0.5 * np.median(total[peaks])]
    return int(high[-1])


def _trimmed(series: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The beats without those before and after the music: where the level stays under half that of the beats."""
    smooth = np.convolve(level[series], np.hanning(5))[2 : 2 + level.size]
    sounding = np.flatnonzero(level > 0.5 * np.sqrt(np.mean(smooth**2)))
    if not sounding.size:
        return series[:0]
    return series[(series >= sounding[0]) & (series <= sounding[-1])]

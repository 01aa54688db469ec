"""Rhythm: where sounds begin, and how fast they follow one another."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view

from genre_core.features.mel import log_mel
from genre_core.features.stft import Spectra, window_values

N_FFT, HOP_LENGTH = 2048, 512
TEMPO_SECONDS = 8.0
"""Length of sound that a tempo is read from [s]."""
LIKELY_BPM = 120.0
FASTEST_BPM = 320.0

_FRAMES_AT_ONCE = 64


def onset_strength(spectra: Spectra) -> np.ndarray:
    """How much the spectrum rises at each frame [dB], median over mel bands, float32, shape (n_frames,).

    Spectral flux of the log-mel spectrogram, shifted so that a peak lies where the sound begins (Böck and Widmer, 2013); equal to
    `librosa.onset.onset_strength(y=y, sr=sr, aggregate=np.median)`, which librosa's beat tracker uses.
    """
    level = log_mel(spectra, n_fft=N_FFT, hop_length=HOP_LENGTH)  # (n_mels, n_frames)
    n_frames = level.shape[1]
    rise = np.maximum(0, level[:, 1:] - level[:, :-1])
    strength = np.zeros(n_frames + N_FFT // (2 * HOP_LENGTH), np.float32)
    if n_frames > 1:
        strength[-(n_frames - 1) :] = np.median(rise, axis=0)
    return strength[:n_frames]


def tempo_spectrum(onsets: np.ndarray, *, sr: int) -> tuple[np.ndarray, np.ndarray]:
    """Tempi [beats per minute] and how well each fits, float64, shape (n_lags,) each; the first, lag 0, is infinite.

    Autocorrelation of the onset strength in windows of eight seconds around each frame, each scaled to a largest value of one,
    mean over frames: the mean over time of `librosa.feature.tempogram`.
    """
    n_lags = int(TEMPO_SECONDS * sr / HOP_LENGTH)
    bpm = np.full(n_lags, np.inf)
    bpm[1:] = 60.0 * sr / (HOP_LENGTH * np.arange(1, n_lags))
    padded = np.pad(onsets, n_lags // 2, mode="linear_ramp")
    frames = sliding_window_view(padded, n_lags)[: onsets.size]  # (n_frames, n_lags), no copy
    shape = window_values("hann", n_lags)
    n_fft = scipy.fft.next_fast_len(2 * n_lags - 1, real=True)
    mean = np.zeros(1 + n_fft // 2)
    for first in range(0, len(frames), _FRAMES_AT_ONCE):
        batch = frames[first : first + _FRAMES_AT_ONCE] * shape
        energy = np.einsum("ij,ij->i", batch, batch)  # lag 0, the largest of every autocorrelation
        energy[energy < np.finfo(np.float64).tiny] = 1.0
        spectrum = scipy.fft.rfft(batch, n_fft, axis=1)
        mean += (1.0 / energy) @ (spectrum.real**2 + spectrum.imag**2) / onsets.size  # (n_bins,)
    # The mean over frames commutes with the way back, so that one inverse transform does for all.
    return bpm, scipy.fft.irfft(mean, n_fft)[:n_lags]


def tempo(onsets: np.ndarray, *, sr: int) -> float:
    """Tempo [beats per minute], 0 where nothing begins; equal to what `librosa.beat.beat_track` says.

    The best fitting lag under a log-normal preference of one octave around 120 bpm (Ellis, 2007).
    """
    if not onsets.any():
        return 0.0
    bpm, fit = tempo_spectrum(onsets, sr=sr)
    preference = -0.5 * np.log2(bpm[1:] / LIKELY_BPM) ** 2
    preference[bpm[1:] >= FASTEST_BPM] = -np.inf
    return float(bpm[1 + np.argmax(np.log1p(1e6 * np.maximum(fit[1:], 0)) + preference)])

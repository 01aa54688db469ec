"""Near tones or near clicks: a spectrogram cannot tell both apart, and the length of the frame decides which.

A long frame hears many periods and tells near frequencies apart, but everything in it happens "at once"; a short frame knows
when, but not which note. The product of the two cannot fall below a limit (Gabor, Theory of communication, 1946).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.features.mel import power_to_db
from genre_core.features.stft import Spectra
from genre_core.teaching.checks import between
from genre_core.teaching.framing import window_shape

SR = 22050
SECONDS = 2.0
APART_DB = 3.0
"""Two things count as told apart where the level between them is so much lower than both."""


@dataclass(frozen=True, eq=False)
class Resolved:
    """One spectrogram of the test sound, and what it tells apart.

    Attributes
    ----------
    n_fft, hop_length : int
        Frame and hop [samples].
    seconds, hertz, level_db : np.ndarray
        Spectrogram: frames (n_frames,), bins (n_bins,) and levels, shape (n_bins, n_frames).
    frame_seconds, bin_hertz : float
        Length of a frame, and width of a bin.
    tone_dip_db, click_dip_db : float
        How far the level falls between the two tones, and between the two clicks [dB].
    """

    n_fft: int
    hop_length: int
    seconds: np.ndarray
    hertz: np.ndarray
    level_db: np.ndarray
    frame_seconds: float
    bin_hertz: float
    tone_dip_db: float
    click_dip_db: float

    @property
    def tells_tones_apart(self) -> bool:
        return self.tone_dip_db >= APART_DB

    @property
    def tells_clicks_apart(self) -> bool:
        return self.click_dip_db >= APART_DB


def tones_and_clicks(*, apart_hertz: float = 40.0, apart_seconds: float = 0.03) -> Clip:
    """Two tones from 1000 Hz up, for two seconds, and two clicks around the middle; float32, 22,050 Hz."""
    apart_hertz = between("The distance of the tones", apart_hertz, 1, 4000, unit="Hz")
    apart_seconds = between("The distance of the clicks", apart_seconds, 0.001, 1.0, unit="s")
    time = np.arange(round(SECONDS * SR)) / SR
    y = 0.1 * (np.sin(2 * np.pi * 1000 * time) + np.sin(2 * np.pi * (1000 + apart_hertz) * time))
    for moment in (0.5 * (SECONDS - apart_seconds), 0.5 * (SECONDS + apart_seconds)):
        y[round(moment * SR)] += 0.8
    return Clip(y, SR, f"Tones {apart_hertz:g} Hz apart, clicks {1e3 * apart_seconds:g} ms apart")


def resolve(n_fft: int, *, apart_hertz: float = 40.0, apart_seconds: float = 0.03, window: str = "hann") -> Resolved:
    """The spectrogram of `tones_and_clicks` with frames of `n_fft` samples.

    Raises
    ------
    ParameterError
        If `n_fft` is not a whole, even number from 64 to 16,384.
    """
    n_fft = int(between("The frame (n_fft)", n_fft, 64, 16384, unit="samples"))
    clip = tones_and_clicks(apart_hertz=apart_hertz, apart_seconds=apart_seconds)
    hop = max(16, n_fft // 16)
    power = Spectra(clip.y, sr=SR).power(n_fft=n_fft, hop_length=hop, window=window)  # (n_bins, n_frames)
    seconds, hertz = np.arange(power.shape[1]) * hop / SR, np.arange(power.shape[0]) * SR / n_fft
    quiet = power[:, np.abs(seconds - 0.25 * SECONDS) < 0.1 * SECONDS].mean(axis=1)  # (n_bins,): tones alone
    high = power[hertz > 1000 + apart_hertz + 6 * SR / n_fft + 500].sum(axis=0)  # (n_frames,): clicks alone
    middle, half = 0.5 * SECONDS, 0.5 * apart_seconds
    return Resolved(
        n_fft=n_fft,
        hop_length=hop,
        seconds=seconds,
        hertz=hertz,
        level_db=power_to_db(power),
        frame_seconds=n_fft / SR,
        bin_hertz=SR / n_fft,
        tone_dip_db=_dip_db(hertz, quiet, 1000, 1000 + apart_hertz),
        click_dip_db=_dip_db(seconds, high, middle - half, middle + half),
    )


def smallest_step_hertz(n_fft: int, *, sr: int = SR, window: str = "hann") -> float:
    """Distance from which two tones surely show as two peaks: the window's main lobe [Hz], `4 sr / n_fft` for Hann."""
    return window_shape(window).main_lobe_bins * sr / n_fft


def _dip_db(axis: np.ndarray, power: np.ndarray, low: float, high: float) -> float:
    """How far the smallest power between two places lies below the smaller of the powers at them [dB], never below 0."""
    at = [int(np.abs(axis - place).argmin()) for place in (low, high)]
    if at[1] - at[0] < 2:
        return 0.0
    ends = min(power[at[0]], power[at[1]])
    lowest = power[at[0] : at[1] + 1].min()
    return float(max(0.0, 10 * np.log10(max(ends, 1e-12) / max(lowest, 1e-12))))

"""Sampling: a microphone's smooth curve of air pressure becomes a row of numbers, so many a second.

Between two samples nothing is remembered. A tone that swings more than once in two samples leaves the same numbers as a slower
one, its alias, and no computer can tell them apart afterwards (Shannon, Communication in the presence of noise, 1949).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import ParameterError
from genre_core.teaching.checks import between

LOWEST_RATE = 100
HIGHEST_RATE = 192_000
HEARD_AT = 44_100
"""Rate at which aliases are played: far above any rate that a lesson samples at [Hz]."""
_LOUDNESS = 0.3


@dataclass(frozen=True, eq=False)
class Sampled:
    """A tone as it was, and what is left of it.

    Attributes
    ----------
    hertz : float
        The tone.
    sr : int
        Samples a second [Hz].
    alias_hertz : float
        The slowest tone with the same samples: `hertz` itself up to half the rate.
    curve_seconds, curve, alias_curve : np.ndarray
        The tone and its alias, drawn finely, shape (n_points,) each; full scale is 1.
    seconds, samples : np.ndarray
        When samples are taken and what they are, shape (n_samples,); both curves pass through them.
    """

    hertz: float
    sr: int
    alias_hertz: float
    curve_seconds: np.ndarray
    curve: np.ndarray
    alias_curve: np.ndarray
    seconds: np.ndarray
    samples: np.ndarray

    @property
    def nyquist_hertz(self) -> float:
        """Half the sample rate: the fastest swing that two samples can follow."""
        return self.sr / 2

    @property
    def is_aliased(self) -> bool:
        return self.hertz > self.nyquist_hertz


def alias_hertz(hertz: float, *, sr: float) -> float:
    """Frequency that a tone comes back as: `|f - sr round(f / sr)|`, from 0 to sr / 2 [Hz].

    Parameters
    ----------
    hertz : float
        The tone [Hz].
    sr : float
        Samples a second [Hz].

    Examples
    --------
    >>> alias_hertz(7000, sr=8000)
    1000.0
    """
    hertz = between("The frequency", hertz, 0, 1e6, unit="Hz")
    sr = between("The sample rate", sr, 1, 1e6, unit="Hz")
    return float(abs(hertz - sr * round(hertz / sr)))


def sample_tone(hertz: float, *, sr: int, seconds: float, points: int = 2000) -> Sampled:
    """Sample a cosine of one frequency: `cos(2 pi f n / sr)`, n = 0, 1, 2 ...

    Raises
    ------
    ParameterError
        If frequency, rate or length lie outside what a lesson shows.
    """
    sr = int(between("The sample rate", sr, LOWEST_RATE, HIGHEST_RATE, unit="Hz"))
    seconds = between("The length", seconds, 1e-4, 10, unit="s")
    points = int(between("The number of points", points, 2, 100_000))
    alias = alias_hertz(hertz, sr=sr)
    fine = np.linspace(0.0, seconds, points)  # (n_points,)
    times = np.arange(int(np.floor(seconds * sr + 1e-9)) + 1) / sr  # (n_samples,)
    return Sampled(
        hertz=float(hertz),
        sr=sr,
        alias_hertz=alias,
        curve_seconds=fine,
        curve=np.cos(2 * np.pi * hertz * fine),
        alias_curve=np.cos(2 * np.pi * alias * fine),
        seconds=times,
        samples=np.cos(2 * np.pi * hertz * times),
    )


def heard(hertz: float, *, sr: int, seconds: float = 1.0) -> Clip:
    """What a loudspeaker makes of a tone that was sampled at `sr` without a filter: the alias, at 44,100 Hz."""
    sr = int(between("The sample rate", sr, LOWEST_RATE, HIGHEST_RATE, unit="Hz"))
    hertz = between("The frequency", hertz, 0, 1e6, unit="Hz")
    seconds = between("The length", seconds, 0.01, 10, unit="s")
    times = np.arange(round(seconds * sr)) / sr  # (n_samples,)
    return Clip(_LOUDNESS * np.cos(2 * np.pi * hertz * times), sr, f"{hertz:g} Hz sampled at {sr} Hz").resample(HEARD_AT)


def every_nth(clip: Clip, n: int) -> tuple[Clip, Clip]:
    """A song with every n-th sample kept, and the same with its highs taken away first; both played at the song's own rate.

    The first folds all that lies above the new half rate down into the music; the second is what a good recorder does.

    Raises
    ------
    ParameterError
        If `n` leaves fewer than 1000 samples a second.
    """
    most = max(1, clip.sr // 1000)
    if n != int(n) or not 1 <= n <= most:
        raise ParameterError(f"Every n-th sample is kept, n a whole number from 1 to {most} at {clip.sr} Hz. Received: n={n}.")
    import soxr

    rate = clip.sr / n
    folded = soxr.resample(clip.y[:: int(n)], rate, clip.sr, quality="HQ")
    clean = soxr.resample(soxr.resample(clip.y, clip.sr, rate, quality="HQ"), rate, clip.sr, quality="HQ")
    return replace(clip, y=folded[: clip.n_samples]), replace(clip, y=clean[: clip.n_samples])


def quantised(y: np.ndarray, bits: int) -> np.ndarray:
    """Samples rounded to `2 ** bits` even steps from -1 to 1, float64, same shape: what the number of bits of a file means.

    Rounding is noise: for a full-scale sine it lies `6.02 bits + 1.76` dB below (Bennett, Spectra of quantized signals, 1948).
    """
    bits = int(between("The number of bits", bits, 1, 24))
    step = 2.0 / 2**bits
    return np.clip((np.floor(np.asarray(y, np.float64) / step) + 0.5) * step, -1 + step / 2, 1 - step / 2)

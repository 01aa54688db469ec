"""Sources of sound: wave tables, plucked strings, frequency modulation, envelopes, noise."""

from __future__ import annotations

import numpy as np
import scipy.fft
from scipy.signal import lfilter

SR = 22050
"""Sample rate of all synthesis [Hz]."""

_TABLE = 4096


def hertz(pitch: float) -> float:
    """Frequency of a MIDI number; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69) / 12)


def wavetable(amplitudes: np.ndarray, freq: float) -> np.ndarray:
    """One cycle with the given harmonics, those above 0.45 of the sample rate left away, shape (4096,), peak 1."""
    n_harmonics = max(1, min(len(amplitudes), int(0.45 * SR / freq)))
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex64)
    # Phases spread as k squared keep the crest factor low, so that many harmonics do not make a click a cycle.
    order = np.arange(1, n_harmonics + 1)
    spectrum[1 : n_harmonics + 1] = amplitudes[:n_harmonics] * np.exp(-1j * np.pi * order**2 / max(n_harmonics, 8))
    cycle = scipy.fft.irfft(spectrum, _TABLE)  # (4096,)
    return (cycle / np.abs(cycle).max()).astype(np.float32)


def phase(freq: float, n: int, *, vibrato_cents: float = 0.0, vibrato_hz: float = 5.3, delay_seconds: float = 0.25) -> np.ndarray:
    """Phase of a tone in cycles, shape (n,); vibrato swells in after `delay_seconds`."""
    t = np.arange(n) / SR
    cycles = freq * t
    if vibrato_cents:
        depth = freq * (2 ** (vibrato_cents / 1200) - 1) / (2 * np.pi * vibrato_hz)
        cycles += depth * np.clip(t / delay_seconds - 0.5, 0, 1) * np.sin(2 * np.pi * vibrato_hz * t)
    return cycles


def oscillate(table: np.ndarray, cycles: np.ndarray) -> np.ndarray:
    """Read a table at a phase in cycles, float32, the shape of `cycles`."""
    return table[(cycles * _TABLE).astype(np.int64) & (_TABLE - 1)]


def decay(n: int, t60_seconds: float) -> np.ndarray:
    """Exponential envelope that falls by 60 dB in `t60_seconds`, float32, shape (n,)."""
    return np.exp(np.arange(n, dtype=np.float32) * np.float32(-6.9078 / (t60_seconds * SR)))


def swell(n: int, attack_seconds: float) -> np.ndarray:
    """Envelope that rises from 0 to 1 as half a cosine and stays, float32, shape (n,)."""
    rise = np.ones(n, np.float32)
    m = min(n, max(1, round(attack_seconds * SR)))
    rise[:m] = 0.5 - 0.5 * np.cos(np.pi * np.arange(m) / m)
    return rise


def noise(rng: np.random.Generator, n: int) -> np.ndarray:
    """White noise, float32, shape (n,)."""
    return rng.standard_normal(n, dtype=np.float32)


def one_pole(y: np.ndarray, cutoff_hz: float) -> np.ndarray:
    """Gentle low-pass, 6 dB an octave, shape (n,)."""
    a = float(np.exp(-2 * np.pi * min(cutoff_hz, 0.49 * SR) / SR))
    return lfilter([1 - a], [1, -a], y).astype(np.float32)


def pluck(freq: float, n: int, *, t60_seconds: float, damping: float, position: float = 0.15, slope: float = 1.0) -> np.ndarray:
    """A plucked string, shape (n,), peak 1.

    Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres", Computer Music Journal 7(2), 1983: one period
    of noise runs round a loop with a two-point mean. The loop is linear, so period r is computed at once as the first
    period's spectrum times the loop's gain to the power r, with the loop's delay left out, which keeps the tuning exact.

    Parameters
    ----------
    freq : float
        Frequency [Hz].
    n : int
        Samples to make.
    t60_seconds : float
        Time for the fundamental to fall by 60 dB.
    damping : float
        Strength of the loop's low-pass; 1 is the two-point mean, less rings brighter.
    position : float
        Where along the string it is plucked; takes every (1 / position)th harmonic away.
    slope : float
        How fast the harmonics fall at the start, as power of their order.
    """
    period = max(4, int(SR / freq))
    ratio = freq * period / SR  # the loop is whole samples; the string is read a little faster or slower to be in tune
    n_periods = int(np.ceil(n * ratio / period)) + 2
    order = np.arange(1, period // 2 + 1)
    start = np.abs(np.sin(np.pi * order * position)) / order**slope
    start = start * np.exp(2j * np.pi * np.random.default_rng(period).random(order.size))
    loop = damping * np.log(np.maximum(np.cos(np.pi * order / period), 1e-3)) - 6.9078 * period / (SR * t60_seconds)
    spectra = np.zeros((n_periods, period // 2 + 1), np.complex64)
    spectra[:, 1:] = start * np.exp(np.outer(np.arange(n_periods), loop))  # (n_periods, n_harmonics)
    string = scipy.fft.irfft(spectra, period, axis=1).ravel()
    where = np.arange(n) * ratio
    left = where.astype(np.int64)
    part = (where - left).astype(np.float32)
    y = string[left] * (1 - part) + string[left + 1] * part
    return (y / np.abs(y[: 4 * period]).max()).astype(np.float32)


def fm(freq: float, n: int, *, ratio: float, index: np.ndarray | float, detune_hz: float = 0.0) -> np.ndarray:
    """Simple frequency modulation, shape (n,): Chowning, JAES 21(7), 1973.

    `index` is the modulation index, a number or an envelope of shape (n,).
    """
    t = np.arange(n, dtype=np.float64) / SR
    inner = np.sin((2 * np.pi * (freq * ratio + detune_hz) * t).astype(np.float32) % np.float32(2 * np.pi))
    return np.sin(((2 * np.pi * freq * t) % (2 * np.pi)).astype(np.float32) + (index * inner).astype(np.float32))

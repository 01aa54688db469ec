"""Drums: each stroke from sines and noise, kits that tune them, patterns written as lines of steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import sosfilt

from genre_core.datasets.synthesis.effects import passing
from genre_core.datasets.synthesis.oscillators import SR, decay, noise, swell


@dataclass(frozen=True)
class Kit:
    """How a set of drums is tuned.

    Attributes
    ----------
    kick_hz, kick_seconds : float
        Where the bass drum's fall ends, and its 60-dB time.
    snare_hz, snare_seconds : float
        Shell tone and rattle of the snare drum.
    rattle : float
        Share of noise in the snare, 0 to 1.
    hat_hz, hat_seconds : float
        Lower edge of the cymbals' noise, and the closed hat's 60-dB time.
    """

    kick_hz: float = 52.0
    kick_seconds: float = 0.35
    snare_hz: float = 190.0
    snare_seconds: float = 0.3
    rattle: float = 0.6
    hat_hz: float = 6000.0
    hat_seconds: float = 0.12


KITS: dict[str, Kit] = {
    "room": Kit(),
    "brushes": Kit(kick_hz=58, kick_seconds=0.22, snare_hz=210, snare_seconds=0.35, rattle=0.85, hat_hz=4500, hat_seconds=0.15),
    "vintage": Kit(kick_hz=60, kick_seconds=0.25, snare_hz=200, snare_seconds=0.22, rattle=0.5, hat_hz=5000, hat_seconds=0.14),
    "tight": Kit(kick_hz=56, kick_seconds=0.22, snare_hz=220, snare_seconds=0.18, rattle=0.55, hat_hz=7000, hat_seconds=0.08),
    "big": Kit(kick_hz=48, kick_seconds=0.4, snare_hz=175, snare_seconds=0.45, rattle=0.65, hat_hz=5000, hat_seconds=0.18),
    "heavy": Kit(kick_hz=54, kick_seconds=0.2, snare_hz=205, snare_seconds=0.3, rattle=0.7, hat_hz=5500, hat_seconds=0.14),
    "machine": Kit(kick_hz=46, kick_seconds=0.7, snare_hz=185, snare_seconds=0.25, rattle=0.75, hat_hz=7500, hat_seconds=0.07),
    "dusty": Kit(kick_hz=58, kick_seconds=0.28, snare_hz=195, snare_seconds=0.24, rattle=0.6, hat_hz=4200, hat_seconds=0.1),
    "island": Kit(kick_hz=50, kick_seconds=0.3, snare_hz=260, snare_seconds=0.2, rattle=0.45, hat_hz=6500, hat_seconds=0.09),
}


def _band(y: np.ndarray, low_hz: float | None, high_hz: float | None) -> np.ndarray:
    if low_hz and high_hz:
        sos = passing(2, (low_hz, high_hz), "bandpass")
    elif low_hz:
        sos = passing(2, low_hz, "highpass")
    else:
        sos = passing(2, high_hz, "lowpass")
    return sosfilt(sos, y).astype(np.float32)


def _length(seconds: float) -> int:
    return round(seconds * SR)


def _thump(freq: float, t60: float, *, sweep: float, sweep_seconds: float) -> np.ndarray:
    """A sine that falls from `sweep` times `freq` to `freq`: bass drum, tom, conga."""
    n = _length(t60)
    t = np.arange(n) / SR
    cycles = freq * (t + (sweep - 1) * sweep_seconds * (1 - np.exp(-t / sweep_seconds)))
    return (np.sin(2 * np.pi * cycles) * decay(n, t60)).astype(np.float32) * swell(n, 0.001)


def _cymbal(rng: np.random.Generator, t60: float, low_hz: float, *, bell: float) -> np.ndarray:
    """Filtered noise with a cloud of inharmonic partials."""
    n = _length(min(t60, 2.2))
    t = np.arange(n, dtype=np.float32) / SR
    partials = np.sqrt(rng.uniform(0.25, 1.0, 6)) * 9000
    ring = np.sum([np.sin(2 * np.pi * freq * t + 6.28 * rng.random()) for freq in partials], axis=0) if bell else 0.0
    y = _band(noise(rng, n), low_hz, None) + bell * ring
    return (y * decay(n, t60)).astype(np.float32)


def _snare(kit: Kit, rng: np.random.Generator, loudness: float) -> np.ndarray:
    n = _length(kit.snare_seconds)
    t = np.arange(n) / SR
    shell = np.sin(2 * np.pi * kit.snare_hz * t) + 0.6 * np.sin(2 * np.pi * 1.72 * kit.snare_hz * t)
    rattle = _band(noise(rng, n), 1200, 9000) * decay(n, kit.snare_seconds)
    return ((1 - kit.rattle) * shell * decay(n, 0.16) + kit.rattle * 1.4 * loudness * rattle).astype(np.float32)


def _clap(rng: np.random.Generator) -> np.ndarray:
    n = _length(0.28)
    envelope = np.zeros(n, np.float32)
    for start in (0.0, 0.011, 0.023, 0.032):
        first = _length(start)
        envelope[first:] = np.maximum(envelope[first:], decay(n - first, 0.03 if start < 0.03 else 0.22))
    return _band(noise(rng, n), 900, 5000) * envelope


def _brush(rng: np.random.Generator) -> np.ndarray:
    n = _length(0.3)
    return _band(noise(rng, n), 1500, 8000) * swell(n, 0.05) * decay(n, 0.45)


def strokes(kit: Kit, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """All strokes of a kit by name, float32, each with its level in the kit."""
    click_n = _length(0.012)
    kick = _thump(kit.kick_hz, kit.kick_seconds, sweep=3.2, sweep_seconds=0.028)
    kick[:click_n] += 0.25 * _band(noise(rng, click_n), None, 5000) * decay(click_n, 0.01)
    made = {
        "kick": 1.0 * kick,
        "snare": 0.8 * _snare(kit, rng, 1.0),
        "ghost": 0.35 * _snare(kit, rng, 0.8),
        "rim": 0.5
        * _band(_thump(1650, 0.07, sweep=1.1, sweep_seconds=0.01) + _thump(420, 0.07, sweep=1.3, sweep_seconds=0.01), 300, None),
        "clap": 0.75 * _clap(rng),
        "brush": 0.5 * _brush(rng),
        "hat": 0.3 * _cymbal(rng, kit.hat_seconds, kit.hat_hz, bell=0.1),
        "open": 0.32 * _cymbal(rng, 6 * kit.hat_seconds, kit.hat_hz, bell=0.1),
        "ride": 0.2 * _cymbal(rng, 1.1, 0.8 * kit.hat_hz, bell=0.16),
        "crash": 0.4 * _cymbal(rng, 2.4, 0.6 * kit.hat_hz, bell=0.08),
        "shaker": 0.22 * _cymbal(rng, 0.09, 5500, bell=0.0) * swell(_length(0.09), 0.02),
        "cowbell": 0.25
        * _band(_thump(560, 0.2, sweep=1, sweep_seconds=0.1) + _thump(845, 0.2, sweep=1, sweep_seconds=0.1), 400, None),
        "low tom": 0.8 * _thump(1.6 * kit.kick_hz, 0.5, sweep=1.5, sweep_seconds=0.05),
        "mid tom": 0.75 * _thump(2.2 * kit.kick_hz, 0.4, sweep=1.5, sweep_seconds=0.04),
        "high tom": 0.7 * _thump(3.0 * kit.kick_hz, 0.35, sweep=1.5, sweep_seconds=0.03),
        "conga": 0.5 * _thump(240, 0.22, sweep=1.15, sweep_seconds=0.02),
        "high conga": 0.45 * _thump(345, 0.16, sweep=1.15, sweep_seconds=0.02),
        "timpani": 1.0 * _thump(82, 1.4, sweep=1.05, sweep_seconds=0.05),
    }
    return {name: sound.astype(np.float32, copy=False) for name, sound in made.items()}


_VELOCITY = {"X": 1.0, "x": 0.8, "o": 0.55, "-": 0.35}


def steps(line: str) -> list[tuple[float, float]]:
    """Places (0 to 1 of a bar) and velocities of a line such as `X...x...X..ox...`; `.` and `|` and blanks do not sound."""
    marks = [mark for mark in line if mark not in " |"]
    return [(place / len(marks), _VELOCITY[mark]) for place, mark in enumerate(marks) if mark != "."]

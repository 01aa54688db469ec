"""Sounds whose fate is known."""

import numpy as np

from genre_core.audio.clip import Clip

SR = 22050


def time(seconds, sr=SR):
    return np.arange(round(seconds * sr)) / sr


def sine(frequency_hz, *, seconds=1.0, amplitude=0.5, sr=SR):
    return Clip((amplitude * np.sin(2 * np.pi * frequency_hz * time(seconds, sr))).astype(np.float32), sr)


def noise(*, seconds=1.0, amplitude=0.1, seed=0):
    return Clip((amplitude * np.random.default_rng(seed).normal(size=round(seconds * SR))).astype(np.float32), SR)


def impulses(samples, *, seconds=2.0, amplitude=0.8):
    y = np.zeros(round(seconds * SR), np.float32)
    y[list(samples)] = amplitude
    return Clip(y, SR)


def voice(pitch_hz=200.0, *, seconds=1.5):
    """Overtones of one pitch under an outline with two formants."""
    t = time(seconds)
    overtones = np.arange(1, int(9000 / pitch_hz))
    hz = overtones * pitch_hz
    heights = np.exp(-(((hz - 700) / 250) ** 2)) + 0.5 * np.exp(-(((hz - 2500) / 400) ** 2)) + 0.01
    phases = np.random.default_rng(1).uniform(0, 2 * np.pi, overtones.size)
    y = (heights[:, None] * np.sin(2 * np.pi * hz[:, None] * t + phases[:, None])).sum(axis=0)
    return Clip((0.4 * y / np.abs(y).max()).astype(np.float32), SR)


def song(*, seconds=2.0):
    """Chords that change, and hits."""
    t = time(seconds)
    y = sum(np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.2, 329.6)) * np.where(t % 1 < 0.5, 0.12, 0.05)
    rng = np.random.default_rng(2)
    for start in np.arange(0.1, seconds - 0.1, 0.25):
        first = round(start * SR)
        y[first : first + 1500] += 0.4 * rng.normal(size=1500) * np.exp(-np.arange(1500) / 300)
    return Clip((0.6 * y / np.abs(y).max()).astype(np.float32), SR)


def level_db(y):
    return 10 * np.log10(np.mean(np.square(y, dtype=np.float64)) + 1e-20)

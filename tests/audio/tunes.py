"""Tunes: notes drawn at random, each with its overtones and its end, as different from each other as songs are."""

import numpy as np

SR = 22050


def tune(seed: int, *, seconds: float = 12.0, notes_a_second: int = 8) -> np.ndarray:
    """Float32 samples, shape (n_samples,)."""
    rng = np.random.default_rng(seed)
    y = np.zeros(round(seconds * SR), np.float32)
    length = SR // 2
    time = np.arange(length) / SR
    for _ in range(round(seconds * notes_a_second)):
        start = int(rng.integers(0, y.size - length))
        pitch, fall = 220 * 2 ** (rng.integers(0, 30) / 12), rng.uniform(4, 12)
        tones = sum(np.sin(2 * np.pi * pitch * k * time + rng.uniform(0, 6)) / k for k in range(1, 9))
        y[start : start + length] += (tones * np.exp(-fall * time) * rng.uniform(0.3, 1)).astype(np.float32)
    return (0.5 * y / np.abs(y).max()).astype(np.float32)

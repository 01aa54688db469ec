"""Sounds to measure on: synthetic ones, and real clips where they lie beside the project."""

import numpy as np
import pytest
import soundfile

from benchmarks.features import SR, synthetic_music
from tests.research import GTZAN

REAL = GTZAN / "lossless"
SECONDS = 6


def noise() -> np.ndarray:
    return 0.2 * np.random.default_rng(5).normal(size=SECONDS * SR).astype(np.float32)


def chirp() -> np.ndarray:
    t = np.arange(SECONDS * SR) / SR
    return (0.5 * np.sin(2 * np.pi * (100 + 300 * t) * t)).astype(np.float32)


def real(name: str) -> np.ndarray:
    y, sr = soundfile.read(REAL / name, dtype="float32")
    assert sr == SR
    return y[5 * SR : (5 + SECONDS) * SR]


SOUNDS = {
    "music": lambda: synthetic_music(SECONDS),
    "slow music": lambda: synthetic_music(SECONDS, seed=2, bpm=76.0),
    "half a second": lambda: synthetic_music(0.5, seed=3),
    "noise": noise,
    "chirp": chirp,
}
if REAL.is_dir():
    SOUNDS |= {name: (lambda name=name: real(name)) for name in ("blues/blues.00001.flac", "metal/metal.00003.flac")}


@pytest.fixture(params=list(SOUNDS), scope="session")
def sound(request) -> np.ndarray:
    """Samples at 22,050 Hz, float32, shape (n_samples,)."""
    return SOUNDS[request.param]()


@pytest.fixture
def sine():
    """A steady sine: `sine(frequency_hz, amplitude=0.5, seconds=1.0)`."""

    def make(frequency_hz: float, amplitude: float = 0.5, seconds: float = 1.0, sr: int = SR) -> np.ndarray:
        t = np.arange(round(seconds * sr)) / sr
        return (amplitude * np.sin(2 * np.pi * frequency_hz * t)).astype(np.float32)

    return make

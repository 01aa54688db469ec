"""A song in five numbers that have words: how loud, how bright, how broad, how rough, how lively.

A neuron does not hear a song, it gets numbers. These five are quickly computed and easily heard, so that a lesson can ask for two
of them and draw every track as a point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from genre_core.audio import Clip
from genre_core.errors import unknown_name
from genre_core.features.descriptors import centroid_and_bandwidth, rms, zero_crossing_rate
from genre_core.features.stft import Spectra

SR = 22050
FLOOR_DB = -80.0
"""Level of what is as good as silent, full scale = 0 [dB]."""


@dataclass(frozen=True)
class SoundNumber:
    """A row of SOUND_NUMBERS.

    Attributes
    ----------
    title, unit : str
        Words for a menu and an axis.
    meaning : str
        What it says of a sound.
    measure : callable
        `measure(spectra)`: the number.
    """

    title: str
    unit: str
    meaning: str
    measure: Callable[[Spectra], float]

    @property
    def axis(self) -> str:
        """`Brightness [kHz]`."""
        return f"{self.title} [{self.unit}]"


def _levels(spectra: Spectra) -> np.ndarray:
    """Level of each frame, full scale = 0 [dB], shape (n_frames,)."""
    return np.asarray(20 * np.log10(np.maximum(rms(spectra).astype(np.float64), 10 ** (FLOOR_DB / 20))))


def _moment(spectra: Spectra, place: int) -> float:
    return float(centroid_and_bandwidth(spectra.magnitude(), sr=spectra.sr)[place].mean(dtype=np.float64)) / 1000


def _loudness(spectra: Spectra) -> float:
    return max(FLOOR_DB, 10 * np.log10(max(float(np.square(spectra.y, dtype=np.float64).mean()), 1e-12)))


SOUND_NUMBERS: dict[str, SoundNumber] = {
    "brightness": SoundNumber(
        "Brightness", "kHz", "centre of gravity of the spectrum, its spectral centroid", lambda spectra: _moment(spectra, 0)
    ),
    "loudness": SoundNumber("Loudness", "dB", "root mean square of the samples, full scale = 0", _loudness),
    "breadth": SoundNumber(
        "Breadth", "kHz", "how far the spectrum spreads, its spectral bandwidth", lambda spectra: _moment(spectra, 1)
    ),
    "roughness": SoundNumber(
        "Roughness",
        "% zero crossings",
        "how often the waveform changes sign, its zero-crossing rate",
        lambda spectra: 100 * float(zero_crossing_rate(spectra.y).mean(dtype=np.float64)),
    ),
    "liveliness": SoundNumber(
        "Liveliness", "dB", "how far the level swings from frame to frame", lambda spectra: float(_levels(spectra).std())
    ),
}


def describe(clip: Clip) -> np.ndarray:
    """All of SOUND_NUMBERS of a clip, in their order, float64, shape (5,); finite for silence too."""
    spectra = Spectra(clip.resample(SR).y, sr=SR)
    return np.array([number.measure(spectra) for number in SOUND_NUMBERS.values()])


def column_of(name: str) -> int:
    """Place of a number in what `describe` returns; `ParameterError` with the names that exist if there is none."""
    if name not in SOUND_NUMBERS:
        raise unknown_name("number of a sound", name, SOUND_NUMBERS)
    return list(SOUND_NUMBERS).index(name)

"""Sounds in which one burst alone decides, for the runs of `tests.tiny_run`, which tell high sounds from low ones."""

from __future__ import annotations

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.features.base import Feature
from genre_core.inference import Predictor
from genre_core.models.base import Scores
from tests.tiny_run import SR

BURST = (4.0, 4.4)
BURST_HZ = 4800.0


def burst(seconds: float = 6.0, *, between: tuple[float, float] = BURST, hertz: float = BURST_HZ, sr: int = SR) -> Clip:
    """A low hum, and one burst of a high tone."""
    time = np.arange(round(seconds * sr)) / sr
    y = 0.1 * np.sin(2 * np.pi * 200 * time)
    inside = (time >= between[0]) & (time < between[1])
    y[inside] += 0.5 * np.sin(2 * np.pi * hertz * time[inside])
    return Clip(y, sr, "burst")


class Loudness:
    """A classifier of summed power: `yes` as likely as what lies above 3 kHz is loud; it counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *inputs: np.ndarray) -> Scores:
        self.asked += 1
        power = sum(values.reshape(len(values), -1).mean(axis=1) for values in inputs)
        logits = np.stack([power, -power], axis=1).astype(np.float32)
        posterior = 1 / (1 + np.exp(np.stack([-2 * power, 2 * power], axis=1)))
        return Scores(logits, posterior.astype(np.float32), logits)


def listener(*features: Feature, segments: SegmentConfig | None = None) -> tuple[Predictor, Loudness]:
    """A predictor of two genres that reads these features."""
    model = Loudness()
    return Predictor(("yes", "no"), features, segments or SegmentConfig(), model), model

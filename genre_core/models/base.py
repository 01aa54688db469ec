"""What every model is: a row of the MODELS table, and a classifier that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from genre_core.audio.segments import SegmentConfig
from genre_core.features.base import Feature
from genre_core.params import Config


class Scores(NamedTuple):
    """What a classifier says of a batch of segments.

    Attributes
    ----------
    logits, posterior : np.ndarray
        float32, shape (n_segments, n_genres); a posterior's rows sum to one.
    embedding : np.ndarray
        float32, shape (n_segments, n_embedding): the last layer before the logits.
    """

    logits: np.ndarray
    posterior: np.ndarray
    embedding: np.ndarray


class Classifier(Protocol):
    """Anything that scores segments; one array for each feature of its model's row."""

    def __call__(self, *inputs: np.ndarray) -> Scores: ...


@dataclass(frozen=True)
class ModelSpec:
    """A row of MODELS.

    Attributes
    ----------
    name, title : str
        Key and words.
    good_for : str
        One of quick, classic, deep, pretrained: how a page groups it.
    summary : str
        One sentence for its card.
    features : tuple of Feature
        What it reads, with default parameters.
    segments : SegmentConfig
        How it cuts by default.
    config : type of Config
        Its own hyper-parameters (dropout, units).
    build : callable
        `build(config, input_shapes, n_genres)` -> an untrained model of the family that trains it.
    reference : str
        The source of the architecture.
    training : dict
        Values of `TrainConfig` that differ from its defaults.
    """

    name: str
    title: str
    good_for: str
    summary: str
    features: tuple[Feature, ...]
    segments: SegmentConfig
    config: type[Config]
    build: Callable[[Any, tuple[tuple[int, ...], ...], int], Any]
    reference: str
    training: dict[str, Any] = field(default_factory=dict)

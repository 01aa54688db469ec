"""What every model is: a row of the MODELS table, and a classifier that serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
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
        float32, shape (n_segments, n_genres); a posterior's rows sum to one. Of a model without logits, logarithms of its
        posterior.
    embedding : np.ndarray
        float32, shape (n_segments, n_embedding): the last layer before the logits; of a model without layers, what it compares
        segments by.
    """

    logits: np.ndarray
    posterior: np.ndarray
    embedding: np.ndarray


class Classifier(Protocol):
    """Anything that scores segments; one array for each feature of its model's row."""

    def __call__(self, *inputs: np.ndarray) -> Scores: ...


class Estimator(Protocol):
    """What learns without epochs: it sees all segments of the train split at once. Itself a `Classifier` once it is fitted."""

    def fit(
        self,
        inputs: tuple[np.ndarray, ...],
        genres: np.ndarray,
        *,
        groups: np.ndarray,
        n_genres: int,
        seed: int,
        report: Callable[[str, float], None],
    ) -> dict[str, Any]:
        """Learn from segments.

        Parameters
        ----------
        inputs : tuple of np.ndarray
            One float32 array for each feature, shape (n_segments, *feature shape), finite.
        genres : np.ndarray
            Genre index of each segment, shape (n_segments,). A genre may be missing.
        groups : np.ndarray
            Index of the track of each segment, shape (n_segments,): what must not be divided in a division of its own.
        n_genres : int
            Columns of its posterior.
        seed : int
            Of everything random.
        report : callable
            `report(words, share done)`, called now and then; it raises where somebody asked the training to stop.

        Returns
        -------
        dict
            What the run's manifest keeps, as plain JSON values: `scaler` (mean and std, one entry a feature), `objective`.

        Raises
        ------
        TrainingError
            If these segments cannot be learned from.
        """
        ...

    def __call__(self, *inputs: np.ndarray) -> Scores: ...

    def save(self, folder: Path, sample: tuple[np.ndarray, ...]) -> float:
        """Write what serves into a run's folder, `model.onnx` or `model.npz`, and prove on `sample` that it says the same.

        Returns
        -------
        float
            Largest difference of the posteriors.

        Raises
        ------
        TrainingError
            If what serves says something else.
        """
        ...


@dataclass(frozen=True)
class Preset:
    """A set of values for a row that differs from its defaults.

    Attributes
    ----------
    title : str
        Words for a menu, "as the source had it".
    note : str
        What it is good for, or what differs, in a sentence.
    features : tuple of Feature
        What it reads instead of the row's features; empty for these.
    segments, config, training : dict
        Values that differ from the row's.
    """

    title: str
    note: str = ""
    features: tuple[Feature, ...] = ()
    segments: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)


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
        `build(config, input_shapes, n_genres)` -> an untrained model of its family: a Keras net or an `Estimator`.
    reference : str
        The source of the architecture.
    training : dict
        Values of the family's training config that differ from its defaults.
    family : str
        Who trains it, a name in `training.learners.LEARNERS`: network or estimator.
    presets : dict of str to Preset
        Other sets of values by name; `source` where the source had other ones.
    differences : tuple of str
        How it differs from its source, a sentence each.
    gaps : bool
        It may learn from tracks that lack a feature, which is NaN then in all their segments.
    claimed, honest : str
        What the source reports under its own protocol, and what is known under an honest one; empty where nothing is.
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
    family: str = "network"
    presets: dict[str, Preset] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    gaps: bool = False
    claimed: str = ""
    honest: str = ""

    @property
    def known(self) -> str:
        """What is known of its scores, as a sentence to stand beside ours; empty where nothing is."""
        claimed = f"the source reports {self.claimed.rstrip('.')}, under its own protocol" if self.claimed else ""
        under = "one" if claimed else "protocol"
        honest = f"known under an honest {under}: {self.honest.rstrip('.')}" if self.honest else ""
        said = "; ".join(words for words in (claimed, honest) if words)
        return f"{said[0].upper()}{said[1:]}." if said else ""

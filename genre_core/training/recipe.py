"""How a network is trained, and what a training is asked to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Self

from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.folds import MAX_FOLDS, MIN_FOLDS
from genre_core.datasets.splits import GENRE_SETS, SPLITS, split_spec, split_title
from genre_core.datasets.splits.subsets import check_train_share
from genre_core.errors import ParameterError, TrainingError
from genre_core.features import feature_from_dict
from genre_core.features.base import Feature
from genre_core.models import model_spec
from genre_core.models.base import ModelSpec
from genre_core.params import Config, param


def _adam(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.Adam(config.learning_rate)


def _sgd_nesterov(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.SGD(config.learning_rate, momentum=config.momentum, nesterov=True)


def _rmsprop(config: TrainConfig) -> Any:
    import keras

    return keras.optimizers.RMSprop(config.learning_rate)


OPTIMIZERS: dict[str, Callable[[TrainConfig], Any]] = {"adam": _adam, "sgd_nesterov": _sgd_nesterov, "rmsprop": _rmsprop}


@dataclass(frozen=True)
class TrainConfig(Config):
    """How the weights are found. The valid split decides when to stop; the test split is not looked at."""

    name: ClassVar[str] = "train"
    optimizer: str = param("adam", "Optimizer", options=tuple(OPTIMIZERS), help="How a gradient becomes a step.")
    learning_rate: float = param(
        1e-3, "Learning rate", low=1e-6, high=1.0, help="Size of a step. SGD wants about ten times more."
    )
    momentum: float = param(
        0.9, "Momentum", low=0.0, high=0.999, help="Share of the last step that is kept; SGD only.", advanced=True
    )
    batch_size: int = param(32, "Batch size", unit="segments", low=1, high=1024, help="Segments a step averages over.")
    epochs: int = param(60, "Epochs", low=1, high=2000, help="Rounds over all train segments, at most.")
    patience: int = param(
        10, "Patience", unit="epochs", low=1, high=2000, help="Stop after so many epochs without a lower loss on the valid split."
    )
    seed: int = param(0, "Seed", low=0, high=2**31 - 1, help="Fixes first weights, order and dropout.", advanced=True)
    deterministic: bool = param(
        False, "Deterministic", help="Exactly the same result on repeat on this machine, a little slower.", advanced=True
    )

    def build_optimizer(self) -> Any:
        """The Keras optimizer, new."""
        return OPTIMIZERS[self.optimizer](self)


@dataclass(frozen=True)
class TrainRequest:
    """What a training is asked to do; plain JSON values, so that another process can read it.

    Attributes
    ----------
    model : str
        Name in MODELS.
    dataset, split : str
        Names in the library of data sets and in SPLITS. With folds, the split's test tracks are held out of them; '' holds none
        out.
    split_seed : int
        Seed of the split, and of the folds.
    folds : int
        0 trains once; k from 2 to 20 trains k times and predicts every track by the net that has not heard it.
    features : tuple of dict, or None
        `Feature.to_dict` of each feature; None takes the model's own.
    segments, config, training : dict
        Values that differ from the model's defaults.
    title : str
        Words for the run; empty takes the model's title, with a number where another run has it.
    genres : tuple of str
        Train on the tracks of these genres only, or of a set in GENRE_SETS; none means all.
    train_share : float
        Learn from this share of the training tracks, above 0 to 1; a smaller share is part of a larger one.
    folds_column : str
        Take the folds from this column of the data set's table instead of drawing `folds` of them.
    """

    model: str
    dataset: str = "demo"
    split: str = "by_artist"
    split_seed: int = 0
    folds: int = 0
    features: tuple[dict[str, Any], ...] | None = None
    segments: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    genres: tuple[str, ...] = ()
    train_share: float = 1.0
    folds_column: str = ""

    @property
    def has_folds(self) -> bool:
        """It trains fold by fold."""
        return bool(self.folds or self.folds_column)

    @property
    def split_title(self) -> str:
        """Words for how its tracks are divided, `5 folds` or `split by artist, 20 % of the training tracks`."""
        if self.has_folds:
            return f"folds by {self.folds_column!r}" if self.folds_column else f"{self.folds} folds"
        genres = tuple(genre for name in self.genres for genre in GENRE_SETS.get(name, (name,)))
        return f"split {split_title(self.split, genres, self.train_share)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values = asdict(self)
        return {
            **values,
            "features": None if self.features is None else list(values["features"]),
            "genres": list(self.genres),
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Inverse of `to_dict`; raises `TrainingError` if the values are no request."""
        values = dict(values)
        try:
            if values.get("features") is not None:
                values["features"] = tuple(values["features"])
            return cls(**{**values, "genres": tuple(map(str, values.get("genres", ())))})
        except TypeError as error:
            raise TrainingError(f"Expected the request of a training. Received: {sorted(values)} ({error}).") from error

    def resolve(self) -> Recipe:
        """Everything with its defaults filled in; `ParameterError` if a name or value does not fit."""
        spec = model_spec(self.model)
        if self.folds and not MIN_FOLDS <= self.folds <= MAX_FOLDS:
            raise ParameterError(
                f"folds must be 0 (train once) or lie in [{MIN_FOLDS}, {MAX_FOLDS}]. Received: folds={self.folds}."
            )
        self._check_split()
        features = spec.features if self.features is None else tuple(feature_from_dict(values) for values in self.features)
        expected, received = [f.name for f in spec.features], [f.name for f in features]
        if expected != received:
            raise ParameterError(
                f"The model {self.model} reads {', '.join(expected)}. Received: {', '.join(received) or 'nothing'}."
            )
        return Recipe(
            spec,
            features,
            SegmentConfig.from_dict({**spec.segments.to_dict(), **self.segments}),
            spec.config.from_dict(self.config),
            TrainConfig.from_dict({**spec.training, **self.training}),
        )

    def _check_split(self) -> None:
        if not self.split and not self.has_folds:
            raise ParameterError(f"A training without folds needs a split: {', '.join(SPLITS)}. Received: none.")
        leaky = bool(self.split) and split_spec(self.split).leaky
        if leaky and self.has_folds:
            raise ParameterError(
                f"Folds judge each track by a net that has not heard it. Received: folds with {self.split}, where every track "
                "has segments in train. Train once with it, or divide another split into folds."
            )
        if check_train_share(self.train_share) < 1 and (leaky or self.has_folds):
            other = self.split if leaky else "folds"
            raise ParameterError(
                "A share of the training tracks needs a split of tracks, trained once. "
                f"Received: train_share={self.train_share:g} with {other}."
            )
        if len(self.genres) == 1 and self.genres[0] not in GENRE_SETS:
            raise ParameterError(f"A model needs at least two genres to tell apart. Received: {self.genres[0]}.")


@dataclass(frozen=True)
class Recipe:
    """A request with every default filled in."""

    spec: ModelSpec
    features: tuple[Feature, ...]
    segments: SegmentConfig
    config: Config
    training: TrainConfig

"""How a network is trained, and what a training is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
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
from genre_core.models.base import ModelSpec, Preset
from genre_core.models.networks.nets import LayerFacts
from genre_core.params import Config, param
from genre_core.training.augment import check_augmentation
from genre_core.training.optimizers import OPTIMIZERS, SCHEDULES


@dataclass(frozen=True)
class TrainConfig(Config):
    """How the weights are found. The valid split decides when to stop; the test split is not looked at."""

    name: ClassVar[str] = "train"
    optimizer: str = param("adam", "Optimizer", options=tuple(OPTIMIZERS), help="How a gradient becomes a step.")
    learning_rate: float = param(
        1e-3,
        "Learning rate",
        low=1e-6,
        high=1.0,
        help="Size of a step. SGD wants about ten times more.",
        search=(1e-4, 1e-2),
        log=True,
    )
    momentum: float = param(
        0.9, "Momentum", low=0.0, high=0.999, help="Share of the last step that is kept; with Nesterov only.", advanced=True
    )
    batch_size: int = param(
        32, "Batch size", unit="segments", low=1, high=1024, help="Segments a step averages over.", search=(16, 32, 64, 128)
    )
    epochs: int = param(60, "Epochs", low=1, high=2000, help="Rounds over all train segments, at most.")
    patience: int = param(
        10, "Patience", unit="epochs", low=1, high=2000, help="Stop after so many epochs without a lower loss on the valid split."
    )
    schedule: str = param(
        "constant", "Schedule", options=tuple(SCHEDULES), help="How the learning rate falls over the epochs.", advanced=True
    )
    warmup_epochs: int = param(
        0, "Warm-up", unit="epochs", low=0, high=100, help="The learning rate rises over the first epochs.", advanced=True
    )
    class_weights: str = param(
        "none",
        "Class weights",
        options=("none", "balanced"),
        help="Balanced: a segment of a rare genre counts more, so that all genres weigh the same.",
        advanced=True,
    )
    label_smoothing: float = param(
        0.0, "Label smoothing", low=0.0, high=0.5, help="Share of the target that goes to all genres alike.", advanced=True
    )
    mixup: float = param(
        0.0,
        "Mixup",
        low=0.0,
        high=2.0,
        help="Mixes pairs of segments and their genres; 0.2 is the custom, 0 is off.",
        advanced=True,
    )
    gain_db: float = param(
        0.0, "Random gain", unit="dB", low=0.0, high=20.0, help="Louder or softer by up to so much.", advanced=True
    )
    time_masks: int = param(0, "Time masks", low=0, high=4, help="SpecAugment: stretches of time that are hidden.", advanced=True)
    frequency_masks: int = param(0, "Frequency masks", low=0, high=4, help="SpecAugment: bands that are hidden.", advanced=True)
    mask_share: float = param(
        0.15, "Mask width", low=0.01, high=0.5, help="Largest share of the picture that one mask hides.", advanced=True
    )
    random_crop: bool = param(
        False, "Random crop", help="Segments begin anywhere in the track, not only where they were cut.", advanced=True
    )
    seed: int = param(0, "Seed", low=0, high=2**31 - 1, help="Fixes first weights, order and dropout.", advanced=True)
    deterministic: bool = param(
        False, "Deterministic", help="Exactly the same result on repeat on this machine, a little slower.", advanced=True
    )

    def build_optimizer(self) -> Any:
        """The Keras optimizer, new."""
        return OPTIMIZERS[self.optimizer](self)


@dataclass(frozen=True)
class FitConfig(Config):
    """How a model without epochs is fitted: only chance is left to fix."""

    name: ClassVar[str] = "fit"
    seed: int = param(0, "Seed", low=0, high=2**31 - 1, help="Fixes what the fit draws at random.", advanced=True)


TRAINING: dict[str, type[TrainConfig] | type[FitConfig]] = {"network": TrainConfig, "estimator": FitConfig}
"""Family of a model -> the config of its training."""


def training_config(spec: ModelSpec, preset: str = "") -> TrainConfig | FitConfig:
    """What a training of a model begins with: its family's defaults, then the model's, then those of a preset."""
    return TRAINING[spec.family].from_dict({**spec.training, **(spec.presets[preset].training if preset else {})})


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
    preset : str
        A preset of the model whose values stand before its defaults; empty takes these.
    folds_column : str
        Take the folds from this column of the data set's table instead of drawing `folds` of them.
    search : dict
        Of the winner of a search: its id, how many settings were tried, by what score, and the winner's; empty for others.
    keeps : str
        Id of a run on another version of the data set: its tracks keep their roles and folds, where they are still there, so
        that nothing but the labels differs. Empty divides the tracks anew.
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
    preset: str = ""
    search: dict[str, Any] = field(default_factory=dict)
    keeps: str = ""

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
        preset = self._preset(spec)
        own = preset.features or spec.features
        features = own if self.features is None else tuple(feature_from_dict(values) for values in self.features)
        expected, received = [f.name for f in own], [f.name for f in features]
        if expected != received:
            raise ParameterError(
                f"The model {self.model} reads {', '.join(expected)}. Received: {', '.join(received) or 'nothing'}."
            )
        training = TRAINING[spec.family].from_dict({**spec.training, **preset.training, **self.training})
        if isinstance(training, TrainConfig):
            check_augmentation(training, features)
        return Recipe(
            spec,
            features,
            SegmentConfig.from_dict({**spec.segments.to_dict(), **preset.segments, **self.segments}),
            spec.config.from_dict({**preset.config, **self.config}),
            training,
        )

    def _preset(self, spec: ModelSpec) -> Preset:
        if self.preset and self.preset not in spec.presets:
            known = ", ".join(spec.presets) or "none"
            raise ParameterError(f"The model {spec.name} has no preset {self.preset!r}. It has: {known}.")
        return spec.presets[self.preset] if self.preset else Preset("")

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
    training: TrainConfig | FitConfig

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """What one segment looks like to the model, a shape a feature."""
        return tuple(feature.shape(self.segments.length(feature.sr)) for feature in self.features)

    def layers(self, n_genres: int) -> Sequence[LayerFacts]:
        """The net's layers, computed without Keras; none of a model that is no net."""
        picture = getattr(self.spec.build, "picture", None)
        return [] if picture is None else picture(self.config, self.input_shapes, n_genres)

    def check_layers(self, n_genres: int) -> None:
        """Raise `ParameterError` where a net shrinks its input to nothing."""
        for layer in self.layers(n_genres):
            if 0 in layer.shape:
                raise ParameterError(
                    f"Something must be left of what the net reads at each layer. Received: segments of "
                    f"{self.segments.segment_seconds:g} s, of which nothing is left at {layer.words!r}. "
                    "Cut longer segments, or read more bands."
                )

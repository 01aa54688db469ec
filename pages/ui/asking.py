"""The form of a training: every value that its model, its features and its recipe declare, and what does not fit of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st

from genre_core import jobs
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.folds import MAX_FOLDS, MIN_FOLDS
from genre_core.datasets.tracks import Dataset
from genre_core.errors import GenreError
from genre_core.features.base import Feature
from genre_core.jobs.job import TRAIN
from genre_core.models.base import ModelSpec
from genre_core.params import Config
from genre_core.training.augment import check_augmentation
from genre_core.training.fitting import recipe_for
from genre_core.training.recipe import Recipe, TrainConfig, TrainRequest, training_config
from pages.ui import forms, pickers
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.measuring import cost
from pages.ui.root import root
from pages.ui.words import plain


class Fold(NamedTuple):
    """Parameters that stand in a fold of their own."""

    title: str
    words: str
    names: tuple[str, ...]


TRAINING_FOLDS = (
    Fold(
        "Schedule and weights",
        "How the learning rate falls, and how much each segment counts.",
        ("schedule", "warmup_epochs", "momentum", "class_weights", "label_smoothing"),
    ),
    Fold(
        "Augmentation",
        "In each epoch the train segments look a little different, so that the net can't learn them by heart. Valid ones stay.",
        ("gain_db", "time_masks", "frequency_masks", "mask_share", "random_crop", "mixup"),
    ),
)
"""Of the values of a net's training; what is advanced and stands in none of them is in the last fold."""

REST = "Seed and more"


class Asked(NamedTuple):
    """What the form holds.

    Attributes
    ----------
    request : TrainRequest or None
        None where its values do not go together.
    recipe : Recipe or None
        The same with all defaults filled in.
    n_genres : int
        Genres that are told apart.
    """

    request: TrainRequest | None
    recipe: Recipe | None
    n_genres: int


def ask(page: str, spec: ModelSpec, preset: str, dataset: Dataset, split: str, top: Any) -> Asked:
    """Draw the form below, its button into `top`; start a training when that is pressed.

    Each value has its widget; values that do not go together are said where they stand, and nothing can be started with them.
    """
    key, wrong = f"{page}.{spec.name}{preset and f'.{preset}'}", _Wrong()
    start = spec.presets[preset] if preset else None
    own = (start.features if start and start.features else None) or spec.features
    config = _model(spec, {**(start.config if start else {})}, key, wrong)
    training_start = training_config(spec, preset)
    training = _plain(type(training_start), training_start, f"{key}.training")
    if dataset.given:
        features, segments = own, None
        st.caption("What it reads and how tracks are cut is given with these numbers.")
    else:
        segments = _segments(spec, start.segments if start else {}, key, wrong)
        features = _features(own, key, wrong)
    folded = _training(training_start, training, features, key, wrong)
    folds = st.select_slider(
        "Folds", [0, *range(MIN_FOLDS, MAX_FOLDS + 1)], key=f"{page}.folds", format_func=fold_words, help=meaning("fold")
    )
    genres, train_share = pickers.pick_part(page, dataset)
    n_genres = len(genres) or len(dataset.genres)
    request = recipe = None
    if config is not None and folded is not None and features is not None and (segments is not None or dataset.given):
        request = TrainRequest(
            spec.name,
            dataset.name,
            split,
            folds=folds,
            features=None if features == own else tuple(feature.to_dict() for feature in features),
            segments={} if segments is None else forms.values(segments),
            config=forms.values(config),
            training=forms.values(folded),
            genres=genres,
            train_share=train_share,
            preset=preset,
        )
        try:
            recipe = recipe_for(request, dataset)
        except GenreError as error:
            wrong.sentences.append(str(error))
            request = None
    with top:
        _button(page, spec, dataset, request, wrong)
        if request is not None and recipe is not None:
            with spoken():
                st.caption(plain(cost(dataset, split, request, recipe)))
    return Asked(request, recipe, n_genres)


class _Wrong:
    """Collects what does not go together, and says it where it stands."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.n_below = 0

    def made(self, make: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """What `make` makes of these values, or None and a sentence."""
        try:
            return make(*values, **named)
        except GenreError as error:
            st.error(plain(str(error)))
            self.n_below += 1
            return None


def _button(page: str, spec: ModelSpec, dataset: Dataset, request: TrainRequest | None, wrong: _Wrong) -> None:
    pressed = st.button(
        "Train", key=f"{page}.go", type="primary", width="stretch", disabled=request is None or not dataset.complete
    )
    if not dataset.complete:
        st.caption("Training can begin when all demo songs are made.")
    for sentence in wrong.sentences:
        st.error(plain(sentence))
    if wrong.n_below:
        st.error("Values below do not go together: a red sentence beside them says why.")
    if pressed and request is not None:
        st.session_state[f"{page}.job"] = jobs.start(TRAIN, request.to_dict(), root(), name=spec.name).id


def _model(spec: ModelSpec, values: dict[str, Any], key: str, wrong: _Wrong) -> Config | None:
    start = spec.config.from_dict(values)
    drawn = _plain(spec.config, start, f"{key}.model")
    advanced = _advanced(spec.config)
    if advanced:
        with st.expander("More of the model"):
            drawn |= forms.fields(spec.config, page=f"{key}.model", start=start, names=advanced, columns=2)
            return wrong.made(spec.config, **drawn)
    return wrong.made(spec.config, **drawn)


def _plain(config: type[Config], start: Config, key: str) -> dict[str, Any]:
    advanced = _advanced(config)
    names = [name for name in config.params() if name not in advanced]
    return forms.fields(config, page=key, start=start, names=names, columns=2)


def _advanced(config: type[Config]) -> list[str]:
    return [name for name, entry in config.params().items() if entry.advanced]


def _segments(spec: ModelSpec, values: dict[str, Any], key: str, wrong: _Wrong) -> SegmentConfig | None:
    start = SegmentConfig.from_dict({**spec.segments.to_dict(), **values})
    with st.expander(f"How tracks are cut: {start.segment_seconds:g} s"):
        st.caption("The model judges each segment alone; a track's verdict is the mean over its segments.")
        drawn = forms.fields(SegmentConfig, page=f"{key}.segments", start=start, columns=2)
        return wrong.made(SegmentConfig, **drawn)


def _features(own: Sequence[Feature], key: str, wrong: _Wrong) -> tuple[Feature, ...] | None:
    with st.expander(f"What it reads: {' and '.join(feature.title for feature in own)}"):
        found: list[Feature | None] = []
        for feature in own:
            again = [before.name for before in own[: len(found)]].count(feature.name)  # two layers of one net
            number = f" {again + 1}" if again else ""
            if len(own) > 1:
                st.markdown(f"**{feature.title}{number}**")
            drawn = forms.fields(type(feature), page=f"{key}.{feature.name}{number.strip()}", start=feature, columns=2)
            found.append(wrong.made(type(feature), **drawn))
    return None if None in found else tuple(found)


def _training(
    start: Config, drawn: dict[str, Any], features: tuple[Feature, ...] | None, key: str, wrong: _Wrong
) -> Config | None:
    """The folds of the training, and all its values together."""
    kind, key, fits = type(start), f"{key}.training", True
    left = _advanced(kind)
    folds = TRAINING_FOLDS if isinstance(start, TrainConfig) else ()
    for fold in folds:
        with st.expander(fold.title):
            st.caption(fold.words)
            drawn |= forms.fields(kind, page=key, start=start, names=fold.names, columns=2)
            left = [name for name in left if name not in fold.names]
            if fold.title == "Augmentation" and features is not None:
                known = {name: value for name, value in drawn.items() if name in fold.names}
                fits = wrong.made(_fits, TrainConfig(**known), features)
    with st.expander(REST):
        drawn |= forms.fields(kind, page=key, start=start, names=left, columns=2)
    made = wrong.made(kind, **drawn)
    return made if fits else None


def _fits(training: TrainConfig, features: tuple[Feature, ...]) -> bool:
    check_augmentation(training, features)
    return True


def fold_words(count: int) -> str:
    """What a number of folds does."""
    return f"{count} folds: {count + 1} trainings" if count else "none: train once"

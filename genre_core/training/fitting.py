"""Which models a data set can train: all where there is audio, else those whose features it gives."""

from __future__ import annotations

from dataclasses import replace

from genre_core.datasets.given import given_requests
from genre_core.datasets.tracks import Dataset, NoAudioError
from genre_core.errors import ParameterError
from genre_core.models import MODELS, model_spec
from genre_core.training.recipe import Recipe, TrainRequest


def models_for(dataset: Dataset) -> dict[str, str | None]:
    """Every model's name with None where `dataset` can train it, or with the reason why not."""
    return {name: why_not(name, dataset) for name in MODELS}


def why_not(model: str, dataset: Dataset) -> str | None:
    """Why a data set cannot train a model, in a sentence; None where it can."""
    if not dataset.given:
        return None
    needed = [feature.name for feature in model_spec(model).features]
    given = {feature.name for feature, _ in given_requests(dataset)}
    if set(needed) <= given:
        return None
    fitting = [name for name, spec in MODELS.items() if {feature.name for feature in spec.features} <= given]
    return (
        f"{model} needs {' and '.join(needed)}, the data set {dataset.name!r} gives {', '.join(sorted(given))} without audio. "
        f"It can train: {', '.join(fitting) or 'no model'}."
    )


def recipe_for(request: TrainRequest, dataset: Dataset) -> Recipe:
    """A request's recipe for a data set; one without audio says how its tracks are cut, whatever the request says.

    Raises
    ------
    ParameterError
        As `TrainRequest.resolve`, where a feature is asked for with other parameters than those that are given, and where a net
        would shrink its segments to nothing.
    NoAudioError
        If the data set gives no such feature.
    """
    recipe = request.resolve()
    if dataset.given:
        recipe = _as_given(recipe, request, dataset)
    recipe.check_layers(len(dataset.genres))
    return recipe


def _as_given(recipe: Recipe, request: TrainRequest, dataset: Dataset) -> Recipe:
    if reason := why_not(request.model, dataset):
        raise NoAudioError(reason)
    pairs = []
    for feature in recipe.features:
        alike = [pair for pair in given_requests(dataset) if pair[0].name == feature.name]
        same = [pair for pair in alike if pair[0] == feature]
        if not same and request.features is not None:
            raise ParameterError(
                f"The numbers of {dataset.name!r} are given with the parameters {[its.to_dict() for its, _ in alike]}. "
                f"Received: {feature.to_dict()}. Leave the features' parameters as they are."
            )
        # What a model reads by itself, it reads with the parameters that the numbers have; a preset means what it names.
        if not same and (len(alike) != 1 or feature not in model_spec(request.model).features):
            who = request.model + (f" with the preset {request.preset!r}" if request.preset else "")
            gives = ", ".join(str(its.to_dict()) for its, _ in given_requests(dataset))
            raise NoAudioError(
                f"{who} needs {feature.to_dict()}; the data set {dataset.name!r} gives {gives} without audio, so nothing else "
                "can be computed. Choose another preset or model."
            )
        pairs.append((same or alike)[0])
    cuts = {segments for _, segments in pairs}
    if len(cuts) > 1:
        raise NoAudioError(f"The features of {request.model} are given in different segments by {dataset.name!r}.")
    return replace(recipe, features=tuple(feature for feature, _ in pairs), segments=cuts.pop())

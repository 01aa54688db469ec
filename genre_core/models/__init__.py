"""The models by name. To add one: a row in the `rows` of its family; the contract tests then cover it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genre_core.errors import unknown_name
from genre_core.models.base import ModelSpec
from genre_core.models.gaussian.rows import GAUSSIAN
from genre_core.models.networks.rows import NETWORKS
from genre_core.models.tabular.rows import TABULAR
from genre_core.models.transfer.rows import TRANSFER

MODELS: dict[str, ModelSpec] = {spec.name: spec for spec in (*NETWORKS, *TABULAR, *GAUSSIAN, *TRANSFER)}


def model_spec(name: str) -> ModelSpec:
    """The row of that name; `ParameterError` with the names that exist if there is none."""
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    return MODELS[name]


def extraction(names: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What these models (all, if none is named) read: pairs of `feature` and `segments` as plain values, each pair once.

    Raises
    ------
    ParameterError
        If a model does not exist.
    """
    pairs: list[dict[str, Any]] = []
    for name in tuple(names) or tuple(MODELS):
        spec = model_spec(name)
        for feature in spec.features:
            pair = {"feature": feature.to_dict(), "segments": spec.segments.to_dict()}
            if pair not in pairs:
                pairs.append(pair)
    return pairs

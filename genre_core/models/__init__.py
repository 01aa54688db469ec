"""The models by name. To add one: a layer table and a config in `networks`, a row here; the contract tests then cover it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genre_core.audio.segments import SegmentConfig
from genre_core.errors import unknown_name
from genre_core.features.spectral import LogMel
from genre_core.features.summary import Summary57
from genre_core.models.base import ModelSpec
from genre_core.models.networks import AnnConfig, CnnSmallConfig, build_ann, build_cnn_small

MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            name="ann",
            title="Dense network on summary columns",
            good_for="quick",
            summary="Three dense layers read 57 numbers a segment: trains in seconds, shows what hand-made features can do.",
            features=(Summary57(),),
            segments=SegmentConfig(),
            config=AnnConfig,
            build=build_ann,
            reference="Dense 512-256-64, ReLU, dropout 0.3: that of many GTZAN tutorials, on the columns of Kaggle's table.",
            training={"epochs": 100, "patience": 15, "learning_rate": 5e-4},
        ),
        ModelSpec(
            name="cnn_small",
            title="Small convolutional network on log-mel",
            good_for="quick",
            summary="Three convolutions look at 3 s of a mel spectrogram: the network for a live lecture.",
            features=(LogMel(),),
            segments=SegmentConfig(),
            config=CnnSmallConfig,
            build=build_cnn_small,
            reference="Conv 16-32-64 of 3x3 with batch norm, max-pool 2x2 and global average: after Choi, Fazekas and Sandler, "
            "Automatic tagging using deep convolutional neural networks, ISMIR 2016, made small.",
            training={"epochs": 40, "patience": 8},
        ),
    )
}


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

"""MusiCNN that goes on learning: its published weights below, a new head on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from genre_core.features.backbones import place, read_checked
from genre_core.models.backbones.checkpoints import give
from genre_core.models.backbones.musicnn import (
    MID_CHANNELS,
    N_MID,
    N_PENULTIMATE,
    TEMPORAL,
    TIMBRAL,
    Names,
    musicnn_body,
    numbered,
)
from genre_core.models.backbones.serving import tensors_of
from genre_core.models.networks.layers import Dense, Dropout, Shape
from genre_core.models.networks.nets import LayerFacts, Stage, facts_of, judged, output_facts, run
from genre_core.models.networks.scaling import FIXED
from genre_core.models.networks.tables import Table
from genre_core.models.transfer.configs import TunedConfig

BACKBONE = "msd_musicnn"
HEAD: Table = (Dropout(), Dense(64), Dropout())


@dataclass(frozen=True)
class TunedNet:
    """MusiCNN up to its last hidden layer, the lowest parts frozen, then a dense layer and the genres.

    Norms stay as they were taught, also above what is frozen: a small data set says too little of means and deviations.
    """

    stages: tuple[Stage, ...] = (Stage(),)

    def __call__(self, config: TunedConfig, input_shapes: Sequence[Shape], n_genres: int) -> Any:
        import keras

        (shape,) = input_shapes
        inputs = keras.Input(shape, name="input_0")  # (n_segments, n_mels, n_frames)
        names = _Named(config.frozen_layers)
        body = musicnn_body(keras.layers.Permute((2, 1))(inputs), names)
        model = keras.Model(inputs, judged(run(HEAD, body.penultimate, config), config, n_genres), name=config.name)
        for layer in model.layers:
            if layer.name.startswith(FIXED):
                layer.trainable = False
        give(model, tensors_of(read_checked(BACKBONE, place(BACKBONE))), names=names.told)
        return model

    def picture(self, config: TunedConfig, input_shapes: Sequence[Shape], n_genres: int) -> list[LayerFacts]:
        ((n_mels, n_frames),) = input_shapes
        facts = [LayerFacts("MusiCNN", "standardise, as it was taught", (n_frames, n_mels), 0)]
        below = 0
        for (frames, bands), channels in _front_end():
            n_weights = (frames * bands + 1) * channels
            facts.append(_part(config, 1, f"conv {frames} x {bands}, {channels} channels, ReLU", (n_frames, channels), n_weights))
            below += channels
        facts.append(LayerFacts("MusiCNN", "as a picture of time: all channels side by side", (n_frames, below), 0))
        maps = below
        for index in range(N_MID):
            n_weights = (7 * below + 1) * MID_CHANNELS
            words = f"conv 7 x 1, {MID_CHANNELS} channels, ReLU"
            facts.append(_part(config, 2 + index, words, (n_frames, MID_CHANNELS), n_weights))
            below, maps = MID_CHANNELS, maps + MID_CHANNELS
        facts.append(LayerFacts("MusiCNN", "max-pool and mean over time", (2 * maps,), 0))
        n_weights = (2 * maps + 1) * N_PENULTIMATE
        facts.append(_part(config, 5, f"dense, {N_PENULTIMATE} units, ReLU", (N_PENULTIMATE,), n_weights))
        head = list(facts_of("head", HEAD, (N_PENULTIMATE,), config))
        return [*facts, *head, output_facts("head", head[-1].shape, n_genres, config)]


class _Named:
    """Names of MusiCNN's layers in a net whose lowest parts are frozen: those that stay as they are begin with `FIXED`."""

    def __init__(self, n_frozen: int) -> None:
        self._names = Names()
        n_front, convs = len(TIMBRAL) + len(TEMPORAL), range(N_MID)
        learning = [] if n_frozen else [numbered("conv2d", number) for number in range(n_front)]
        learning += [numbered("conv2d", n_front + index) for index in convs if n_frozen < 2 + index]
        learning += ["dense"] if n_frozen < 5 else []
        self._learning = set(learning)
        self.told: dict[str, str] = {}

    def __call__(self, kind: str) -> str:
        name = self._names(kind)
        given = f"musicnn_{name}" if name in self._learning else f"{FIXED}_{name}"
        self.told[given] = name
        return given


def _front_end() -> list[tuple[tuple[int, int], int]]:
    return [((7, bands), channels) for bands, channels in TIMBRAL] + [((frames, 1), channels) for frames, channels in TEMPORAL]


def _part(config: TunedConfig, number: int, words: str, shape: Shape, n_weights: int) -> LayerFacts:
    frozen = config.frozen_layers >= number
    return LayerFacts("MusiCNN", f"{words}, {'frozen' if frozen else 'learning'}", shape, 0 if frozen else n_weights)

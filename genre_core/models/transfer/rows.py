"""The rows of MODELS that stand on a pretrained net."""

from __future__ import annotations

from typing import Any

from genre_core.audio.segments import SegmentConfig
from genre_core.features.musicnn import Backbone, MusicnnMel
from genre_core.features.summary import Summary57
from genre_core.models.base import ModelSpec, Preset
from genre_core.models.transfer.configs import TransferConfig, TunedConfig
from genre_core.models.transfer.heads import build_transfer
from genre_core.models.transfer.tuned import TunedNet

SHORT = SegmentConfig(tail_seconds=0.5)
"""A remainder of a few milliseconds, as clips of half a minute often have, would cost the net a whole window."""

_WHOLE_CLIP: dict[str, Any] = {"segment_seconds": 30.0, "hop_seconds": 30.0, "tail_seconds": 5.0}
_SOURCE = (
    'Pons and Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging", ISMIR 2019; transfer with a '
    'small head: Choi, Fazekas, Sandler and Cho, "Transfer learning for music classification and regression tasks", ISMIR 2017.'
)

TRANSFER: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="transfer",
        title="Head on a pretrained net",
        good_for="pretrained",
        summary="Asks a net that has heard the Million Song Dataset for its tags, and learns in a second which of them make a "
        "genre.",
        features=(Backbone(),),
        segments=SHORT,
        config=TransferConfig,
        build=build_transfer,
        reference=_SOURCE,
        family="estimator",
        gaps=True,
        presets={
            "svm": Preset(
                "SVM on the tags", "Round borders between the genres, in the space of 50 tags.", config={"head": "svm", "C": 1.0}
            ),
            "penultimate": Preset(
                "The layer below the tags",
                "200 numbers that the net itself makes its tags of: they say more, and more of it can be learned by heart.",
                features=(Backbone(layer="penultimate"),),
                config={"C": 0.03},
            ),
            "pooled": Preset(
                "All that the net heard",
                "Mean and largest value of 753 feature maps: nearest to the sound.",
                features=(Backbone(layer="pooled"),),
                config={"C": 0.003},
            ),
            "with_columns": Preset(
                "Tags with summary columns",
                "50 tags and the 57 columns side by side: what listeners would say, and what can be measured.",
                features=(Backbone(), Summary57()),
                config={"C": 0.1},
            ),
            "gaussian": Preset(
                "Tags and what lies below them",
                "Two witnesses, heard together by the Gaussian head: nothing better was found on real songs (docs/results.md).",
                features=(Backbone(even_level=True), Backbone(layer="mean_pool", even_level=True)),
                config={"head": "gaussian"},
            ),
            "whole_clip": Preset(
                "One row a clip",
                "30 s at once: the tags of its windows are averaged before they are judged.",
                segments=_WHOLE_CLIP,
                config={"C": 1.0},
            ),
        },
        differences=("The source's head was an SVM on the outputs of five layers of another net; here it reads one layer.",),
        honest="79 % by track, fault-filtered: a published study, logistic regression on the tags",
    ),
    ModelSpec(
        name="transfer_tuned",
        title="Pretrained net that learns on",
        good_for="pretrained",
        summary="The net of a million songs with a new head, its upper layers taught further by your songs: for larger data "
        "sets.",
        features=(MusicnnMel(),),
        segments=SHORT,
        config=TunedConfig,
        build=TunedNet(),
        reference='Pons and Serra, "musicnn", ISMIR 2019, with frozen lower layers: Yosinski, Clune, Bengio and Lipson, "How '
        'transferable are features in deep neural networks?", NIPS 2014.',
        training={"epochs": 20, "patience": 4, "learning_rate": 2e-4},
        presets={
            "front_end": Preset(
                "All but the front end learns",
                "Three convolutions and the dense layer move too, in smaller steps.",
                config={"frozen_layers": 1},
                training={"learning_rate": 5e-5},
            )
        },
        differences=("Batch norms keep the scale and shift of the songs that the net was taught on.",),
    ),
)

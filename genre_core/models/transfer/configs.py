"""What can be set of the models that stand on a pretrained net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genre_core.models.networks.configs import NetConfig
from genre_core.params import Config, param


@dataclass(frozen=True)
class TransferConfig(Config):
    """A head on a pretrained net that stays as it is."""

    name: ClassVar[str] = "transfer"
    head: str = param(
        "softmax",
        "Head",
        options=("softmax", "logistic", "svm", "gaussian"),
        search=("softmax", "logistic", "svm", "gaussian"),
        help="Softmax: one weighted sum a genre, all compete for the probability. Logistic: each genre is a question of its own, "
        "yes or no, and the answers are scaled to sum to one. SVM: round borders with the widest margin. Gaussian: each genre is "
        "a cloud of tracks, all clouds of one shape; it learns most from few tracks.",
    )
    C: float = param(
        0.3,
        "Inverse penalty C",
        low=1e-5,
        high=1e4,
        search=(1e-2, 10.0),
        log=True,
        help="Less keeps the weights smaller, which guards against learning by heart; the more columns, the less.",
    )
    gamma: float = param(
        0.0,
        "Gamma",
        low=0.0,
        high=10.0,
        help="How fast likeness fades with distance (SVM alone); 0 is one over the number of columns.",
        advanced=True,
    )
    balanced: bool = param(
        True,
        "Balance genres",
        help="Each genre counts the same, however many segments it has; without it a large genre is guessed more often. The "
        "Gaussian head always does.",
    )
    shrinkage: float = param(
        0.4,
        "Shrinkage",
        low=0.01,
        high=1.0,
        help="How far the clouds' shape is drawn towards a round one (Gaussian alone): more where tracks are few.",
        advanced=True,
    )
    temperature: float = param(
        4.0,
        "Temperature",
        low=0.1,
        high=100.0,
        help="Divides the logits (Gaussian alone): more makes it less sure, with the same order of genres in a segment.",
        advanced=True,
    )


FROZEN = (
    "nothing",
    "the front end",
    "up to the first convolution in time",
    "up to the second convolution in time",
    "up to the third convolution in time",
    "up to the dense layer",
)
"""How much of MusiCNN stays as it is, by the number of its parts, from below."""


@dataclass(frozen=True)
class TunedConfig(NetConfig):
    """A pretrained net that goes on learning."""

    name: ClassVar[str] = "transfer_tuned"
    frozen_layers: int = param(
        4,
        "Frozen layers",
        low=0,
        high=len(FROZEN) - 1,
        search=(1, 5),
        help="So many parts of the net, from below, stay as they were taught: 1 the front end, 2 to 4 its three convolutions in "
        "time, 5 the dense layer too. Fewer learn more from large data sets, and more by heart from small ones.",
    )

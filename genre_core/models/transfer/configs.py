"""What can be set of the models that stand on a pretrained net."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from genre_core.params import Config, param


@dataclass(frozen=True)
class TransferConfig(Config):
    """A head on a pretrained net that stays as it is."""

    name: ClassVar[str] = "transfer"
    head: str = param(
        "softmax",
        "Head",
        options=("softmax", "logistic", "svm"),
        search=("softmax", "logistic", "svm"),
        help="Softmax: one weighted sum a genre, all compete for the probability. Logistic: each genre is a question of its own, "
        "yes or no, and the answers are scaled to sum to one. SVM: round borders with the widest margin.",
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
        help="Each genre counts the same, however many segments it has; without it a large genre is guessed more often.",
    )

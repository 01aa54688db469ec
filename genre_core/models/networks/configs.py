"""Hyper-parameters of the nets: what all have, and what single ones add or begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from genre_core.params import Config, param

SHARE_HELP = "Share of units left out at random in each training step."
NORM_HELP = "Centre and scale each unit or channel over the batch, before the ReLU."
_WIDTHS = (0.25, 0.5, 1.0, 2.0)


def _dropout(default: float) -> Any:
    return param(default, "Dropout", low=0.0, high=0.9, help=SHARE_HELP, search=(0.0, 0.6))


@dataclass(frozen=True)
class NetConfig(Config):
    """What every net can be asked for."""

    dropout: float = _dropout(0.3)
    l1: float = param(0.0, "L1 penalty", low=0.0, high=0.1, help="Times the sum of absolute weights: pushes weights to zero.")
    l2: float = param(
        1e-4,
        "L2 penalty",
        low=0.0,
        high=0.1,
        help="Times the sum of squared weights: keeps weights small.",
        search=(1e-6, 1e-2),
        log=True,
    )
    batch_norm: bool = param(True, "Batch norm", help=NORM_HELP)
    width: float = param(1.0, "Width", options=_WIDTHS, help="Times the units or channels of each layer.", advanced=True)
    output: str = param(
        "softmax",
        "Output",
        options=("softmax", "sigmoid"),
        help="Softmax: one genre wins. Sigmoid: each genre is judged alone, then the values are scaled to sum to one.",
        advanced=True,
    )

    steps: ClassVar[str] = "frames"

    def scaled(self, size: int) -> int:
        """Units or channels of a layer of that size with this width."""
        return max(1, round(size * self.width))

    def penalty(self) -> Any:
        """The Keras regularizer, or None."""
        import keras

        return keras.regularizers.L1L2(l1=self.l1, l2=self.l2) if self.l1 or self.l2 else None


@dataclass(frozen=True)
class AnnConfig(NetConfig):
    """Hyper-parameters of the dense network."""

    name: ClassVar[str] = "ann"
    batch_norm: bool = param(False, "Batch norm", help=NORM_HELP)


@dataclass(frozen=True)
class RecurrentConfig(NetConfig):
    """Hyper-parameters of the nets that read a sequence."""

    batch_norm: bool = param(False, "Batch norm", help="Centre and scale each unit of the dense layer over the batch.")
    steps: str = param(  # type: ignore[misc]
        "frames",
        "A step is",
        options=("frames", "rows"),
        help="Frames: the net hears one moment after the other. Rows: it reads one row of the picture after the other.",
        advanced=True,
    )


@dataclass(frozen=True)
class RnnConfig(RecurrentConfig):
    """Hyper-parameters of the simple recurrent network."""

    name: ClassVar[str] = "rnn"


@dataclass(frozen=True)
class LstmConfig(RecurrentConfig):
    """Hyper-parameters of the LSTM."""

    name: ClassVar[str] = "lstm"


@dataclass(frozen=True)
class RnnLstmConfig(RecurrentConfig):
    """Hyper-parameters of the simple recurrent layer with an LSTM on it."""

    name: ClassVar[str] = "rnn_lstm"


@dataclass(frozen=True)
class CnnSmallConfig(NetConfig):
    """Hyper-parameters of the small convolutional network."""

    name: ClassVar[str] = "cnn_small"


@dataclass(frozen=True)
class CnnConfig(NetConfig):
    """Hyper-parameters of the five-layer convolutional network."""

    name: ClassVar[str] = "cnn"
    dropout: float = _dropout(0.2)


@dataclass(frozen=True)
class RcnnConfig(NetConfig):
    """Hyper-parameters of the convolutional network with two GRU."""

    name: ClassVar[str] = "rcnn"
    dropout: float = _dropout(0.2)


@dataclass(frozen=True)
class CrnnLstmConfig(NetConfig):
    """Hyper-parameters of the convolutional network with an LSTM."""

    name: ClassVar[str] = "crnn_lstm"
    dropout: float = _dropout(0.2)


@dataclass(frozen=True)
class AeCnnConfig(NetConfig):
    """Hyper-parameters of the autoencoder with a convolutional network on its latent."""

    name: ClassVar[str] = "ae_cnn"


@dataclass(frozen=True)
class FusionConfig(NetConfig):
    """Hyper-parameters of the late fusion."""

    name: ClassVar[str] = "fusion"

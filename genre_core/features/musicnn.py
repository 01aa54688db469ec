"""What MusiCNN reads, and what it says: features that others' nets learned from a million songs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genre_core.errors import FeatureError
from genre_core.features.backbones import BACKBONES, N_FRAMES, open_net
from genre_core.features.base import SAMPLE_RATES, Feature
from genre_core.features.framed import FFT_LENGTHS
from genre_core.features.spectral import Mel
from genre_core.features.stft import Spectra
from genre_core.params import param

LAYERS: dict[str, tuple[str, ...]] = {
    "tags": ("log_odds",),
    "penultimate": ("penultimate",),
    "mean_pool": ("mean_pool",),
    "max_pool": ("max_pool",),
    "pooled": ("mean_pool", "max_pool"),
}
"""What a user calls a layer -> the net's outputs, side by side."""

OVERLAPS = (0.0, 0.5, 0.67)


@dataclass(frozen=True)
class MusicnnMel(Mel):
    """Mel spectrogram as the MusiCNN nets read it, shape (n_mels, n_frames).

    `log10(1 + 10000 x)` of `librosa.feature.melspectrogram`, power in 96 bands up to 8 kHz: silence is zero, nothing is cut. Pons
    and Serra, "musicnn: Pre-trained convolutional neural networks for music audio tagging", ISMIR 2019, late-breaking demo.
    """

    name: ClassVar[str] = "musicnn_mel"
    title: ClassVar[str] = "Mel spectrogram for MusiCNN"
    unit: ClassVar[str] = "log10(1 + 10000 power)"
    sr: int = param(16000, "Sample rate", unit="Hz", options=SAMPLE_RATES, help="The nets were taught at 16 kHz.", advanced=True)
    n_fft: int = param(512, "FFT length", unit="samples", options=FFT_LENGTHS, help="The nets were taught with 512.")
    hop_length: int = param(
        256, "Hop", unit="samples", low=16, high=8192, help="Samples from one frame to the next; the nets were taught with 256."
    )
    n_mels: int = param(96, "Mel bands", low=8, high=512, help="Rows of the picture; the nets were taught with 96.")

    def __call__(self, spectra: Spectra) -> np.ndarray:
        return self.amplified(spectra, 1.0)

    def amplified(self, spectra: Spectra, gain: float) -> np.ndarray:
        """The same of a sound whose samples are multiplied by `gain`."""
        power = super().__call__(spectra)  # (n_mels, n_frames)
        return np.log10(1 + 10000 * gain**2 * power, dtype=np.float32)


@dataclass(frozen=True)
class Backbone(Feature):
    """What a pretrained net says of a sound, shape (n_values,): one layer of it.

    Layers: `tags` (the log-odds of 50 tags), `penultimate` (200 numbers behind the last hidden layer's ReLU and batch norm),
    `mean_pool` and `max_pool` (mean and largest value over time of 753 feature maps), `pooled` (both, 1,506). The net hears 187
    frames, three seconds. A longer sound is heard in windows that cover it, and their values are averaged; a shorter one is
    repeated until it fills a window.

    The net's file comes with the product. What it is, by its hash, is part of the feature: a run says which weights it learned
    from, and asks no others.

    Raises
    ------
    FeatureError
        When it is computed and the net's file is missing or altered.
    """

    name: ClassVar[str] = "backbone"
    title: ClassVar[str] = "Pretrained net"
    per_frame: ClassVar[bool] = False
    sr: int = param(16000, "Sample rate", unit="Hz", options=(16000,), help="What the nets were taught at.", advanced=True)
    net: str = param("msd_musicnn", "Net", options=tuple(BACKBONES), help="Whose ears: what it was taught, and by which songs.")
    layer: str = param(
        "tags",
        "Layer",
        options=tuple(LAYERS),
        help="Tags are words for music; the layers below them say more of the sound, in more numbers.",
    )
    overlap: float = param(
        0.0,
        "Overlap of windows",
        options=OVERLAPS,
        help="Share of a window that the next one hears too, where a segment is longer than one; more windows take more time.",
        advanced=True,
    )
    spread: bool = param(
        False,
        "Deviations too",
        help="Beside the mean of the windows how much they differ: twice the numbers, for segments of many windows.",
        advanced=True,
    )

    even_level: bool = param(
        False,
        "Even loudness",
        help="Each segment is first made as loud as the others, so that the volume of a recording changes nothing; the net "
        "itself was taught on songs as they were.",
        advanced=True,
    )

    def __call__(self, spectra: Spectra) -> np.ndarray:
        gain = even_gain(spectra.y) if self.even_level else 1.0
        mel = windows(MUSICNN_MEL.amplified(spectra, gain).T, overlap=self.overlap)
        said = np.concatenate(open_net(self.net)(mel, LAYERS[self.layer]), axis=1)  # (n_windows, n_columns)
        return np.concatenate([said.mean(axis=0), said.std(axis=0)]) if self.spread else said.mean(axis=0)  # (n_values,)

    def shape(self, n_samples: int) -> tuple[int, ...]:
        sizes = BACKBONES[self.net].sizes
        return ((1 + self.spread) * sum(sizes[output] for output in LAYERS[self.layer]),)

    @property
    def rows(self) -> tuple[str, ...]:
        """The tags' names, or the layer's with a number, counted from one; then those of the deviations, where asked for."""
        spec = BACKBONES[self.net]
        names = spec.tags
        if self.layer != "tags":
            names = tuple(f"{name} {number}" for name in LAYERS[self.layer] for number in range(1, spec.sizes[name] + 1))
        return (*names, *(f"{name}, deviation" for name in names)) if self.spread else names

    @property
    def value_unit(self) -> str:
        return "log-odds" if self.layer == "tags" else ""

    def to_dict(self) -> dict[str, Any]:
        """Name, parameters, and the beginning of the hash of the net's file."""
        return {**super().to_dict(), "weights": BACKBONES[self.net].weights}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Inverse of `to_dict`.

        Raises
        ------
        FeatureError
            If the values are of a net with other weights.
        ParameterError
            As of any config.
        """
        values = dict(values)
        weights = values.pop("weights", None)
        if isinstance(net := values.get("net"), str) and net not in BACKBONES:
            raise FeatureError(
                f"This was learned from the pretrained net {net}, which does not come with this product ({', '.join(BACKBONES)} "
                "does). Train it again, or use the Genrescope that it was trained with."
            )
        made = super().from_dict(values)
        if weights not in (None, BACKBONES[made.net].weights):
            raise FeatureError(
                f"This was learned from other weights of the net {made.net}: {weights}. Received: those of this product, "
                f"{BACKBONES[made.net].weights}. Train it again, or use the Genrescope that it was trained with."
            )
        return made


MUSICNN_MEL = MusicnnMel()

EVEN_RMS = 0.1
"""Root mean square of a segment with even loudness, full scale being one: the middle of GTZAN's."""
MOST_GAIN = 30.0
"""What is softer than a thirtieth of it stays softer: silence is not blown up."""


def even_gain(y: np.ndarray) -> float:
    """What brings samples to `EVEN_RMS`."""
    rms = float(np.sqrt(np.mean(np.square(y, dtype=np.float64)))) if y.size else 0.0
    return EVEN_RMS / max(rms, EVEN_RMS / MOST_GAIN)


SPARED_FRAMES = 18
"""So few frames more than whole windows get no window of their own: a third of a second."""


def windows(frames: np.ndarray, *, overlap: float = 0.0) -> np.ndarray:
    """Frames of a sound cut into what a net hears at once, evenly over its length, shape (n_windows, 187, n_mels).

    The first frame, half of which lies before the sound, is left away where the others suffice; so are up to `SPARED_FRAMES`
    between windows, for which the net would have to hear most of a window again.

    Parameters
    ----------
    frames : np.ndarray
        Shape (n_frames, n_mels), centred.
    overlap : float
        Share of a window that the next one holds too, at least.
    """
    if len(frames) > N_FRAMES:
        frames = frames[1:]
    if len(frames) < N_FRAMES:
        return frames[np.arange(N_FRAMES) % len(frames)][None]
    hop = round(N_FRAMES * (1 - overlap))
    n_windows = 1 + max(0, -(-(len(frames) - N_FRAMES - SPARED_FRAMES) // hop))
    starts = np.linspace(0, len(frames) - N_FRAMES, n_windows).round().astype(int) if n_windows > 1 else [0]
    return np.stack([frames[start : start + N_FRAMES] for start in starts])

"""Augmentation: what else the same music could have looked like. Batches of features change, never what is stored.

Everything works on features, not on sound: a feature is computed once, so an epoch costs no decoding. Gain in decibels is exact
for a log-mel spectrogram (but for its floor) and for MFCC, whose first coefficient holds the loudness.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genre_core.errors import ParameterError
from genre_core.features.base import Feature
from genre_core.features.spectral import LogMel, Mfcc

if TYPE_CHECKING:
    from genre_core.training.recipe import TrainConfig


def _gain_of_log_mel(values: np.ndarray, gain_db: np.ndarray, feature: Any) -> np.ndarray:
    return values + gain_db[:, None, None]


def _gain_of_mfcc(values: np.ndarray, gain_db: np.ndarray, feature: Any) -> np.ndarray:
    # The first row of an orthonormal DCT of n bands that all rise by g rises by sqrt(n) g.
    louder = values.copy()
    louder[:, 0] += math.sqrt(feature.n_mels) * gain_db[:, None]
    return louder


GAINS: dict[str, Callable[[np.ndarray, np.ndarray, Any], np.ndarray]] = {
    LogMel.name: _gain_of_log_mel,
    Mfcc.name: _gain_of_mfcc,
}
"""Feature -> what a gain [dB] does to it."""


def check_augmentation(config: TrainConfig, features: tuple[Feature, ...]) -> None:
    """Raise `ParameterError` where something is asked for that a feature does not have."""
    frameless = [feature.name for feature in features if not feature.per_frame]
    if frameless and (config.time_masks or config.frequency_masks or config.random_crop):
        raise ParameterError(
            f"Masks and random crops need a feature with frames. Received: {', '.join(frameless)}. Set them to 0."
        )
    silent = [feature.name for feature in features if feature.name not in GAINS]
    if silent and config.gain_db:
        raise ParameterError(f"A gain can be applied to {', '.join(GAINS)}. Received: {', '.join(silent)}. Set it to 0 dB.")


@dataclass(frozen=True, eq=False)
class Augmentation:
    """What a recipe asks for, on batches.

    Attributes
    ----------
    config : TrainConfig
    features : tuple of Feature
        What the net reads.
    fill : tuple of np.ndarray
        For each feature, what a mask leaves: the mean of each row in the train split, shape (n_rows,).
    """

    config: TrainConfig
    features: tuple[Feature, ...]
    fill: tuple[np.ndarray, ...]

    @property
    def is_on(self) -> bool:
        config = self.config
        return bool(config.gain_db or config.time_masks or config.frequency_masks or config.random_crop or config.mixup)

    def __call__(
        self,
        arrays: list[np.ndarray],
        following: Callable[[], list[np.ndarray]],
        targets: np.ndarray,
        rng: np.random.Generator,
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """An altered copy of a batch.

        Parameters
        ----------
        arrays : list of np.ndarray
            One a feature, shape (n_segments, n_rows, n_frames) or, without frames, (n_segments, n_columns).
        following : callable
            Gives the arrays of the segments that follow these in their tracks; called for a random crop only.
        targets : np.ndarray
            Share of each genre, shape (n_segments, n_genres).
        rng : np.random.Generator
            The only source of chance.

        Returns
        -------
        list of np.ndarray, np.ndarray
            Arrays and targets of the same shapes.
        """
        config, n_segments = self.config, len(targets)
        if config.random_crop:
            share = rng.random(n_segments)  # the same moment for all features of a segment
            arrays = [crop(here, behind, share) for here, behind in zip(arrays, following(), strict=True)]
        if config.gain_db:
            gain_db = rng.uniform(-config.gain_db, config.gain_db, n_segments)
            arrays = [GAINS[feature.name](array, gain_db, feature) for array, feature in zip(arrays, self.features, strict=True)]
        for axis, count in ((1, config.frequency_masks), (2, config.time_masks)):
            for _ in range(count):
                arrays = [mask(array, fill, axis, rng, config.mask_share) for array, fill in zip(arrays, self.fill, strict=True)]
        if config.mixup:
            arrays, targets = mix(arrays, targets, rng, config.mixup)
        return [array.astype(np.float32, copy=False) for array in arrays], targets.astype(np.float32, copy=False)


def crop(here: np.ndarray, behind: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Segments that begin anywhere between their start and that of the next: the end of one, then the beginning of the other.

    Parameters
    ----------
    here, behind : np.ndarray
        A segment and the one that follows it, shape (n_segments, n_rows, n_frames).
    share : np.ndarray
        How far each begins, in [0, 1), shape (n_segments,).
    """
    n_frames = here.shape[-1]
    moved = np.floor(share * n_frames).astype(int)
    both = np.concatenate([here, behind], axis=-1)  # (n_segments, n_rows, 2 n_frames)
    frames = moved[:, None] + np.arange(n_frames)  # (n_segments, n_frames)
    return np.take_along_axis(both, frames[:, None, :], axis=-1)


def mask(array: np.ndarray, fill: np.ndarray, axis: int, rng: np.random.Generator, share: float) -> np.ndarray:
    """One band of rows (axis 1) or frames (axis 2) of each segment replaced by `fill`, up to `share` of the axis wide.

    SpecAugment: Park et al., SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition, Interspeech 2019.
    """
    n_segments, size = array.shape[0], array.shape[axis]
    width = np.floor(rng.random(n_segments) * (share * size + 1)).astype(int)
    start = np.floor(rng.random(n_segments) * (size - width + 1)).astype(int)
    places = np.arange(size)
    hidden = (places >= start[:, None]) & (places < (start + width)[:, None])  # (n_segments, size)
    hidden = hidden[:, :, None] if axis == 1 else hidden[:, None, :]
    return np.where(hidden, fill.astype(array.dtype)[None, :, None], array)


def mix(
    arrays: list[np.ndarray], targets: np.ndarray, rng: np.random.Generator, alpha: float
) -> tuple[list[np.ndarray], np.ndarray]:
    """Each segment mixed with another of the batch, by a share drawn from Beta(alpha, alpha), its targets alike.

    Zhang et al., mixup: Beyond Empirical Risk Minimization, ICLR 2018.
    """
    n_segments = len(targets)
    share = rng.beta(alpha, alpha, n_segments).astype(np.float32)
    other = rng.permutation(n_segments)

    def mixed(values: np.ndarray) -> np.ndarray:
        own = share.reshape(-1, *([1] * (values.ndim - 1)))
        return own * values + (1 - own) * values[other]

    return [mixed(array) for array in arrays], mixed(targets)

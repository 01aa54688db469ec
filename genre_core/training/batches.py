"""Batches of segments for a net: read from memory or the store, in an order that follows from seed and epoch."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from genre_core.datasets.rows import StoredRows
from genre_core.errors import GenreError
from genre_core.models.batches import at_once
from genre_core.training.augment import Augmentation
from genre_core.training.recipe import TrainConfig

JUDGED_AT_ONCE = 256
"""At most: of whole clips fewer, since a net's first layers hold a hundred times what it reads."""
_AHEAD = 2
"""Batches that are read while the net learns from one."""


@dataclass(frozen=True, eq=False)
class Segments:
    """What a model reads: the segments of many tracks in one array a feature.

    Attributes
    ----------
    features : tuple of np.ndarray or StoredRows
        One array a feature of the model, shape (n_segments, *feature shape).
    genres : np.ndarray
        Genre index of each segment, shape (n_segments,).
    tracks : np.ndarray
        Index of each segment's track, ascending, shape (n_segments,).
    """

    features: tuple[np.ndarray | StoredRows, ...]
    genres: np.ndarray
    tracks: np.ndarray

    def following(self, rows: np.ndarray) -> np.ndarray:
        """The segment that begins where each of some segments ends; the segment itself where there is none.

        The last segment of a track ends with it and may overlap the one before, so neither has one that follows.
        """
        behind = np.minimum(rows + 2, len(self.tracks) - 1)
        within = (rows + 2 < len(self.tracks)) & (self.tracks[behind] == self.tracks[rows])
        return np.where(within, rows + 1, rows)


@dataclass(eq=False)
class Batches:
    """Some rows of `Segments`, a batch after the other, as TensorFlow takes them.

    Attributes
    ----------
    n_genres : int
    failures : list of GenreError
        What went wrong in reading: TensorFlow reads in a thread of its own and tells of errors in words of its own.
    """

    segments: Segments
    rows: np.ndarray
    n_genres: int
    config: TrainConfig
    augmentation: Augmentation | None = None
    failures: list[GenreError] = field(default_factory=list)
    _epoch: int = 0
    _stream: Any = None

    @property
    def batch_size(self) -> int:
        if self.augmentation is not None:
            return self.config.batch_size
        return at_once((values.shape[1:] for values in self.segments.features), most=JUDGED_AT_ONCE)

    def __len__(self) -> int:
        return math.ceil(len(self.rows) / self.batch_size)

    def of(self, epoch: int) -> Iterator[tuple[Any, Any, Any]]:
        """Inputs, targets (n_segments, n_genres) and weights (n_segments,) of one epoch, read ahead; one epoch at a time."""
        self._epoch = epoch
        if self._stream is None:
            self._stream = self._make_stream()
        return iter(self._stream)

    def _make_stream(self) -> Any:
        import tensorflow as tf

        arrays = tuple(tf.TensorSpec((None, *values.shape[1:]), tf.float32) for values in self.segments.features)
        signature = (arrays, tf.TensorSpec((None, self.n_genres), tf.float32), tf.TensorSpec((None,), tf.float32))
        read = tf.data.Dataset.from_generator(lambda: self._read(self._epoch), output_signature=signature)
        return read.prefetch(_AHEAD)

    def _read(self, epoch: int) -> Iterator[tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]]:
        rng = np.random.default_rng((self.config.seed, epoch))
        # The order follows from the epoch's number, so that a continued training sees what an unbroken one would.
        order = np.sort(self.rows) if self.augmentation is None else rng.permutation(np.sort(self.rows))
        for start in range(0, len(order), self.batch_size):
            # Sorted: order inside a batch does not matter, and reading forward is quicker.
            chosen = np.sort(order[start : start + self.batch_size])
            try:
                yield self._batch(chosen, rng)
            except GenreError as error:
                self.failures.append(error)
                raise

    def _batch(self, chosen: np.ndarray, rng: np.random.Generator) -> tuple[tuple[np.ndarray, ...], np.ndarray, np.ndarray]:
        arrays = self._arrays(chosen)
        genres = self.segments.genres[chosen]
        targets = np.eye(self.n_genres, dtype=np.float32)[genres]  # (n_segments, n_genres)
        weights = np.ones(len(chosen), np.float32)
        if self.augmentation is not None:
            weights = self._weights[genres]
            smooth = self.config.label_smoothing
            targets = (1 - smooth) * targets + np.float32(smooth / self.n_genres)
            if self.augmentation.is_on:
                behind = self.segments.following(chosen)
                arrays, targets = self.augmentation(arrays, lambda: self._arrays(behind), targets, rng)
        return tuple(arrays), targets.astype(np.float32, copy=False), weights

    def _arrays(self, rows: np.ndarray) -> list[np.ndarray]:
        return [array[rows] for array in self.segments.features]

    @property
    def _weights(self) -> np.ndarray:
        """What a segment of each genre counts, 1 on average, float32, shape (n_genres,)."""
        if self.config.class_weights == "none":
            return np.ones(self.n_genres, np.float32)
        counts = np.bincount(self.segments.genres[self.rows], minlength=self.n_genres)
        present = np.count_nonzero(counts)
        return np.where(counts, len(self.rows) / (present * np.maximum(counts, 1)), 0).astype(np.float32)

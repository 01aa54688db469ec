"""Predictions of one run on one set of tracks: the arrays that scores, curves and pages read."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from genre_core.errors import ParameterError, RunError
from genre_core.files import write_whole

if TYPE_CHECKING:
    from genre_core.features.base import SegmentFeatures
    from genre_core.models.base import Classifier

_ARRAYS = ("track_ids", "y_true", "segment_track", "start_seconds", "end_seconds", "segment_posteriors")
SUM_TOLERANCE = 1e-3
"""How far a posterior's sum may lie from one: float32 and a mean over segments, no more."""
SCORED_TOGETHER = 64
BYTES_TOGETHER = 4 * 2**20
"""Short tracks are scored together until they hold so many segments, or so much is read."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Segment posteriors with their tracks and truth; checked when made.

    Attributes
    ----------
    genres : tuple of str
        Order of the posterior's columns.
    track_ids : np.ndarray
        str, shape (n_tracks,).
    y_true : np.ndarray
        Genre index of each track, int64, shape (n_tracks,).
    segment_track : np.ndarray
        Index into `track_ids` of each segment, int64, shape (n_segments,), ascending; every track has a segment.
    start_seconds, end_seconds : np.ndarray
        True ends of each segment [s], shape (n_segments,).
    segment_posteriors : np.ndarray
        float32, shape (n_segments, n_genres); rows sum to one.

    Raises
    ------
    ParameterError
        If shapes don't fit each other, an index points nowhere, or a posterior is not one.
    """

    genres: tuple[str, ...]
    track_ids: np.ndarray
    y_true: np.ndarray
    segment_track: np.ndarray
    start_seconds: np.ndarray
    end_seconds: np.ndarray
    segment_posteriors: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "genres", tuple(str(genre) for genre in self.genres))
        object.__setattr__(self, "track_ids", np.asarray(self.track_ids, dtype=np.str_))
        for name, dtype in (("y_true", np.int64), ("segment_track", np.int64)):
            object.__setattr__(self, name, _whole(name, getattr(self, name)).astype(dtype))
        for name in ("start_seconds", "end_seconds"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        object.__setattr__(self, "segment_posteriors", np.asarray(self.segment_posteriors, dtype=np.float32))
        self._check_shapes()
        self._check_values()

    def _check_shapes(self) -> None:
        n_tracks, n_segments = self.track_ids.size, self.segment_track.size
        expected = {
            "track_ids": (n_tracks,),
            "y_true": (n_tracks,),
            "segment_track": (n_segments,),
            "start_seconds": (n_segments,),
            "end_seconds": (n_segments,),
            "segment_posteriors": (n_segments, len(self.genres)),
        }
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ParameterError(f"{name} must have shape {shape}. Received: shape {getattr(self, name).shape}.")
        if not n_tracks:
            raise ParameterError("Predictions need at least one track. Received: none.")

    def _check_values(self) -> None:
        n_tracks, n_genres = self.track_ids.size, len(self.genres)
        if self.y_true.min() < 0 or self.y_true.max() >= n_genres:
            raise ParameterError(
                f"y_true must hold genre indices from 0 to {n_genres - 1}. Received: {self.y_true.min()} to {self.y_true.max()}."
            )
        steps = np.diff(self.segment_track, prepend=-1, append=n_tracks)
        if steps[0] != 1 or steps[-1] != 1 or np.any((steps < 0) | (steps > 1)):
            raise ParameterError(
                "segment_track must ascend from 0 and give every track at least one segment. "
                f"Received: indices {self.segment_track[:8].tolist()}... for {n_tracks} tracks."
            )
        ends = np.stack([self.start_seconds, self.end_seconds])
        if not np.isfinite(ends).all():
            raise ParameterError("start_seconds and end_seconds must be finite. Received: NaN or infinite values.")
        check_posteriors(self.segment_posteriors)

    @cached_property
    def posteriors(self) -> np.ndarray:
        """Track posteriors, the mean over each track's segments, float32, shape (n_tracks, n_genres)."""
        total = np.zeros((len(self.track_ids), len(self.genres)))
        np.add.at(total, self.segment_track, self.segment_posteriors)
        counts = np.bincount(self.segment_track, minlength=len(self.track_ids))
        return (total / counts[:, None]).astype(np.float32)  # (n_tracks, n_genres)

    @property
    def y_pred(self) -> np.ndarray:
        """Genre index predicted for each track, shape (n_tracks,)."""
        return self.posteriors.argmax(axis=1)

    @property
    def segment_y_true(self) -> np.ndarray:
        return self.y_true[self.segment_track]

    @property
    def segment_y_pred(self) -> np.ndarray:
        return self.segment_posteriors.argmax(axis=1)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write an npz without pickle; it appears whole under its name or not at all."""
        packed = io.BytesIO()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez_compressed(packed, genres=np.array(self.genres, dtype=np.str_), **arrays)
        write_whole(Path(path), packed.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Predictions:
        """Read what `save` wrote.

        Raises
        ------
        RunError
            If the file is missing, damaged, or holds something else.
        """
        path = Path(path)
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in ("genres", *_ARRAYS)}
            genres = tuple(arrays.pop("genres").tolist())
            return cls(genres, **arrays)
        except FileNotFoundError:
            raise RunError(f"There are no predictions at {path}. Evaluate the run on this split first.") from None
        except (OSError, KeyError, ValueError, EOFError, AttributeError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise RunError(f"Expected the predictions of a run in {path}. Received: a damaged file ({error}).") from error


def predict_tracks(
    classifier: Classifier,
    features: Iterable[Sequence[SegmentFeatures]],
    *,
    genres: Sequence[str],
    track_ids: Sequence[str],
    y_true: Sequence[int] | np.ndarray,
) -> Predictions:
    """Score the segments of every track.

    Parameters
    ----------
    classifier : Classifier
        Scores segments; it is called for several short tracks at a time, or for one long one.
    features : iterable of sequences of SegmentFeatures
        For each track, in the order of `track_ids`, one entry for each feature of the model. Read lazily, so that a generator
        keeps one long track, or a few short ones, in memory.
    genres, track_ids, y_true
        As in `Predictions`.

    Raises
    ------
    RunError
        If the classifier gives something else than finite posteriors.
    """
    segment_track, starts, ends, posteriors = [], [], [], []
    index = 0
    for tracks in _together(features):
        inputs = (np.concatenate([part.values for part in its]) for its in zip(*tracks, strict=True))
        posteriors.append(checked_posterior(classifier(*inputs).posterior, len(genres)))
        for parts in tracks:
            segment_track.append(np.full(len(parts[0].values), index))
            starts.append(parts[0].start_seconds)
            ends.append(parts[0].end_seconds)
            index += 1
    return Predictions(
        tuple(genres),
        np.asarray(track_ids, dtype=np.str_),
        np.asarray(y_true),
        np.concatenate(segment_track) if segment_track else np.zeros(0, np.int64),
        np.concatenate(starts) if starts else np.zeros(0),
        np.concatenate(ends) if ends else np.zeros(0),
        np.concatenate(posteriors) if posteriors else np.zeros((0, len(genres)), np.float32),
    )


def _together(features: Iterable[Sequence[SegmentFeatures]]) -> Iterator[list[Sequence[SegmentFeatures]]]:
    """Tracks in groups, one long one or a few short ones: to be asked costs a forest more than to answer for a few segments."""
    tracks: list[Sequence[SegmentFeatures]] = []
    n_segments = n_bytes = 0
    for parts in features:
        tracks.append(parts)
        n_segments += len(parts[0].values)
        n_bytes += sum(part.values.nbytes for part in parts)
        if n_segments >= SCORED_TOGETHER or n_bytes >= BYTES_TOGETHER:
            yield tracks
            tracks, n_segments, n_bytes = [], 0, 0
    if tracks:
        yield tracks


def check_posteriors(posteriors: np.ndarray) -> None:
    """Raise `ParameterError` unless each row is finite, not negative and sums to one."""
    if not np.isfinite(posteriors).all():
        raise ParameterError("Posteriors must be finite. Received: NaN or infinite values.")
    if posteriors.size and posteriors.min() < -SUM_TOLERANCE:
        raise ParameterError(f"Posteriors must not be negative. Received: {posteriors.min():.4g}.")
    sums = posteriors.sum(axis=1, dtype=np.float64)
    if sums.size and abs(sums - 1).max() > SUM_TOLERANCE:
        raise ParameterError(f"Each posterior must sum to one. Received: a sum of {sums[abs(sums - 1).argmax()]:.4g}.")


def checked_posterior(posterior: np.ndarray, n_genres: int) -> np.ndarray:
    """A classifier's posterior, shape (n_segments, n_genres), or `RunError` if it cannot be one."""
    if posterior.ndim != 2 or posterior.shape[1] != n_genres:
        raise RunError(f"The model must give one probability for each of {n_genres} genres. Received: shape {posterior.shape}.")
    try:
        check_posteriors(posterior)
    except ParameterError as error:
        raise RunError(f"The model's output is no posterior, so it is not used: {error} Train this run again.") from error
    return posterior


def _whole(name: str, values: np.ndarray) -> np.ndarray:
    values = np.asarray(values)
    if values.size and not np.issubdtype(values.dtype, np.integer):
        raise ParameterError(f"{name} must hold whole numbers. Received: {values.dtype}.")
    return values

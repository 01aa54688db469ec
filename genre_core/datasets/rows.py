"""The segments of many tracks as one array: in memory while they are few, else read from the store when they are asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from genre_core.datasets.arrays import first_place
from genre_core.datasets.store import FeatureStore, Request
from genre_core.datasets.tracks import Track
from genre_core.errors import DatasetError, TrainingError
from genre_core.parallel import Countdown, Progress

IN_MEMORY_BYTES = 64 * 2**20
"""Up to this size an array of features is kept in memory. More is read row by row: the files lie in the system's cache as long as
it has room, a row of a spectrogram costs 0.03 ms then, and the process needs no more memory for a million tracks than for few."""


def gather_rows(
    tracks: Sequence[Track],
    request: Request,
    store: FeatureStore,
    *,
    in_memory_bytes: int = IN_MEMORY_BYTES,
    gaps: bool = False,
    progress: Progress | None = None,
) -> tuple[np.ndarray | StoredRows, list[int]]:
    """The segments of some tracks as one array, shape (n_segments, *feature shape), and how many each track has.

    Each file is read once, so that what is missing or damaged is computed now and what is no number is found.

    Parameters
    ----------
    tracks : sequence of Track
        At least one.
    request : (Feature, SegmentConfig)
        What is wanted of each.
    store : FeatureStore
        Where it lies.
    in_memory_bytes : int
        Up to this size the result is an array in memory, beyond it `StoredRows`; both give the same numbers.
    gaps : bool
        A segment may lack the feature: be NaN altogether.
    progress : callable or None
        `progress(done, total, seconds_left)` after each track; it may raise to stop.

    Raises
    ------
    TrainingError
        If there are no tracks, or a feature is not finite.
    AudioError, DatasetError
        As `FeatureStore.get`.
    """
    if not tracks:
        raise TrainingError("Expected tracks to learn from. Received: none.")
    counts: list[int] = []
    n_bytes = _stored_bytes(tracks, request, store)
    filling = _Filling(n_bytes) if n_bytes <= in_memory_bytes else None
    countdown = Countdown(progress, len(tracks))
    for track in tracks:
        values = store.get(track, *request).values
        if not (np.isfinite(values) | (gaps & _lacking(values))).all():
            raise TrainingError(
                f"The feature {request[0].name} holds NaN or infinite values for {track.id}, and perhaps others. "
                "Check the data set."
            )
        counts.append(len(values))
        if filling is not None:
            filling.add(values)
            if filling.n_bytes > in_memory_bytes:
                filling = None
        countdown.step()
    if filling is None:
        return StoredRows(store, tracks, request, counts, values.shape[1:]), counts
    return filling.rows, counts


def _lacking(values: np.ndarray) -> np.ndarray:
    """Which segments are NaN altogether, shape (n_segments, 1, ...)."""
    return np.isnan(values).all(axis=tuple(range(1, values.ndim)), keepdims=True)


class _Filling:
    """One array that parts are copied into as they come: the peak is one data set, not two.

    Parameters
    ----------
    n_bytes : int
        How large it becomes, as far as is known; what is never written to takes no memory.
    """

    def __init__(self, n_bytes: int) -> None:
        self._expected = n_bytes
        self._array = np.empty((0,), np.float32)
        self._count = 0

    @property
    def rows(self) -> np.ndarray:
        """What was added, shape (n_segments, *feature shape)."""
        return self._array[: self._count]

    @property
    def n_bytes(self) -> int:
        return self.rows.nbytes

    def add(self, part: np.ndarray) -> None:
        count = self._count + len(part)
        if count > len(self._array):
            size = max(count, self._expected // part[0].nbytes if not self._count else 2 * self._count)
            larger = np.empty((size, *part.shape[1:]), np.float32)
            if self._count:
                larger[: self._count] = self.rows
            self._array = larger
        self._array[self._count : count] = part
        self._count = count


def _stored_bytes(tracks: Sequence[Track], request: Request, store: FeatureStore) -> int:
    """Size of what is stored of some tracks, by their files."""
    total = 0
    for track in tracks:
        with suppress(OSError):  # none yet: `gather_rows` counts what it computes
            total += store.path(track, *request).stat().st_size
    return total


class StoredRows:
    """An array of segments that lies in the store, a file a track; only what is indexed is read.

    Parameters
    ----------
    store, tracks, request
        Where it lies: the features of these tracks, one after another.
    counts : sequence of int
        Segments of each track.
    shape : tuple of int
        Of one segment's feature.

    Attributes
    ----------
    shape : tuple of int
        (n_segments, *feature shape), float32.
    """

    def __init__(
        self, store: FeatureStore, tracks: Sequence[Track], request: Request, counts: Sequence[int], shape: tuple[int, ...]
    ) -> None:
        self._store, self._tracks, self._request = store, tracks, request
        self._folder = str(store.path(tracks[0], *request).parent.parent)
        self._starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])  # (n_tracks + 1,)
        self.shape = (int(self._starts[-1]), *shape)

    dtype = np.dtype(np.float32)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: np.ndarray | slice) -> np.ndarray:
        """Some segments, float32, shape (n_rows, *feature shape), as an array in memory gives them.

        A track whose file has gone or was damaged meanwhile is computed again.

        Raises
        ------
        AudioError, DatasetError
            If that is not possible.
        """
        if isinstance(rows, slice):
            rows = np.arange(len(self))[rows]
        rows = np.asarray(rows, dtype=np.int64)
        found = np.empty((len(rows), *self.shape[1:]), np.float32)
        owners = np.searchsorted(self._starts, rows, side="right") - 1  # (n_rows,)
        inside = rows - self._starts[owners]
        # Neighbours in one track are read at once.
        breaks = np.flatnonzero((np.diff(owners) != 0) | (np.diff(inside) != 1)) + 1
        for start, stop in zip([0, *breaks], [*breaks, len(rows)], strict=True):
            if stop > start:
                self._read(int(owners[start]), int(inside[start]), found[start:stop])
        return found

    def _read(self, owner: int, first: int, into: np.ndarray) -> None:
        track = self._tracks[owner]
        count = int(self._starts[owner + 1] - self._starts[owner])
        name = os.path.join(self._folder, track.sha256[:2], f"{track.sha256}.npz")  # noqa: PTH118 (a Path costs as much as a read)
        if not _read_rows(name, (count, *self.shape[1:]), first, into):
            values = self._store.get(track, *self._request).values
            if values.shape != (count, *self.shape[1:]):
                raise DatasetError(f"The features of {track.id} are not those that the training began with. Start it again.")
            into[:] = values[first : first + len(into)]


_HEAD_BYTES = 512
"""In which an array's header ends."""


def _read_rows(path: str, shape: tuple[int, ...], first: int, into: np.ndarray) -> bool:
    """Read rows of the first array of a file into memory; False where there is no such array."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            name, place = first_place(file.read(_HEAD_BYTES))
            if (name, place.dtype, place.shape) != ("values", np.float32, shape):
                return False
            file.seek(place.offset + first * into[0].nbytes)
            wanted = into.data.cast("B")
            done = 0
            while done < len(wanted) and (n_bytes := file.readinto(wanted[done:])):
                done += n_bytes
            return done == len(wanted)
    except (OSError, ValueError):
        return False

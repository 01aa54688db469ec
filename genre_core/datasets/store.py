"""Features on disk, found by what they are made of: audio, feature and segments. What is there is never computed again."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.audio.segments import SegmentConfig
from genre_core.datasets.arrays import read_arrays
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.errors import AudioError, DatasetError
from genre_core.features.base import Feature, SegmentFeatures, segment_features
from genre_core.files import sweep, why_not_written, write_whole
from genre_core.parallel import Countdown, Progress
from genre_core.scale import as_completed

HASH_SR = 22050
"""Rate at which a track's `sha256` is taken [Hz]."""

Request = tuple[Feature, SegmentConfig]


@dataclass(frozen=True)
class FeatureStore:
    """Files `<feature>-<segments>/<aa>/<audio sha256>.npz` below a folder, each written whole under its name.

    Several processes may write the same thing: they write the same bytes, and the later rename replaces the earlier. A file
    that is damaged counts as missing and is written anew.

    Attributes
    ----------
    folder : Path
        `Root.features`; made when something is written.
    """

    folder: Path

    def path(self, track: Track, feature: Feature, segments: SegmentConfig) -> Path:
        """Where the features of this audio lie, or would.

        Raises
        ------
        DatasetError
            If the track has no audio hash to be found by.
        """
        if len(track.sha256) < 3 or not track.sha256.isalnum():
            raise DatasetError(f"Track {track.id} has no audio hash, so nothing can be stored for it. Import its folder again.")
        return self.folder / _place(feature, segments) / track.sha256[:2] / f"{track.sha256}.npz"

    def load(self, track: Track, feature: Feature, segments: SegmentConfig) -> SegmentFeatures | None:
        """What is stored, without touching audio; None where nothing is, or what is there is damaged."""
        try:
            found = SegmentFeatures(**read_arrays(self.path(track, feature, segments).read_bytes()))
        except (OSError, ValueError, TypeError):
            return None  # TypeError: other arrays than these
        n_segments = found.start_seconds.size
        fits = found.values.dtype == np.float32 and found.values.shape[:1] == found.end_seconds.shape == (n_segments,)
        return found if fits and n_segments else None

    def get(self, track: Track, feature: Feature, segments: SegmentConfig) -> SegmentFeatures:
        """The features of a track, shape of `values` (n_segments, *feature shape); computed and stored if need be.

        Raises
        ------
        AudioError
            If they must be computed and the audio is gone, damaged, or shorter than what `segments` skips.
        DatasetError
            If the audio is another than the one imported, or the store cannot be written.
        """
        stored = self.load(track, feature, segments)
        if stored is None:
            stored = segment_features(_imported_clip(track), feature, segments)
            self.save(track, feature, segments, stored)
        return stored

    def save(self, track: Track, feature: Feature, segments: SegmentConfig, values: SegmentFeatures) -> None:
        """Write features whole or not at all.

        Raises
        ------
        DatasetError
            If the disk is full or the folder cannot be written.
        """
        path = self.path(track, feature, segments)
        content = io.BytesIO()
        np.savez(content, values=values.values, start_seconds=values.start_seconds, end_seconds=values.end_seconds)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content.getvalue(), durable=False)
        except OSError as error:
            spare = f"{self.folder} itself may be deleted: it is computed again"
            raise DatasetError(f"Features cannot be stored in {self.folder}: {why_not_written(error, spare=spare)}") from error

    def missing(self, tracks: Dataset | Iterable[Track], feature: Feature, segments: SegmentConfig) -> list[Track]:
        """Tracks for which nothing is stored, in their order; looks at names only."""
        return [track for track in _tracks(tracks) if not self.path(track, feature, segments).is_file()]

    def sweep(self, requests: Sequence[Request]) -> None:
        """Delete what writers that were killed left behind long ago."""
        for feature, segments in requests:
            sweep(self.folder / _place(feature, segments))


def extract_all(
    tracks: Dataset | Iterable[Track],
    requests: Sequence[Request],
    store: FeatureStore,
    *,
    progress: Progress | None = None,
    processes: int | None = None,
    scheduler: str | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> list[Problem]:
    """Compute and store what is missing; each track is decoded once for all of it, over several processes or a cluster.

    Whoever computes writes into the store itself; only names and problems come back.

    Parameters
    ----------
    tracks : Dataset or iterable of Track
        Tracks of equal audio are computed once.
    requests : sequence of (Feature, SegmentConfig)
        What is wanted of each.
    store : FeatureStore
        Where it goes.
    progress : callable or None
        `progress(done, total, seconds_left)` after each track that had to be computed; it may raise to stop.
    processes : int or None
        Processes to use, as many as cores by default.
    scheduler : str or None
        Address of a Dask scheduler whose workers are used instead; songs and store lie in a folder that all of them share.
    should_stop : callable or None
        Asked between tracks; what is stored by then stays.

    Returns
    -------
    list of Problem
        Tracks that cannot be computed, by their id, with the reason; the caller decides. Empty when all is there. A track whose
        audio ends every process that computes it is among them (`crashed`).

    Raises
    ------
    DatasetError
        If the store cannot be written, or processes died again and again.
    ScaleError, ParameterError
        As `scale.as_completed`, where a scheduler is named.
    """
    store.sweep(requests)
    ordered, twins = _jobs(tracks, tuple(requests), store)
    failed: dict[int, Problem] = {}
    countdown = Countdown(progress, len(ordered))
    with ExitStack() as opened:
        seen = _seen_by_workers(store, ordered, opened) if scheduler and ordered else ()
        results = as_completed(
            _extract, ordered, processes=processes, scheduler=scheduler, should_stop=should_stop, lost=_crashed, seen=seen
        )
        opened.enter_context(closing(results))
        try:
            for index, problem in results:
                if problem:
                    failed[index] = problem
                countdown.step()
        except BrokenProcessPool as error:
            raise DatasetError(
                "Computing features broke off, since one process after another was ended from outside; memory ran out, as a "
                "rule. What is stored stays: use fewer processes and start again."
            ) from error
    return [
        Problem(track_id, problem.kind, problem.message)
        for index, problem in sorted(failed.items())
        for track_id in (problem.file, *twins.get(ordered[index].track.sha256, ()))
    ]


@dataclass(frozen=True, slots=True)
class _Job:
    track: Track
    requests: tuple[Request, ...]
    store: FeatureStore


def _jobs(
    tracks: Dataset | Iterable[Track], requests: tuple[Request, ...], store: FeatureStore
) -> tuple[list[_Job], dict[str, list[str]]]:
    """What is missing, a job an audio; and the ids of further tracks with the same audio."""
    jobs: dict[str, _Job] = {}
    twins: dict[str, list[str]] = {}
    for track in _tracks(tracks):
        absent = tuple(request for request in requests if not store.path(track, *request).is_file())
        if absent and track.sha256 in jobs:
            twins.setdefault(track.sha256, []).append(track.id)
        elif absent:
            jobs[track.sha256] = _Job(track, requests if absent == requests else absent, store)
    return list(jobs.values()), twins


def _extract(job: _Job) -> Problem | None:
    """Compute all that is asked of one track; a problem where its audio cannot be used, other errors are raised."""
    try:
        clip = _imported_clip(job.track)
        for feature, segments in job.requests:
            values = segment_features(clip, feature, segments)
            job.store.save(job.track, feature, segments, values)
    except AudioError as error:
        return Problem(job.track.id, error.kind, str(error))
    except _ChangedError as error:
        return Problem(job.track.id, "changed", str(error))
    return None


def _crashed(job: _Job) -> Problem:
    return Problem(
        job.track.id, "crashed", f"Computing the features of {job.track.path} ended its process each time. Export it again."
    )


def _seen_by_workers(store: FeatureStore, jobs: Sequence[_Job], opened: ExitStack) -> tuple[Path, ...]:
    """A song, and a token in the store that is there as long as `opened`: workers that don't see both could only fail."""
    token = store.folder / f".seen-{secrets.token_hex(8)}"
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        token.touch()
    except OSError as error:
        raise DatasetError(f"Features cannot be stored in {store.folder}: {why_not_written(error)}") from error
    opened.callback(token.unlink, missing_ok=True)
    songs = (job.track.path for job in jobs if job.track.path is not None and job.track.path.is_file())
    return token, *islice(songs, 1)


class _ChangedError(DatasetError):
    kind = "changed"


def _imported_clip(track: Track) -> Clip:
    """The audio at 22,050 Hz, from which every feature is computed, in serving as here.

    The hash is compared, so that features of other audio never lie under this track's name.
    """
    clip = track.clip(sr=HASH_SR)
    if clip.sha256 != track.sha256:
        raise _ChangedError(f"The audio of {track.id} has changed since it was imported ({track.path}). Import its folder again.")
    return clip


@lru_cache(maxsize=64)
def _place(feature: Feature, segments: SegmentConfig) -> str:
    """Folder of a request; worked out once, not for each of a hundred thousand tracks."""
    return f"{feature.fingerprint}-{segments.fingerprint}"


def _tracks(tracks: Dataset | Iterable[Track]) -> tuple[Track, ...]:
    return tracks.tracks if isinstance(tracks, Dataset) else tuple(tracks)

"""The demo data set: two hundred synthesised tracks in ten styles, made on this machine from a seed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from genre_core.datasets.synthesis import RECIPE_VERSION, STYLES, compose, synthesise
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import AudioError, DatasetError, ParameterError
from genre_core.params import fingerprint

DEMO_NAME = "demo"
DEMO_SEED = 1
TITLE = "Demo (synthesised)"
NOTE = "synthesised"

_SAVE_EVERY = 10

Progress = Callable[[int, int, float | None], None]


def recipe_fingerprint(*, seconds: float, seed: int) -> str:
    """Twelve hex digits that tell whether a track on disk was made the way this call would make it."""
    return fingerprint({"version": RECIPE_VERSION, "seconds": seconds, "seed": seed})


def make_demo(
    root: Path,
    *,
    n_tracks: int = 20,
    seconds: float = 30.0,
    seed: int = DEMO_SEED,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Make the demo data set, or what is missing of it.

    The genres take turns, so that the first ten tracks are one of each; the table is saved after every ten tracks with
    `complete` False, and a reader may use them while the rest is made. Files are written to a temporary name and renamed,
    and a track is the same bytes whoever makes it: a second caller at the same time costs time and harms nothing.

    Parameters
    ----------
    root : Path
        Folder of the data sets; the demo goes into `root / "demo"`.
    n_tracks : int
        Tracks a genre, 1 to 9999.
    seconds : float
        Length of each track.
    seed : int
        Another seed gives other music by the same artists.
    processes : int, optional
        Processes to use; as many as there are cores, at most 8, if not given.
    progress : callable, optional
        `progress(done, total, seconds_left)`, called after each track; seconds_left is None until one was made.

    Returns
    -------
    Dataset
        Complete, with tempo, key, metre and title of every track.

    Raises
    ------
    ParameterError
        If a number is out of range.
    """
    if n_tracks < 1 or (processes is not None and processes < 1):
        raise ParameterError(f"n_tracks and processes must be at least 1. Received: n_tracks={n_tracks}, processes={processes}.")
    wanted = [(genre, number) for number in range(n_tracks) for genre in STYLES]
    compose(*wanted[-1], seconds=seconds, seed=seed)  # refuses numbers out of range before anything is written
    folder, recipe = Path(root).resolve() / DEMO_NAME, recipe_fingerprint(seconds=seconds, seed=seed)
    made = _intact(_saved(root, recipe))
    missing = [pair for pair in wanted if _track_id(*pair) not in made]
    total, began = len(wanted), time.monotonic()
    if progress:
        progress(total - len(missing), total, None)
    for count, track in enumerate(_make(missing, folder, recipe, seconds, seed, _workers(processes, len(missing))), start=1):
        made[track.id] = track
        left = len(missing) - count
        if left and len(made) % _SAVE_EVERY == 0:
            _save(root, wanted, made, recipe, complete=False)
        if progress:
            progress(total - left, total, (time.monotonic() - began) / count * left)
    return _save(root, wanted, made, recipe, complete=True)


def _track_id(genre: str, number: int) -> str:
    return f"demo.{genre}.{number:02d}"


def _saved(root: Path, recipe: str) -> dict[str, Track]:
    """Tracks of this recipe that an earlier call, or another one right now, has written into the table."""
    from genre_core.datasets.library import load_dataset

    try:
        dataset = load_dataset(DEMO_NAME, Path(root))
    except DatasetError:  # none yet, or one that cannot be read: make it
        return {}
    return {track.id: track for track in dataset.tracks if track.extra.get("recipe") == recipe}


def _intact(tracks: dict[str, Track]) -> dict[str, Track]:
    """Those whose file is still there and holds the samples that the table says."""
    return {key: track for key, track in tracks.items() if _holds(track)}


def _holds(track: Track) -> bool:
    try:
        return track.clip().sha256 == track.sha256
    except AudioError:
        return False


def _save(root: Path, wanted: list[tuple[str, int]], made: dict[str, Track], recipe: str, *, complete: bool) -> Dataset:
    """Write the table with the tracks made here and those that another call has written meanwhile."""
    from genre_core.datasets.library import save_dataset

    if not complete:
        for key, track in _saved(root, recipe).items():
            made.setdefault(key, track)
    tracks = tuple(made[key] for pair in wanted if (key := _track_id(*pair)) in made)
    dataset = Dataset(DEMO_NAME, tracks, title=TITLE, note=NOTE, complete=complete or len(tracks) == len(wanted))
    save_dataset(dataset, Path(root), owns_audio=True)
    return dataset


def _workers(processes: int | None, n_missing: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processes or min(cores, 8), n_missing))


def _make(pairs: list[tuple[str, int]], folder: Path, recipe: str, seconds: float, seed: int, workers: int) -> Iterator[Track]:
    """Make tracks in order, on one core here or on several in processes of their own."""
    jobs = [(genre, number, folder, recipe, seconds, seed) for genre, number in pairs]
    n_done = 0
    if workers > 1:
        # Spawned, not forked: the caller may run threads (a web server does), and a fork would copy their locks.
        pool: Executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
        try:
            for track in pool.map(_make_track, jobs):
                n_done += 1
                yield track
        except BrokenProcessPool:
            pass  # a script without a main guard cannot spawn, a small machine may kill a child: go on here
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    for job in jobs[n_done:]:
        yield _make_track(job)


def _make_track(job: tuple[str, int, Path, str, float, int]) -> Track:
    """Synthesise one track, write its file, describe it."""
    import soundfile

    genre, number, folder, recipe, seconds, seed = job
    clip = synthesise(genre, number, seconds=seconds, seed=seed)
    song, _ = compose(genre, number, seconds=seconds, seed=seed)
    path = folder / "audio" / genre / f"{song.id}.flac"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{song.id}.{os.getpid()}.part")
    try:
        steps = np.round(clip.y * 32768).astype(np.int16)  # from float, libsndfile would scale by 32767 and miss steps by one
        soundfile.write(partial, steps, clip.sr, format="FLAC", subtype="PCM_16")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return Track(song.id, genre, path, song.artist, clip.seconds, clip.sha256, {**song.truth, "recipe": recipe})

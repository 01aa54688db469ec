"""The demo data set: two hundred synthesised tracks in ten styles, made on this machine from a seed.

The synthesis is imported where it is called: it loads scipy.signal, 60 MB that a process which asks for a name need not hold.
"""

from __future__ import annotations

import io
from collections.abc import Generator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

import numpy as np

from genre_core.datasets.tracks import RECIPE, SYNTHESISED, Dataset, Track
from genre_core.errors import AudioError, DatasetError, ParameterError
from genre_core.files import sweep, why_not_written, write_whole
from genre_core.parallel import Countdown, Progress, as_completed, n_cores
from genre_core.params import fingerprint

DEMO_NAME = "demo"
DEMO_SEED = 1
TITLE = "Demo (synthesised)"
NOTE = SYNTHESISED

_SAVE_EVERY = 10
_MAX_PROCESSES = 8


def recipe_fingerprint(*, seconds: float, seed: int) -> str:
    """Twelve hex digits that tell whether a track on disk was made the way this call would make it."""
    from genre_core.datasets.synthesis import RECIPE_VERSION

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
        `progress(done, total, seconds_left)`, called after each track; it may raise to stop, and what is made by then is kept.

    Returns
    -------
    Dataset
        Complete, with tempo, key, metre and title of every track.

    Raises
    ------
    ParameterError
        If a number is out of range.
    DatasetError
        If the disk is full or the folder cannot be written.
    """
    if n_tracks < 1 or (processes is not None and processes < 1):
        raise ParameterError(f"n_tracks and processes must be at least 1. Received: n_tracks={n_tracks}, processes={processes}.")
    from genre_core.datasets.synthesis import STYLES, compose

    wanted = [(genre, number) for number in range(n_tracks) for genre in STYLES]
    compose(*wanted[-1], seconds=seconds, seed=seed)  # refuses numbers out of range before anything is written
    folder, recipe = Path(root).resolve() / DEMO_NAME, recipe_fingerprint(seconds=seconds, seed=seed)
    made = _intact(_saved(root, recipe))
    missing = [pair for pair in wanted if _track_id(*pair) not in made]
    jobs = [(genre, number, folder, recipe, seconds, seed) for genre, number in missing]
    sweep(folder / "audio")
    countdown = Countdown(progress, len(wanted), done=len(wanted) - len(missing))
    with closing(_make(jobs, processes or min(n_cores(), _MAX_PROCESSES))) as tracks:
        for track in tracks:
            made[track.id] = track
            if len(made) % _SAVE_EVERY == 0 and len(made) < len(wanted):
                _save(root, wanted, made, recipe, complete=False)
            try:
                countdown.step()
            except BaseException:  # whatever the callback stops with: the songs made so far stay in the table
                _save(root, wanted, made, recipe, complete=False)
                raise
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
    return {track.id: track for track in dataset.tracks if track.extra.get(RECIPE) == recipe}


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


_Job = tuple[str, int, Path, str, float, int]


def _make(jobs: list[_Job], processes: int) -> Generator[Track, None, None]:
    """Make tracks over several processes, and yield them in order: the first ten are ten genres."""
    early: dict[int, Track] = {}
    n_given = 0
    try:
        with closing(as_completed(_make_track, jobs, processes=processes)) as results:
            for index, track in results:
                early[index] = track
                while n_given in early:
                    yield early.pop(n_given)
                    n_given += 1
    except BrokenProcessPool:
        pass  # a small machine may kill a process: go on here
    for index in range(n_given, len(jobs)):
        yield early[index] if index in early else _make_track(jobs[index])


def _make_track(job: _Job) -> Track:
    """Synthesise one track, write its file, describe it."""
    import soundfile

    genre, number, folder, recipe, seconds, seed = job
    from genre_core.datasets.synthesis import compose, perform

    song, band = compose(genre, number, seconds=seconds, seed=seed)
    clip = perform(song, band)
    path = folder / "audio" / genre / f"{song.id}.flac"
    steps = np.round(clip.y * 32768).astype(np.int16)  # from float, libsndfile would scale by 32767 and miss steps by one
    content = io.BytesIO()
    soundfile.write(content, steps, clip.sr, format="FLAC", subtype="PCM_16")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.getvalue(), durable=False)
    except OSError as error:
        raise DatasetError(f"The demo song {song.id} cannot be written to {path.parent}: {why_not_written(error)}") from error
    return Track(song.id, genre, path, song.artist, clip.seconds, clip.sha256, {**song.truth, RECIPE: recipe})

"""What may be wrong with a data set, looked for in its files and its table."""

from __future__ import annotations

from collections import Counter, defaultdict

from genre_core.datasets.hearing import listen_all
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.parallel import Progress

MAX_IMBALANCE = 3.0
"""Largest genre over smallest from which accuracy says more of the large genre than of the model."""

MIN_TRACKS = 10


def check_dataset(dataset: Dataset, *, progress: Progress | None = None, processes: int | None = None) -> list[Problem]:
    """Decode every track anew and look at the table; nothing is changed.

    Kinds: that of the `AudioError` where a file is gone or cannot be decoded, `too_short`, `silent`, `changed` (the audio is not
    the one imported), `duplicate` and `conflict` (equal audio in one genre, or in several), `few_tracks`, `imbalance`,
    `artists_unknown`.

    Parameters
    ----------
    dataset : Dataset
        What to check; tracks without audio are checked by the table alone.
    progress, processes
        As in `import_folder`.

    Returns
    -------
    list of Problem
        Files first, in the order of the tracks, then the table; `file` is a track's id or a genre.
    """
    return [*_check_files(dataset, progress, processes), *_check_repeats(dataset), *_check_balance(dataset)]


def _check_files(dataset: Dataset, progress: Progress | None, processes: int | None) -> list[Problem]:
    tracks = [track for track in dataset.tracks if track.path is not None]
    heard = listen_all([track.path for track in tracks if track.path is not None], progress=progress, processes=processes)
    problems = []
    for track, sound in zip(tracks, heard, strict=True):
        if sound.kind:
            problems.append(Problem(track.id, sound.kind, sound.message))
        elif sound.sha256 != track.sha256:
            message = f"The audio of {track.path} is not the one that was imported. Import the folder again."
            problems.append(Problem(track.id, "changed", message))
    return problems


def _check_repeats(dataset: Dataset) -> list[Problem]:
    same: dict[str, list[Track]] = defaultdict(list)
    for track in dataset.tracks:
        if track.sha256:
            same[track.sha256].append(track)
    problems = []
    for first, *others in same.values():
        for other in others:
            if other.genre == first.genre:
                message = f"The same audio as {first.id}: it counts twice."
                problems.append(Problem(other.id, "duplicate", message))
            else:
                message = f"The same audio as {first.id}, which is {first.genre}: one of the two labels is wrong."
                problems.append(Problem(other.id, "conflict", message))
    return problems


def _check_balance(dataset: Dataset) -> list[Problem]:
    counts = Counter(track.genre for track in dataset.tracks)
    problems = [
        Problem(genre, "few_tracks", f"{counts[genre]} tracks; a score for this genre says little with fewer than {MIN_TRACKS}.")
        for genre in dataset.genres
        if counts[genre] < MIN_TRACKS
    ]
    if counts:
        (large, most), (small, least) = counts.most_common(1)[0], min(counts.items(), key=lambda entry: (entry[1], entry[0]))
        if most > MAX_IMBALANCE * least:
            message = f"{large} has {most} tracks, {small} {least}: read scores genre by genre, accuracy alone flatters {large}."
            problems.append(Problem(large, "imbalance", message))
    if dataset.tracks and not dataset.artists_known:
        unknown = sum(not track.artist for track in dataset.tracks)
        message = f"{unknown} of {len(dataset.tracks)} tracks name no artist: that no artist crosses a split cannot be proven."
        problems.append(Problem(dataset.name, "artists_unknown", message))
    return problems

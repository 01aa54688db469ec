"""What may be wrong with a data set, looked for in its files and its table; nothing is changed.

`make_report` does it all; `check_dataset` and `near_duplicates` are its two halves, and `save_report` keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from genre_core.audio.fingerprints import METHOD
from genre_core.datasets.checks.examining import Examined, examine_all
from genre_core.datasets.checks.giveaway import bandwidth_problems
from genre_core.datasets.checks.kinds import GRAVITIES, KINDS, CheckSpec, by_gravity, counted_words, gravity, spec_of
from genre_core.datasets.checks.recordings import pair_problems, same_recordings
from genre_core.datasets.checks.report import Pair, Report, load_report, save_report
from genre_core.datasets.checks.table import MAX_IMBALANCE, MIN_TRACKS, balance_problems, title_problems
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.parallel import Progress

__all__ = [
    "GRAVITIES",
    "KINDS",
    "MAX_IMBALANCE",
    "MIN_TRACKS",
    "CheckSpec",
    "Pair",
    "Report",
    "by_gravity",
    "check_dataset",
    "counted_words",
    "gravity",
    "load_report",
    "make_report",
    "near_duplicates",
    "save_report",
    "spec_of",
]

MAX_CLIPPED = 0.001
"""Part of the samples in runs at full scale from which a track counts as clipped: 22 a second at 22,050 Hz."""

_CUT_SHORT_SECONDS = 1.0


def make_report(
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    searching: Progress | None = None,
    processes: int | None = None,
    memory: Path | None = None,
) -> Report:
    """Decode every track anew, once, and look at what it holds, at what tracks share, and at the table.

    Parameters
    ----------
    dataset : Dataset
        What to check; tracks without audio are checked by the table alone.
    progress : callable or None
        `progress(done, total, seconds_left)` after each file; it may raise to stop.
    searching : callable or None
        The same while repeats are looked for, which comes after the last file.
    processes : int or None
        Processes to use, as many as cores by default.
    memory : Path or None
        File that what was found in each song is written into at once, so that a check that was broken off goes on from there.

    Raises
    ------
    DatasetError
        If `memory` cannot be written, or processes die again and again.
    """
    paths = {track.id: track.path for track in dataset.tracks if track.path is not None}
    found = examine_all(list(paths.values()), progress=progress, processes=processes, memory=memory)
    examined = dict(zip(paths, found, strict=True))
    usable = {track_id: sound for track_id, sound in examined.items() if not sound.kind}
    pairs = same_recordings(dataset, usable, progress=searching)
    problems = [
        *(problem for track in dataset.tracks if track.id in examined for problem in _file_problems(track, examined[track.id])),
        *pair_problems(dataset, pairs),
        *bandwidth_problems(dataset, {track_id: sound.limit_hz for track_id, sound in usable.items()}),
        *_odd_formats(usable),
        *title_problems(dataset),
        *balance_problems(dataset),
    ]
    method = METHOD if paths else "equal numbers"
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Report(
        dataset.name, dataset.fingerprint, created, len(dataset.tracks), method, tuple(by_gravity(problems)), tuple(pairs)
    )


def check_dataset(
    dataset: Dataset, *, progress: Progress | None = None, processes: int | None = None, memory: Path | None = None
) -> list[Problem]:
    """What `make_report` finds wrong, gravest first; its kinds are the rows of KINDS."""
    return list(make_report(dataset, progress=progress, processes=processes, memory=memory).problems)


def near_duplicates(
    dataset: Dataset, *, progress: Progress | None = None, processes: int | None = None, memory: Path | None = None
) -> list[Pair]:
    """Pairs of tracks that hold the same recording, `exact` or `near`, as `make_report` finds them.

    Of many copies of one recording not every pair is named, but all hang together.
    """
    paths = {track.id: track.path for track in dataset.tracks if track.path is not None}
    found = examine_all(list(paths.values()), progress=progress, processes=processes, memory=memory)
    return same_recordings(dataset, {track_id: one for track_id, one in zip(paths, found, strict=True) if not one.kind})


def _file_problems(track: Track, sound: Examined) -> list[Problem]:
    if sound.kind:
        return [Problem(track.id, sound.kind, sound.message, (track.id,))]
    problems = []
    if track.sha256 and sound.sha256 != track.sha256:
        message = f"The audio of {track.path} is not the one that was imported. Import the folder again."
        problems.append(Problem(track.id, "changed", message, (track.id,)))
    if sound.clipped_share >= MAX_CLIPPED:
        message = f"{sound.clipped_share:.2%} of the samples stand at full scale, up to {sound.clipped_run} in a row."
        problems.append(Problem(track.id, "clipped", message, (track.id,), round(max(0.0, sound.clipped_seconds - 0.5), 2)))
    if sound.claimed_seconds - sound.seconds > max(_CUT_SHORT_SECONDS, 0.05 * sound.claimed_seconds):
        message = f"The file names {sound.claimed_seconds:.1f} s and breaks off after {sound.seconds:.1f} s."
        problems.append(Problem(track.id, "cut_short", message, (track.id,), round(max(0.0, sound.seconds - 3), 2)))
    return problems


def _odd_formats(examined: Mapping[str, Examined]) -> list[Problem]:
    """Tracks whose rate, or number of channels, is not that of most tracks; one problem for each other value."""
    rates = {track_id: sound.sample_rate for track_id, sound in examined.items()}
    channels = {track_id: sound.channels for track_id, sound in examined.items()}
    return [*_odd(rates, "odd_rate", "at {} Hz"), *_odd(channels, "odd_channels", "with {} channels")]


def _odd(values: Mapping[str, int], kind: str, words: str) -> list[Problem]:
    counts = Counter(values.values())
    if len(counts) < 2:
        return []
    usual = max(counts, key=lambda value: (counts[value], value))
    problems = []
    for value in sorted(set(counts) - {usual}):
        tracks = tuple(track_id for track_id, found in values.items() if found == value)
        number = f"{len(tracks)} track{'s are' if len(tracks) > 1 else ' is'}"
        message = f"{number} {words.format(value)}, where {counts[usual]} are {words.format(usual)}."
        problems.append(Problem(tracks[0], kind, message, tracks))
    return problems

"""Tracks that hold the same recording: equal audio, and near-duplicates by their fingerprints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import overload

from genre_core.audio.fingerprint_index import find_matches
from genre_core.audio.fingerprints import Fingerprint
from genre_core.datasets.checks.examining import Examined
from genre_core.datasets.checks.report import Pair
from genre_core.datasets.tracks import Dataset, Problem, Track
from genre_core.parallel import Progress


def same_recordings(dataset: Dataset, examined: Mapping[str, Examined], *, progress: Progress | None = None) -> list[Pair]:
    """Pairs of tracks that hold the same recording.

    Of tracks with equal audio, each is paired with the first of them; only that one is looked for among the others.

    Parameters
    ----------
    dataset : Dataset
    examined : mapping
        Track id to what its file holds; tracks without an entry are known by their table's hash only.
    progress : callable or None
        `progress(done, total, seconds_left)` while they are compared; it may raise to stop.

    Returns
    -------
    list of Pair
        In the order of the first and then the second track.
    """
    same: dict[str, list[Track]] = defaultdict(list)
    for track in dataset.tracks:
        found = examined.get(track.id)
        if sha256 := found.sha256 if found and found.sha256 else track.sha256:
            same[sha256].append(track)
    pairs = [Pair(first.id, other.id, "exact", 1.0, 0.0) for first, *others in same.values() for other in others]
    heard = [tracks[0].id for tracks in same.values() if tracks[0].id in examined and examined[tracks[0].id].peaks]
    for first, second, match in find_matches(_Prints([examined[track_id] for track_id in heard]), progress=progress):
        pairs.append(Pair(heard[first], heard[second], "near", match.score, match.offset_seconds))
    place = {track.id: number for number, track in enumerate(dataset.tracks)}
    return sorted(pairs, key=lambda pair: (place[pair.first], place[pair.second]))


class _Prints(Sequence[Fingerprint]):
    """Fingerprints, unpacked as they are asked for: of many tracks they would take four times the memory."""

    def __init__(self, examined: list[Examined]) -> None:
        self._examined = examined

    def __len__(self) -> int:
        return len(self._examined)

    @overload
    def __getitem__(self, index: int) -> Fingerprint: ...

    @overload
    def __getitem__(self, index: slice) -> _Prints: ...

    def __getitem__(self, index: int | slice) -> Fingerprint | _Prints:
        return _Prints(self._examined[index]) if isinstance(index, slice) else self._examined[index].fingerprint()


def pair_problems(dataset: Dataset, pairs: list[Pair]) -> list[Problem]:
    """One problem for each track whose recording an earlier one holds already; of two labels, a conflict."""
    problems = []
    told: set[str] = set()
    for pair in pairs:
        if pair.second in told:
            continue
        told.add(pair.second)
        first, second = dataset.by_id[pair.first], dataset.by_id[pair.second]
        differ = first.genre != second.genre
        if pair.kind == "exact":
            kind = "conflict" if differ else "duplicate"
            words = f"The same {'audio' if second.path is not None else 'numbers'} as {first.id}"
        else:
            kind = "near_conflict" if differ else "near_duplicate"
            words = f"The same recording as {first.id}{_from(pair.offset_seconds)}, {pair.score:.0%} of its peaks in common"
        words += f", which is {first.genre}: one of the two labels is wrong." if differ else ": it counts twice."
        problems.append(Problem(second.id, kind, words, (second.id, first.id), round(max(0.0, -pair.offset_seconds), 2)))
    return problems


def _from(offset_seconds: float) -> str:
    if abs(offset_seconds) < 0.1:
        return ""
    return f" from {offset_seconds:.1f} s on" if offset_seconds > 0 else f", which begins {-offset_seconds:.1f} s in"

"""Pairs of alike fingerprints among many: an inverted index of their triples, so that no two tracks are compared in vain.

Only a part of the triples enters the index, the same part of each track, chosen by the hash itself. The cost is that of sorting
them all once and of counting those that two tracks share; a pair with enough of them at one offset is then compared in full.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from genre_core.audio.fingerprints import Fingerprint, Match, compare, triples

SHARE = 0.2
"""Part of the triples that enters the index, at most: about 35 a second of music."""

MAX_ENTRIES = 30_000_000
"""Entries of the index, about 40 bytes each while it is searched; more music enters it with a smaller part of its triples."""

MIN_VOTES = 5
"""Triples in common, at one offset to a frame, from which two tracks are compared in full."""

_NEIGHBOURS = 16
"""Entries of one hash that each entry is paired with; more of them are paired along a chain."""

_TRIPLES_A_PEAK = 6

_OFFSETS = 1 << 17
_MAX_KEYS = 30_000_000
"""Votes counted at once: 240 MB."""


def sample(print_: Fingerprint, *, share: float = SHARE) -> tuple[np.ndarray, np.ndarray]:
    """The triples of a fingerprint that enter the index, `(hashes, frames)`, each once."""
    hashes, frames = triples(print_)
    chosen = hashes < np.uint32(share * 0xFFFFFFFF)
    both = np.unique(hashes[chosen].astype(np.uint64) << np.uint64(32) | frames[chosen].astype(np.uint64))
    return (both >> np.uint64(32)).astype(np.uint32), (both & np.uint64(0xFFFFFFFF)).astype(np.int32)


def find_matches(
    prints: Sequence[Fingerprint],
    *,
    max_entries: int = MAX_ENTRIES,
    progress: Callable[[int, int, float | None], None] | None = None,
) -> list[tuple[int, int, Match]]:
    """Pairs that hold the same recording.

    Parameters
    ----------
    prints : sequence of Fingerprint
        Each is asked for twice, and again for each pair that is compared in full; it need not be kept in memory.
    max_entries : int
        Hashes to hold at once, about.
    progress : callable or None
        `progress(done, total, seconds_left)` after each look at a print, of which there are two; the seconds are not known. It
        may raise to stop.

    Returns
    -------
    list of (int, int, Match)
        Positions of the two in `prints`, the lower one first; sorted by them. Of more than 17 copies of one recording not each
        pair need be named, but all hang together.
    """

    def told(looks: int, number: int) -> Fingerprint:
        if progress is not None:
            progress(looks * len(prints) + number, 2 * len(prints), None)
        return prints[number]

    n_triples = _TRIPLES_A_PEAK * sum(told(0, number).frames.size for number in range(len(prints)))
    share = min(SHARE, max_entries / max(1, n_triples))
    sampled = [sample(told(1, number), share=share) for number in range(len(prints))]
    if not sampled:
        return []
    hashes, frames = (np.concatenate([entry[part] for entry in sampled]) for part in (0, 1))
    tracks = np.repeat(np.arange(len(sampled), dtype=np.int32), [entry[0].size for entry in sampled])
    del sampled
    found = []
    for first, second, offset in candidates(hashes, tracks, frames):
        match = compare(prints[first], prints[second], offset_frames=offset)
        if match.is_same:
            found.append((first, second, match))
    return found


def candidates(
    hashes: np.ndarray,
    tracks: np.ndarray,
    frames: np.ndarray,
    *,
    min_votes: int = MIN_VOTES,
    max_keys: int = _MAX_KEYS,
) -> list[tuple[int, int, int]]:
    """Pairs of tracks that share enough hashes at one offset.

    Parameters
    ----------
    hashes : np.ndarray
        uint32, shape (n_entries,).
    tracks, frames : np.ndarray
        Which track each came from and when, int32, shape (n_entries,). Frames lie in [0, 65536).
    min_votes : int
        Hashes that must agree.
    max_keys : int
        Votes held in memory at once; with more of them the pairs are gone through in several parts.

    Returns
    -------
    list of (int, int, int)
        First track, second track and the offset of most votes [frames], sorted; of each pair once.
    """
    order = np.argsort(hashes)
    hashes = hashes[order]
    repeated = np.zeros(hashes.size, bool)
    np.equal(hashes[1:], hashes[:-1], out=repeated[1:])
    repeated[:-1] |= repeated[1:]
    hashes, tracks, frames = hashes[repeated], tracks[order[repeated]], frames[order[repeated]]
    by_track = np.lexsort((tracks, hashes))  # a chain within a hash goes from track to track
    hashes, tracks, frames = hashes[by_track], tracks[by_track], frames[by_track]
    n_keys = sum(int(np.count_nonzero(hashes[k:] == hashes[:-k])) for k in range(1, _NEIGHBOURS + 1))
    n_parts = -(-n_keys // max_keys)
    found: list[tuple[int, int, int]] = []
    for part in range(n_parts):
        found += _counted(_votes(hashes, tracks, frames, part, n_parts), min_votes, int(tracks.max()) + 1)
    return sorted(found)


def _votes(hashes: np.ndarray, tracks: np.ndarray, frames: np.ndarray, part: int, n_parts: int) -> np.ndarray:
    """A key of first track, second track and offset for each hash they share, int64; of one part of all pairs."""
    n_tracks = int(tracks.max()) + 1
    keys = []
    for ahead in range(1, _NEIGHBOURS + 1):
        at = np.flatnonzero(hashes[ahead:] == hashes[:-ahead])
        at = at[tracks[at] != tracks[at + ahead]]  # within a hash the tracks ascend
        first, second = tracks[at].astype(np.int64), tracks[at + ahead].astype(np.int64)
        if n_parts > 1:
            mine = (first * 31 + second) % n_parts == part
            at, first, second = at[mine], first[mine], second[mine]
        offset = frames[at].astype(np.int64) - frames[at + ahead]
        keys.append((first * n_tracks + second) * _OFFSETS + offset + _OFFSETS // 2)
    return np.sort(np.concatenate(keys))


def _counted(keys: np.ndarray, min_votes: int, n_tracks: int) -> list[tuple[int, int, int]]:
    """Pairs with enough votes at two neighbouring offsets together, with the offset that has most of them."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    votes = np.diff(starts, append=keys.size)
    keys = keys[starts]
    beside = np.zeros_like(votes)
    beside[:-1] = np.where(np.diff(keys) == 1, votes[1:], 0)
    enough = votes + beside >= min_votes
    best: dict[int, tuple[int, int]] = {}
    for key, agreed, at_key in zip(keys[enough], (votes + beside)[enough], votes[enough], strict=True):
        pair, offset = divmod(int(key), _OFFSETS)
        if int(agreed) > best.get(pair, (0, 0))[0]:
            offset += int(2 * at_key < agreed)
            best[pair] = (int(agreed), offset - _OFFSETS // 2)
    return [(*divmod(pair, n_tracks), offset) for pair, (_, offset) in best.items()]

"""Among many tracks the same recordings are found, whatever the order and the memory at hand."""

import numpy as np
import pytest

from genre_core.audio.clip import Clip
from genre_core.audio.fingerprint_index import candidates, find_matches
from genre_core.audio.fingerprints import Fingerprint, fingerprint
from tests.audio.tunes import SR, tune


def entries(n_tracks, n_hashes, *, seed=0, spread=2**32):
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, spread, n_tracks * n_hashes, dtype=np.uint32)
    frames = rng.integers(0, 1300, hashes.size, dtype=np.int32)
    return hashes, np.repeat(np.arange(n_tracks, dtype=np.int32), n_hashes), frames


def test_copies_are_found_among_other_tunes_and_nothing_else():
    songs = [tune(seed, seconds=8.0) for seed in range(10, 16)]
    versions = [0.1 * songs[4][2 * SR :], songs[0] + np.random.default_rng(0).normal(0, 0.003, songs[0].size).astype(np.float32)]
    prints = [fingerprint(Clip(y, SR)) for y in [*songs, *versions]]
    found = find_matches(prints)
    assert [(first, second) for first, second, _ in found] == [(0, 7), (4, 6)]
    assert found[1][2].offset_seconds == pytest.approx(2.0, abs=0.05)


def test_with_room_for_few_hashes_clear_copies_are_still_found():
    songs = [fingerprint(Clip(tune(seed, seconds=8.0), SR)) for seed in (1, 2, 1)]
    n_triples = sum(6 * print_.frames.size for print_ in songs)
    assert [(first, second) for first, second, _ in find_matches(songs, max_entries=n_triples // 20)] == [(0, 2)]
    assert find_matches(songs, max_entries=1) == []


def test_many_copies_of_one_recording_hang_together():
    print_ = fingerprint(Clip(tune(1, seconds=8.0), SR))
    linked = {0}
    for first, second, _ in find_matches([print_] * 60):
        if first in linked or second in linked:
            linked |= {first, second}
    assert linked == set(range(60))


def test_nothing_and_tracks_without_peaks_are_no_trouble():
    empty = Fingerprint(np.zeros(0, np.int32), np.zeros(0, np.int32))
    assert find_matches([]) == []
    assert find_matches([empty, empty]) == []


def test_hashes_in_common_at_one_offset_make_a_candidate_scattered_ones_do_not():
    hashes, tracks, frames = entries(50, 200)
    hashes[200 * 7 : 200 * 7 + 8], frames[200 * 7 : 200 * 7 + 8] = hashes[200 * 3 : 200 * 3 + 8], frames[600:608] + 40
    hashes[200 * 9 : 200 * 9 + 8] = hashes[200 * 5 : 200 * 5 + 8]  # as many, but each at an offset of its own
    assert candidates(hashes, tracks, frames) == [(3, 7, -40)]
    assert candidates(hashes, tracks, frames, min_votes=9) == []


def test_what_is_found_depends_neither_on_order_nor_on_memory():
    hashes, tracks, frames = entries(300, 100, spread=30_000)
    hashes[5000:5050], frames[5000:5050] = hashes[20_000:20_050], frames[20_000:20_050]
    found = candidates(hashes, tracks, frames)
    order = np.random.default_rng(1).permutation(hashes.size)
    assert (50, 200, 0) in found
    assert candidates(hashes[order], tracks[order], frames[order]) == found
    assert candidates(hashes, tracks, frames, max_keys=1000) == found

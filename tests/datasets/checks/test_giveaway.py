"""Bandwidth is named where it tells genres apart, and nowhere else."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from genre_core.datasets.checks.giveaway import bandwidth_problems
from tests.datasets.tiny_songs import made

COUNTS = {"blues": 69, "jazz": 73, "metal": 13, "pop": 11, "rock": 68}


def limits(dataset, narrow, *, hertz=8000.0):
    return {track.id: hertz if track.id in narrow else 11025.0 for track in dataset.tracks}


def test_genres_that_alone_have_narrow_tracks_are_named():
    dataset = made(COUNTS)
    narrow = {f"metal.{i:05d}" for i in range(3)} | {f"pop.{i:05d}" for i in range(3)}
    (problem,) = bandwidth_problems(dataset, limits(dataset, narrow))
    assert problem.kind == "bandwidth"
    assert "6 tracks end at 8.0 kHz, where 228 others go on to 11.0 kHz or more: pop 3 of 11, metal 3 of 13;" in problem.message
    assert "none of blues, jazz, rock" in problem.message
    assert set(problem.tracks) == narrow
    assert problem.tracks[0].startswith("pop")


def test_narrow_tracks_of_all_genres_alike_give_nothing_away():
    dataset = made(dict.fromkeys(COUNTS, 40))
    narrow = {f"{genre}.{i:05d}" for genre in COUNTS for i in range(8)}
    assert bandwidth_problems(dataset, limits(dataset, narrow)) == []


def test_few_narrow_tracks_and_equal_limits_prove_nothing():
    dataset = made(COUNTS)
    assert bandwidth_problems(dataset, limits(dataset, {"metal.00000", "metal.00001"})) == []
    assert bandwidth_problems(dataset, limits(dataset, {track.id for track in dataset.tracks})) == []
    assert bandwidth_problems(dataset, {}) == []


def test_each_limit_is_judged_among_the_tracks_that_go_as_far():
    dataset = made({"a": 30, "b": 30, "c": 30})
    by_genre = {"a": 8000.0, "b": 10_000.0, "c": 11025.0}
    found = bandwidth_problems(dataset, {track.id: by_genre[track.genre] for track in dataset.tracks})
    assert [problem.file for problem in found] == ["a", "b"]
    assert "30 others go on to 11.0 kHz" in found[1].message


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_limits_dealt_out_at_random_are_seldom_named(seed):
    dataset = made(dict.fromkeys(COUNTS, 30))
    chosen = np.random.default_rng(seed).choice(len(dataset.tracks), 20, replace=False)
    narrow = {dataset.tracks[index].id for index in chosen}
    found = bandwidth_problems(dataset, limits(dataset, narrow))
    genres = [track_id.split(".")[0] for track_id in narrow]
    assert not found or max(map(genres.count, COUNTS)) >= 8  # 4 of each are expected

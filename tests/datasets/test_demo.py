"""The demo data set: its order, its truth, its difficulty, and what happens when its making is broken off or doubled."""

import inspect
import multiprocessing
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.demo import difficulty
from genre_core.datasets.demo import DEMO_NAME, make_demo, recipe_fingerprint
from genre_core.datasets.library import load_dataset
from genre_core.datasets.synthesis import STYLES
from genre_core.errors import ParameterError
from genre_core.params import fingerprint
from genre_core.paths import find_root
from genre_core.runs import Run

SHORT = {"n_tracks": 2, "seconds": 2.0}


@pytest.fixture(scope="module")
def half(tmp_path_factory):
    """The first half of the demo set as it ships: 100 tracks of 30 s, two an artist."""
    return make_demo(tmp_path_factory.mktemp("half"), n_tracks=10, processes=2)


def test_it_is_as_hard_as_it_should_be(half):
    found = difficulty(half, processes=2)
    assert 0.60 <= found.by_artist <= 0.85
    assert 0.60 <= found.tracks_by_artist <= 0.85
    assert found.at_random >= found.by_artist + 0.08
    assert len(found.confused_pairs(share=0.1)) >= 3


def test_ten_genres_five_artists_two_tracks_each(half):
    assert half.complete
    assert half.artists_known
    assert "synthesised" in half.note
    assert len(half.genres) == 10
    assert len(half.by_id) == len({track.sha256 for track in half.tracks}) == 100
    for genre in half.genres:
        own = [track.artist for track in half.tracks if track.genre == genre]
        assert sorted(own.count(artist) for artist in set(own)) == [2] * 5
    assert all(track.seconds == 30.0 for track in half.tracks)
    assert all(track.clip().sha256 == track.sha256 for track in half.tracks[::7])
    assert set(half.tracks[0].extra) >= {"tempo_bpm", "key", "metre", "title"}


def test_no_artist_plays_two_genres(half):
    assert len({track.artist for track in half.tracks}) == 50


def test_the_first_ten_are_ten_genres_and_usable_before_the_rest(tmp_path):
    seen = []

    def progress(done, total, seconds_left):
        if done == 15:
            seen.append(load_dataset(DEMO_NAME, tmp_path))
        assert total == 20
        assert seconds_left is None or seconds_left >= 0

    whole = make_demo(tmp_path, processes=1, progress=progress, **SHORT)
    early = seen[0]
    assert not early.complete
    assert [track.genre for track in early.tracks] == list(STYLES)
    assert early.tracks[0].clip().sha256 == early.tracks[0].sha256
    assert whole.complete
    assert load_dataset(DEMO_NAME, tmp_path).complete
    assert whole.tracks[:10] == early.tracks


def test_files_hold_the_samples_of_the_table_and_nothing_else_lies_around(tmp_path):
    dataset = make_demo(tmp_path, processes=1, n_tracks=1, seconds=2.0)
    for track in dataset.tracks:
        assert track.path == tmp_path / "demo" / "audio" / track.genre / f"{track.id}.flac"
        assert track.clip().sha256 == track.sha256
    assert not list(tmp_path.rglob(".*.tmp"))


def test_only_what_is_missing_or_damaged_is_made_again(tmp_path):
    first = make_demo(tmp_path, processes=1, **SHORT)
    before = {track.id: track.path.stat().st_mtime_ns for track in first.tracks}
    first.tracks[3].path.unlink()
    first.tracks[7].path.write_bytes(b"fLaC and then nothing")
    counts = []
    again = make_demo(tmp_path, processes=1, progress=lambda done, total, left: counts.append(done), **SHORT)
    assert counts == [18, 19, 20]
    assert again == first
    changed = {track.id for track in again.tracks if track.path.stat().st_mtime_ns != before[track.id]}
    assert changed == {first.tracks[3].id, first.tracks[7].id}


class AskedToStop(BaseException):
    """A stop from a progress callback."""


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stop_keeps_the_songs_that_are_made(tmp_path, processes):
    def stop(done, total, seconds_left):
        if done == 3:
            raise AskedToStop

    with pytest.raises(AskedToStop):
        make_demo(tmp_path, processes=processes, progress=stop, **SHORT)
    assert not multiprocessing.active_children()
    early = load_dataset(DEMO_NAME, tmp_path)
    assert not early.complete
    assert [track.genre for track in early.tracks] == list(STYLES)[:3]
    counts = []
    make_demo(tmp_path, processes=1, progress=lambda done, total, left: counts.append(done), **SHORT)
    assert counts[0] == 3
    assert load_dataset(DEMO_NAME, tmp_path).complete


def test_another_seed_replaces_the_music(tmp_path):
    first = make_demo(tmp_path, processes=1, n_tracks=1, seconds=2.0, seed=1)
    second = make_demo(tmp_path, processes=1, n_tracks=1, seconds=2.0, seed=2)
    assert not {track.sha256 for track in first.tracks} & {track.sha256 for track in second.tracks}
    assert load_dataset(DEMO_NAME, tmp_path).fingerprint == second.fingerprint


def test_two_at_once_do_each_other_no_harm(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom genre_core.datasets.demo import make_demo\n"
        f"make_demo(Path(sys.argv[1]), processes=1, **{SHORT})"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "shared")]) for _ in range(2)]
    assert [one.wait(timeout=120) for one in both] == [0, 0]
    shared = load_dataset(DEMO_NAME, tmp_path / "shared")
    alone = make_demo(tmp_path / "alone", processes=1, **SHORT)
    assert shared.complete
    assert shared.fingerprint == alone.fingerprint
    assert all(track.clip().sha256 == track.sha256 for track in shared.tracks)


def test_numbers_out_of_range_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ParameterError, match=r"n_tracks and processes must be at least 1\. Received: n_tracks=0"):
        make_demo(tmp_path, n_tracks=0)
    with pytest.raises(ParameterError, match="seconds must lie in"):
        make_demo(tmp_path, seconds=0.0)
    assert not list(tmp_path.iterdir())


def test_loudness_alone_does_not_give_a_genre_away(half):
    level = {genre: [] for genre in half.genres}
    for track in half.tracks:
        level[track.genre].append(20 * np.log10(np.sqrt(np.mean(track.clip().y ** 2))))
    means = [np.mean(values) for values in level.values()]
    assert max(means) - min(means) < 1.5


def test_songs_that_differ_in_the_last_bit_of_another_processor_are_the_same_songs(tmp_path):
    made = make_demo(tmp_path, n_tracks=1, seconds=2.0, processes=1)
    elsewhere = replace(made, tracks=tuple(replace(track, sha256=track.sha256[::-1]) for track in made.tracks))
    assert elsewhere.fingerprint == made.fingerprint == load_dataset(DEMO_NAME, tmp_path).fingerprint
    own = replace(elsewhere, note="")  # a recipe in the table of somebody's own songs says nothing of their sound
    assert own.fingerprint != replace(made, note="").fingerprint
    other = tuple(replace(track, extra={**track.extra, "recipe": "another"}) for track in made.tracks)
    assert replace(made, tracks=other).fingerprint != made.fingerprint


def test_the_shipped_demo_models_learned_from_the_songs_that_every_machine_makes(tmp_path):
    recipe = inspect.signature(make_demo).parameters
    made_so = recipe_fingerprint(seconds=recipe["seconds"].default, seed=recipe["seed"].default)
    for name in ("demo-ann", "demo-cnn-small"):
        run = Run.load(find_root(tmp_path).shipped / name)
        songs = sorted([track_id, track_id.split(".")[1], made_so] for track_id in run.roles)
        assert len(songs) == 200
        assert run.dataset_fingerprint == fingerprint(songs)

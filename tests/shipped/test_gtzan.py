"""GTZAN's data sets out of a folder that is made up."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from genre_core.datasets.given import load_given
from genre_core.datasets.library import load_dataset
from genre_core.datasets.tracks import Dataset
from genre_core.errors import DatasetError
from genre_core.features.base import segment_features
from genre_core.features.musicnn import Backbone
from genre_core.features.summary import Summary57
from genre_core.models import MODELS
from genre_core.paths import Root
from genre_core.shipped.gtzan import (
    FEATURES,
    NUMBERS_NOTE,
    make_columns,
    make_numbers,
    make_songs,
    published,
    read_songs,
)
from tests.shipped.gtzan_folder import CLIPS, columns, make_folder, make_tags

SEGMENTS = MODELS["transfer"].segments


def quiet(words: str) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folder(tmp_path_factory.mktemp("gtzan"))


@pytest.fixture(scope="module")
def tags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tags(tmp_path_factory.mktemp("tags") / "tags.npz")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    return Root(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="module")
def numbers(folder: Path, tags: Path, root: Root) -> Dataset:
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("genre_core.parallel.n_cores", lambda: 1)  # two songs are not worth a process of their own
        found = make_numbers(folder, tags, root, said.append)
    assert any("songs heard" in words for words in said)
    return found


# Songs and columns


def test_songs_are_those_at_hand_with_artists_and_parts(folder: Path, numbers: Dataset, root: Root) -> None:
    dataset = load_dataset("gtzan", root.datasets)
    told = {track.id: (track.genre, track.artist, track.extra["split"]) for track in dataset.tracks}
    assert told == {"blues.00000": ("blues", "Artist 0", "valid"), "jazz.00001": ("jazz", "Artist 1", "train")}
    assert not dataset.given


def test_columns_of_all_clips_with_their_fold(folder: Path, root: Root) -> None:
    dataset = make_columns(folder, root)
    told = {track.id: (track.genre, track.artist, track.extra["fold"]) for track in dataset.tracks}
    assert told == {
        "blues.00000": ("blues", "artist group 0", "0"),
        "jazz.00001": ("jazz", "artist group 1", "1"),
        "rock.00002": ("rock", "artist group 1", "2"),
        "pop.00003": ("pop", None, "excluded"),
        "metal.00004": ("metal", "artist group 3", "1"),
    }
    (pair,) = dataset.given
    assert pair["feature"]["name"] == Summary57.name
    again = make_columns(folder / "gone", root)
    assert again.fingerprint == dataset.fingerprint


# Numbers


def test_lists_hold_train_and_valid_alone(folder: Path) -> None:
    songs = {song.track_id: song for song in read_songs(folder)}
    assert list(songs) == ["blues.00000", "jazz.00001", "rock.00002", "pop.00003"]
    assert [song.artist for song in songs.values()] == ["artist group 0", "artist group 1", "artist group 1", None]
    np.testing.assert_array_equal(songs["rock.00002"].columns, columns(2))


def test_published_tags_are_log_odds_of_every_third_segment(tags: Path) -> None:
    found = published(tags)
    assert {name: odds.shape for name, odds in found.items()} == {"jazz.00001": (3, 50), "rock.00002": (3, 50)}
    with np.load(tags) as stored:
        said = stored["tags"][7:14:3].astype(np.float64)
    np.testing.assert_allclose(1 / (1 + np.exp(-found["rock.00002"].astype(np.float64))), said, atol=1e-6)
    assert np.isfinite(found["jazz.00001"]).all()
    assert found["jazz.00001"][0, 0] == pytest.approx(-found["jazz.00001"][0, 1], rel=1e-3)


def test_a_song_is_in_it_that_was_heard_or_told_of(numbers: Dataset) -> None:
    """No clip of the test part, and none of which nothing but columns is known."""
    assert [(track.id, track.extra["split"]) for track in numbers.tracks] == [
        ("blues.00000", "valid"),
        ("jazz.00001", "train"),
        ("rock.00002", "train"),
    ]
    assert [track.artist for track in numbers.tracks] == ["artist group 0", "artist group 1", "artist group 1"]
    assert (numbers.note, len(numbers.given)) == (NUMBERS_NOTE, len(FEATURES))
    assert len({track.sha256 for track in numbers.tracks}) == 3


def test_what_is_heard_is_what_the_features_say(numbers: Dataset, root: Root) -> None:
    heard = {track.id: track for track in load_dataset("gtzan", root.datasets).tracks}
    clip = heard["jazz.00001"].clip()
    for feature in FEATURES:
        found = load_given(numbers, root.datasets, (feature, SEGMENTS))[numbers.by_id["jazz.00001"].sha256]
        expected = segment_features(clip, feature, SEGMENTS)
        np.testing.assert_allclose(found.values, expected.values, atol=1e-4, rtol=1e-4)
        np.testing.assert_array_equal(found.end_seconds, expected.end_seconds)


def test_what_was_not_heard_has_published_tags_and_columns_and_gaps(numbers: Dataset, root: Root, tags: Path) -> None:
    digest = numbers.by_id["rock.00002"].sha256
    for feature in FEATURES:
        found = load_given(numbers, root.datasets, (feature, SEGMENTS))[digest]
        np.testing.assert_allclose(found.end_seconds - found.start_seconds, 187 * 256 / 16000)
        np.testing.assert_allclose(np.diff(found.start_seconds), 3 * 62 * 256 / 16000)
        if not isinstance(feature, Backbone):
            np.testing.assert_array_equal(found.values, np.tile(columns(2).astype(np.float32), (3, 1)))
        elif feature.layer == "tags":
            np.testing.assert_array_equal(found.values, published(tags)["rock.00002"])
        else:
            assert found.values.shape == (3, 753)
            assert np.isnan(found.values).all()


def test_made_again_it_is_the_same(folder: Path, tags: Path, numbers: Dataset, root: Root, tmp_path: Path) -> None:
    assert make_numbers(folder / "gone", tags, root, quiet).fingerprint == numbers.fingerprint
    other = Root(tmp_path)
    (tmp_path / "features").symlink_to(root.features)  # what is heard is not computed anew
    assert make_numbers(folder, tags, other, quiet).fingerprint == numbers.fingerprint


# What is missing


@pytest.mark.parametrize("missing", ["tracks.csv", "features_30_sec.csv", "artist_folds.csv", "tags.npz"])
def test_a_missing_table_is_named(folder: Path, tags: Path, tmp_path: Path, missing: str) -> None:
    part = tmp_path / "part"
    shutil.copytree(folder, part)
    shutil.copy(tags, part / "tags.npz")
    (part / missing).unlink()
    root = Root(tmp_path / "root")
    with pytest.raises(
        DatasetError, match=rf"Expected GTZAN's {missing} at .*no such file\. docs/shipped\.md says what it holds"
    ):
        make_numbers(part, part / "tags.npz", root, quiet)


def test_columns_without_their_tables_are_told(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"Expected GTZAN's features_30_sec\.csv at .* and artist_folds\.csv at .*: no such files\."
    ):
        make_columns(tmp_path, Root(tmp_path / "root"))
    with pytest.raises(DatasetError, match=r"Expected GTZAN's tracks\.csv"):
        make_songs(tmp_path, Root(tmp_path / "root"), quiet)
    with pytest.raises(
        DatasetError, match=r"GTZAN's tags\.npz at .* and features_30_sec\.csv .* artist_folds\.csv .* tracks\.csv at"
    ):
        make_numbers(tmp_path, tmp_path / "tags.npz", Root(tmp_path / "root"), quiet)


def test_every_clip_is_as_it_was_made(folder: Path) -> None:
    assert (folder / "features_30_sec.csv").read_text(encoding="utf-8").count("\n") == 1 + len(CLIPS)

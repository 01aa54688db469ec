"""Songs that sound alike: a case known by hand, and parity with every distance computed one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from genre_core.collection.files import Song
from genre_core.collection.memory import Said
from genre_core.collection.similar import Alike, nearest_songs, repeats
from genre_core.collection.table import Row, Table
from genre_core.errors import CollectionError, ParameterError
from genre_core.inspection.embeddings import TrackEmbeddings


def rows_of(names):
    said = Said(seconds=1.0, posteriors=((1.0,),) * 4, n_segments=1)
    return Table(("x",), "run", tuple(Row(Song(Path(name)), said) for name in names), len(names)).judged()


CROSS = {"/east": (3.0, 0.0), "/far-east": (9.0, 0.1), "/north": (0.0, 2.0), "/west": (-12.0, -0.1), "/south": (0.0, -2.0)}
EMBEDDINGS = TrackEmbeddings(tuple(CROSS), np.array(list(CROSS.values()), np.float32), "model")


def paths(found: list[Alike]) -> list[str]:
    return [str(alike.row.song.path) for alike in found]


def test_the_song_in_the_same_direction_is_nearest_and_the_opposite_one_last():
    found = nearest_songs(EMBEDDINGS, rows_of(CROSS), "/east", 4)
    assert paths(found)[0] == "/far-east"
    assert paths(found)[-1] == "/west"
    assert found[0].distance < 0.01
    assert found[-1].distance > 1.9


def test_only_rows_that_are_wanted_are_found_and_near_ones_can_be_left_out():
    assert paths(nearest_songs(EMBEDDINGS, rows_of(["/north", "/west"]), "/east", 9)) == ["/north", "/west"]
    assert "/far-east" not in paths(nearest_songs(EMBEDDINGS, rows_of(CROSS), "/east", 9, least_distance=0.01))


def test_a_song_from_outside_is_placed_by_its_embedding():
    found = nearest_songs(EMBEDDINGS, rows_of(CROSS), np.array([100.0, 0.0]), 1)
    assert paths(found) == ["/east"]


def test_pairs_are_those_that_every_distance_gives(monkeypatch):
    monkeypatch.setattr("genre_core.collection.similar._AT_ONCE", 7)
    rng = np.random.default_rng(0)
    values = rng.normal(size=(40, 6)).astype(np.float32)
    values[31], values[5] = values[3], values[17] * 1.0001
    embeddings = TrackEmbeddings(tuple(f"/{n}" for n in range(40)), values, "model")
    z = (values - values.mean(axis=0, dtype=np.float64)) / values.std(axis=0, dtype=np.float64)
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    expected = {(f"/{a}", f"/{b}") for a in range(40) for b in range(a + 1, 40) if 1 - z[a] @ z[b] <= 0.2}
    found = repeats(embeddings, most=0.2)
    assert {pair[:2] for pair in found} == expected
    assert {pair[:2] for pair in repeats(embeddings)} == {("/3", "/31"), ("/5", "/17")}
    assert [distance for *_, distance in found] == sorted(distance for *_, distance in found)
    assert repeats(TrackEmbeddings((), np.empty((0, 0), np.float32), "model")) == []


def test_what_cannot_be_asked_is_said():
    with pytest.raises(CollectionError, match=r"Expected a song of the collection that was heard\. Received: '/nowhere'"):
        nearest_songs(EMBEDDINGS, rows_of(CROSS), "/nowhere")
    with pytest.raises(ParameterError, match="k must be at least 1"):
        nearest_songs(EMBEDDINGS, rows_of(CROSS), "/east", 0)
    with pytest.raises(CollectionError, match="none that could be heard"):
        nearest_songs(TrackEmbeddings((), np.empty((0, 0), np.float32), "model"), [], "/east")

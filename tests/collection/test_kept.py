"""Collections on disk: whose they are, which songs they list, and what is said where one is missing or damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from genre_core.collection.files import Song, Songs
from genre_core.collection.kept import (
    HEAD,
    LISTED,
    Source,
    begin_collection,
    collection_name,
    list_collections,
    load_collection,
    named,
    remove_collection,
)
from genre_core.datasets.tracks import Problem
from genre_core.errors import CollectionError, ParameterError
from genre_core.paths import Root
from tests.tiny_run import GENRES, make_run


@pytest.fixture
def root(tmp_path) -> Root:
    return Root(tmp_path / "root")


@pytest.fixture
def run(root):
    return make_run(root.runs / "tiny-one")


SOURCE = Source((Path("/music/mine"),))


def test_what_is_begun_can_be_loaded_listed_and_removed(root, run):
    begun = begin_collection("mine", SOURCE, run, root)
    assert load_collection("mine", root) == load_collection("mi", root) == begun
    assert (begun.genres, begun.run, begun.run_title, begun.source) == (GENRES, "tiny-one", "Tiny", SOURCE)
    assert list_collections(root) == ["mine"]
    remove_collection("mine", root)
    assert list_collections(root) == []
    with pytest.raises(CollectionError, match="There is no collection named 'mine'"):
        remove_collection("mine", root)


def test_a_name_belongs_to_one_source_and_one_run(root, run):
    begun = begin_collection("mine", SOURCE, run, root)
    assert begin_collection("mine", SOURCE, run, root).created == begun.created
    with pytest.raises(
        CollectionError, match=r"holds what 'Tiny' said of 'mine'\. Received: 'Tiny' and 'other'\. Choose another"
    ):
        begin_collection("mine", Source((Path("/music/other"),)), run, root)
    other = make_run(root.runs / "tiny-two", run_id="tiny-two")
    with pytest.raises(CollectionError, match="Choose another name, or remove it first"):
        begin_collection("mine", SOURCE, other, root)


@pytest.mark.parametrize("name", ["", "..", "a/b", "con", "x" * 80])
def test_what_can_be_no_name_is_refused(root, run, name):
    with pytest.raises(CollectionError, match="A collection's name has 1 to 64 letters"):
        begin_collection(name, SOURCE, run, root)


def test_names_that_nobody_gave_are_the_same_each_time_and_differ_by_run_and_folder(root, run):
    other = make_run(root.runs / "tiny-two", run_id="tiny-two")
    names = [
        collection_name(SOURCE, run.id),
        collection_name(SOURCE, other.id),
        collection_name(Source((Path("/a/mine"),)), run.id),
    ]
    assert names[0] == collection_name(SOURCE, run.id)
    assert len(set(names)) == 3
    assert all(name.startswith("mine-") for name in names)
    stray = Source((Path(os.fsdecode(b"/music/\xff\xfe")),))
    assert begin_collection(collection_name(stray, run.id), stray, run, root).source == stray
    assert collection_name(Source(dataset="demo"), run.id).startswith("demo-")


def test_the_list_of_songs_comes_back_with_stray_bytes_and_line_breaks(root, run, tmp_path):
    there = tmp_path / os.fsdecode(b"a\n\xff.wav")
    there.write_bytes(b"1234")
    songs = Songs(
        (Song(there, "A", "Ann", "rock"), Song(tmp_path / "gone.wav")),
        (Problem("/closed", "unreadable", "No right."),),
        "3 were ignored.",
    )
    collection = begin_collection("mine", SOURCE, run, root)
    assert collection.table().n_listed == 0
    pairs = collection.list_songs(songs)
    listed, found = load_collection("mine", root).listed()
    assert (listed, found) == (pairs, songs)
    assert collection.table().passed_over == "3 were ignored."
    assert collection.table().n_listed == 2, "whoever holds the collection sees what was listed since"
    assert [state[1:] for _, state in pairs] == [(4, there.stat().st_mtime_ns), (-1, -1)]


def test_what_is_missing_or_damaged_is_said(root, run):
    with pytest.raises(CollectionError, match=r"There is no collection named 'mine'\. There are: none yet: classify --keep NAME"):
        load_collection("mine", root)
    for name in ("mine", "mine-too"):
        begin_collection(name, SOURCE, run, root)
    with pytest.raises(CollectionError, match=r"Several collections begin with 'min'\. There are: mine, mine-too"):
        load_collection("min", root)
    folder = root.collections / "mine"
    (folder / LISTED).write_text('{"songs": 3}')
    with pytest.raises(CollectionError, match=r"songs\.json is damaged"):
        load_collection("mine", root).table()
    for rubble in ("{", "[]", '{"format": 9}'):
        (folder / HEAD).write_text(rubble)
        with pytest.raises(CollectionError, match=r"The collection 'mine' is damaged .* Remove it"):
            load_collection("mine", root)
    remove_collection("mine", root)


def test_a_source_needs_a_path_and_takes_each_once():
    with pytest.raises(ParameterError, match="Expected a folder or songs"):
        named(())
    assert named((Path("/a"), Path("/a"), Path("b"))) == (Path("/a"), Path.cwd() / "b")
    assert Source(named((Path("/music/a"), Path("/music/b")))).shown == "a and 1 more"


def test_a_collection_is_shown_by_the_name_it_was_given_with_its_folder(root, run):
    assert begin_collection("party", SOURCE, run, root).shown == "party (mine)"
    assert begin_collection("mine", SOURCE, run, root).shown == "mine"
    assert begin_collection(collection_name(SOURCE, run.id), SOURCE, run, root).shown == "mine"

"""Caches of collections: what was said of many songs, read again only when more was said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from genre_core.audio import Clip, decode, probe
from genre_core.audio.recording import Recording, open_recording
from genre_core.collection.kept import LISTED, Collection
from genre_core.collection.similar import embeddings_of
from genre_core.collection.similar import repeats as find_repeats
from genre_core.collection.table import Judged, Table
from genre_core.errors import AudioError
from genre_core.inspection.embeddings import TrackEmbeddings
from pages.ui.cached import WHOLE_SECONDS, own_shelf, stamp

Key = tuple[str, tuple[int, ...]]


def table(collection: Collection, *, as_heard: bool = False) -> Table:
    """What was said by now; raises what `Collection.table` raises."""
    return _table(key_of(collection), as_heard, _collection=collection)


@st.cache_resource(max_entries=6, show_spinner=False)
def _table(key: Key, as_heard: bool, _collection: Collection) -> Table:
    return _collection.table(as_heard=as_heard)


def judged(collection: Collection, threshold: float, aggregation: str, *, as_heard: bool = False) -> list[Judged]:
    """Each song that is known with its verdict; raises what `Collection.table` raises."""
    return _judged(key_of(collection), threshold, aggregation, as_heard, _collection=collection)


@st.cache_resource(max_entries=6, show_spinner=False)
def _judged(key: Key, threshold: float, aggregation: str, as_heard: bool, _collection: Collection) -> list[Judged]:
    return table(_collection, as_heard=as_heard).judged(threshold, aggregation)


def embeddings(collection: Collection) -> TrackEmbeddings:
    """Where the run places the songs; raises what `embeddings_of` raises."""
    return _embeddings(key_of(collection), _collection=collection)


@st.cache_resource(max_entries=2, show_spinner=False)
def _embeddings(key: Key, _collection: Collection) -> TrackEmbeddings:
    return embeddings_of(_collection, table(_collection).judged())


def repeats(collection: Collection) -> list[tuple[str, str, float]]:
    """Pairs that may be the same recording: two paths and their distance; raises what `embeddings_of` raises."""
    return _repeats(key_of(collection), _collection=collection)


@st.cache_data(max_entries=4, show_spinner="Comparing every song with every other ...")
def _repeats(key: Key, _collection: Collection) -> list[tuple[str, str, float]]:
    return find_repeats(embeddings(_collection))


def key_of(collection: Collection) -> Key:
    """Changes with whatever the table follows from."""
    memory = collection.memory
    return str(memory.lines), (stamp(memory.lines), stamp(collection.folder / LISTED))


def file_sound(path: Path) -> Clip | Recording:
    """The sound of a file on this machine, whole where that fits into memory, else read part by part.

    Raises
    ------
    AudioError
        If it has gone, may not be read or is damaged.
    """

    def read() -> Clip | Recording:
        with st.spinner("Reading the sound ..."):
            if (probe(path).seconds or 0) <= WHOLE_SECONDS:
                try:
                    return decode(path)
                except AudioError as error:  # it was longer than its header said
                    if error.kind != "too_long":
                        raise
            return open_recording(path)

    found: Clip | Recording = own_shelf().get(("file", str(path), stamp(path)), read, _n_bytes)
    return found


def _n_bytes(sound: Clip | Recording) -> int:
    return sound.y.nbytes if isinstance(sound, Clip) else sound.bins.nbytes


def file_reader(path: Path) -> Callable[[], Clip]:
    """What decodes a file on this machine, in whatever thread; it raises what `decode` raises."""
    shelf, key = own_shelf(), ("file as clip", str(path), stamp(path))
    return lambda: shelf.get(key, lambda: decode(path), _n_bytes)

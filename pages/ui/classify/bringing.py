"""Which songs are to be named: those that a visitor drops or records, the one that came along, or an example."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from pages.ui import cached, pickers, state
from pages.ui.classify.asked import PAGE
from pages.ui.classify.hearing import Song
from pages.ui.opening import RECORDING, Own, own_of, recording_field, upload_field


def bring() -> list[Song]:
    """The fields, and the songs that they hold; an empty list where there is nothing to hear yet."""
    dropping, recording, choosing = st.columns([6, 4, 5], gap="medium", vertical_alignment="top")
    with dropping:
        most = st.get_option("server.maxUploadSize")
        uploads = upload_field(
            PAGE,
            f"Drop songs here, up to {most} MB each",
            many=True,
            words="Of any length. They are heard in memory, seen by you alone, and not kept. Larger files and folders are named "
            "where they lie: `python -m genre_core classify FILE`",
        )
    with recording:
        recorded = recording_field(PAGE)
    own = _own(uploads, recorded)
    with choosing:
        if carried := pickers.carried():
            if not own:
                st.button("Take an example instead", on_click=pickers.let_go, key=f"{PAGE}.let_go")
                return [_song(_kept("carried", *carried))]
            pickers.let_go()
        tracks = pickers.tracks_by_reference()
        name = pickers.pick_track(PAGE, tracks, title="or take an example")
        if name is not None and not own and name.startswith(f"{DEMO_NAME}/"):
            st.caption("This demo song is synthesised: it plays at being its genre.")
    if own:
        state.publish(PAGE, "clip", None)  # an upload is private: a link cannot lead to it
        return own
    if name is None:
        return []
    track = tracks[name]
    assert track.path is not None  # only tracks that can be heard are offered
    return [Song(("track", name, track.sha256), name, track.path, cached.track_reader(track), track.sha256)]


def _own(uploads: list[Any], recorded: Any) -> list[Song]:
    """The visitor's songs, each with a name of its own."""
    files = [(upload.name, upload) for upload in uploads] + ([(RECORDING, recorded)] if recorded is not None else [])
    hashed = st.session_state.setdefault(f"{PAGE}.hashed", {})
    for file_id in set(hashed) - {file.file_id for _, file in files} - {"carried"}:
        del hashed[file_id]  # what was taken away is forgotten
    songs: dict[str, Song] = {}
    for name, file in files:
        title, number = name, 1
        while title in songs:
            title, number = f"{name} ({number + 1})", number + 1
        songs[title] = _song(_kept(file.file_id, title, file.getvalue()))
    return list(songs.values())


def _kept(file_id: str, title: str, content: bytes) -> Own:
    """A file with its fingerprint, which is found once."""
    hashed = st.session_state.setdefault(f"{PAGE}.hashed", {})
    if file_id not in hashed or (hashed[file_id].title, hashed[file_id].content) != (title, content):
        hashed[file_id] = own_of(title, content)
    own: Own = hashed[file_id]
    return own


def _song(own: Own) -> Song:
    read = cached.upload_reader(own.content, own.title, sha256=own.sha256)
    return Song(("own", own.title, own.sha256), own.title, own.content, read, own.sha256, is_own=True)

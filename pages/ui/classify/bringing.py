"""Which songs are to be named: those that a visitor drops or records, the one that came along, or an example."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from pages.ui import cached, pickers, state
from pages.ui.classify.asked import PAGE
from pages.ui.classify.hearing import Song
from pages.ui.opening import RECORDING, Own, own_of, recording_field, upload_field
from pages.ui.words import plain

LOOKED_AT = f"{PAGE}.looked_at"
"""Name of the song that is looked at, which nobody else need know."""
BROUGHT = f"{PAGE}.brought"
"""What the visitor brought, by name: it outlives the fields, which Streamlit forgets when another page is looked at."""
FORMER = f"{PAGE}.former"
"""What of it came before another page was looked at."""
EXAMPLE = f"{PAGE}.example"
"""Whether an example was chosen after the visitor's own songs came."""
TOUCHED = f"{PAGE}.touched"
"""Whether the visitor changed what a field holds."""
TURN = f"{PAGE}.fields"
"""How often the visitor came back to the fields: browser and server do not agree on what former ones held, so new ones begin."""


def bring() -> list[Song]:
    """The fields, and the songs that are to be named; an empty list where there is nothing to hear yet.

    Songs that were brought stay while the visitor looks at other pages. What was chosen last is shown: they, or an example.
    """
    if state.came(PAGE):
        st.session_state[FORMER] = dict(st.session_state.get(BROUGHT, {}))
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
        st.session_state[TOUCHED] = False
    turn = st.session_state.get(TURN, 1)
    dropping, recording, choosing = st.columns([6, 4, 5], gap="medium", vertical_alignment="top")
    with dropping:
        most = st.get_option("server.maxUploadSize")
        uploads = upload_field(
            PAGE,
            f"Drop songs here, up to {most} MB each",
            many=True,
            words="Of any length. They are heard in memory, seen by you alone, and not kept. Larger files and folders are named "
            "where they lie: `python -m genre_core classify FILE`",
            on_change=_touched,
            turn=turn,
        )
    with recording:
        recorded = recording_field(PAGE, on_change=_touched, turn=turn)
    own = _own(uploads, recorded)
    with choosing:
        if carried := pickers.carried():
            if not own:
                st.button("Take an example instead", on_click=pickers.let_go, key=f"{PAGE}.let_go")
                return [_song(_kept("carried", *carried))]
            pickers.let_go()
        tracks = pickers.tracks_by_reference()
        name = pickers.pick_track(PAGE, tracks, title="or take an example", on_change=_take_example)
        is_example = not own or bool(st.session_state.get(EXAMPLE))
        if own and is_example:
            st.button(_back(own), on_click=_take_own, key=f"{PAGE}.own_again")
        elif own and not (uploads or recorded):
            st.button("Forget what you brought", on_click=_forget, key=f"{PAGE}.forget")
        elif name is not None and is_example and name.startswith(f"{DEMO_NAME}/"):
            st.caption(f"This demo song is synthesised: it plays at being {plain(tracks[name].genre)}.")
    if not is_example:
        state.publish(PAGE, "clip", None)  # an upload is private: a link cannot lead to it
        return list(own.values())
    if name is None:
        return []
    track = tracks[name]
    assert track.path is not None  # only tracks that can be heard are offered
    return [Song(("track", name, track.sha256), name, track.path, cached.track_reader(track), track.sha256)]


def brought() -> list[Song]:
    """The visitor's own songs, where the fields are not shown."""
    return [_song(own) for own in st.session_state.get(BROUGHT, {}).values()]


def _own(uploads: list[Any], recorded: Any) -> dict[str, Song]:
    """The visitor's songs, each with a name of its own: what the fields hold, or held before another page was looked at."""
    files = [(upload.name, upload) for upload in uploads] + ([(RECORDING, recorded)] if recorded is not None else [])
    brought: dict[str, Own] = st.session_state.setdefault(BROUGHT, {})
    if files:
        named: dict[str, Own] = dict(st.session_state.get(FORMER, {}))
        for name, file in files:
            title, number = name, 1
            while title in named:
                title, number = f"{name} ({number + 1})", number + 1
            named[title] = _kept(file.file_id, title, file.getvalue())
        if new := [title for title in named if title not in brought]:
            if brought:
                st.session_state[LOOKED_AT] = new[-1]
            st.session_state[EXAMPLE] = False
        st.session_state[BROUGHT] = brought = named
    elif st.session_state.get(TOUCHED):
        st.session_state[BROUGHT] = brought = dict(st.session_state.get(FORMER, {}))  # the last one was taken out of the field
    st.session_state[TOUCHED] = False
    hashed = st.session_state.setdefault(f"{PAGE}.hashed", {})
    for file_id in set(hashed) - {file.file_id for _, file in files} - {"carried"}:
        del hashed[file_id]  # what was taken away is forgotten
    return {title: _song(own) for title, own in brought.items()}


def _back(own: dict[str, Song]) -> str:
    return f"Back to {next(iter(own))}" if len(own) == 1 else f"Back to your {len(own)} songs"


def _touched() -> None:
    st.session_state[TOUCHED] = True


def _take_example() -> None:
    st.session_state[EXAMPLE] = True


def _take_own() -> None:
    st.session_state[EXAMPLE] = False


def _forget() -> None:
    st.session_state[BROUGHT] = st.session_state[FORMER] = {}


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

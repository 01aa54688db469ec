"""A visitor's own sound: taken in when a file comes, kept while the next one is chosen, never named in the URL."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS
from genre_core.datasets.tracks import Track
from genre_core.errors import GenreError
from pages.ui import cached, pickers, state
from pages.ui.errors import spoken

RECORDING = "your recording"


class Own(NamedTuple):
    """A sound that a visitor brought: its title, its bytes, and their SHA-256, which is found once."""

    title: str
    content: bytes
    sha256: str


def upload_field(
    page: str, title: str, *, many: bool = False, words: str = "", on_change: Callable[[], None] | None = None, turn: int = 1
) -> Any:
    """Where files are dropped: the file, a list of them where there may be many, or None; each turn has a field of its own."""
    endings = [entry.lstrip(".") for entry in AUDIO_EXTENSIONS]
    key = state.key(page, "upload" if turn == 1 else f"upload.{turn}")
    return st.file_uploader(title, type=endings, accept_multiple_files=many, key=key, help=words or None, on_change=on_change)


def recording_field(page: str, *, on_change: Callable[[], None] | None = None, turn: int = 1) -> Any:
    """Where a sound is recorded: the file, or None; each turn has a field of its own."""
    key = state.key(page, "recorded" if turn == 1 else f"recorded.{turn}")
    return st.audio_input("or record one", key=key, on_change=on_change)


def own_of(title: str, content: bytes) -> Own:
    """A sound that came as a file."""
    return Own(title, content, hashlib.sha256(content).hexdigest())


def take_in(page: str, files: Mapping[str, Any]) -> None:
    """Look at what the visitor's fields hold: a file that was not there before is read, and chosen.

    A file that is no sound, or whose reading was stopped, is said, and what was there before stays. A field that was emptied
    changes nothing: the next file may be on its way.
    """
    _from_start_page(page)
    for field, file in files.items():
        if file is None or st.session_state.get(f"{page}.{field}.taken") == file.file_id:
            continue
        title = file.name if field == "upload" else RECORDING
        if st.session_state.get(f"{page}.{field}.stopped") == file.file_id:
            st.warning(f"The reading of {title} was stopped.", icon=":material/stop_circle:")
            st.button("Read it after all", key=f"{page}.{field}.again", on_click=_stop, args=(page, field, ""))
            continue
        with spoken():
            own = own_of(title, file.getvalue())
            cached.upload_sound(
                own.content, title, sha256=own.sha256, on_stop=lambda field=field, file=file: _stop(page, field, file.file_id)
            )
            st.session_state[f"{page}.{field}.taken"] = file.file_id
            _choose(page, own)


def own_sound(page: str) -> pickers.Chosen | None:
    """The sound that the visitor brought last; None where there is none."""
    own: Own | None = st.session_state.get(f"{page}.own")
    if own is None:
        return None
    try:
        return pickers.Chosen(cached.upload_sound(own.content, own.title, sha256=own.sha256), own.title)
    except GenreError as error:
        st.error(str(error))
        return None


def back_to_songs(page: str, tracks: Mapping[str, Track]) -> None:
    """Choose the first song again; the visitor's own stays among what can be chosen."""
    st.session_state[state.key(page, "clip")] = next(iter(tracks))


def _from_start_page(page: str) -> None:
    """The song that came along from the start page, once."""
    carried = pickers.carried()
    if carried is None or st.session_state.get(f"{page}.came") is carried:
        return
    st.session_state[f"{page}.came"] = carried
    _choose(page, own_of(*carried))


def _choose(page: str, own: Own) -> None:
    st.session_state[f"{page}.own"] = own
    st.session_state[state.key(page, "clip")] = pickers.OWN


def _stop(page: str, field: str, file_id: str) -> None:
    st.session_state[f"{page}.{field}.stopped"] = file_id

"""Explore: what is in this sound?"""

from __future__ import annotations

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS
from pages.ui import cached, pickers, state
from pages.ui.comparison import compare
from pages.ui.errors import spoken
from pages.ui.gallery import gallery
from pages.ui.look import look
from pages.ui.page import open_page
from pages.ui.words import plain

PAGE = "explore"
MODES = {"one": "One sound", "two": "Compare two", "all": "All genres"}


def chosen_sound() -> pickers.Chosen | None:
    """The upload if there is one, else what came along from the start page, else a track of a data set."""
    picking, uploading = st.columns([4, 1], vertical_alignment="bottom")
    with uploading, st.popover("Your own", icon=":material/upload:", width="stretch"):
        upload = st.file_uploader(
            "A song or a sound", type=[entry.lstrip(".") for entry in AUDIO_EXTENSIONS], key=state.key(PAGE, "upload")
        )
        recorded = st.audio_input("or record one", key=state.key(PAGE, "recorded"))
        st.caption("It stays in memory while this page is open, and is not kept. Any length: hours are read part by part.")
    own = upload or recorded
    with picking:
        if own is not None:
            title = own.name if own is upload else "your recording"
            with spoken():  # a file that is no sound is said, and the page goes on with the track below
                sound = cached.upload_sound(own.getvalue(), title)
                state.publish(PAGE, "clip", None)  # an upload is private: a link cannot lead to it
                st.markdown(f"**{plain(title)}**")
                return pickers.Chosen(sound, title)
        if own is None and (carried := pickers.carried()) is not None:
            with spoken():
                sound = cached.upload_sound(carried[1], carried[0])
                st.button(f"{plain(carried[0])}: take a demo song instead", on_click=pickers.let_go, key=f"{PAGE}.let_go")
                return pickers.Chosen(sound, carried[0])
        tracks = pickers.tracks_by_reference()
        name = pickers.pick_track(PAGE, tracks)
        if name is not None:
            with spoken():
                return pickers.Chosen(cached.track_clip(tracks[name]), name, tracks[name])
    return None


with open_page(PAGE):
    chosen = chosen_sound()
if chosen is None:
    if st.session_state.get(state.key(PAGE, "upload")) is None:
        st.info("No clip is here yet. Wait for the first demo songs, or take one of your own: the button at the top right.")
    st.stop()

mode_key = state.adopt(PAGE, "mode", default="one", options=list(MODES))
mode = st.segmented_control(
    "What to look at", list(MODES), format_func=MODES.get, key=mode_key, label_visibility="collapsed", required=True
)
state.publish(PAGE, "mode", mode, default="one")
{"one": look, "two": compare, "all": gallery}[mode](PAGE, chosen)

"""Explore: what is in this sound?"""

from __future__ import annotations

import streamlit as st

from pages.ui import cached, pickers, state
from pages.ui.comparison import compare
from pages.ui.errors import spoken
from pages.ui.gallery import gallery
from pages.ui.look import look
from pages.ui.opening import back_to_songs, own_sound, recording_field, take_in, upload_field
from pages.ui.page import open_page

PAGE = "explore"
MODES = {"one": "One sound", "two": "Compare two", "all": "All genres"}


def chosen_sound() -> pickers.Chosen | None:
    """What is picked: the visitor's own sound, once there is one, or a track of a data set."""
    picking, uploading = st.columns([4, 1], vertical_alignment="bottom")
    with uploading, st.popover("Your own", icon=":material/upload:", width="stretch"):
        brought = {"upload": upload_field(PAGE, "A song or a sound"), "recorded": recording_field(PAGE)}
        st.caption("It stays in memory while this page is open, and is not kept. Any length: hours are read part by part.")
    tracks = pickers.tracks_by_reference()
    with picking:
        take_in(PAGE, brought)
        own = own_sound(PAGE)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = pickers.pick_track(PAGE, tracks, own=own.title if own else "")
            if name == pickers.OWN and tracks:
                st.button(
                    "Back to the songs", icon=":material/undo:", key=f"{PAGE}.let_go", on_click=back_to_songs, args=(PAGE, tracks)
                )
        if name == pickers.OWN:
            return own
        pickers.let_go_of_link()
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

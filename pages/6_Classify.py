"""Classify: what is this song?"""

from __future__ import annotations

import streamlit as st

from pages.ui import state
from pages.ui.about import about
from pages.ui.classify import lecture
from pages.ui.classify.asked import PAGE, ask
from pages.ui.classify.ways import WAYS
from pages.ui.errors import spoken
from pages.ui.page import open_page

if lecture.is_asked():
    lecture.lecture()
    st.stop()

with open_page(PAGE), st.container(horizontal=True, vertical_alignment="center"):
    place = state.adopt(PAGE, "way", default="songs", options=list(WAYS))
    way = st.segmented_control(
        "What is heard",
        list(WAYS),
        format_func=lambda name: WAYS[name][0],
        key=place,
        required=True,
        label_visibility="collapsed",
    )
    state.publish(PAGE, "way", way, default="songs")
    if way != "songs":
        state.arrive(f"{PAGE}.{way}")
    st.button("Lecture view", key=f"{PAGE}.lecture", icon=":material/co_present:", type="tertiary", on_click=lecture.begin)

asked = None
with spoken():
    asked = ask(with_other=way == "songs")
if asked is None:
    st.info("No model is here yet. Train one first: it takes a minute.")
    st.page_link("pages/3_Train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()
with spoken():
    WAYS[way or "songs"][1](asked)
about(PAGE, asked.run)

"""Inspect: why does it err?"""

from __future__ import annotations

import streamlit as st

from pages.ui import pickers, state
from pages.ui.badges import run_badge
from pages.ui.errors import spoken
from pages.ui.inspect.foreign import taking
from pages.ui.inspect.looks import LOOKS
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.page import open_page

with open_page(PAGE), spoken():
    choosing, other = st.columns([3, 2], vertical_alignment="bottom")
    with choosing:
        run = pickers.pick_run(PAGE, first=pickers.heard_run_id())  # errors are there to be heard
    with other:
        taking()
if run is None:
    st.info("No run is here yet. Train a model first: it takes a minute.")
    st.page_link("pages/3_Train.py", label="Train a model", icon=":material/arrow_forward:")
    st.stop()

looking, judged, divided = st.columns([5, 2, 4], vertical_alignment="top")
with looking:
    place = state.adopt(PAGE, "look", default="errors", options=list(LOOKS))
    look = st.segmented_control(
        "Look at",
        list(LOOKS),
        format_func=lambda name: LOOKS[name][0],
        key=place,
        required=True,
        label_visibility="collapsed",
    )
    state.publish(PAGE, "look", look, default="errors")
with spoken():
    with judged:
        role = pickers.pick_role(PAGE, run, titled=False)
    with divided:
        run_badge(run, role, words=False)
    LOOKS[look or "errors"][1](Subject.of(run, role))

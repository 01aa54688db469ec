"""The demo data set makes itself: started once in a process of its own, its progress shown, nothing waits for it."""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.library import list_datasets
from genre_core.errors import DatasetError
from pages.ui import background, cached
from pages.ui.root import root

NAME = "demo"


def ensure_demo() -> None:
    """Start making the demo set where it is missing or unfinished, and show how far it is."""
    if _complete():
        return
    work = background.look(NAME, root())
    if work.state in ("absent", "finished"):
        background.begin(NAME, ["demo"], root())
    _progress()


def _complete() -> bool:
    if DEMO_NAME not in list_datasets(root().datasets):
        return False
    try:
        return cached.dataset(DEMO_NAME, root().datasets).complete
    except DatasetError:
        return False


@st.fragment(run_every=2.0)
def _progress() -> None:
    work = background.look(NAME, root())
    made = len(list((root().datasets / DEMO_NAME / "audio").glob("*/*.flac")))
    if _complete() and work.state != "running":
        st.rerun(scope="app")
    if work.state == "failed":
        st.error(f"Making the demo songs broke off: {work.error or 'the process ended.'}")
        if st.button("Try again", key="home.demo_again"):
            background.begin(NAME, ["demo"], root())
        return
    total = work.total or max(200, made)
    st.progress(
        min(1.0, made / total), text=f"Making the demo songs: {made} of {total}. Those that are there can be used already."
    )
    if made >= 10 and not st.session_state.get("home.first_ten"):
        st.session_state["home.first_ten"] = True
        st.rerun(scope="app")

"""The frame of every page: browser title, menu, heading and the one question the page answers."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import state
from pages.ui.activity import activity, ensure_demo

ICON = "data:image/png;base64," + b64encode(Path(__file__).with_name("icon.png").read_bytes()).decode("ascii")
"""In the page itself: as a file of its own it is gone for a moment where one run of a page follows another quickly."""


class PageSpec(NamedTuple):
    """A row of the menu: file, label, and the question in the page's second line."""

    file: str
    title: str
    question: str


PAGES: dict[str, PageSpec] = {
    "home": PageSpec(
        "app.py",
        "Genrescope",
        "Listen to music as a machine does: look into a sound, teach a model genres, find out what it really knows.",
    ),
    "explore": PageSpec("pages/1_Explore.py", "Explore", "What is in this sound?"),
    "dataset": PageSpec("pages/2_Dataset.py", "Dataset", "Can I trust these data?"),
    "train": PageSpec("pages/3_Train.py", "Train", "What does the model learn?"),
    "evaluate": PageSpec("pages/4_Evaluate.py", "Evaluate", "How good is it, really?"),
    "inspect": PageSpec("pages/5_Inspect.py", "Inspect", "Why does it err?"),
    "classify": PageSpec("pages/6_Classify.py", "Classify", "What is this song?"),
    "learn": PageSpec("pages/7_Learn.py", "Learn", "How does it work?"),
    "glossary": PageSpec("pages/8_Glossary.py", "Glossary", "What does that word mean?"),
}


def open_page(name: str, *, bare: bool = False) -> DeltaGenerator:
    """Set up the page: call it first, before any other element.

    Parameters
    ----------
    name : str
        A key of `PAGES`.
    bare : bool
        Without menu and heading: what a class sees.

    Returns
    -------
    DeltaGenerator
        The place beside the heading, for what the whole page is about: the clip, the data set, the run.
    """
    page = PAGES[name]
    title = page.title if name == "home" else f"{page.title} · Genrescope"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    state.arrive(name)
    if bare:
        return st.container()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for key, entry in PAGES.items():
            st.page_link(entry.file, label=f"**{entry.title}**" if key == name else entry.title)
    ensure_demo()
    with st.container():  # holds its place while empty: what stands below is not drawn anew when a job begins or ends
        activity(name)
    heading, beside = st.columns([2, 3], vertical_alignment="bottom", gap="large")
    with heading:
        st.title(page.title, anchor=False)
        st.markdown(f":gray[{page.question}]")
    return beside

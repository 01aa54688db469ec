"""Which songs are to be named: a folder of this machine, or a data set that is here."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from genre_core import jobs
from genre_core.collection.classify_work import KIND, jobs_of, look, request
from genre_core.collection.kept import Source, begin_collection, named
from genre_core.datasets.demo import DEMO_NAME
from genre_core.runs import Run
from pages.ui import pickers
from pages.ui.activity import demo_complete
from pages.ui.classify.asked import PAGE
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.words import plain

CHOSEN = f"{PAGE}.many.begun"
"""The collection that a visitor has just begun: it is shown next."""
TURN = f"{PAGE}.many.turn"
"""How many a visitor has begun: where songs are chosen is closed then."""


def bring(run: Run) -> None:
    """A field for a folder and a choice of data sets, each with its button."""
    with st.form(f"{PAGE}.many.folder_form", border=False, enter_to_submit=True):
        path = st.text_input(
            "Folder on the machine where Genrescope runs",
            placeholder="/music",
            key=f"{PAGE}.many.folder",
            help="All songs in it and below, of any length. Genrescope reads what its own user may read; whoever can open this "
            "page sees their names and hears them. Nothing in the folder is moved or changed.",
        ).strip()
        taken = st.form_submit_button("Name these songs", type="primary", icon=":material/library_music:")
    if taken:
        if path:
            with spoken():
                begin(Source(named([Path(path)])), run)
        else:
            st.warning("Name a folder first.")
    heard = {name: entry for name, entry in pickers.datasets().items() if entry.tracks and entry.has_audio}
    if not heard:
        return
    choosing, button = st.columns([3, 2], vertical_alignment="bottom")
    name = choosing.selectbox(
        "or a data set", list(heard), format_func=lambda name: pickers.label(heard[name]), key=f"{PAGE}.many.dataset"
    )
    if button.button("Name its songs", key=f"{PAGE}.many.take", width="stretch") and name:
        with spoken():
            begin(Source(dataset=name), run)


def first_time(run: Run) -> None:
    """What to do where nothing was named yet."""
    words, field = st.columns([2, 3], gap="large", vertical_alignment="center")
    with words:
        st.subheader("Thousands of songs at a time", anchor=False)
        st.markdown(
            "Name a folder: each song is heard once, by all cores of this machine. You see the genres fill up, filter, listen, "
            "find what sounds alike, and take away playlists and tables. It goes on while you do something else."
        )
        if demo_complete() and st.button("Try it on the demo songs", icon=":material/play_arrow:", key=f"{PAGE}.many.demo"):
            with spoken():
                begin(Source(dataset=DEMO_NAME), run)
    with field:
        bring(run)
        st.caption("From the command line: `python -m genre_core classify FOLDER --keep NAME`.")


def begin(source: Source, run: Run) -> None:
    """Start the job, unless it goes on already, and show its collection; `GenreError` where there is nothing to hear."""
    with st.spinner("Looking for songs ..."):
        found = look(source, root())
    values = request(source, run)
    name = str(values["collection"])
    if not any(not job.status().is_over for job in jobs_of(name, root())):
        begin_collection(name, source, run, root())  # there is something to look at while the job waits for its turn
        jobs.start(KIND, values, root())
    st.session_state[CHOSEN] = name
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    st.toast(f"{len(found.songs):,} songs of {plain(source.shown)}: each is heard once. {plain(found.passed_over)}")
    st.rerun(scope="app")

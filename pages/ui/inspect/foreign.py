"""Predictions of another tool, taken in as a run."""

from __future__ import annotations

import streamlit as st

from genre_core.runs.foreign import import_predictions
from pages.ui import pickers
from pages.ui.errors import spoken
from pages.ui.inspect.subject import PAGE
from pages.ui.root import root

EXAMPLE = "track,true,blues,jazz\nblues.00000,blues,0.81,0.19\njazz.00003,jazz,0.64,0.36\n"


def taking() -> None:
    """A popover that takes a table of predictions."""
    with st.popover("Another tool's predictions", help="Judge and inspect what another program said of your tracks."):
        st.markdown("A CSV table: **track**, **true**, and a column of probabilities for each genre.")
        st.code(EXAMPLE, language=None)
        upload = st.file_uploader("Table", type=["csv", "tsv", "txt"], key=f"{PAGE}.foreign", label_visibility="collapsed")
        found = pickers.datasets()
        name = st.selectbox(
            "Its tracks are of",
            ["", *found],
            format_func=lambda name: pickers.label(found[name]) if name else "no data set here",
            key=f"{PAGE}.foreign.dataset",
            help="Where they are found by their ids, they can be heard, and artists are known.",
        )
        if st.button("Take them in", type="primary", disabled=upload is None, key=f"{PAGE}.foreign.take") and upload is not None:
            with spoken():
                run = import_predictions(upload.getvalue(), root(), name=upload.name, dataset=name or "")
                st.query_params.from_dict({"run": run.id})
                st.rerun()

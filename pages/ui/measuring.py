"""What models read of a data set: how much of it is stored, and the job that computes the rest."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.datasets.tracks import Dataset
from pages.ui import cached, tables
from pages.ui.activity import progress_of
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.root import root

PAGE = "dataset"


def features(dataset: Dataset) -> None:
    """A row a feature, and the button for what is missing."""
    stored = cached.stored_features(dataset)
    st.dataframe(tables.stored(stored, len(dataset.tracks)), hide_index=True, key=f"{PAGE}.features")
    if all(count == len(dataset.tracks) for _, count in stored):
        st.caption("Everything that the models read is stored: a training begins at once.", help=meaning("feature"))
    else:
        st.caption("A training computes what is missing before its first epoch. It can be done now, on all cores.")
        compute(dataset)


def compute(dataset: Dataset) -> None:
    """The button that computes what is missing, or how far that is."""
    missing = [pair for pair, count in cached.stored_features(dataset) if count < len(dataset.tracks)]
    if any(job.values.get("dataset") == dataset.name for job in jobs.active_jobs(root(), "extract")):
        progress_of("extract")
    elif missing and st.button("Compute now", type="primary", key=f"{PAGE}.extract"):
        with spoken():
            jobs.start("extract", {"dataset": dataset.name, "requests": missing}, root())
            st.rerun()

"""Badges that stand beside every score: which split, and what crosses it."""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.splits import SPLITS, LeakReport
from genre_core.errors import DatasetError
from genre_core.runs import Run
from pages.ui import cached

MEANINGS = {
    "✔": "No song and no artist is in more than one part of the split: the score is honest.",
    "✖": "The model has heard these artists or songs while it learned: the score flatters.",
    "?": "Nobody named the artists, so songs of one artist may lie on both sides: the score may flatter.",
}
_COLOURS = {"✔": "green", "✖": "red", "?": "orange"}


def split_badge(report: LeakReport, *, words: bool = True) -> None:
    """Sign and verdict of a split, with what it means."""
    sign = report.badge[0]
    st.badge(report.badge, color=_COLOURS[sign], help=MEANINGS[sign])
    if words:
        st.caption(MEANINGS[sign])


def run_badge(run: Run) -> None:
    """The split that a run was trained on, and what crosses it as far as the data set is still here to tell."""
    name = SPLITS[run.split_name].title if run.split_name in SPLITS else run.split_name
    st.markdown(f"Split **{name}**, {run.dataset_title}")
    try:
        report = cached.run_leaks(run)
    except DatasetError:
        st.badge("? its data set is not here: not provable", color="gray", help="Bring the data set back to check what crosses.")
        return
    split_badge(report)

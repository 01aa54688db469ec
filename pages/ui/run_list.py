"""The runs as a list: compare, rename, annotate, delete and bring back, export and import."""

from __future__ import annotations

import streamlit as st

from genre_core.runs import Run
from pages.figures.theme import PLAIN_CONFIG
from pages.figures.training import overlay
from pages.ui import tables


def run_list(page: str, runs: list[Run]) -> None:
    """All runs with their valid scores; two that are ticked are drawn over each other."""
    st.subheader("Runs", anchor=False)
    if not runs:
        st.caption("None yet.")
        return
    columns = {name: st.column_config.NumberColumn(format="%.2f") for name in ("accuracy, valid tracks", "macro F1")}
    table = st.dataframe(
        tables.runs(runs),
        key=f"{page}.runs",
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        column_config=columns,
    )
    ticked = [runs[row] for row in table.selection.rows]
    if len(ticked) < 2:
        st.caption("Tick two runs to lay their curves over each other.")
        return
    titles = {run.id: f"{number}. {run.title}" for number, run in enumerate(ticked, 1)}
    st.plotly_chart(overlay({titles[run.id]: run.history for run in ticked}), key=f"{page}.overlay", config=PLAIN_CONFIG)

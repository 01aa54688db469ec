"""A run taken away: its report as one HTML file, its predictions as a table. Both are made when they are asked for."""

from __future__ import annotations

import streamlit as st

from genre_core.reporting import report_command, report_csv, report_html
from genre_core.runs import Run
from genre_core.runs.exporting import safe_name
from pages.ui.root import root


def downloads(page: str, run: Run, role: str) -> None:
    """Two buttons, for the tracks of that role."""
    place, name = root(), f"{safe_name(run.id)}-{role}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Report (HTML)",
            lambda: report_html(run, place, role=role).encode(),
            f"{name}.html",
            "text/html",
            key=f"{page}.report",
            on_click="ignore",
            help="Figures, tables, the surest errors and the card in one file that needs nothing beside it; made to be printed.",
        )
        st.download_button(
            "Predictions (CSV)",
            lambda: report_csv(run, place, role=role).encode(),
            f"{name}.csv",
            "text/csv",
            key=f"{page}.predictions",
            on_click="ignore",
            help="A row a track: true and predicted genre, how sure, and the probability of each genre.",
        )
        command = report_command(run, role)
        st.caption(f"The same from the command line: `{command}`")

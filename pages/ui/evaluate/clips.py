"""From a picture to its clips: what is clicked opens on Inspect."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.figures.theme import PLAIN_CONFIG
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.inspect.filters import let_go

INSPECT = "pages/5_Inspect.py"
_LED = f"{PAGE}.led"


def clickable(figure: go.Figure, name: str) -> list[Any]:
    """Draw a figure whose points can be clicked; what the clicked point holds as `customdata`, empty where nothing was.

    A visitor who comes back meets it unclicked: its key changes when a click has led away.
    """
    key = f"{PAGE}.{name}.{st.session_state.get(_LED, 0)}"
    picked = st.plotly_chart(figure, key=key, config=PLAIN_CONFIG, on_select="rerun", selection_mode="points")
    return clicked(picked)


def clicked(picked: Any) -> list[Any]:
    """`customdata` of the first clicked point that has some; empty where there is none."""
    for point in picked.selection.points:
        found = point.get("customdata")
        if found:
            return list(found) if isinstance(found, list | tuple) else [found]
    return []


def row_key(name: str) -> str:
    """Key of a table whose rows can be clicked: another one once a click has led away."""
    return f"{PAGE}.{name}.{st.session_state.get(_LED, 0)}"


def address(judged: Judged, **filters: object) -> dict[str, str]:
    """The address of the clips on Inspect: run and part, with `true`, `predicted`, `artist`, `low`, `high`, `right` as given."""
    return {"run": judged.run.id, "split": judged.role} | {name: str(value) for name, value in filters.items() if value != ""}


def lead(judged: Judged, **filters: object) -> None:
    """Open the clips on Inspect; filters of an earlier visit there are taken away."""
    st.session_state[_LED] = st.session_state.get(_LED, 0) + 1
    let_go()
    st.switch_page(INSPECT, query_params=address(judged, **filters))

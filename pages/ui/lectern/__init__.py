"""A lectern: one song after another in front of a class, in type for the back row, with the keys of a presenter's remote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_component = st.components.v2.component(
    "genrescope_lectern",
    js=(HERE / "lectern.js").read_text(encoding="utf-8"),
    css=(HERE / "lectern.css").read_text(encoding="utf-8"),
)


def lectern(shown: dict[str, Any], *, key: str, on_step: Callable[[int], None]) -> None:
    """Draw the lectern.

    Parameters
    ----------
    shown : dict
        As lectern.js reads it; `pages.ui.classify.lecture` makes it.
    key : str
        Of the widget, unique on its page.
    on_step : callable
        Called with how many steps to go on, or back where below zero, since it was called last. It must not touch the session.
    """
    taken: dict[str, int] = st.session_state.setdefault(f"{key}.taken", {"steps": 0})

    def step() -> None:
        told = (st.session_state.get(key) or {}).get("steps")
        # From here on Streamlit is not asked for anything, so that the next step cannot break this one off half done.
        steps = int(told) if isinstance(told, int | float) else 0
        by, taken["steps"] = steps - taken["steps"], steps
        if by:
            on_step(by)

    _component(key=key, data={**shown, "steps": taken["steps"]}, on_steps_change=step)

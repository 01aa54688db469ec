"""In front of a class: keys that a presenter's remote sends lead on and back, and all letters are larger.

Streamlit gives a button one key; a remote sends Page Down and Page Up, a keyboard has arrows too. Letters grow by the browser's
own font size, of which Streamlit's sizes are shares.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "genrescope_presenter", js=Path(__file__).with_name("presenter.js").read_text(encoding="utf-8")
)


def present(key: str, *, at: int, count: int, on_turn: Callable[[int], None]) -> None:
    """Listen to the keys and enlarge the letters, as long as this is drawn.

    Parameters
    ----------
    key : str
        Of the widget, unique on its page.
    at : int
        Number of what is shown, from 0.
    count : int
        How many there are: keys lead no farther.
    on_turn : callable
        Called with the number that a key leads to, before the page is drawn again.
    """

    def turned() -> None:
        asked = st.session_state[key].turn
        if isinstance(asked, int) and 0 <= asked < count:
            on_turn(asked)

    _component(key=key, data={"at": at, "count": count}, on_turn_change=turned)

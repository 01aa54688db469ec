"""A microphone that is heard while it goes on; `st.audio_input` gives its sound only after Stop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.figures.scene import pack
from pages.ui.microphone.ear import Ear as Ear
from pages.ui.microphone.ear import Parcel, parcel_of
from pages.ui.player import HERE as PLAYER

HERE = Path(__file__).parent
SCRIPTS = (
    *(PLAYER / "js" / name for name in ("pen.js", "scene.js", "shares.js", "stage.js")),  # what draws is shared with the player
    *(HERE / "js" / name for name in ("capture.js", "sending.js", "microphone.js")),
)

_component = st.components.v2.component(
    "genrescope_microphone",
    js="\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS),
    css="\n".join(path.read_text(encoding="utf-8") for path in (PLAYER / "player.css", HERE / "microphone.css")),
)


def arrived(key: str) -> Parcel | None:
    """What the microphone of that key sent last; None where it sent nothing yet. Raises `AudioError` where that is no sound."""
    told = (st.session_state.get(key) or {}).get("sound")
    return parcel_of(told) if isinstance(told, Mapping) else None


def microphone(shown: Mapping[str, Any], *, key: str) -> None:
    """Draw the microphone with what is to be shown of its sound; run the page (or the fragment) again when a parcel arrives.

    Parameters
    ----------
    shown : mapping
        As microphone.js reads it; `pages.ui.classify.live` makes it.
    key : str
        Of the widget, unique on its page.
    """
    _component(key=key, data=pack(shown), on_sound_change=lambda: None)  # a value is kept only where somebody listens

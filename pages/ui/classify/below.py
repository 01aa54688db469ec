"""What can be asked further of a song: which songs lie near it, and what the model listened to."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.prediction import Prediction
from pages.ui import state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.hearing import Song
from pages.ui.classify.listened import listened
from pages.ui.classify.near import near

LOOKS: dict[str, tuple[str, Callable[[Asked, Song, Clip | Recording, Prediction], None]]] = {
    "near": ("Nearest songs", near),
    "listened": ("What it listened to", listened),
}
"""Name in the URL -> words, and what draws it."""


def below(asked: Asked, song: Song, sound: Clip | Recording, prediction: Prediction) -> None:
    """The further look that is chosen; the others are not computed."""
    place = state.adopt(PAGE, "below", default="near", options=list(LOOKS))
    name = st.segmented_control(
        "Further", list(LOOKS), format_func=lambda name: LOOKS[name][0], key=place, required=True, label_visibility="collapsed"
    )
    state.publish(PAGE, "below", name, default="near")
    LOOKS[name or "near"][1](asked, song, sound, prediction)

"""What the model listened to in a song: patches are taken away, and what it then believes less is drawn, and heard."""

from __future__ import annotations

import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.prediction import Prediction
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.hearing import Song
from pages.ui.errors import spoken
from pages.ui.listened import ask_how, draw_map, middle


def listened(asked: Asked, song: Song, sound: Clip | Recording, prediction: Prediction) -> None:
    """The map of the song, or of its middle minute, made when somebody asks for it."""
    if prediction.unlike == "silence":
        st.caption("There is nothing to hear in it, so there is nothing that it could have listened to.")
        return
    picture, side = st.columns([3, 1], gap="large")
    with side:
        how, share = ask_how(PAGE, asked.run.genres)
    with spoken(), picture:
        clip = middle(sound, picture)
        draw_map(PAGE, asked.run, clip, how, share, title=song.name)

"""The one door through which sound is heard."""

from __future__ import annotations

import streamlit as st

from genre_core.audio import Clip
from pages.figures import sound
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached


def player(clip: Clip, *, key: str, picture: bool = True, height: int = 130) -> None:
    """Draw a clip's waveform, and controls that play it.

    Parameters
    ----------
    clip : Clip
    key : str
        Of the widgets, unique on its page.
    picture : bool
        Show the waveform above the controls.
    height : int
        Of the waveform [pixels].
    """
    if picture:
        figure = sound.waveform(cached.outline(clip), clip.seconds, height=height)
        st.plotly_chart(figure, key=f"{key}.waveform", config=PLAIN_CONFIG)
    st.audio(cached.wav(clip), format="audio/wav")

"""How one column of MFCC comes about: a chain of pictures for one moment of the clip."""

from __future__ import annotations

import streamlit as st

from genre_core.features.steps import mfcc_steps
from pages.figures.mfcc_chain import CHAIN
from pages.figures.theme import PLAIN_CONFIG
from pages.ui.pictures import Sight
from pages.ui.view_words import view_words

IN_A_ROW = 4


def show_steps(page: str, sight: Sight) -> None:
    """From a frame of samples to its coefficients, at the start of the region or in the middle of what is visible."""
    middle = sight.region[0] if sight.region else sum(sight.visible) / 2
    inside = min(max(0.0, middle - sight.start), sight.clip.seconds)
    steps = mfcc_steps(sight.clip, at_seconds=inside, config=sight.feature)
    told = view_words("mfcc").steps
    st.subheader("How a column comes about", anchor=False)
    where = "where the region begins" if sight.region else "in the middle of the picture; select a region to look elsewhere"
    st.caption(f"At {middle:.2f} s, {where}.")
    names = list(CHAIN)
    for first in range(0, len(names), IN_A_ROW):
        for place, name in zip(st.columns(IN_A_ROW), names[first : first + IN_A_ROW], strict=False):
            with place:
                st.markdown(f"**{names.index(name) + 1}. {told[name].title}**")
                st.plotly_chart(CHAIN[name](steps), key=f"{page}.step.{name}", config=PLAIN_CONFIG)
                st.caption(told[name].sentence)

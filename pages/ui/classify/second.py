"""A second model asked about the same song: where the two disagree, and what only one of them can say."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.ui.words import clock, plain

MOST_TOLD = 3
"""Stretches that are named in words; the picture shows all."""


def say_apart(prediction: Prediction, second: Prediction, run: Run, other: Run, apart: Sequence[tuple[float, float]]) -> None:
    """Where two models disagree, and which genres only one of them knows."""
    if not (prediction.unlike or second.unlike):
        total = min(prediction.seconds, second.seconds)
        differing = sum(end - start for start, end in apart)
        if not apart:
            st.markdown("**They agree** all the way.")
        else:
            longest = sorted(sorted(apart, key=lambda part: part[0] - part[1])[:MOST_TOLD])
            named = ", ".join(f"{clock(start)} to {clock(end)}" for start, end in longest)
            more = "among others " if len(apart) > MOST_TOLD else ""
            st.markdown(
                f"**They agree on {max(0.0, 1 - differing / total):.0%} of the time.** They differ {more}from {named}: marked "
                "along the top of the second ribbon."
            )
    for one, its, others in ((run, prediction.genres, second.genres), (other, second.genres, prediction.genres)):
        if lacking := [genre for genre in others if genre not in its]:
            st.caption(f"{plain(one.title)} does not know {', '.join(map(plain, lacking))}: it can never say so.")

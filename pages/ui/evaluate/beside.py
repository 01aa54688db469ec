"""The second picture: one of several, of which the one that is shown alone is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui import state
from pages.ui.errors import spoken
from pages.ui.evaluate.artists import artists
from pages.ui.evaluate.curves import pr_curve, roc_curve
from pages.ui.evaluate.honesty import coverage, reliability
from pages.ui.evaluate.judged import PAGE, Judged
from pages.ui.evaluate.learning import learning
from pages.ui.evaluate.tree import tree
from pages.ui.evaluate.ways import ways

PICTURES: dict[str, tuple[str, str, Callable[[Judged], None]]] = {
    "pr": ("Precision", "Precision against recall", pr_curve),
    "roc": ("ROC", "Found against wrongly named", roc_curve),
    "reliability": ("Reliability", "Is it as right as it says?", reliability),
    "coverage": ("Coverage", "What does a threshold leave?", coverage),
    "learning": ("Learning curve", "Would more songs help?", learning),
    "tree": ("Genre tree", "Which genres lie near each other?", tree),
    "ways": ("Segments to tracks", "How do segments become a track?", ways),
    "artists": ("Artists", "Of whom is it wrong?", artists),
}
"""Name in the URL -> words, heading, and what draws it."""


def second_picture(judged: Judged) -> None:
    """The picture that is chosen, with its name in the URL."""
    heading = st.container()
    place = state.adopt(PAGE, "picture", default="pr", options=list(PICTURES))
    shown = st.pills(
        "Beside it",
        list(PICTURES),
        format_func=lambda name: PICTURES[name][0],
        key=place,
        required=True,
        label_visibility="collapsed",
        wrap=True,
    )
    state.publish(PAGE, "picture", shown, default="pr")
    _, title, draw = PICTURES[shown or "pr"]
    heading.subheader(title, anchor=False)
    with spoken():
        draw(judged)

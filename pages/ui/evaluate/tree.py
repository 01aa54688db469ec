"""Genres as a tree of what is mixed up."""

from __future__ import annotations

import streamlit as st

from genre_core.errors import GenreError
from pages.figures.genre_tree import genre_tree
from pages.ui import caches_scores
from pages.ui.evaluate.clips import clickable, lead
from pages.ui.evaluate.judged import Judged


def tree(judged: Judged) -> None:
    """Genres that are taken for each other most meet first, at the left."""
    counts = tuple(tuple(int(count) for count in row) for row in judged.matrix)
    try:
        found = caches_scores.tree(counts, judged.evaluation.genres)
    except GenreError as error:
        st.info(str(error), icon=":material/block:")
        return
    clicked = clickable(genre_tree(found, what=judged.level), "tree")
    left_out = f" Left out, since none of it was judged: {', '.join(found.left_out)}." if found.left_out else ""
    st.caption(
        "Branches that meet further left are taken for each other more often (average linkage of the confusion matrix, each row "
        f"as shares). Click a genre, or where two meet, for the clips.{left_out}"
    )
    if len(clicked) == 2:
        lead(judged, true=clicked[0], predicted=clicked[1])
    elif len(clicked) == 1:
        lead(judged, true=clicked[0])

"""Of whom it is right, and of whom it is wrong."""

from __future__ import annotations

import streamlit as st

from genre_core.errors import GenreError
from pages.ui import caches_scores
from pages.ui.evaluate.clips import lead, row_key
from pages.ui.evaluate.judged import Judged
from pages.ui.words import plain

MOST_SHOWN = 12
"""Rows in sight; the table scrolls."""


def artists(judged: Judged) -> None:
    """A row an artist, worst first; a click on one leads to its clips."""
    try:
        found = caches_scores.artist_rows(judged.run, judged.role, judged.artists)
    except GenreError as error:
        st.info(plain(str(error)), icon=":material/block:")
        return
    rows = [
        {
            "artist": row.artist,
            "tracks": row.n_tracks,
            "genre": ", ".join(row.genres),
            "accuracy [95 %]": str(row.accuracy),
            "taken for": ", ".join(f"{genre} ({count})" for genre, count in row.taken_for),
        }
        for row in found
    ]
    picked = st.dataframe(
        rows,
        hide_index=True,
        key=row_key("artists"),
        on_select="rerun",
        selection_mode="single-row",
        height=38 + 35 * min(MOST_SHOWN, len(rows)),
    )
    named = sum(row.n_tracks for row in found)
    unnamed = judged.evaluation.tracks.n - named
    wrong = [row for row in found if row.n_right < row.n_tracks]
    st.caption(
        f"{len(found)} artists, those most often mistaken first; {len(wrong)} have a track that is named wrongly. Counted by "
        "whole tracks, intervals over each artist's own. Tick a row for its clips."
        + (f" Of {unnamed} tracks nobody named the artist." if unnamed else "")
    )
    if picked.selection.rows:
        lead(judged, artist=found[picked.selection.rows[0]].artist, right="true")

"""A list of tracks, of which the one that is picked is heard."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui import cached
from pages.ui.errors import spoken
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.player import player
from pages.ui.words import plain

MOST_ROWS_SHOWN = 9


def listed(rows: Sequence[dict[str, str]], *, key: str, first: int | None = None) -> int | None:
    """A table of which one row can be picked; its number, `first` where none is."""
    picked = st.dataframe(
        list(rows),
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=38 + 35 * min(MOST_ROWS_SHOWN, len(rows)),
    )
    chosen = [row for row in picked.selection.rows if row < len(rows)]
    return chosen[0] if chosen else first


def heard(subject: Subject, track_id: str, *, place: str, height: int = 130, words: str = "") -> None:
    """A track's name with `words`, and its player; says where there is nothing to hear."""
    track = subject.track(track_id)
    by = f", by {plain(track.artist)}" if track is not None and track.artist else ""
    st.markdown(f"**{plain(track_id)}**{by}{words}")
    if track is None:
        st.caption("Its data set is not here, so it cannot be heard.")
    elif track.path is None:
        st.caption("No audio: this data set holds numbers only.")
    else:
        with spoken():
            player(cached.track_clip(track), key=f"{PAGE}.{place}", title=track_id, height=height)

"""Songs of a collection that may be there twice."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.collection.kept import Collection
from genre_core.collection.similar import REPEAT
from genre_core.collection.table import Judged
from genre_core.datasets.sources.names import printable
from genre_core.errors import GenreError
from pages.ui import caches_collection
from pages.ui.classify.asked import PAGE
from pages.ui.collection.table import SONG
from pages.ui.words import plain

KEY = f"{PAGE}.many.pairs"
ROWS_IN_SIGHT = 8


def repeats(rows: Sequence[Judged], collection: Collection) -> None:
    """Pairs that lie so near that they may be the same recording; looked for when somebody asks."""
    if not st.toggle(
        "Songs that may be there twice", key=f"{PAGE}.many.repeats", help="Every song is compared with every other."
    ):
        return
    try:
        pairs = caches_collection.repeats(collection)
    except GenreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not pairs:
        st.caption(f"None of {len(rows):,} songs: no two lie nearer than {REPEAT}.")
        return

    def picked() -> None:
        if chosen := st.session_state[KEY].selection.rows:
            st.session_state[SONG] = pairs[chosen[0]][0]

    st.dataframe(
        [{"distance": far, "song": printable(first), "and": printable(second)} for first, second, far in pairs],
        key=KEY,
        on_select=picked,
        selection_mode="single-row",
        hide_index=True,
        column_config={"distance": st.column_config.NumberColumn("Distance", format="%.4f", width="small")},
        height=38 + 35 * min(ROWS_IN_SIGHT, len(pairs)),
    )
    many = "1 pair" if len(pairs) == 1 else f"{len(pairs):,} pairs"
    st.caption(
        f"{many} nearer than {REPEAT}: the same recording as a rule, also in another format. Pick one to hear the first; the "
        "second is then the first among those like it."
    )

"""One song of a collection: its sound, its genre over time, and the songs that sound like it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.collection.exporting import playlist_of
from genre_core.collection.kept import Collection
from genre_core.collection.playlists import file_name, playlist_bytes
from genre_core.collection.similar import REPEAT, Alike, nearest_songs
from genre_core.collection.table import Judged
from genre_core.datasets.sources.names import printable
from genre_core.errors import GenreError
from pages.ui import caches_collection, state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.ribbon import ribbon_of
from pages.ui.collection.table import SONG
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.player import player
from pages.ui.verdict import headline, sentence
from pages.ui.words import clock, plain

HEARD_BESIDE = 3
"""So many of the songs alike have a player at once; the others are in the table."""
HOW_MANY = (5, 10, 25, 50)
COLUMNS = {
    "distance": st.column_config.NumberColumn("Distance", format="%.3f", width="small"),
    "song": st.column_config.TextColumn("Song", width="medium"),
    "verdict": st.column_config.TextColumn("Verdict", width="small"),
    "probability": st.column_config.ProgressColumn("Probability", min_value=0.0, max_value=1.0, format="%.2f", width="small"),
    "path": st.column_config.TextColumn("Path", width="large"),
}
PLAYER = f"{PAGE}.many.player"


def chosen(rows: Sequence[Judged]) -> Judged | None:
    """The song that is looked at, by its path; None where none is."""
    path = st.session_state.get(SONG, "")
    return next((row for row in rows if str(row.song.path) == path), None) if path else None


def one(row: Judged, collection: Collection, asked: Asked) -> None:
    """What was said of a song, with its sound; a song that was not heard says why."""
    st.divider()
    if row.said.kind:
        st.error(f"{plain(row.song.shown)}: {plain(row.said.message)}", icon=":material/error:")
        return
    with spoken():
        kept = collection.memory.prediction(row.said, run=collection.run, name=row.song.shown)
        prediction = asked.judged(kept)
        st.subheader(headline(prediction), anchor=False)
        st.markdown(f"**{plain(row.song.shown)}** {sentence(prediction)}")
        st.caption(f"{plain(printable(str(row.song.path)))}, {clock(row.said.seconds)}")
        if prediction.mix:
            st.markdown(f"**A mix:** {plain(prediction.mix)}.", help=meaning("section"))
        sound = caches_collection.file_sound(row.song.path)
        height = max(330, min(620, 96 + 23 * len(prediction.genres)))
        player(
            sound,
            key=PLAYER,
            panels=[ribbon_of(prediction)],
            height=height,
            wave=92,
            title=row.song.shown,
            view="genres",
            span_seconds=sound.seconds,
            bars="Whole song",
        )


def alike(row: Judged, rows: Sequence[Judged], collection: Collection) -> None:
    """The songs most like one, nearest first: the first ones to hear, all of them as a table and a playlist."""
    if row.said.kind:
        return
    heading, many = st.columns([4, 1], vertical_alignment="bottom")
    heading.subheader("More like this", anchor=False, help=meaning("embedding"))
    place = state.adopt(PAGE, "like", default=HOW_MANY[1], options=HOW_MANY)
    k = many.selectbox("How many", HOW_MANY, key=place)
    state.publish(PAGE, "like", k, default=HOW_MANY[1])
    try:
        found = nearest_songs(caches_collection.embeddings(collection), rows, str(row.song.path), int(k))
    except GenreError as error:
        st.caption(plain(str(error)))
        return
    if not found:
        st.caption("No other song was heard yet.")
        return
    for place_of, its in zip(st.columns(HEARD_BESIDE, gap="medium"), found, strict=False):
        with place_of:
            _beside(its)
    key = f"{PAGE}.many.alike.{row.song.path}"

    def picked() -> None:
        if rows_picked := st.session_state[key].selection.rows:
            st.session_state[SONG] = str(found[rows_picked[0]].row.song.path)

    st.dataframe(
        [_alike_row(its) for its in found],
        hide_index=True,
        key=key,
        on_select=picked,
        selection_mode="single-row",
        column_config=COLUMNS,
        height=38 + 35 * min(8, len(found)),
    )
    playlist = playlist_of([row, *(its.row for its in found)], f"Like {row.song.shown}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "As a playlist",
            playlist_bytes(playlist),
            file_name(playlist.title),
            "audio/x-mpegurl",
            key=f"{PAGE}.many.alike_playlist",
            on_click="ignore",
        )
        st.caption(
            "Pick a row to hear that song. By the model's own numbers, every song compared: "
            "0 is the same character, 1 nothing in common, 2 the opposite. A "
            f"model that tells genres apart hears more of genre, less of melody. Under {REPEAT} it may be the same recording."
        )


def _beside(its: Alike) -> None:
    row = its.row
    st.markdown(f"**{plain(row.verdict)}**, {plain(row.song.shown)}")
    with spoken():
        player(caches_collection.file_sound(row.song.path), key=f"{PLAYER}.{row.song.path}", title=row.song.shown, height=110)
    st.caption(f"distance {its.distance:.2f}{', perhaps the same recording' if its.distance < REPEAT else ''}")


def _alike_row(its: Alike) -> dict[str, object]:
    row = its.row
    return {
        "distance": its.distance,
        "song": row.song.shown,
        "verdict": row.verdict,
        "probability": None if row.unlike else row.confidence,
        "path": printable(str(row.song.path)),
    }

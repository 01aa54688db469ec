"""Making a playlist: songs of a data set, filtered and ticked, saved under a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from genre_core.collection.playlists import Playlist, PlaylistEntry, file_name, list_playlists, write_playlist
from genre_core.datasets.tracks import Dataset, Track
from genre_core.errors import CollectionError
from pages.ui import pickers
from pages.ui.classify.asked import PAGE
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.words import clock, plain

MOST_SHOWN = 1000
"""Rows to tick; what a filter leaves beyond them is saved all the same."""

COLUMNS = {
    "genre": st.column_config.TextColumn("Genre", width="small"),
    "title": st.column_config.TextColumn("Title", width="medium"),
    "artist": st.column_config.TextColumn("Artist", width="medium"),
    "length": st.column_config.TextColumn("Length", width="small", help="[min:s]"),
}


@st.dialog("Make a playlist", width="large")
def make_playlist(played: Callable[[Path], None]) -> None:
    """A window over the page; `played` is called with the file of a playlist that was made."""
    audible = {name: dataset for name, dataset in pickers.datasets().items() if any(track.path for track in dataset.tracks)}
    if not audible:
        st.info("There are no songs yet. Import some on the page Dataset.")
        return
    choosing, filtering, typing = st.columns([3, 3, 2])
    name = choosing.selectbox(
        "Data set", list(audible), format_func=lambda name: pickers.label(audible[name]), key=_key("dataset")
    )
    dataset = audible[name]
    genres = filtering.multiselect("Genres", dataset.genres, placeholder="all", key=_key(f"genres.{name}"))
    part = typing.text_input("Words in title or artist", key=_key("words"))
    left = matching(dataset, genres, part)
    st.caption("Tick songs, or tick none to take all that are listed.")
    ticked = st.dataframe(
        [_row(track) for track in left[:MOST_SHOWN]],
        key=_key(f"rows.{name}.{'.'.join(genres)}.{part}"),
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        column_config=COLUMNS,
        height=300,
    ).selection.rows
    chosen = [left[row] for row in ticked if row < len(left)] or left
    saving, button = st.columns([4, 2], vertical_alignment="bottom")
    title = saving.text_input("Name of the playlist", key=_key("title"), max_chars=64)
    if button.button(f"Save {_counted(chosen)}", key=_key("save"), type="primary", disabled=not chosen, width="stretch"):
        with spoken():
            played(save(title, chosen, root().playlists))
            st.rerun()
    _removing()


def matching(dataset: Dataset, genres: Sequence[str], part: str) -> list[Track]:
    """Tracks that can be heard, of these genres (all where none is named), with these letters in title, id or artist."""
    wanted = part.strip().casefold()
    return [
        track
        for track in dataset.tracks
        if track.path is not None
        and (not genres or track.genre in genres)
        and wanted in " ".join([track.extra.get("title", ""), track.id, track.artist or ""]).casefold()
    ]


def save(title: str, tracks: Sequence[Track], folder: Path) -> Path:
    """Keep tracks as a playlist; returns its file.

    Raises
    ------
    CollectionError
        If it has no name, there is one of that name, or it cannot be written.
    """
    if not title.strip():
        raise CollectionError("Expected a name for the playlist. Received none. Give it one, and save again.")
    path = folder / file_name(title)
    if path.exists():
        raise CollectionError(f"There is a playlist {path.stem!r} already. Give this one another name, or remove that one first.")
    entries = [PlaylistEntry(track.path, _title(track), track.seconds) for track in tracks if track.path is not None]
    write_playlist(path, Playlist(title.strip(), tuple(entries)))
    return path


def _removing() -> None:
    """Playlists of one's own, to be removed one by one."""
    own = {path.name: path for path in list_playlists(root().playlists)}
    if not own:
        return
    choosing, button = st.columns([4, 2], vertical_alignment="bottom")
    name = choosing.selectbox("Playlists that are kept", list(own), format_func=lambda name: own[name].stem, key=_key("own"))
    if button.button("Remove this playlist", key=_key("remove"), width="stretch", help="The songs stay."):
        own[name].unlink(missing_ok=True)
        st.rerun()


def _row(track: Track) -> dict[str, str]:
    title = track.extra.get("title") or track.id
    return {"genre": track.genre, "title": title, "artist": track.artist or "", "length": clock(track.seconds)}


def _title(track: Track) -> str:
    """As players show it: `artist - title`."""
    return " - ".join(word for word in (track.artist, track.extra.get("title") or track.id) if word)


def _counted(tracks: Sequence[Track]) -> str:
    return plain(f"{len(tracks)} song{'s' * (len(tracks) != 1)}")


def _key(name: str) -> str:
    return f"{PAGE}.making.{name}"

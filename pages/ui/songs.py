"""The tracks of a data set: to hear, to take away, to relabel; and its versions."""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.removed import list_removed, remove_dataset, restore_dataset, undo_import
from genre_core.datasets.splits.exporting import split_csv
from genre_core.datasets.tables import table_bytes
from genre_core.datasets.tracks import Dataset, Track
from genre_core.datasets.versions import list_versions, relabel, restore_version, save_version
from pages.ui import cached, pickers, tables
from pages.ui.errors import spoken
from pages.ui.root import root
from pages.ui.spread import hear
from pages.ui.words import plain

PAGE = "dataset"


def songs(dataset: Dataset, split: str | None) -> None:
    """The tracks as a table; the one that is picked plays and can be given another genre."""
    picked = st.dataframe(
        tables.tracks(dataset),
        key=f"{PAGE}.tracks.{dataset.name}",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
    )
    _take(dataset, split)
    rows = picked.selection.rows
    if not rows:
        to_hear = ["to hear it"] if dataset.has_audio else []
        to_mend = ["to correct its genre"] if dataset.name != DEMO_NAME else []
        st.caption(f"Tick a row {', or '.join([*to_hear, *to_mend])}." if to_hear or to_mend else "")
        return
    with spoken():
        track = dataset.tracks[rows[0]]
        hear(dataset, track)
        if dataset.name != DEMO_NAME:
            _relabel(dataset, track)


def _take(dataset: Dataset, split: str | None) -> None:
    left, right, _ = st.columns([1, 1, 2])
    left.download_button(
        "Tracks as CSV",
        table_bytes(dataset, root().datasets / dataset.name),
        file_name=f"{dataset.name}.csv",
        mime="text/csv",
        key=f"{PAGE}.csv",
        help="Every column that is known; the same file can be imported again.",
        width="stretch",
    )
    if split is not None:
        with spoken():
            right.download_button(
                "Split as CSV",
                split_csv(cached.split(dataset, split)[0], dataset),
                file_name=f"{dataset.name}-{split}.csv",
                mime="text/csv",
                key=f"{PAGE}.split_csv",
                help="The role of every track: train, valid or test.",
                width="stretch",
            )


def _relabel(dataset: Dataset, track: Track) -> None:
    """Another genre for a track: a new version, in which the old one stays."""
    with st.popover("Correct its genre", key=f"{PAGE}.correct.{track.id}.{dataset.version}"):  # a new version closes it
        genre = st.selectbox(
            "Genre",
            dataset.genres,
            index=dataset.genres.index(track.genre),
            accept_new_options=True,
            key=f"{PAGE}.genre.{track.id}",
        )
        st.caption("This makes a new version of the data set; the present one is kept, and runs say which one they learned from.")
        if st.button("Save as a new version", key=f"{PAGE}.relabel", disabled=not genre or genre == track.genre):
            with spoken():
                saved = save_version(relabel(dataset, {track.id: genre}), root().datasets)
                say(f"{track.id} is {genre} now: this is version {saved.version}, and version {dataset.version} is kept.")
                st.rerun()


def versions(dataset: Dataset) -> None:
    """Former versions, each to be brought back; nothing where there is one only."""
    with spoken():
        found = list_versions(dataset.name, root().datasets)
        if len(found) < 2:
            return
        with st.popover(f"Version {dataset.version} of {len(found)}", key=f"{PAGE}.versions.{dataset.name}.{dataset.version}"):
            for version in reversed(found):
                words, button = st.columns([3, 2], vertical_alignment="center")
                words.markdown(f"**{version.number}**, {version.created:%Y-%m-%d %H:%M}  \n{version.note or 'as imported'}")
                if version.number != dataset.version and button.button(
                    "Take this", key=f"{PAGE}.version.{version.number}", width="stretch"
                ):
                    taken = restore_version(dataset.name, root().datasets, version.number)
                    say(f"Version {version.number} is in force again, as version {taken.version}.")
                    st.rerun()


def removing(dataset: Dataset) -> None:
    """Take the data set away, or back to what it replaced."""
    replaced = any(entry.name == dataset.name and entry.replaced for entry in list_removed(root().datasets))
    with st.popover("Remove this data set"):
        st.markdown(f"**{pickers.label(dataset)}** goes from the list. Your audio files stay where they are.")
        st.caption("It can be brought back for seven days.")
        if st.button("Remove", key=f"{PAGE}.remove"):
            with spoken():
                remove_dataset(dataset.name, root().datasets)
                st.query_params.clear()
                say(f"{pickers.label(dataset)} is removed; it can come back for seven days.", removed=dataset.name)
                st.rerun()
        if replaced and st.button("Undo the import: bring back what it replaced", key=f"{PAGE}.undo"):
            with spoken():
                undo_import(dataset.name, root().datasets)
                say(f"The import of {pickers.label(dataset)} is undone: what it had replaced is here again.")
                st.rerun()


def removed() -> None:
    """What was removed of late and can come back."""
    entries = [entry for entry in list_removed(root().datasets) if not entry.replaced]
    if not entries:
        return
    with st.popover(f"Removed: {len(entries)}"):
        for entry in entries:
            words, button = st.columns([3, 1], vertical_alignment="center")
            words.markdown(f"**{entry.title or entry.name}**, {entry.n_tracks} tracks, removed {entry.removed:%Y-%m-%d %H:%M}")
            if button.button("Bring back", key=f"{PAGE}.restore.{entry.folder.name}"):
                with spoken():
                    restore_dataset(entry.name, root().datasets, entry=entry)
                    st.query_params["dataset"] = entry.name
                    say(f"{entry.title or entry.name} is back.")
                    st.rerun()


def say(what: str, *, removed: str = "") -> None:
    """Keep a sentence about what was done, for the top of the page as it is drawn next; `removed` names what can come back."""
    st.session_state[f"{PAGE}.done"] = (what, removed)


def done() -> None:
    """What was just done, once; a removal with the way back as long as nothing else is done."""
    what, removed = st.session_state.get(f"{PAGE}.done") or ("", "")
    if not what:
        return
    place, button = st.columns([6, 1], vertical_alignment="center")
    place.success(plain(what))
    if not removed:
        del st.session_state[f"{PAGE}.done"]
    elif button.button("Bring back", key=f"{PAGE}.back", width="stretch"):
        with spoken():
            entry = restore_dataset(removed, root().datasets)
            st.query_params["dataset"] = entry.name
            say(f"{entry.title or entry.name} is back.")
            st.rerun()

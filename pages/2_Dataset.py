"""Dataset: can I trust these data?"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.layout import find_songs
from genre_core.datasets.library import remove_dataset
from genre_core.datasets.tracks import Dataset
from pages.figures.dataset import counts
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import background, cached, pickers, tables, words
from pages.ui.badges import split_badge
from pages.ui.errors import spoken
from pages.ui.first_start import ensure_demo
from pages.ui.page import open_page
from pages.ui.player import player
from pages.ui.root import root

PAGE = "dataset"
IMPORT = "import"
DEMO_WORDS = "These songs were synthesised by Genrescope: made to learn with, free to share, and no recordings of real music."


def overview(dataset: Dataset) -> None:
    """Numbers, the split and what crosses it, tracks a genre."""
    artists = {track.artist for track in dataset.tracks if track.artist}
    for place, (name, value) in zip(
        st.columns(4),
        {
            "Tracks": len(dataset.tracks),
            "Genres": len(dataset.genres),
            "Sound in all": words.duration(sum(track.seconds for track in dataset.tracks)),
            "Artists": len(artists) if dataset.artists_known else "unknown",
        }.items(),
        strict=True,
    ):
        place.metric(name, value)
    picture, side = st.columns([3, 1], gap="large")
    with side:
        name = pickers.pick_split(PAGE, dataset)
    if name is None:
        return
    with spoken():
        split, report = cached.split(dataset, name)
        with side:
            split_badge(report)
        with picture:
            st.plotly_chart(
                counts(dataset.genres, tables.by_role(split, dataset)),
                key=f"{PAGE}.counts",
                config=PLAIN_CONFIG,
            )


def songs(dataset: Dataset) -> None:
    """The tracks as a table; the one that is picked plays."""
    st.subheader("Tracks", anchor=False)
    picked = st.dataframe(
        tables.tracks(dataset),
        key=f"{PAGE}.tracks.{dataset.name}",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
    )
    rows = picked.selection.rows
    if not rows:
        st.caption("Tick a row to hear it.")
        return
    with spoken():
        track = dataset.tracks[rows[0]]
        st.markdown(f"**{track.id}**, {track.genre}" + (f", by {track.artist}" if track.artist else ""))
        player(cached.track_clip(track), key=f"{PAGE}.player")
        st.page_link("pages/1_Explore.py", label="Explore this sound", query_params={"clip": pickers.reference(dataset, track)})


def problems(dataset: Dataset) -> None:
    """What the import left out, with the reason."""
    if dataset.problems:
        st.subheader(f"Left out or doubtful: {len(dataset.problems)}", anchor=False)
        st.dataframe(tables.problems(dataset.problems), hide_index=True)
    elif dataset.name != DEMO_NAME:
        st.caption("Every file of the folder could be read.")


def importing() -> None:
    """A folder on this machine becomes a data set; the reading goes on in a process of its own."""
    st.subheader("Bring your own songs", anchor=False)
    st.caption(
        "A folder that holds one folder a genre: GTZAN in any of its copies, or your own. Your files are read, never changed."
    )
    with st.form("dataset.import", enter_to_submit=False):
        path = st.text_input("Folder on this machine", placeholder="/music/gtzan/genres_original", key=f"{PAGE}.path")
        name = st.text_input("Name", placeholder="as the folder", key=f"{PAGE}.name")
        look, take = st.columns(2)
        previewed = look.form_submit_button("Look first", width="stretch")
        taken = take.form_submit_button("Import", type="primary", width="stretch")
    if previewed and path.strip():
        with spoken():
            layout = find_songs(Path(path.strip()).expanduser())
            st.dataframe(tables.found(layout), hide_index=True)
            st.caption(f"{len(layout.songs)} songs found. Import reads each of them and reports what cannot be used.")
    elif taken and path.strip():
        options = ["--name", name.strip()] if name.strip() else []
        background.begin(IMPORT, ["import", str(Path(path.strip()).expanduser()), *options], root())
    elif previewed or taken:
        st.warning("Name a folder first.")
    import_progress()


@st.fragment(run_every=1.0)
def import_progress() -> None:
    """How far the import is, or how it ended."""
    work = background.look(IMPORT, root())
    if work.state == "running":
        st.session_state["dataset.importing"] = True
        st.progress(work.done / work.total if work.total else 0.0, text=work.line or "Looking for songs ...")
    elif work.state == "failed":
        st.error(work.error or "The import's process ended early. Import again.")
    elif work.state == "finished" and work.result:
        st.success(
            f"{work.result['dataset']}: {work.result['tracks']} songs in {len(work.result['genres'])} genres, "
            f"{len(work.result['problems'])} left out or doubtful."
        )
        if st.session_state.pop("dataset.importing", False):
            st.query_params["dataset"] = str(work.result["dataset"])
            st.rerun(scope="app")


with open_page(PAGE), spoken():
    chosen = pickers.pick_dataset(PAGE)
ensure_demo()
if chosen is None:
    st.info("No songs are here yet: the first demo songs come in a few seconds, or import a folder below.")
else:
    if chosen.note:
        st.caption(DEMO_WORDS if chosen.name == DEMO_NAME else chosen.note)
    overview(chosen)
    problems(chosen)
    songs(chosen)
st.divider()
importing()
if chosen is not None and chosen.name != DEMO_NAME:
    with st.popover("Remove this data set"):
        st.markdown(f"**{pickers.label(chosen)}** is forgotten. Your audio files stay where they are.")
        if st.button("Remove", key=f"{PAGE}.remove"):
            with spoken():
                remove_dataset(chosen.name, root().datasets)
                background.forget(IMPORT, root())
                st.query_params.clear()
                st.rerun()

"""Dataset: can I trust these data?"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from genre_core import jobs
from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.library import remove_dataset
from genre_core.datasets.sources import find
from genre_core.datasets.tracks import Dataset
from pages.figures.dataset import counts
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, tables, words
from pages.ui.activity import progress_of
from pages.ui.badges import split_badge
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.page import open_page
from pages.ui.player import player
from pages.ui.root import root

PAGE = "dataset"
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
        st.caption("Tick a row to hear it." if dataset.has_audio else "No audio: these tracks are known by their numbers only.")
        return
    with spoken():
        track = dataset.tracks[rows[0]]
        st.markdown(f"**{track.id}**, {track.genre}" + (f", by {track.artist}" if track.artist else ""))
        player(cached.track_clip(track), key=f"{PAGE}.player", title=track.id)
        st.page_link("pages/1_Explore.py", label="Explore this sound", query_params={"clip": pickers.reference(dataset, track)})


def features(dataset: Dataset) -> None:
    """What models read of these songs, how much of it is stored, and the job that computes the rest."""
    st.subheader("Features", anchor=False, help=meaning("feature"))
    stored = cached.stored_features(dataset)
    st.dataframe(tables.stored(stored, len(dataset.tracks)), hide_index=True, key=f"{PAGE}.features")
    missing = [pair for pair, count in stored if count < len(dataset.tracks)]
    if dataset.given:
        st.caption("These numbers came with the data set. Models that read others cannot be trained on it, as there is no audio.")
    elif not missing:
        st.caption("Everything that the models read is stored: a training begins at once.")
    elif not any(job.values.get("dataset") == dataset.name for job in jobs.active_jobs(root(), "extract")):
        st.caption("A training computes what is missing before its first epoch. It can be done now, on all cores.")
        if st.button("Compute now", key=f"{PAGE}.extract"):
            with spoken():
                jobs.start("extract", {"dataset": dataset.name, "requests": missing}, root())
                st.rerun()


def problems(dataset: Dataset) -> None:
    """What the import left out, with the reason."""
    if dataset.problems:
        st.subheader(f"Left out or doubtful: {len(dataset.problems)}", anchor=False)
        st.dataframe(tables.problems(dataset.problems), hide_index=True)
    elif dataset.name != DEMO_NAME:
        st.caption("Every file of the folder could be read.")


def importing() -> None:
    """A folder on this machine becomes a data set; the reading goes on as a job."""
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
            look = find(path.strip())
            st.dataframe(tables.found(look), hide_index=True)
            st.caption(" ".join([*look.words(), "Import reads each of them and reports what cannot be used."]))
    elif taken and path.strip():
        with spoken():
            folder = str(Path(path.strip()).expanduser().absolute())
            find(folder)  # what cannot be imported at all is said here and now
            jobs.start("import", {"folder": folder, "name": name.strip()}, root())
            st.rerun()
    elif previewed or taken:
        st.warning("Name a folder first.")
    progress_of("import")


with open_page(PAGE), spoken():
    chosen = pickers.pick_dataset(PAGE)
if chosen is None:
    st.info("No songs are here yet: the first demo songs come in a few seconds, or import a folder below.")
else:
    if chosen.note:
        st.caption(DEMO_WORDS if chosen.name == DEMO_NAME else chosen.note)
    overview(chosen)
    problems(chosen)
    songs(chosen)
    features(chosen)
st.divider()
importing()
if chosen is not None and chosen.name != DEMO_NAME:
    with st.popover("Remove this data set"):
        st.markdown(f"**{pickers.label(chosen)}** is forgotten. Your audio files stay where they are.")
        if st.button("Remove", key=f"{PAGE}.remove"):
            with spoken():
                remove_dataset(chosen.name, root().datasets)
                st.query_params.clear()
                st.rerun()

"""Dataset: can I trust these data?"""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.demo import DEMO_NAME
from genre_core.datasets.tracks import Dataset
from pages.figures.dataset import counts
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import cached, pickers, state, tables, words
from pages.ui.badges import split_badge
from pages.ui.errors import spoken
from pages.ui.importing import ARTISTS_HOW, importing
from pages.ui.measuring import features
from pages.ui.page import open_page
from pages.ui.songs import done, removed, removing, songs, versions
from pages.ui.spread import distributions, plane_of_tracks
from pages.ui.trust import report

PAGE = "dataset"
DEMO_WORDS = "These songs were synthesised by Genrescope: made to learn with, free to share, and no recordings of real music."
NO_SOUND = {"Sound": "none"}
LOOKS = {
    "split": "Split",
    "spread": "Distributions",
    "map": "Map",
    "report": "Report",
    "tracks": "Tracks",
    "features": "Features",
}


def numbers(dataset: Dataset) -> None:
    """How much there is."""
    for place, (name, value) in zip(
        st.columns(4),
        {
            "Tracks": len(dataset.tracks),
            "Genres": len(dataset.genres),
            **(
                {"Sound in all": words.duration(sum(track.seconds for track in dataset.tracks))}
                if dataset.has_audio
                else NO_SOUND
            ),
            **tables.artists(dataset),
        }.items(),
        strict=True,
    ):
        place.metric(name, value)


def division(dataset: Dataset, split: str | None) -> None:
    """Tracks a genre in each role."""
    if split is not None:
        with spoken():
            made, _ = cached.split(dataset, split)
            figure = counts(dataset.genres, tables.by_role(made, dataset))
            st.plotly_chart(figure, key=f"{PAGE}.counts", config=PLAIN_CONFIG)


def look_at(dataset: Dataset) -> None:
    """One question at a time, with the split and what crosses it beside the picture."""
    place = state.adopt(PAGE, "look", default="split", options=list(LOOKS))
    look = st.segmented_control(
        "Look at", list(LOOKS), format_func=LOOKS.get, key=place, required=True, label_visibility="collapsed"
    )
    state.publish(PAGE, "look", look, default="split")
    picture, side = st.columns([3, 1], gap="large")
    with side:
        heard = st.container()  # what is clicked on the map stands beside it, above the words on the split
        split = pickers.pick_split(PAGE, dataset)
        if split is not None:
            with spoken():
                split_badge(cached.split(dataset, split)[1])
            if not dataset.artists_known:
                st.caption(ARTISTS_HOW)
    with picture:
        shown = {"spread": distributions, "report": report, "features": features}
        if look == "map":
            plane_of_tracks(dataset, heard)
        elif look in shown:
            shown[look](dataset)
        else:
            {"split": division, "tracks": songs}[look or "split"](dataset, split)


with open_page(PAGE), spoken():
    chosen = pickers.pick_dataset(PAGE)
done()
if chosen is None:
    st.info("No songs are here yet: the first demo songs come in a few seconds, or import a folder below.")
else:
    if chosen.note:
        st.caption(DEMO_WORDS if chosen.name == DEMO_NAME else chosen.note)
    numbers(chosen)
    look_at(chosen)
with st.container(horizontal=True):
    if chosen is not None:
        versions(chosen)
        if chosen.name != DEMO_NAME:
            removing(chosen)
    removed()
st.divider()
importing()

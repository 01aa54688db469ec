"""Home: hear something, see what is here, choose a door."""

from __future__ import annotations

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS
from genre_core.errors import AudioError
from pages.ui import cached, pickers, state, tables
from pages.ui.errors import spoken
from pages.ui.page import open_page
from pages.ui.player import player
from pages.ui.verdict import in_short
from pages.ui.words import plain

PAGE = "home"
MODEL_WIDTHS = {"model": 180, "trained on": 120, "accuracy [95 %]": 120, "judged on": 210}
"""Columns of the table of models, in their order, with their widths in pixels: so that none is out of sight."""
DOORS = (
    ("Explore a sound", "For students: see waveform, spectrum and MFCC of a song, and hear what you see.", "pages/1_Explore.py"),
    (
        "Train a model",
        "For teachers: watch a network learn, stop it, compare two, and show where a score lies.",
        "pages/3_Train.py",
    ),
    ("Inspect errors", "For analysts: hear what a model gets wrong, beside the songs that led it there.", "pages/5_Inspect.py"),
)


def play() -> None:
    """One clip of each genre, a click away; the picked one plays and leads on."""
    tracks = pickers.tracks_by_reference()
    first = {}
    for name, track in tracks.items():
        first.setdefault(track.genre, name)
    if not first:
        return
    genres = list(first)[:10]
    place = state.adopt(PAGE, "genre", default=genres[0], options=genres)
    genre = st.pills("Play one of these", genres, key=place, required=True, label_visibility="collapsed")
    state.publish(PAGE, "genre", genre, default=genres[0])
    name = first[genre]
    with spoken():
        player(cached.track_clip(tracks[name]), key=f"{PAGE}.player", height=150, title=name)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/1_Explore.py", label="See what is in it", query_params={"clip": name}, icon=":material/query_stats:"
            )
            st.page_link("pages/6_Classify.py", label="Name its genre", query_params={"clip": name}, icon=":material/graphic_eq:")
        if name.startswith("demo/"):
            st.caption(f"Demo song, synthesised: {pickers.spoken_name(name, tracks[name])}")


def own_song(content: bytes, name: str) -> None:
    """A dropped song: heard at once, and named by the model that serves by default."""
    with spoken():
        try:
            clip = cached.upload_clip(content, name)
        except AudioError as error:
            if error.kind != "too_long":
                raise
            clip = None  # the pages that it is carried to read it part by part
        pickers.carry(name, content)
        run = next((run for run in pickers.runs() if run.id == pickers.default_run_id()), None)
        if clip is None:
            st.markdown(f"**{plain(name)}** is long: Classify names it while it is heard, Explore shows it part by part.")
        else:
            player(clip, key=f"{PAGE}.own", height=150, title=name)
        if clip is not None and run is not None:
            prediction = cached.prediction(run, clip)
            st.markdown(
                f"**{plain(name)}: {in_short(prediction)}**, by {plain(run.title)}. {'' if prediction.unlike else run.caution}"
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            own = {"own": "1"}
            st.page_link("pages/1_Explore.py", label="See what is in it", query_params=own, icon=":material/query_stats:")
            st.page_link("pages/6_Classify.py", label="See its genre over time", query_params=own, icon=":material/graphic_eq:")


def doors() -> None:
    """Three ways in."""
    for place, (title, words, page) in zip(st.columns(3), DOORS, strict=True):
        with place.container(border=True, height="stretch"):
            st.page_link(page, label=f"**{title}**", icon=":material/arrow_forward:", icon_position="right")
            st.caption(words)


def present() -> None:
    """Data sets and runs."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Data sets", anchor=False)
        found = pickers.datasets()
        if found:
            st.dataframe(tables.datasets(found.values()), hide_index=True)
        st.page_link("pages/2_Dataset.py", label="Bring your own songs")
    with right:
        st.subheader("Models", anchor=False)
        runs = pickers.runs()
        if runs:
            widths = {name: st.column_config.TextColumn(width=width) for name, width in MODEL_WIDTHS.items()}
            st.dataframe(tables.short_runs(runs), hide_index=True, column_config=widths)
        else:
            st.caption("None yet: train one.")


with open_page(PAGE):
    upload = st.file_uploader(
        "Drop a song here, or play one of these",
        type=[entry.lstrip(".") for entry in AUDIO_EXTENSIONS],
        key=state.key(PAGE, "upload"),
    )
if upload is None:
    pickers.let_go()
    play()
else:
    own_song(upload.getvalue(), upload.name)
doors()
present()

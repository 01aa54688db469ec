"""The training tracks that a model places nearest to one: what may have led it to its verdict, to hear."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.errors import GenreError
from genre_core.inspection.embedding_map import MapConfig
from genre_core.runs import Run
from pages.ui import cached, caches_map
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.player import player
from pages.ui.root import root
from pages.ui.words import plain

N_NEAR = 3


def near(subject: Subject, track_id: str) -> None:
    """The nearest tracks side by side, each with its genre and its sound; says what is lacking where there are none."""
    run = subject.run
    if subject.dataset is None or not run.has_model:
        return
    st.markdown("**Nearest tracks that it learned from**", help=meaning("embedding"))
    try:
        placed = caches_map.embeddings(run)
        if placed is None:
            ask_to_place(run)
            return
        found = caches_map.nearest_songs(run, track_id, N_NEAR, placed)
    except GenreError as error:
        st.caption(plain(str(error)))
        return
    if not found:
        st.caption("None of the tracks that it learned from is here.")
        return
    for place, its in zip(st.columns(N_NEAR, gap="medium"), found, strict=False):
        track = subject.track(its.track_id)
        assert track is not None  # neighbours are tracks of this very data set
        with place, spoken():
            st.markdown(f"**{plain(track.genre)}**, {plain(track.id)}")
            if track.path is not None:
                player(cached.track_clip(track), key=f"{PAGE}.near.{track.id}", title=track.id, height=110)
            st.caption(f"distance {its.distance:.2f}" + (f", by {plain(track.artist)}" if track.artist else ""))
    named = subject.predictions.genres[subject.predictions.y_pred[subject.ids.index(track_id)]] if track_id in subject.ids else ""
    genres = {track.genre for its in found if (track := subject.track(its.track_id)) is not None}
    other = f" None of them is {plain(named)}: they do not explain this verdict." if named and named not in genres else ""
    st.caption(f"By the model's own numbers: 0 is the same character, 1 nothing in common, 2 the opposite.{other}")


def ask_to_place(run: Run, config: MapConfig | None = None) -> None:
    """The tracks have no place yet: the button that has a job find it, or that it works; the map of `config` is made along."""
    if caches_map.map_jobs(run):
        st.info("The model is placing its tracks: how far it is stands at the top of the page. This appears when it is done.")
        return
    count = caches_map.n_to_place(run)
    st.info(f"The model has {count} tracks still to place. It hears each once; the places are kept for this and for the map.")
    if st.button("Place the tracks", type="primary", key=f"{PAGE}.place"):
        with spoken():
            start(run, config or MapConfig("pca"))
            st.rerun()


def start(run: Run, config: MapConfig) -> None:
    """Begin the job that places a run's tracks and lays them out."""
    jobs.start("map", {"run": run.id, "title": run.title, "config": config.to_dict()}, root())

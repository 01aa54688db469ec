"""The songs of a data set that the model places nearest to a song: to hear what it takes for alike."""

from __future__ import annotations

import streamlit as st

from genre_core import jobs
from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.datasets.tracks import Dataset
from genre_core.inspection.embeddings import TrackEmbeddings
from genre_core.inspection.neighbours import nearest
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.ui import cached, caches_map, pickers, state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.hearing import Song
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.player import player
from pages.ui.root import root
from pages.ui.words import duration, plain

N_NEAR = 3
TELLING_SECONDS = 10.0
"""A song of so many seconds tells how long others take."""

DISTANCES = ((0.2, "almost the same"), (0.5, "much alike"), (0.8, "somewhat alike"), (1.2, "nothing in common"))
"""What distances mean in words, each up to a limit."""


def near(asked: Asked, song: Song, sound: Clip | Recording, prediction: Prediction) -> None:
    """The nearest songs side by side with their sound, and whether nearness says anything here."""
    choosing, said = st.columns([2, 5], gap="large", vertical_alignment="bottom")
    with choosing:
        dataset = _pick()
    if dataset is None:
        st.info("No data set with songs is here yet: wait for the demo songs, or import some on the page Dataset.")
        return
    with spoken():
        placed, n_absent = caches_map.placed(asked.run, dataset)
        if len(placed.track_ids) > N_NEAR:
            with said:
                _say_agreement(dataset, placed)
            _side_by_side(dataset, placed, song, prediction)
        if n_absent:
            _ask_to_hear(asked, dataset, prediction, n_absent, some_known=len(placed.track_ids) > N_NEAR)


def distance_in_words(distance: float) -> str:
    """`0.31, much alike`."""
    words = next((said for limit, said in DISTANCES if distance <= limit), "the opposite")
    return f"distance {distance:.2f}, {words}"


def _pick() -> Dataset | None:
    found = {name: entry for name, entry in pickers.datasets().items() if entry.tracks and entry.has_audio}
    if not found:
        return None
    first = next(iter(found))
    place = state.adopt(PAGE, "among", default=first, options=list(found))
    name = st.selectbox("Nearest songs of", list(found), format_func=lambda name: pickers.label(found[name]), key=place)
    state.publish(PAGE, "among", name, default=first)
    return found[str(name)]


def _say_agreement(dataset: Dataset, placed: TrackEmbeddings) -> None:
    found = caches_map.agreed(dataset, placed)
    if found is None:
        return
    meant = "so nearness says something here" if found.says_something else "so nearness says little here"
    st.caption(
        f"Among these {len(placed.track_ids)} songs, {found.share:.0%} of the nearest by other artists are of the same genre, "
        f"by lot {found.chance:.0%}: {meant}. Distances are by the model's own numbers.",
        help=meaning("embedding"),
    )


def _side_by_side(dataset: Dataset, placed: TrackEmbeddings, song: Song, prediction: Prediction) -> None:
    same = {track.id for track in dataset.tracks if track.sha256 == song.sha256}
    for place, its in zip(st.columns(N_NEAR, gap="medium"), nearest(placed, prediction.embedding, N_NEAR, same), strict=False):
        track = dataset.by_id[its.track_id]
        title = str(track.extra.get("title") or track.id)
        with place, spoken():
            by = f" by {plain(track.artist)}" if track.artist else ""
            st.markdown(f"**{plain(track.genre)}**: {plain(title)}{by}")
            player(cached.track_clip(track), key=f"{PAGE}.near.{track.id}", title=title, height=110)
            st.caption(distance_in_words(its.distance))


def _ask_to_hear(asked: Asked, dataset: Dataset, prediction: Prediction, n_absent: int, *, some_known: bool) -> None:
    """The button with which the model hears the songs that it has not heard yet; how far it is stands at the top of the page."""
    run = asked.run
    if caches_map.place_jobs(run, dataset):
        st.caption(":material/hourglass_top: The model hears them now: how far it is stands at the top of the page.")
        return
    seconds = sum(track.seconds for track in dataset.tracks) * n_absent / len(dataset.tracks)
    speed = _speed(run, prediction)
    about = "" if speed is None else f", about {duration(max(1.0, seconds * speed))} in all"
    which = "songs it has not heard yet" if some_known else f"songs of {plain(pickers.label(dataset))}"
    st.caption(f"To place the {n_absent} {which}, the model hears each once{about}. The places are kept.")
    if st.button("Hear them", icon=":material/hearing:", key=f"{PAGE}.place"):
        title = f"{pickers.label(dataset)}, by {run.title}"
        with spoken():
            jobs.start("place", {"run": run.id, "dataset": dataset.name, "title": title}, root())
            st.rerun(scope="app")


def _speed(run: Run, prediction: Prediction) -> float | None:
    """Seconds that a second of sound takes, by the quickest song of this visit; None where too little was heard to tell."""
    place = f"{PAGE}.speed.{run.id}"
    known = st.session_state.get(place)
    if prediction.seconds >= TELLING_SECONDS:
        now = prediction.elapsed_seconds / prediction.seconds
        known = st.session_state[place] = now if known is None else min(now, known)
    return known

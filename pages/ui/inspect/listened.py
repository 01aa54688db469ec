"""What a model listened to: patches of a track are taken away, and what it then believes less is drawn, and heard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.datasets.tracks import Track
from pages.ui import cached, state
from pages.ui.errors import spoken
from pages.ui.inspect.believed import believed
from pages.ui.inspect.inside import inside_net, tags_heard
from pages.ui.inspect.subject import PAGE, Subject, choose, chosen
from pages.ui.listened import ask_how, draw_map, middle

BELOW: dict[str, tuple[str, Callable[[Subject, Clip], None]]] = {
    "believed": ("Can the map be believed?", lambda subject, clip: believed(subject)),
    "net": ("Inside the net", inside_net),
    "tags": ("Tags over time", tags_heard),
}
"""Name in the URL -> words, and what draws it."""


def listened(subject: Subject) -> None:
    """The map of the chosen track with its controls; below it whether it can be believed, and what goes on inside."""
    if not subject.run.has_model:
        st.info("This run came as predictions alone: there is no model to ask again. Choose a run that was trained here.")
        return
    picture, side = st.columns([3, 1], gap="large")
    with side:
        track = _choose_track(subject)
        asked, share = ask_how(PAGE, subject.run.genres, track.genre if track else "")
    if track is None:
        with picture:
            st.info("Its songs are not here, so there is nothing to take parts away from: bring the data set back first.")
        return
    with spoken():
        clip = middle(cached.track_clip(track), picture)
        note = " The model that is asked here has learned from this track." if subject.role == "folds" else ""
        with picture:
            draw_map(PAGE, subject.run, clip, asked, share, title=track.id, note=note)
        _below(subject, clip)


def _choose_track(subject: Subject) -> Track | None:
    """The track that all looks share; the surest error where none is chosen."""
    wrong = _worst_first(subject)
    order = [*wrong, *(track_id for track_id in subject.ids if track_id not in set(wrong))]
    heard = [track_id for track_id in order if (track := subject.track(track_id)) is not None and track.path is not None]
    if not heard:
        return None
    now = chosen(subject)
    names = {track_id: _said_of(subject, track_id) for track_id in heard}
    key = f"{PAGE}.listened.track"
    st.session_state[key] = now if now in names else heard[0]
    st.selectbox(
        "Track", heard, format_func=lambda track_id: names[track_id], key=key, on_change=lambda: choose(st.session_state[key])
    )
    return subject.track(st.session_state[key])


def _worst_first(subject: Subject) -> list[str]:
    said = subject.predictions
    wrong = np.flatnonzero(said.y_pred != said.y_true)
    sure = said.posteriors.max(axis=1)
    return [subject.ids[place] for place in sorted(wrong, key=lambda place: -sure[place])]


def _said_of(subject: Subject, track_id: str) -> str:
    said, place = subject.predictions, subject.ids.index(track_id)
    true, named = said.genres[said.y_true[place]], said.genres[said.y_pred[place]]
    return f"{track_id}, {true}" if true == named else f"{track_id}, {true} called {named}"


def _below(subject: Subject, clip: Clip) -> None:
    place = state.adopt(PAGE, "below", default="believed", options=list(BELOW))
    name = st.segmented_control(
        "Below", list(BELOW), format_func=lambda name: BELOW[name][0], key=place, required=True, label_visibility="collapsed"
    )
    state.publish(PAGE, "below", name, default="believed")
    with spoken():
        BELOW[name or "believed"][1](subject, clip)

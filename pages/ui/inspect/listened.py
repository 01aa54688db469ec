"""What a model listened to: patches of a track are taken away, and what it then believes less is drawn, and heard."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.datasets.tracks import Track
from genre_core.features.spectral import LogMel
from genre_core.inspection.attention import Attention
from genre_core.inspection.fills import FILLS
from genre_core.inspection.occlusion import DETAILS
from genre_core.prediction import Prediction
from pages.figures import panels
from pages.figures.attention import listened_panel, weights_panel
from pages.figures.panels import Span
from pages.figures.scene import Panel
from pages.ui import cached, caches_listened, state
from pages.ui.caches_listened import Asked
from pages.ui.errors import spoken
from pages.ui.glossary import meaning
from pages.ui.inspect.believed import believed
from pages.ui.inspect.inside import inside_net, tags_heard
from pages.ui.inspect.subject import PAGE, Subject, choose, chosen
from pages.ui.player import Sound, player
from pages.ui.words import duration, left, plain

MOST_SECONDS = 60.0
"""Of a longer track its middle is asked about."""

SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
ONLY, REST = "only what mattered", "all but it"
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
        asked, share = _ask(subject, track.genre if track else "")
    if track is None:
        with picture:
            st.info("Its songs are not here, so there is nothing to take parts away from: bring the data set back first.")
        return
    with spoken():
        clip = _part(cached.track_clip(track), picture)
        with picture:
            _map(subject, track, clip, asked, share)
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


def _ask(subject: Subject, own: str) -> tuple[Asked, float]:
    """Which genre, how much counts as important, and under "More" how patches are replaced and how fine they are."""
    genres = ["", *subject.run.genres]
    place = state.adopt(PAGE, "why", default="", options=genres)
    words = {"": "what the model names", own: f"{own}, its own genre"}
    genre = st.selectbox(
        "Why", genres, format_func=lambda name: words.get(name, name), key=place, help="The genre that is asked about."
    )
    state.publish(PAGE, "why", genre, default="")
    place = state.adopt(PAGE, "share", default=0.1, options=SHARES)
    share = st.select_slider(
        "What counts as important",
        SHARES,
        format_func="{:.0%}".format,
        key=place,
        help="Share of all patches: outlined, and heard.",
    )
    state.publish(PAGE, "share", share, default=0.1)
    with st.expander("More"):
        place = state.adopt(PAGE, "detail", default="medium", options=list(DETAILS))
        detail = st.segmented_control(
            "Patches", list(DETAILS), key=place, required=True, help="Finer ones take longer: the model is asked more often."
        )
        state.publish(PAGE, "detail", detail, default="medium")
        place = state.adopt(PAGE, "fill", default="quiet", options=list(FILLS))
        fill = st.selectbox("A patch is replaced by", list(FILLS), format_func=lambda name: FILLS[name].title, key=place)
        st.caption(FILLS[fill].words)
        state.publish(PAGE, "fill", fill, default="quiet")
    return Asked(str(genre), str(fill), str(detail)), float(share)


def _part(clip: Clip, picture: st.delta_generator.DeltaGenerator) -> Clip:
    """The clip, or the middle minute of a longer one."""
    if clip.seconds <= MOST_SECONDS:
        return clip
    start = (clip.seconds - MOST_SECONDS) / 2
    picture.caption(f"Of {duration(clip.seconds)} the middle minute is asked about, from {start:.0f} s on.")
    return cached.part(clip, start, start + MOST_SECONDS)


def _map(subject: Subject, track: Track, clip: Clip, asked: Asked, share: float) -> None:
    found = _made(subject, clip, asked)
    if found is None:
        return
    alone, rest = caches_listened.parts(clip, found, share, f"{subject.run.id} {asked}")
    st.markdown(_verdict(subject, found, cached.prediction(subject.run, alone), cached.prediction(subject.run, rest), share))
    player(
        clip,
        key=f"{PAGE}.listened",
        panels=_panels(clip, found, share),
        height=500,
        wave=56,
        sounds=[Sound(ONLY, alone), Sound(REST, rest)],
        title=track.id,
        view="listened",
    )
    st.caption(
        f"Above: the log-mel, dark where it did not matter; outlined the {share:.0%} of patches that speak most for "
        f"{plain(found.genre)}. Below: by how much the log-odds of {plain(found.genre)} fall without each patch, mean over the "
        f"segments. Red speaks for it, blue against it. The model was asked {found.n_evaluations} times.",
        help=f"{meaning('occlusion')} {meaning('log-odds')}",
    )


def _made(subject: Subject, clip: Clip, asked: Asked) -> Attention | None:
    """The map; while it is made, how far it is, and a button that stops it."""
    halted = f"{PAGE}.listened.halted"
    about = (clip.sha256, subject.run.id, asked)
    if caches_listened.is_made(subject.run, clip, asked):
        return caches_listened.attention(subject.run, clip, asked)
    if st.session_state.get(halted) == about:
        st.info("Stopped. The map of this track can be made later.")
        st.button("Make the map", type="primary", key=f"{PAGE}.listened.make", on_click=st.session_state.pop, args=(halted, None))
        return None
    text = "Taking patches away and asking the model again"
    line, halt = st.progress(0.0, text=text), st.empty()
    halt.button(
        "Stop",
        icon=":material/stop_circle:",
        key=f"{PAGE}.listened.stop",
        on_click=st.session_state.__setitem__,
        args=(halted, about),
    )
    last = time.monotonic()

    def progress(done: int, total: int, seconds_left: float | None) -> None:
        nonlocal last
        if time.monotonic() - last < 0.2:
            return
        last = time.monotonic()
        remaining = f", {left(seconds_left)}" if seconds_left is not None else ""
        line.progress(done / total, text=f"{text}: {done} of {total}{remaining}")

    try:
        return caches_listened.attention(subject.run, clip, asked, progress)
    finally:
        line.empty()
        halt.empty()


def _verdict(subject: Subject, found: Attention, alone: Prediction, rest: Prediction, share: float) -> str:
    """What the model says of the whole, of what mattered, and of the rest, for the genre that is asked about."""
    place = found.genres.index(found.genre)
    top = int(found.posterior.argmax())
    named = f"It calls this **{plain(found.genres[top])}** {float(found.posterior[top]):.2f}."
    asked = "" if top == place else f" **{plain(found.genre)}** has {found.probability:.2f}."
    after = (
        f" Without the {share:.0%} that matter most for {plain(found.genre)} it has **{float(rest.posterior[place]):.2f}**, "
        f"from that {share:.0%} alone **{float(alone.posterior[place]):.2f}**."
    )
    note = " The model that is asked here has learned from this track." if subject.role == "folds" else ""
    return named + asked + after + note


def _panels(clip: Clip, found: Attention, share: float) -> Sequence[Panel]:
    feature = LogMel()
    values = cached.feature_values(clip, feature)
    span = Span(0.0, feature.hop_length / feature.sr, (0.0, clip.seconds))
    log_mel = panels.frequency_panel(values, feature.frequencies, span, unit=feature.value_unit, own_scale=True, share=1.7)
    edges = found.time_edges, found.band_edges
    return (
        listened_panel(log_mel, found.values, found.salient(share), *edges),
        weights_panel(log_mel, found.values, *edges, share=1.0),
    )


def _below(subject: Subject, clip: Clip) -> None:
    place = state.adopt(PAGE, "below", default="believed", options=list(BELOW))
    name = st.segmented_control(
        "Below", list(BELOW), format_func=lambda name: BELOW[name][0], key=place, required=True, label_visibility="collapsed"
    )
    state.publish(PAGE, "below", name, default="believed")
    with spoken():
        BELOW[name or "believed"][1](subject, clip)

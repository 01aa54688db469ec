"""The map of what a model listened to: how it is asked for, made, drawn and heard, on whatever page."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.features.spectral import LogMel
from genre_core.inspection.attention import Attention
from genre_core.inspection.fills import FILLS
from genre_core.inspection.occlusion import DETAILS
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.figures import panels
from pages.figures.attention import listened_panel, weights_panel
from pages.figures.panels import Span
from pages.figures.scene import Panel
from pages.ui import cached, caches_listened, state
from pages.ui.caches_listened import Asked
from pages.ui.glossary import meaning
from pages.ui.player import Sound, player
from pages.ui.words import duration, left, plain

MOST_SECONDS = 60.0
"""Of a longer track its middle is asked about."""

SHARES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
ONLY, REST = "only what mattered", "all but it"


def ask_how(page: str, genres: Sequence[str], own: str = "") -> tuple[Asked, float]:
    """Which genre, how much counts as important, and under "More" how patches are replaced and how fine they are; `own` is the
    genre that the track has, where anybody knows.
    """
    options = ["", *genres]
    place = state.adopt(page, "why", default="", options=options)
    words = {own: f"{own}, its own genre", "": "what the model names"}
    genre = st.selectbox(
        "Why", options, format_func=lambda name: words.get(name, name), key=place, help="The genre that is asked about."
    )
    state.publish(page, "why", genre, default="")
    place = state.adopt(page, "share", default=0.1, options=SHARES)
    share = st.select_slider(
        "What counts as important",
        SHARES,
        format_func="{:.0%}".format,
        key=place,
        help="Share of all patches: outlined, and heard.",
    )
    state.publish(page, "share", share, default=0.1)
    with st.expander("More"):
        place = state.adopt(page, "detail", default="medium", options=list(DETAILS))
        detail = st.segmented_control(
            "Patches", list(DETAILS), key=place, required=True, help="Finer ones take longer: the model is asked more often."
        )
        state.publish(page, "detail", detail, default="medium")
        place = state.adopt(page, "fill", default="quiet", options=list(FILLS))
        fill = st.selectbox("A patch is replaced by", list(FILLS), format_func=lambda name: FILLS[name].title, key=place)
        st.caption(FILLS[fill].words)
        state.publish(page, "fill", fill, default="quiet")
    return Asked(str(genre), str(fill), str(detail)), float(share)


def middle(clip: Clip | Recording, picture: DeltaGenerator) -> Clip:
    """The clip, or the middle minute of a longer one."""
    if clip.seconds <= MOST_SECONDS:
        return cached.part(clip, 0.0, clip.seconds)
    start = (clip.seconds - MOST_SECONDS) / 2
    picture.caption(f"Of {duration(clip.seconds)} the middle minute is asked about, from {start:.0f} s on.")
    return cached.part(clip, start, start + MOST_SECONDS)


def draw_map(page: str, run: Run, clip: Clip, asked: Asked, share: float, *, title: str, note: str = "") -> None:
    """The map of a clip, made first where it is not there, with what mattered to be heard alone; `note` ends the words."""
    found = _made(page, run, clip, asked)
    if found is None:
        return
    alone, rest = caches_listened.parts(clip, found, share, f"{run.id} {asked}")
    st.markdown(_verdict(found, cached.prediction(run, alone), cached.prediction(run, rest), share) + note)
    player(
        clip,
        key=f"{page}.listened",
        panels=_panels(clip, found, share),
        height=500,
        wave=56,
        sounds=[Sound(ONLY, alone), Sound(REST, rest)],
        title=title,
        view="listened",
    )
    st.caption(
        f"Above: the log-mel, dark where it did not matter; outlined the {share:.0%} of patches that speak most for "
        f"{plain(found.genre)}. Below: by how much the log-odds of {plain(found.genre)} fall without each patch, mean over the "
        f"segments. Red speaks for it, blue against it. The model was asked {found.n_evaluations} times.",
        help=f"{meaning('occlusion')} {meaning('log-odds')}",
    )


def _made(page: str, run: Run, clip: Clip, asked: Asked) -> Attention | None:
    """The map; while it is made, how far it is, and a button that stops it."""
    halted = f"{page}.listened.halted"
    about = (clip.sha256, run.id, asked)
    if caches_listened.is_made(run, clip, asked):
        return caches_listened.attention(run, clip, asked)
    if st.session_state.get(halted) == about:
        st.info("Stopped. The map of this track can be made later.")
        st.button("Make the map", type="primary", key=f"{page}.listened.make", on_click=st.session_state.pop, args=(halted, None))
        return None
    text = "Taking patches away and asking the model again"
    line, halt = st.progress(0.0, text=text), st.empty()
    halt.button(
        "Stop",
        icon=":material/stop_circle:",
        key=f"{page}.listened.stop",
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
        return caches_listened.attention(run, clip, asked, progress)
    finally:
        line.empty()
        halt.empty()


def _verdict(found: Attention, alone: Prediction, rest: Prediction, share: float) -> str:
    """What the model says of the whole, of what mattered, and of the rest, for the genre that is asked about."""
    place = found.genres.index(found.genre)
    top = int(found.posterior.argmax())
    named = f"It calls this **{plain(found.genres[top])}** {float(found.posterior[top]):.2f}."
    asked = "" if top == place else f" **{plain(found.genre)}** has {found.probability:.2f}."
    after = (
        f" Without the {share:.0%} that matter most for {plain(found.genre)} it has **{float(rest.posterior[place]):.2f}**, "
        f"from that {share:.0%} alone **{float(alone.posterior[place]):.2f}**."
    )
    return named + asked + after


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

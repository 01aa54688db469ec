"""One sound in one view: the picture with its player, the parameters beside it, the words below."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from genre_core.datasets.tracks import Dataset
from genre_core.errors import ParameterError
from pages.ui import cached, forms, hearing, pickers, state, taking, words
from pages.ui.errors import spoken
from pages.ui.glossary import linked, listed
from pages.ui.pictures import Sight
from pages.ui.player import MAX_SPAN_SECONDS, Seen, player, seen_in
from pages.ui.telling import say_region
from pages.ui.view_words import view_words
from pages.ui.views import VIEWS, View, families, resolution

LINKED = {
    "zoom": "The address asks for the stretch of time “{text}”, which this sound does not have: all of it is shown.",
    "region": "The address asks for the region “{text}”, which this sound does not have: none is selected.",
    "band": "The address asks for the band “{text}” Hz, which this sound does not have: all frequencies are heard.",
}
"""What of a player's state lives in the URL, and what is said where it cannot be read."""

GRID_SECONDS = 15.0
"""Of a long sound the pictures are computed for stretches that begin and end on this grid, so that scrolling finds them again."""


@st.fragment
def look(page: str, chosen: pickers.Chosen) -> None:
    """Choose a view, see it, hear it, change its parameters."""
    name = choose_view(page)
    view = VIEWS[name]
    clip = chosen.clip
    key = f"{page}.player"
    seen, push = seen_at(page, key, clip)
    for sentence in st.session_state.get(f"{page}.unread", ()):
        st.warning(sentence, icon=":material/link_off:")
    with spoken():
        picture, controls = st.columns([4, 1], gap="medium")
        with controls:
            first = st.container()
            feature, log_frequency = ask(page, name, view, seconds=clip.seconds)
        sight = Sight(
            clip.sha256, *around(clip, seen), region=seen.region, feature=feature, shared={}, log_frequency=log_frequency
        )
        with first:
            heard = hearing.hear(page, name, sight)
        with controls:
            taking.take(page, name, sight, seen, chosen, dataset_of(chosen))
            st.caption(resolution(feature, clip.sr))
        with picture:
            panels = view.picture(sight) if view.picture else ()
            sounds = hearing.sounds_of(page, name, sight)
            player(
                clip,
                key=key,
                panels=panels,
                height=view.height,
                seen=seen,
                push=push,
                tells=True,
                sounds=sounds,
                choose=heard,
                title=chosen.title,
                view=name,
            )
            if clip.seconds > MAX_SPAN_SECONDS:
                st.caption(f"A minute at most is shown of {words.clock(clip.seconds)}: move the bar below the picture, or play.")
            if view.below:
                view.below(page, sight)
            say_region(name, sight)
    st.caption("  ·  ".join(facts(chosen)))
    describe(name)
    if view.further:
        with spoken():
            view.further(page, sight)


def choose_view(page: str) -> str:
    """The view, in two steps: what kind of picture, then which of its kind."""
    place = state.adopt(page, "view", default="spectrogram_db", options=list(VIEWS))
    chosen = st.session_state[place]
    menu = families()
    family_key = f"{page}.family"
    st.session_state[family_key] = VIEWS[chosen].family
    siblings = menu[VIEWS[chosen].family]
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.segmented_control(
            "View",
            list(menu),
            key=family_key,
            label_visibility="collapsed",
            required=True,
            width="content",
            on_change=lambda: st.session_state.update({place: menu[st.session_state[family_key]][0]}),
        )
        if len(siblings) > 1:
            st.segmented_control(
                "Kind",
                siblings,
                format_func=lambda name: VIEWS[name].short,
                key=place,
                label_visibility="collapsed",
                required=True,
                width="content",
            )
    name = st.session_state[place]
    state.publish(page, "view", name)
    return name


def ask(page: str, name: str, view: View, *, seconds: float, link: bool | str = True) -> tuple[Any, bool]:
    """The form of the view's parameters; where they don't go together, what is wrong, and the last that did.

    In the URL, a text in `link` stands before their names.
    """
    feature = None
    good = f"{page}.{name}.good"
    if view.config is not None:
        start = view.config(**view.fixed, **view.start)
        try:
            feature = forms.config_form(view.config, page=f"{page}.{name}", start=start, fixed=view.fixed, link=link)
            feature.check_length(round(seconds * feature.sr))
            st.session_state[good] = feature
        except ParameterError as error:
            st.error(f"{error} The picture is still that of the last values that went together.", icon=":material/error:")
            feature = st.session_state.get(good) or start
    log_frequency = view.has_log_axis and _log_axis(page, link=link)
    if view.config is not None and any(
        st.session_state.get(f"{page}.{name}.{key}") != getattr(start, key) for key in _asked(view)
    ):
        st.button(
            "Reset to defaults",
            icon=":material/restart_alt:",
            key=f"{page}.{name}.reset",
            type="tertiary",
            on_click=lambda: forms.reset(view.config, page=f"{page}.{name}", start=start, link=link),
        )
    return feature, log_frequency


def _asked(view: View) -> list[str]:
    """Names of the parameters that the form asks for."""
    return [key for key in view.config.params() if key not in view.fixed] if view.config else []


def _log_axis(page: str, *, link: bool | str) -> bool:
    in_url = f"{link}log" if isinstance(link, str) else "log"
    place = state.adopt(page, "log", default=True, link=in_url)
    chosen = st.toggle("Logarithmic axis", key=place, help="Each octave takes the same room.")
    state.publish(page, "log", chosen, default=True, link=in_url)
    return chosen


def seen_at(page: str, key: str, clip: Clip | Recording) -> tuple[Seen, str]:
    """What the visitor looks at, from the player or else from the link that led here; and what a new link asks for."""
    asked = {name: str(st.session_state[state.adopt(page, name, default="")]) for name in LINKED}
    push = "|".join(asked.values())
    if st.session_state.get(f"{page}.push") != push:
        st.session_state[f"{page}.push"] = push
        st.session_state[f"{page}.linked"] = clip.sha256
        seen = None
    else:
        seen = seen_in(key, clip)
    unread = []
    if st.session_state[f"{page}.linked"] == clip.sha256:
        limits = {"zoom": clip.seconds, "region": clip.seconds, "band": clip.sr / 2}
        found = {name: stretch(text, limits[name]) for name, text in asked.items()}
        unread = [LINKED[name].format(text=text) for name, text in asked.items() if text and found[name] is None]
        seen = seen or Seen(found["zoom"], found["region"], found["band"])
    st.session_state[f"{page}.unread"] = unread
    seen = seen or Seen()
    for name, part in zip(LINKED, seen[:3], strict=True):
        state.publish(page, name, f"{part[0]:g}-{part[1]:g}" if part else "", default="")
    return seen, push


def stretch(text: str, most: float) -> tuple[float, float] | None:
    """`3.2-5.81` as two numbers from 0 up to `most`; None where it is none."""
    try:
        start, stop = (float(part) for part in text.split("-"))
    except ValueError:
        return None
    return (start, min(stop, most)) if 0 <= start < min(stop, most) else None


def around(clip: Clip | Recording, seen: Seen) -> tuple[Clip, float, tuple[float, float]]:
    """What is computed (all of a short clip, a stretch of a long one), where it begins, and what is visible of it."""
    visible = seen.visible or (0.0, min(clip.seconds, MAX_SPAN_SECONDS))
    if isinstance(clip, Clip) and clip.seconds <= MAX_SPAN_SECONDS:
        return clip, 0.0, visible
    start = GRID_SECONDS * (max(0.0, visible[0] - 2.0) // GRID_SECONDS)
    stop = GRID_SECONDS * -(-(visible[1] + 2.0) // GRID_SECONDS)
    return cached.part(clip, start, min(stop, clip.seconds)), start, visible


def dataset_of(chosen: pickers.Chosen) -> Dataset | None:
    """The data set that the clip belongs to; None for an upload."""
    if chosen.track is None:
        return None
    return next((entry for entry in pickers.datasets().values() if chosen.track.id in entry.by_id), None)


def facts(chosen: pickers.Chosen) -> list[str]:
    """What is known of the clip."""
    parts = [words.length(chosen.clip.seconds)]
    if chosen.track is None:
        parts.insert(0, words.plain(chosen.title))
    else:
        parts.insert(0, f"{chosen.track.genre}")
        if "tempo_bpm" in chosen.track.extra:
            parts.append(f"made at {float(chosen.track.extra['tempo_bpm']):.0f} beats a minute")
        parts += [f"{key} {value}" for key, value in chosen.track.extra.items() if key in ("key", "metre")]
    if (told := chosen.clip.facts) is not None:
        channels = f"{told.channels} channel{'s' if told.channels > 1 else ''}"
        parts.append(f"{told.format} {told.codec}, {told.sample_rate:,} Hz, {channels}")
    return parts


def describe(name: str) -> None:
    """What you see, the formula, the lines of librosa, and what it is for; terms with their meaning."""
    told = view_words(name)
    seen, computed = st.columns(2, gap="large")
    with seen:
        st.markdown("**What you see**")
        st.markdown(linked(told.what))
        st.markdown("**Why it matters for genre**")
        st.markdown(linked(told.why))
        if told.terms:
            with st.expander("The terms"):
                st.markdown(listed(told.terms))
    with computed:
        st.markdown("**How it is computed**")
        st.latex(told.formula)
        st.code(told.code, language="python")

"""Explore: what is in this sound?"""

from __future__ import annotations

import streamlit as st

from genre_core.audio import AUDIO_EXTENSIONS, Clip
from pages.figures.theme import ZOOM_CONFIG
from pages.ui import cached, forms, pickers, state, words
from pages.ui.errors import spoken
from pages.ui.page import open_page
from pages.ui.player import player
from pages.ui.views import VIEWS, View, draw, resolution

PAGE = "explore"
LONGEST_SECONDS = 60.0  # what one picture shows; a longer clip is looked at part by part


def chosen_clip() -> pickers.Chosen | None:
    """The upload if there is one, else a track of a data set."""
    picking, uploading = st.columns([4, 1], vertical_alignment="bottom")
    with uploading, st.popover("Your own", icon=":material/upload:", width="stretch"):
        upload = st.file_uploader(
            "A song or a sound", type=[entry.lstrip(".") for entry in AUDIO_EXTENSIONS], key=state.key(PAGE, "upload")
        )
        st.caption("It stays in memory while this page is open, and is not kept.")
    with picking, spoken():
        tracks = pickers.tracks_by_reference()
        if upload is not None:
            state.publish(PAGE, "clip", None)  # an upload is private: a link cannot lead to it
            clip = cached.upload_clip(upload.getvalue(), upload.name)
            st.markdown(f"**{upload.name}**")
            return pickers.Chosen(clip, upload.name)
        if (own := pickers.carried()) is not None:
            st.button(f"{own[0]}: take a demo song instead", on_click=pickers.let_go, key=f"{PAGE}.let_go")
            return pickers.Chosen(cached.upload_clip(own[1], own[0]), own[0])
        name = pickers.pick_track(PAGE, tracks)
        if name is not None:
            return pickers.Chosen(cached.track_clip(tracks[name]), name, tracks[name])
    return None


def part_of(clip: Clip) -> Clip:
    """The clip itself, or the part of a long one that is chosen."""
    if clip.seconds <= LONGEST_SECONDS:
        return clip
    last = int(clip.seconds - LONGEST_SECONDS)
    start = st.slider("Part shown, from [s]", 0, last, 0, step=5, key=state.key(PAGE, "from"))
    return clip.slice(start, start + LONGEST_SECONDS)


def describe(view: View) -> None:
    """What you see, the formula, three lines of librosa, and what it is for."""
    seen, computed = st.columns(2, gap="large")
    with seen:
        st.markdown("**What you see**")
        st.markdown(view.what)
        st.markdown("**Why it matters for genre**")
        st.markdown(view.why)
    with computed:
        st.markdown("**How it is computed**")
        st.latex(view.formula)
        st.code(view.code, language="python")


with open_page(PAGE):
    chosen = chosen_clip()
if chosen is None:
    if st.session_state.get(state.key(PAGE, "upload")) is None:
        st.info("No clip is here yet. Wait for the first demo songs, or take one of your own: the button at the top right.")
    st.stop()

view_key = state.adopt(PAGE, "view", default="spectrogram_db", options=list(VIEWS))
name = st.segmented_control(
    "View", list(VIEWS), format_func=lambda name: VIEWS[name].title, key=view_key, label_visibility="collapsed", required=True
)
state.publish(PAGE, "view", name)
view = VIEWS[name]

with spoken():
    clip = part_of(chosen.clip)
    picture, controls = st.columns([4, 1], gap="medium")
    with picture:
        player(clip, key=state.key(PAGE, "player"), picture=view.feature is not None, height=110)
    with picture, spoken(), controls:  # an error about the controls stands where the picture would be
        feature = None
        if view.feature is not None:
            log_frequency = True
            feature = forms.config_form(
                view.feature, page=f"{PAGE}.{name}", start=view.feature(**view.fixed), fixed=view.fixed, link=True
            )
        if name in ("spectrum", "spectrogram", "spectrogram_db"):
            log_frequency = st.toggle(
                "Logarithmic axis", value=True, key=state.key(PAGE, "log_frequency"), help="Each octave takes the same room."
            )
        else:
            log_frequency = False
        st.caption(resolution(feature, clip))
        with picture:
            figure = draw(name, clip, feature, log_frequency=log_frequency, height=400)
            st.plotly_chart(figure, key=f"{PAGE}.figure.{name}", config=ZOOM_CONFIG)

facts = chosen.clip.facts
parts = [words.clock(chosen.clip.seconds)]
if chosen.track is not None:
    parts.insert(0, f"{chosen.track.genre}")
    if "tempo_bpm" in chosen.track.extra:
        parts.append(f"{float(chosen.track.extra['tempo_bpm']):.0f} beats a minute")
    parts += [f"{key} {value}" for key, value in chosen.track.extra.items() if key in ("key", "metre")]
if facts is not None:
    parts.append(
        f"{facts.format} {facts.codec}, {facts.sample_rate:,} Hz, {facts.channels} channel{'s' if facts.channels > 1 else ''}"
    )
st.caption("  ·  ".join(parts))
describe(view)

"""All genres in the same view on the same axes, each heard with a click."""

from __future__ import annotations

import streamlit as st

from genre_core.audio import Clip
from genre_core.datasets.tracks import Dataset, Track
from pages.figures.alike import alike
from pages.figures.scene import Axis, Line, Picture
from pages.figures.theme import genre_colours
from pages.ui import cached, pickers, state
from pages.ui.errors import spoken
from pages.ui.pictures import COLOUR_WORDS, Sight
from pages.ui.player import player
from pages.ui.views import VIEWS
from pages.ui.words import plain

SECONDS = 10.0
IN_A_ROW = 5
HEIGHT = 190
SHOWN = {
    "spectrogram_db": "Spectrogram",
    "log_mel": "Mel",
    "mfcc": "MFCC",
    "chroma": "Chroma",
    "cqt": "Constant-Q",
    "tempogram": "Tempogram",
    "timbre": "Timbre",
    "contrast": "Contrast",
}


def gallery(page: str, chosen: pickers.Chosen) -> None:
    """One song of each genre of the chosen data set; another one at a click."""
    datasets = {name: entry for name, entry in pickers.datasets().items() if entry.has_audio}
    name = next((name for name, entry in datasets.items() if chosen.track and chosen.track.id in entry.by_id), None)
    dataset = datasets.get(name or next(iter(datasets), ""))
    if dataset is None or not dataset.tracks:
        st.info("The first demo songs come in a few seconds.")
        return
    shows, turns = st.columns([5, 1], vertical_alignment="bottom")
    with shows:
        place = state.adopt(page, "view", default="spectrogram_db", options=list(VIEWS))
        if st.session_state[place] not in SHOWN:
            st.session_state[place] = next(iter(SHOWN))
        view = st.segmented_control(
            "View",
            list(SHOWN),
            format_func=SHOWN.get,
            key=place,
            label_visibility="collapsed",
            required=True,
        )
        state.publish(page, "view", view)
    with turns:
        place = state.adopt(page, "song", default=0)
        st.button("Other songs", icon=":material/shuffle:", key=f"{page}.other", on_click=_next, args=(place,), width="stretch")
        state.publish(page, "song", st.session_state[place], default=0)
    _grid(page, dataset, view, st.session_state[place])


def _next(place: str) -> None:
    st.session_state[place] += 1


@st.fragment
def _grid(page: str, dataset: Dataset, view: str, turn: int) -> None:
    spec = VIEWS[view]
    assert spec.config is not None
    assert spec.picture is not None
    feature = spec.config(**spec.fixed)
    colours = genre_colours(dataset.genres)
    shown: list[tuple[Track, Clip, Picture]] = []
    for genre in dataset.genres:
        songs = [track for track in dataset.tracks if track.genre == genre]
        with spoken():
            whole = cached.track_clip(songs[turn % len(songs)])
            clip = cached.part(whole, 0.0, min(SECONDS, whole.seconds))
            picture = spec.picture(Sight(clip.sha256, clip, 0.0, (0.0, SECONDS), None, feature, {}))
            shown.append((songs[turn % len(songs)], clip, picture))
    if not shown:
        return
    pictures = alike([picture for _, _, picture in shown])
    st.caption(
        f"Click a picture to hear it. All on the same axes and colours: 0 to {SECONDS:.0f} s, {_ends(pictures[0][0].axis)}."
        + _lines(pictures[0])
    )
    height = HEIGHT + 40 * (len(pictures[0]) - 1)
    for first in range(0, len(shown), IN_A_ROW):
        row = zip(st.columns(IN_A_ROW), shown[first : first + IN_A_ROW], pictures[first : first + IN_A_ROW], strict=False)
        for place, (track, clip, _), panels in row:
            with place:
                st.markdown(f"**{track.genre}**  :gray[{plain(str(track.extra.get('title', track.id)))}]")
                player(
                    clip,
                    key=f"{page}.gallery.{track.genre}",
                    panels=panels,
                    height=height,
                    seconds=SECONDS,
                    compact=True,
                    frame=colours[track.genre],
                    title=f"{track.genre}, {track.id}",
                )


def _lines(picture: Picture) -> str:
    """What the lines of a picture are that has no room for their names."""
    over = [f"{layer.name} {COLOUR_WORDS.get(layer.colour, '')}" for layer in picture[0].layers if isinstance(layer, Line)]
    below = ", ".join(panel.axis.title for panel in picture[1:])
    return (f" Lines: {', '.join(over)}." if over else "") + (f" Below, from the top: {below}." if below else "")


def _ends(axis: Axis) -> str:
    """What stands at the ends of an axis that is not drawn."""
    title, _, unit = axis.title.partition(" [")
    if axis.kind == "rows":
        return f"{title} {axis.ticks[0][1]} to {axis.ticks[-1][1]} upward"
    return f"{title.lower()} {axis.low:,.0f} to {axis.high:,.0f} {unit.rstrip(']')} upward"

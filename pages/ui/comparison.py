"""Two sounds, or two settings of one, on the same axes, and what differs between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from pages.figures import panels, scene
from pages.figures.scene import Cells, Panel, Picture
from pages.ui import cached, pickers, state
from pages.ui.errors import spoken
from pages.ui.look import around, ask, choose_view
from pages.ui.pictures import Sight
from pages.ui.player import Seen, player, seen_in
from pages.ui.views import VIEWS, View
from pages.ui.words import plain

HEIGHT = 360
DIFFERENCE_HEIGHT = 280
LINK = "compare"


@st.fragment
def compare(page: str, chosen: pickers.Chosen) -> None:
    """Side by side with the same time in sight: what is selected or zoomed in one is so in the other."""
    name = choose_view(page)
    view = VIEWS[name]
    with spoken():
        if view.picture is None:
            st.info("This view is no picture over time. Choose a spectrogram, mel, MFCC, or another to compare.")
            return
        titled, choosing = st.columns(2, gap="medium", vertical_alignment="center")
        with choosing:
            other = _other(page, chosen)
        titled.markdown(f"**{plain(chosen.title)}**, compared with")
        left, right = st.columns(2, gap="medium")
        with left:
            first = _asked(page, name, view, "left", chosen.clip)
        with right:
            second = _asked(page, name, view, "right", other.clip)
        pictures = _on_one_scale(view.picture(first), view.picture(second))
        for side, sight, picture, title in (
            (left, first, pictures[0], chosen.title),
            (right, second, pictures[1], other.title),
        ):
            with side:
                player(
                    sight.clip,
                    key=f"{page}.{LINK}.{'left' if side is left else 'right'}",
                    panels=picture,
                    height=HEIGHT,
                    wave=56,
                    link=LINK,
                    tells=True,
                    title=title,
                )
        _difference(page, pictures, first, chosen.title, other.title)


def _other(page: str, chosen: pickers.Chosen) -> pickers.Chosen:
    """The second clip: a track, or the same sound again."""
    tracks = pickers.tracks_by_reference()
    options = ["", *tracks]
    place = state.adopt(page, "with", default=options[min(2, len(options) - 1)], options=options)
    name = st.selectbox(
        "Compare with",
        options,
        format_func=lambda name: pickers.spoken_name(name, tracks[name]) if name else "the same sound, other settings",
        key=place,
        label_visibility="collapsed",
    )
    state.publish(page, "with", name)
    return pickers.Chosen(cached.track_clip(tracks[name]), name, tracks[name]) if name else chosen


def _asked(page: str, name: str, view: View, side: str, clip: Any) -> Sight:
    key = f"{page}.{LINK}.{side}"
    seen = seen_in(key, clip) or Seen()
    with st.popover("Settings", width="stretch"):
        feature, log_frequency = ask(f"{page}.{side}", name, view, seconds=clip.seconds, link=False)
    return Sight(clip.sha256, *around(clip, seen), region=seen.region, feature=feature, shared={}, log_frequency=log_frequency)


def _on_one_scale(first: Picture, second: Picture) -> tuple[Picture, Picture]:
    """The same panels with value axes that hold both."""

    def joined(own: Panel, other: Panel) -> Panel:
        if own.axis.kind != "value" or own.axis.log:
            return own
        low, high = min(own.axis.low, other.axis.low), max(own.axis.high, other.axis.high)
        axis = scene.Axis(own.axis.title, low, high, ticks=scene.value_ticks(low, high))
        return Panel(axis, own.layers, own.share)

    pairs = list(zip(first, second, strict=True))
    return tuple(joined(a, b) for a, b in pairs), tuple(joined(b, a) for a, b in pairs)


def _difference(page: str, pictures: tuple[Picture, Picture], sight: Sight, first: str, second: str) -> None:
    """The left picture less the right one, where their cells mean the same."""
    cells = [next((layer for layer in picture[0].layers if isinstance(layer, Cells)), None) for picture in pictures]
    a, b = cells
    if a is None or b is None:
        return
    if (
        a.edges.shape != b.edges.shape
        or not np.allclose(a.edges, b.edges, rtol=1e-3)
        or abs(a.dx - b.dx) > 1e-6
        or a.unit != b.unit
    ):
        st.caption("Their rows or frames differ with these settings, so there is no difference to draw.")
        return
    if np.array_equal(a.cells, b.cells):
        st.caption("The two are the same: there is no difference.")
        return
    st.markdown(f"**{first}** less **{second}**: red where the left one has more, blue where the right one has")
    panel = panels.difference(pictures[0][0], a, b)
    player(
        sight.clip,
        key=f"{page}.{LINK}.difference",
        panels=(panel,),
        height=DIFFERENCE_HEIGHT,
        wave=0,
        link=LINK,
        title="difference",
    )

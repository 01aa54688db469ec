"""Two sounds, or two settings of one, on the same axes, and what differs between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from genre_core.audio import Clip, envelope
from pages.figures import panels, sound
from pages.figures.alike import alike, difference
from pages.figures.scene import Cells, Picture
from pages.figures.theme import ACCENT, PLAIN_CONFIG, WARM
from pages.ui import cached, pickers, state
from pages.ui.below import looked_at, show_chart
from pages.ui.errors import spoken
from pages.ui.look import around, ask, choose_view, seen_at
from pages.ui.pictures import Sight
from pages.ui.player import Seen, player, seen_in
from pages.ui.views import VIEWS, View
from pages.ui.words import plain

HEIGHT = 360
WAVE_HEIGHT = 170
DIFFERENCE_HEIGHT = 280
LINK = "compare"
IN_URL = "with_"
"""Before the names of the right one's parameters in the URL."""


@st.fragment
def compare(page: str, chosen: pickers.Chosen) -> None:
    """Side by side with the same time in sight: what is selected or zoomed in one is so in the other."""
    name = choose_view(page)
    view = VIEWS[name]
    with spoken():
        titled, choosing = st.columns(2, gap="medium", vertical_alignment="center")
        with choosing:
            other = _other(page, chosen)
        titled.markdown(f"**{plain(chosen.title)}**, compared with")
        left, right = st.columns(2, gap="medium")
        seen, push = seen_at(page, f"{page}.{LINK}.left", chosen.clip)
        for sentence in st.session_state.get(f"{page}.unread", ()):
            st.warning(sentence, icon=":material/link_off:")
        with left:
            first = _asked(page, name, view, "left", chosen.clip, seen)
        with right:
            second = _asked(page, name, view, "right", other.clip, seen)
        pictures: list[Picture] = alike([view.picture(first), view.picture(second)]) if view.picture else [(), ()]
        both_short = isinstance(chosen.clip, Clip) and isinstance(other.clip, Clip)
        for side, whole, picture, title in (
            (left, chosen.clip, pictures[0], chosen.title),
            (right, other.clip, pictures[1], other.title),
        ):
            with side:
                player(
                    whole,
                    key=f"{page}.{LINK}.{'left' if side is left else 'right'}",
                    panels=picture,
                    height=HEIGHT if picture else WAVE_HEIGHT,
                    wave=56 if picture else None,
                    seen=seen,
                    push=push,
                    link=LINK,
                    tells=True,
                    title=title,
                    view=name,
                    reach=max(chosen.clip.peak, other.clip.peak) if both_short else 0.05,
                )
        titles = (chosen.title, other.title if other is not chosen else f"{other.title}, other settings")
        if view.picture:
            _difference(page, pictures, first, titles, seen, push)
        elif view.config is None:
            _waves(page, first, second, titles, seen, push)
        else:
            _spectra(page, first, second, titles)


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


def _asked(page: str, name: str, view: View, side: str, clip: Any, shared: Seen) -> Sight:
    key = f"{page}.{LINK}.{side}"
    seen = seen_in(key, clip) or shared
    with st.popover("Settings", width="stretch", disabled=view.config is None):
        link: bool | str = True if side == "left" else IN_URL
        feature, log_frequency = ask(f"{page}.{side}", name, view, seconds=clip.seconds, link=link)
    return Sight(clip.sha256, *around(clip, seen), region=seen.region, feature=feature, shared={}, log_frequency=log_frequency)


def _waves(page: str, first: Sight, second: Sight, titles: tuple[str, str], seen: Seen, push: str) -> None:
    """Both waveforms over each other, as fine as a screen shows of what is visible."""
    start, stop = first.visible
    step = (stop - start) / panels.MAX_COLUMNS
    both = []
    for sight, title, colour in ((first, titles[0], ACCENT), (second, titles[1], WARM)):
        last = min(stop, sight.start + sight.clip.seconds)
        n_bins = max(1, round((last - start) / step))
        part = cached.part(sight.clip, start - sight.start, last - sight.start)
        both.append((title, colour, envelope(part, n_bins)))
    st.markdown("Both on the same axes")
    player(
        first.clip,
        key=f"{page}.{LINK}.difference",
        panels=(panels.envelope_panel(both, start, step),),
        height=DIFFERENCE_HEIGHT,
        wave=0,
        seen=seen,
        push=push,
        link=LINK,
        title="both",
    )


def _spectra(page: str, first: Sight, second: Sight, titles: tuple[str, str]) -> None:
    """Both spectra in one chart, and the left one less the right one where their bins are the same."""
    parts = [looked_at(sight) for sight in (first, second)]
    values = [cached.feature_values(part, sight.feature) for (part, _), sight in zip(parts, (first, second), strict=True)]
    (start, stop), what = parts[0][1], "the region" if first.region else "what is shown above"
    a, b = first.feature, second.feature
    if a.value_unit != b.value_unit or (a.n_fft, a.sr) != (b.n_fft, b.sr):
        st.caption("Their scales or FFT lengths differ with these settings: make them equal to see both in one chart.")
        return
    named = dict(zip(titles if titles[0] != titles[1] else (titles[0], f"{titles[1]} (right)"), values, strict=True))
    how = {"unit": a.value_unit, "log_frequency": first.log_frequency}
    show_chart(page, "spectra", sound.spectra(a.frequencies, named, **how))
    st.caption(f"Of {what}, {start:.2f} to {stop:.2f} s. 0 dB is a sine of full scale.")
    if np.array_equal(*values):
        st.caption("The two are the same: there is no difference.")
        return
    st.markdown(
        f"**{plain(titles[0])}** less **{plain(titles[1])}**: red where the left one has more, blue where the right one has"
    )
    st.plotly_chart(sound.spectrum_difference(a.frequencies, *values, **how), key=f"{page}.figure.less", config=PLAIN_CONFIG)


def _difference(page: str, pictures: list[Picture], sight: Sight, titles: tuple[str, str], seen: Seen, push: str) -> None:
    """The left picture less the right one, where their cells mean the same."""
    a, b = (next((layer for layer in picture[0].layers if isinstance(layer, Cells)), None) for picture in pictures)
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
    st.markdown(
        f"**{plain(titles[0])}** less **{plain(titles[1])}**: red where the left one has more, blue where the right one has"
    )
    player(
        sight.clip,
        key=f"{page}.{LINK}.difference",
        panels=(difference(pictures[0][0], a, b),),
        height=DIFFERENCE_HEIGHT,
        wave=0,
        seen=seen,
        push=push,
        link=LINK,
        title="difference",
    )

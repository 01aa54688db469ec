"""Inside the net: its first filters, what its layers say of the chosen track, and which tags a pretrained net hears."""

from __future__ import annotations

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.errors import RunError
from genre_core.inspection.layers import Activation, Filters
from genre_core.inspection.tags import listener_of
from pages.figures import inside as figures
from pages.figures.theme import PLAIN_CONFIG
from pages.ui import caches_listened, state
from pages.ui.glossary import meaning
from pages.ui.inspect.subject import PAGE, Subject
from pages.ui.words import plain


def inside_net(subject: Subject, clip: Clip) -> None:
    """Filters of the first layer, and the activations of one layer for one segment."""
    try:
        net = caches_listened.net(subject.run)
    except RunError as error:
        st.info(plain(str(error)))
        if listener_of(subject.run.features) is not None:
            st.caption("Its features come from a pretrained net: “Tags over time” shows what that one hears.")
        return
    starts, stops = caches_listened.segments_of(subject.run, clip)
    layers = [f"{number + 1}. {stage.words}" for number, stage in enumerate(net.stages)]
    picking, when = st.columns(2, gap="large")
    with picking:
        place = state.adopt(PAGE, "layer", default=layers[0], options=layers)
        layer = st.selectbox("Layer", layers, key=place, help=meaning("activation"))
        state.publish(PAGE, "layer", layer, default=layers[0])
    with when:
        segment = _choose_segment(starts, stops)
    found = caches_listened.activations(subject.run, clip, segment)[layers.index(layer)]
    seen, first = st.columns([3, 2], gap="large")
    with seen:
        of = "each segment" if found.kind == "units" else f"{starts[segment]:.1f} to {stops[segment]:.1f} s"
        st.markdown(f"**What it says of {of}**: {plain(found.words)}")
        if found.kind == "units":
            _units(subject, clip, layers.index(layer), starts, stops)
        else:
            _activation(found, float(starts[segment]), float(stops[segment]))
    with first:
        _first(subject, net.filters)


def _choose_segment(starts: np.ndarray, stops: np.ndarray) -> int:
    if len(starts) < 2:
        st.caption(f"It hears the whole at once: {starts[0]:.1f} to {stops[0]:.1f} s.")
        return 0
    numbers = list(range(len(starts)))
    key = f"{PAGE}.segment.{len(starts)}"
    number = st.select_slider(
        "Segment",
        numbers,
        format_func=lambda place: f"{starts[place]:.1f} to {stops[place]:.1f} s",
        key=key,
        help=meaning("segment"),
    )
    return int(number)


def _activation(found: Activation, start: float, stop: float) -> None:
    draw = figures.maps if found.kind == "map" else figures.sequence
    st.plotly_chart(draw(found.values, start, stop), key=f"{PAGE}.activation", config=PLAIN_CONFIG)
    if found.kind == "map":
        st.caption(
            f"{min(figures.MOST_CHANNELS, len(found.values))} of {len(found.values)} channels, those that answer most. "
            "Bright: here the channel found what it looks for.",
        )
    else:
        st.caption("A row a unit, step by step: red above zero, blue below. The units that move most are on top.")


def _units(subject: Subject, clip: Clip, layer: int, starts: np.ndarray, stops: np.ndarray) -> None:
    values = [caches_listened.activations(subject.run, clip, segment)[layer].values for segment in range(len(starts))]
    times = np.r_[starts, stops[-1]]
    figure = figures.units(np.stack(values, axis=1), times)
    st.plotly_chart(figure, key=f"{PAGE}.activation", config=PLAIN_CONFIG)
    st.caption("A row a unit, a column a segment: bright where the unit answers. The strongest units are on top.")


def _first(subject: Subject, found: Filters | None) -> None:
    if found is None:
        st.markdown("**What its first layer looks for**")
        st.caption("It reads a sequence, step by step: its weights are no picture. Its states, beside, show what it makes of it.")
        return
    st.markdown(f"**What its first layer looks for**: {plain(found.words)}", help=meaning("filter"))
    if found.kind == "map":
        figure = figures.filters(found.values)
        words = (
            "Each square is a piece of the spectrogram, low bands at the bottom: red where more sound makes the filter answer."
        )
    else:
        figure = figures.columns(found.values, _columns(subject, found.values.shape[1]))
        words = "Columns by units: red where a larger value makes the unit answer, blue where a smaller one does."
    st.plotly_chart(figure, key=f"{PAGE}.filters", config=PLAIN_CONFIG)
    st.caption(words)


def _columns(subject: Subject, n_columns: int) -> tuple[str, ...]:
    """Names of what a dense layer reads, where its feature names them."""
    feature = subject.run.features[0]
    known: tuple[str, ...] = getattr(feature, "COLUMNS", ()) or feature.rows
    return known if len(known) == n_columns else tuple(f"column {number + 1}" for number in range(n_columns))


def tags_heard(subject: Subject, clip: Clip) -> None:
    """The ten clearest tags of the pretrained net, over time."""
    if listener_of(subject.run.features) is None:
        st.info("Tags are heard by models on a pretrained net. Train one (transfer), or choose another run.")
        return
    found = caches_listened.tags(subject.run, clip)
    figure = figures.tags(found.names, found.probabilities, found.edges)
    st.plotly_chart(figure, key=f"{PAGE}.tags", config=PLAIN_CONFIG)
    st.caption(
        "The net was taught these words by listeners of a million songs; each is judged alone, segment by segment.",
        help=f"{meaning('tag')} {meaning('pretrained net')}",
    )

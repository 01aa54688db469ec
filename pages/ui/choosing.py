"""Choosing a model by what it is good for, and with which values it begins."""

from __future__ import annotations

import streamlit as st

from genre_core.datasets.tracks import Dataset
from genre_core.models import MODELS
from genre_core.models.base import ModelSpec
from genre_core.training.fitting import models_for
from pages.ui import state
from pages.ui.words import plain

GROUPS = {
    "quick": ("Quick", "They train in seconds: for a live lecture, and for a first score that others must beat."),
    "classic": ("Classic", "The field's first systems, and the textbooks'. Point at one to see whose it is."),
    "deep": ("Deep", "Nets that look at spectrograms for long, up to half a minute at once; minutes to hours to train."),
    "pretrained": ("Pretrained", "They have heard far more music than your data set holds."),
}
"""What a model is good for -> words on its button, and a sentence."""

CARDS_A_ROW = 4
MOST_LETTERS = 33
"""Of a title on a card's button; a longer one is written smaller."""

FIRST = "cnn_small"
OURS = ""


def choose_model(page: str, dataset: Dataset | None) -> ModelSpec:
    """The models as cards, one group at a time; the chosen one is in the URL."""
    reasons = dict.fromkeys(MODELS) if dataset is None else models_for(dataset)
    first = FIRST if not reasons[FIRST] else next((name for name, reason in reasons.items() if not reason), FIRST)
    place = state.adopt(page, "model", default=first, options=list(MODELS))
    chosen = st.session_state[place]
    shown = _choose_group(page, MODELS[chosen])
    names = [name for name, spec in MODELS.items() if spec.good_for == shown]
    for row in range(0, len(names), CARDS_A_ROW):
        for column, name in zip(st.columns(CARDS_A_ROW), names[row : row + CARDS_A_ROW], strict=False):
            with column:
                _card(page, MODELS[name], chosen, place, reasons[name] or "")
    state.publish(page, "model", chosen)
    return MODELS[chosen]


def _choose_group(page: str, spec: ModelSpec) -> str:
    """Which models are in sight: those beside the chosen one, until another group is asked for."""
    groups = [name for name in GROUPS if any(each.good_for == name for each in MODELS.values())]
    place, seen = state.key(page, "group"), f"{page}.group.of"
    if st.session_state.get(seen) != spec.name or place not in st.session_state:  # it came from a card or a link
        st.session_state[place], st.session_state[seen] = spec.good_for, spec.name
    buttons, told = st.columns([2, 3], vertical_alignment="center")
    with buttons:
        group = st.segmented_control(
            "Models",
            groups,
            format_func=lambda name: GROUPS[name][0],
            key=place,
            required=True,
            label_visibility="collapsed",
        )
    told.caption(GROUPS[group][1])
    return str(group)


def _card(page: str, spec: ModelSpec, chosen: str, place: str, reason: str) -> None:
    """Its name, which chooses it; its id and what it does, or that this data set can't train it; its source as a tooltip."""
    is_chosen = spec.name == chosen
    st.button(
        plain(spec.title) if len(spec.title) <= MOST_LETTERS else f":small[{plain(spec.title)}]",
        key=f"{page}.choose.{spec.name}",
        type="primary" if is_chosen else "secondary",
        width="stretch",
        disabled=bool(reason) and not is_chosen,
        help=plain(spec.reference),
        on_click=st.session_state.update,
        args=({place: spec.name},),
    )
    read = " and ".join(feature.title for feature in spec.features)
    told = f"Not with this data set: it reads {read}, which need sound or the right numbers." if reason else spec.summary
    st.caption(f"`{spec.name}` {plain(told)}")


def choose_preset(page: str, spec: ModelSpec) -> str:
    """Name of the preset whose values the form begins with; empty for our own."""
    if not spec.presets:
        state.publish(page, "preset", None)
        return OURS
    key = f"{page}.{spec.name}"  # what is chosen for one model says nothing of another
    place = state.adopt(key, "preset", default=OURS, options=[OURS, *spec.presets])
    name = st.selectbox(
        "Begin with",
        [OURS, *spec.presets],
        format_func=lambda name: _capital(spec.presets[name].title) if name else "Our values",
        key=place,
    )
    state.publish(key, "preset", name, default=OURS)
    if name:
        st.caption(plain(spec.presets[name].note))
    return str(name)


def origin(spec: ModelSpec) -> None:
    """Whose model it is, how ours differs, and what is known of its scores."""
    with st.expander("Where it comes from"):
        st.markdown(plain(spec.reference))
        if spec.differences:
            st.markdown("\n".join(["How this one differs:", *(f"- {plain(sentence)}" for sentence in spec.differences)]))
        told = {"The source claims": spec.claimed, "Under an honest protocol": spec.honest}
        for words, figure in told.items():
            if figure:
                st.markdown(f"{words}: **{plain(figure.rstrip('.'))}**.")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]

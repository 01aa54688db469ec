"""Songs that a visitor drops or records, or an example: each with its verdict, its sound and its genre over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from genre_core.errors import GenreError
from genre_core.prediction import Prediction
from pages.ui import exports, pickers
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.classify.below import below
from pages.ui.classify.bringing import LOOKED_AT, bring
from pages.ui.classify.hearing import Heard, Song, wait_for
from pages.ui.classify.listed import choose_song
from pages.ui.classify.one import say_errors, show
from pages.ui.classify.session import forget, hear, keep
from pages.ui.words import plain

PATIENCE_SECONDS = 1.0
"""So long the page waits before it shows what is known by then: short songs are done in that time."""

LOOK_SECONDS = 0.8
"""From one look at what is known to the next."""


def songs(asked: Asked) -> None:
    """Take songs in, name them, and let the answers be taken away."""
    brought = bring()
    if not brought:
        st.info("Drop a song above, record one, or wait for the first demo songs.")
        return
    models = [asked.run, *([asked.other] if asked.other else [])]
    keep(brought, models)
    looked_at = st.session_state.get(LOOKED_AT)
    chosen = next((song for song in brought if song.name == looked_at), brought[0])
    awaited = [hear(song, asked.run) for song in brought] + ([hear(chosen, asked.other)] if asked.other else [])
    is_over = wait_for(awaited, PATIENCE_SECONDS)
    st.fragment(_songs, run_every=None if is_over else LOOK_SECONDS)(asked, brought, looks_again=not is_over)


def _songs(asked: Asked, brought: Sequence[Song], *, looks_again: bool) -> None:
    """All songs as far as they are known, one of them in detail; drawn again and again while more comes."""
    all_heard = {song.name: hear(song, asked.run) for song in brought}
    found = {name: asked.judged(heard.prediction) for name, heard in all_heard.items() if heard.prediction is not None}
    name = choose_song(all_heard, found, looked_at=st.session_state.get(LOOKED_AT, ""))
    say_errors(list(all_heard.values()))
    chosen = all_heard[name]
    st.session_state[LOOKED_AT] = name
    beside = hear(chosen.song, asked.other) if asked.other is not None else None
    is_working = not all(heard.is_over for heard in (*all_heard.values(), *([beside] if beside else [])))
    show(asked, chosen, found.get(name), beside, stop=_stop, again=forget)
    if found and not is_working:
        lost = {name: heard.error for name, heard in all_heard.items() if heard.error is not None}
        _take_away(asked, {name: found.get(name) or lost[name] for name in all_heard if name in found or name in lost})
    with st.container():
        if name in found and not is_working and chosen.sound is not None:
            below(asked, chosen.song, chosen.sound, found[name])
    if is_working != looks_again:
        st.rerun(scope="app")  # begin to look again and again, or end it


def _stop(heard: Heard) -> None:
    heard.stop()
    heard.wait(PATIENCE_SECONDS)


def _take_away(asked: Asked, found: dict[str, Prediction | GenreError]) -> None:
    run, stem = asked.run, "genrescope"
    if len(found) == 1:
        stem = PurePath(next(iter(found))).stem
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "JSON", exports.as_json(found), f"{stem}.json", "application/json", key=f"{PAGE}.json", on_click="ignore"
        )
        st.download_button("CSV", exports.as_csv(found), f"{stem}.csv", "text/csv", key=f"{PAGE}.csv", on_click="ignore")
        st.caption(f"By {plain(run.title)}, trained on {plain(run.dataset_title)}. {pickers.synthesised(run)}")

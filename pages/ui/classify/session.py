"""What hears songs for one visitor; it goes with the session."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from genre_core.runs import Run
from pages.ui import cached
from pages.ui.classify.asked import PAGE
from pages.ui.classify.hearing import Heard, Listener, Song


def hear(song: Song, run: Run) -> Heard:
    """What a run has said of a song by now; begun where it was not."""
    return _listener().ask(song, _model(run), cached.predictor(run))


def keep(songs: Sequence[Song], runs: Sequence[Run]) -> None:
    """Stop and forget what else is heard."""
    _listener().keep({(song.key, _model(run)) for song in songs for run in runs})


def forget(song: Song, run: Run) -> None:
    """Hear it anew when it is asked for next."""
    _listener().again(song, _model(run))


def _listener() -> Listener:
    listener: Listener = st.session_state.setdefault(f"{PAGE}.listener", Listener())
    return listener


def _model(run: Run) -> tuple[str, int]:
    return str(run.folder), cached.stamp(run.folder / "manifest.json")

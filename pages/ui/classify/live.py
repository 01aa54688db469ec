"""What sounds now: a microphone's verdict each second, over the last 3, 10 and 30 seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from genre_core.errors import GenreError
from genre_core.live import KEPT_SECONDS, WINDOWS, Listener, Moment
from genre_core.prediction import Prediction
from genre_core.runs import Run
from pages.figures.ribbon import PALE, ribbon_panel
from pages.figures.scene import Shares, panel_values
from pages.figures.theme import FAINT, genre_colours
from pages.ui import cached, state
from pages.ui.classify.asked import PAGE, Asked
from pages.ui.errors import spoken
from pages.ui.microphone import Ear, arrived, microphone
from pages.ui.verdict import LEAST_SHARE, beside_unsure

KEY = f"{PAGE}.live.microphone"
MAIN_SECONDS = 10.0
"""The window in large type."""


def live(asked: Asked) -> None:
    """The microphone with what it hears, what that is worth, and the way to record instead."""
    with spoken():
        cached.predictor(asked.run)
        _listening(asked)
    if warning := asked.run.caution:
        st.markdown(f":orange[:material/info:] {warning}")
    st.caption(_windows_told(asked.run))
    st.caption(
        "The browser's echo cancellation, noise suppression and automatic gain are off: made for speech, they take sustained "
        f"notes for noise. The last {KEPT_SECONDS:g} s are kept in memory while you are here, for you alone; nothing is written "
        "to disk."
    )
    st.button("Record, then classify", key=f"{PAGE}.live.record", icon=":material/mic:", on_click=_record)


@st.fragment
def _listening(asked: Asked) -> None:
    """Runs by itself whenever a second of sound has come; the rest of the page stands still."""
    ear: Ear = st.session_state.setdefault(f"{PAGE}.live.ear", Ear())
    predictor = cached.predictor(asked.run)
    is_new, refused = False, ""
    try:
        parcel = arrived(KEY)
        # From here on Streamlit is not asked for anything, so that a new parcel cannot break this off half done.
        ear.ask((asked.run.folder, predictor), predictor)
        is_new = parcel is not None and ear.take(parcel)
    except GenreError as error:
        refused = str(error)
    with ear.lock:
        seen = shown(ear, asked, is_new=is_new, refused=refused)
    microphone(seen, key=KEY)


def shown(ear: Ear, asked: Asked, *, is_new: bool = False, refused: str = "") -> dict[str, Any]:
    """What the microphone shows: verdicts in words, bars and ribbon."""
    listener = ear.listener
    found = {} if listener is None else {window: asked.judged(verdict) for window, verdict in listener.verdicts.items()}
    large = MAIN_SECONDS if MAIN_SECONDS in found else min(found, default=None)
    said = {window: _told(window, verdict) for window, verdict in found.items()}
    return {
        "session": ear.session,
        "taken": ear.taken,
        "now": ear.now_seconds,
        "missed": 0.0 if listener is None else listener.missed_seconds,
        "isNew": is_new,
        "refused": refused,
        "main": None if large is None else said[large],
        "others": [words for window, words in said.items() if window != large],
        "bars": None if large is None else _bars(found[large], asked.threshold),
        "ribbon": None if listener is None or not listener.moments else _ribbon(listener, ear.now_seconds),
        "turn": asked.run.id,
        "faint": FAINT,
        "empty": "Play music near the microphone, and press Start listening. The first verdict comes after three seconds.",
        "waiting": "Listening. The first verdict comes after three seconds.",
    }


def _told(window: float, verdict: Prediction) -> dict[str, Any]:
    """One verdict in words."""
    heard = verdict.end_seconds[-1] - verdict.start_seconds[0]
    when = f"Last {window:g} s" if heard >= window - 1 else f"Last {heard:.0f} s of {window:g} s"
    is_sure = verdict.decision == "genre"
    if is_sure:
        others = [f"{genre} {share:.2f}" for genre, share in verdict.ranking[1:3] if share >= LEAST_SHARE]
        beside = f"then {', '.join(others)}" if others else f"every other genre under {LEAST_SHARE:.2f}"
    else:
        beside = beside_unsure(verdict)
    return {
        "when": when,
        "name": str(verdict.genre).upper() if is_sure else "NOT SURE",
        "share": f"{verdict.confidence:.2f}" if is_sure else "",
        "beside": beside,
        "isSure": is_sure,
        "colour": genre_colours(verdict.genres)[str(verdict.genre)] if is_sure else "",
    }


def _bars(verdict: Prediction, threshold: float) -> dict[str, Any]:
    """The probabilities of a verdict, genres in the order of the run: bars grow and shrink where they are."""
    one = np.zeros(1, np.float32)
    colours = genre_colours(verdict.genres)
    layer = Shares(
        verdict.posterior[None],
        one,
        one,
        np.zeros((1, 2), np.float32),
        list(verdict.genres),
        [colours[genre] for genre in verdict.genres],
        list(range(len(verdict.genres))),
        PALE if verdict.unlike else 1.0,
        whole=verdict.posterior,
        threshold=None if verdict.unlike else threshold,
    )
    return {name: getattr(layer, name) for name in layer.__dataclass_fields__}


def _ribbon(listener: Listener, now_seconds: float) -> dict[str, Any] | None:
    """What was said of each second; nothing where there was silence or no music."""
    moments = list(listener.moments)
    named = [moment for place, moment in enumerate(moments) if _is_music(moments[: place + 1])]
    if not named:
        return None
    # On the microphone's clock, which goes on when another model is asked.
    shift = now_seconds - moments[-1].end_seconds
    starts = np.array([moment.end_seconds - 1 if moment.is_whole else moment.start_seconds for moment in named])
    ends = np.array([moment.end_seconds for moment in named])
    genres = listener.predictor.genres
    panel = ribbon_panel(genres, np.stack([moment.posterior for moment in named]), starts + shift, ends + shift)
    [layer] = panel.layers
    assert isinstance(layer, Shares)
    return panel_values(replace(panel, layers=[replace(layer, order=list(range(len(genres))))]))


def _is_music(moments: Sequence[Moment]) -> bool:
    """Whether the last of them can be heard, and what lies ten seconds before it is music together: three seconds mislead."""
    last = moments[-1]
    near = [moment for moment in moments if moment.end_seconds > last.end_seconds - MAIN_SECONDS]
    told = [moment.music for moment in near if moment.music is not None]
    return not last.is_silent and (not told or sum(told) >= 0)


def _windows_told(run: Run) -> str:
    """Which seconds a run can judge, in words."""
    segment = run.segments.segment_seconds
    served = [window for window in WINDOWS if window >= segment]
    if len(served) == len(WINDOWS):
        return (
            f"This model hears {segment:g} s at a time, a new piece each second; a verdict over more is the mean of its pieces. "
            "In the ribbon each second shows the piece that ends there; it is empty where there is silence or no music."
        )
    span = f"the last {served[0]:g} s" if served else f"the last {segment:g} s"
    return (
        f"This model hears {segment:g} s at once, so it can judge {span} and nothing shorter; until so much has come it "
        "hears what there is, as it would a song that short."
    )


def _record() -> None:
    st.session_state[state.key(PAGE, "way")] = "songs"

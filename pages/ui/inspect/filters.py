"""Which of the judged tracks are looked at: controls that a link can set."""

from __future__ import annotations

import streamlit as st

from genre_core.errors import ParameterError
from genre_core.inspection.judged import AGREEMENTS, Judged, Wanted
from pages.ui import state
from pages.ui.glossary import meaning
from pages.ui.inspect.subject import PAGE, Subject

ANY = ""
LINKS = ("true", "predicted", "artist", "low", "high", "runs", "right", "track")
"""What a link to the errors may hold beside run, split and look."""


def choose_wanted(subject: Subject, tracks: list[Judged]) -> Wanted:
    """The filters as controls, side by side."""
    genres = list(subject.run.genres)
    artists = sorted({track.artist for track in tracks if track.artist})
    some_others = any(track.n_others for track in tracks)
    places = iter(st.columns([1] * (4 + bool(artists) + some_others), gap="medium", vertical_alignment="bottom"))
    artist, agreement = ANY, "any"
    with next(places):
        true = _one_of("true", "Genre", genres, "any genre")
    with next(places):
        predicted = _one_of("predicted", "Called", genres, "anything")
    if artists:
        with next(places):
            artist = _one_of("artist", "Artist", artists, "any artist")
    with next(places):
        low, high = _confidence()
    if some_others:
        with next(places):
            place = state.adopt(PAGE, "runs", default="any", options=list(AGREEMENTS))
            agreement = st.selectbox(
                "Other runs", list(AGREEMENTS), format_func=AGREEMENTS.get, key=place, help="Runs that judged the same tracks."
            )
            state.publish(PAGE, "runs", agreement, default="any")
    with next(places):
        place = state.adopt(PAGE, "right", default=False)
        right_too = st.toggle("What is right too", key=place, help="Tracks called by their own genre, the least sure first.")
        state.publish(PAGE, "right", right_too, default=False)
    return Wanted(true, predicted, artist, low, high, agreement, right_too)


def headline(wanted: Wanted, n_found: int, n_tracks: int) -> str:
    """What the list shows: `jazz called classical: 6 tracks, the surest first`."""
    what = {
        (True, True): f"{wanted.true} called {wanted.predicted}",
        (True, False): f"{wanted.true} called something else" if not wanted.right_too else wanted.true,
        (False, True): f"called {wanted.predicted}" + (", which it is not" if not wanted.right_too else ""),
        (False, False): "Called by its genre or another" if wanted.right_too else "Called by another genre",
    }[bool(wanted.true), bool(wanted.predicted)]
    count = "no track" if not n_found else "1 track" if n_found == 1 else f"{n_found} tracks"
    order = ", the surest first" if n_found > 1 and not wanted.right_too else ""
    return f"{what[0].upper()}{what[1:]}: {count} of {n_tracks}{order}"


def let_go() -> None:
    """Take every filter away."""
    for name in LINKS:
        st.query_params.pop(name, None)
        for key in (state.key(PAGE, name), f"kept.{state.key(PAGE, name)}", f"url.{PAGE}.{name}"):
            st.session_state.pop(key, None)
    st.session_state.pop(state.key(PAGE, "confidence"), None)


def _one_of(name: str, title: str, options: list[str], anything: str) -> str:
    place = state.adopt(PAGE, name, default=ANY, options=[ANY, *options])
    chosen = st.selectbox(title, [ANY, *options], format_func=lambda value: value or anything, key=place)
    state.publish(PAGE, name, chosen, default=ANY)
    return str(chosen)


def _confidence() -> tuple[float, float]:
    """Ends of the confidence; a link holds them as two numbers."""
    place = state.key(PAGE, "confidence")
    asked = tuple(st.query_params.get(name) for name in ("low", "high"))
    if asked != st.session_state.get(f"url.{place}", (None, None)):
        st.session_state[f"url.{place}"] = asked
        st.session_state[place] = _ends(*asked)
    elif place not in st.session_state:
        st.session_state[place] = st.session_state.get(f"kept.{place}", (0.0, 1.0))
    low, high = st.slider(
        "How sure it was",
        0.0,
        1.0,
        step=0.01,
        key=place,
        help=f"Probability of the genre that it named. {meaning('confidence') or ''}".strip(),
    )
    st.session_state[f"kept.{place}"] = (low, high)
    for name, value, edge in (("low", low, 0.0), ("high", high, 1.0)):
        state.publish(PAGE, name, f"{value:.2f}", default=f"{edge:.2f}")
    st.session_state[f"url.{place}"] = tuple(st.query_params.get(name) for name in ("low", "high"))
    return low, high


def _ends(low: str | None, high: str | None) -> tuple[float, float]:
    try:
        wanted = Wanted(low=float(low or 0), high=float(high or 1))
    except (ValueError, ParameterError):
        st.warning(f"There is no confidence from {low} to {high}: this shows all.", icon=":material/link_off:")
        return 0.0, 1.0
    return wanted.low, wanted.high

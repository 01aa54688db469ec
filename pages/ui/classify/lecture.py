"""Classify in front of a class: one song at a time, heard and guessed first, then the verdict, in type for the back row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from genre_core.evaluation.aggregation import WITHIN
from genre_core.evaluation.verdict import told_apart
from genre_core.prediction import THRESHOLD, Prediction
from pages.figures.theme import genre_colours
from pages.ui import pickers, state
from pages.ui.classify.asked import PAGE, THRESHOLDS, Asked
from pages.ui.classify.bringing import brought
from pages.ui.classify.hearing import OVER, Heard, wait_for
from pages.ui.classify.one import say_errors
from pages.ui.classify.playlist_making import make_playlist
from pages.ui.classify.playlists import FILE, OWN, Item, Lineup, lineups, open_lineup
from pages.ui.classify.ribbon import ribbon_of
from pages.ui.classify.session import hear, keep
from pages.ui.classify.songs import LOOK_SECONDS, PATIENCE_SECONDS
from pages.ui.errors import spoken
from pages.ui.lectern import lectern
from pages.ui.page import ICON, ensure_demo
from pages.ui.player import player
from pages.ui.verdict import LEAST_SHARE, UNLIKE, is_tie
from pages.ui.words import plain

ASKED = "lecture"
"""`?lecture=1` asks for this view."""

MAGNIFIED = 1.6
PLAYER_PIXELS, WAVE_PIXELS = 326, 92
LIST, SONG, SHOWN = "playlist", "song", "shown"
TURN = f"{PAGE}.turn"
SHARED = ("run", "other", "threshold", "aggregation", "way")
"""What is chosen here and on the rest of Classify."""


@dataclass
class Turn:
    """Whose turn it is: a song is heard first, then its verdict is shown.

    It is one object that lives in the session, and changes in one go: a visitor who goes on while the page still draws breaks
    that drawing off, wherever it is.
    """

    place: int

    @property
    def song(self) -> int:
        """Number of the song, from 1."""
        return self.place // 2 + 1

    @property
    def is_shown(self) -> bool:
        """Its verdict is shown."""
        return self.place % 2 == 1

    def go(self, by: int, n_items: int) -> None:
        """Go on by so many steps, or back."""
        self.place = max(0, min(2 * n_items - 1, self.place + by))


def is_asked() -> bool:
    """The address asks for this view."""
    return st.query_params.get(ASKED) == "1"


def begin() -> None:
    """Go to this view, as a callback."""
    st.query_params[ASKED] = "1"
    state.anew(PAGE, *SHARED)


def lecture() -> None:
    """The whole view; the page draws nothing else."""
    st.set_page_config(page_title="Lecture · Genrescope", page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    state.arrive(f"{PAGE}.{ASKED}")
    ensure_demo()
    stage, below = st.container(), st.container()
    with below, spoken():
        own = brought()
        asked, name = _settings(lineups(own))
        if asked is not None and name is not None:
            lineup = open_lineup(name, own)
            with stage:
                _lineup(asked, lineup)
            st.caption(" ".join(words for words in (lineup.note, pickers.synthesised(asked.run), KEYS) if words))
        else:
            stage.info("There is no song or no model here yet. Leave, and let the first demo songs be made or import some.")


KEYS = "Space plays. Page down or → goes on, page up or ← back; b shows and hides the verdict."


def _settings(found: dict[str, str]) -> tuple[Asked | None, str | None]:
    """What a teacher chooses before the class comes, of the lists that there are; below all else, with the way out."""
    listing, choosing, making, leaving = st.columns([6, 6, 3, 3], vertical_alignment="bottom")
    name = None
    if found:
        place = state.adopt(PAGE, LIST, default=next(iter(found)), options=list(found))
        name = listing.selectbox("Playlist", list(found), format_func=found.__getitem__, key=place, on_change=_from_the_first)
        state.publish(PAGE, LIST, None if name == OWN else name)  # an upload is private: a link cannot lead to it
    with choosing:
        run = pickers.pick_run(PAGE, first=pickers.default_run_id(), to_ask=True, title="Model")
    threshold = state.adopt(PAGE, "threshold", default=THRESHOLD, options=THRESHOLDS)
    aggregation = state.adopt(PAGE, "aggregation", default=WITHIN[0], options=WITHIN)
    if making.button("Make a playlist", key=f"{PAGE}.make_playlist", icon=":material/playlist_add:", width="stretch"):
        make_playlist(_begin_with)
    leaving.button("Leave", key=f"{PAGE}.leave", icon=":material/close:", width="stretch", on_click=_leave)
    if run is None:
        return None, name
    return Asked(run, float(st.session_state[threshold]), str(st.session_state[aggregation])), name


def _turn(n_items: int) -> Turn:
    """Whose turn it is: as the address says at first, then as the visitor goes.

    The address is looked at once: who goes on quickly sends one that the page has left behind.
    """
    turn: Turn | None = st.session_state.get(TURN)
    if turn is None:
        song = int(st.session_state[state.adopt(PAGE, SONG, default=1, options=range(1, n_items + 1))])
        is_shown = bool(st.session_state[state.adopt(PAGE, SHOWN, default=False)])
        turn = st.session_state[TURN] = Turn(2 * (song - 1) + is_shown)
    turn.place = min(turn.place, 2 * n_items - 1)
    state.publish(PAGE, SONG, turn.song, default=1)
    state.publish(PAGE, SHOWN, turn.is_shown, default=False)
    return turn


def _from_the_first() -> None:
    st.session_state[TURN] = Turn(0)


def _begin_with(playlist: Path) -> None:
    """Play a list that was just made."""
    st.query_params[LIST] = f"{FILE}:{playlist.name}"
    _from_the_first()


def _leave() -> None:
    for name in (ASKED, LIST, SONG, SHOWN):
        st.query_params.pop(name, None)
    st.session_state.pop(TURN, None)
    state.anew(PAGE, *SHARED, LIST, SONG, SHOWN)


def _lineup(asked: Asked, lineup: Lineup) -> None:
    """The song of the list that it is the turn of."""
    n_items = len(lineup.items)
    turn = _turn(n_items)
    song, is_shown = turn.song, turn.is_shown
    near = lineup.items[song - 1 : song + 1]
    keep([item.song for item in near], [asked.run])
    heard, *_ = [hear(item.song, asked.run) for item in near]  # the next one is heard meanwhile
    is_over = wait_for([heard], PATIENCE_SECONDS)
    verdict = None if heard.prediction is None else asked.judged(heard.prediction)
    lectern(
        shown(asked, lineup, song, is_shown, verdict, is_lost=heard.error is not None),
        key=f"{PAGE}.lectern",
        on_step=lambda by: turn.go(by, n_items),
    )
    say_errors([heard])
    if heard.sound is not None:
        _play(heard, near[0], song, verdict if is_shown else None)
    if not is_over:
        st.fragment(_wait, run_every=LOOK_SECONDS)(heard)


def _wait(heard: Heard) -> None:
    """Draw the page again when the model has heard all."""
    if heard.is_over:
        st.rerun(scope="app")


def shown(
    asked: Asked, lineup: Lineup, song: int, is_shown: bool, verdict: Prediction | None, *, is_lost: bool = False
) -> dict[str, Any]:
    """What the lectern shows: a question with the genres to guess from, or the verdict; of a lost song that it is one."""
    n_items = len(lineup.items)
    colours = genre_colours(asked.run.genres)
    return {
        "place": f"Song {song} of {n_items}",
        "list": lineup.title,
        "isShown": is_shown,
        "isFirst": song == 1,
        "isLast": song == n_items,
        "question": "This file cannot be heard" if is_lost else "What is this song?",
        "genres": [] if is_lost else [[genre, colours[genre]] for genre in asked.run.genres],
        **_told(verdict, lineup.items[song - 1], is_lost=is_lost),
    }


def _told(verdict: Prediction | None, item: Item, *, is_lost: bool) -> dict[str, Any]:
    """A verdict in words that can be read from afar."""
    truth = item.title if item.genre is None else f"{item.title}. Its data set says: {item.genre}."
    if verdict is None:
        return {
            "name": "...",
            "share": "",
            "beside": "It cannot be heard: why stands below." if is_lost else "The model is still listening.",
            "truth": truth,
            "colour": "",
            "isSure": False,
        }
    is_sure = verdict.decision == "genre"
    if is_sure:
        others = [f"{genre} {share:.2f}" for genre, share in verdict.ranking[1:3] if share >= LEAST_SHARE]
        beside = f"Then {', '.join(others)}." if others else f"Every other genre has less than {LEAST_SHARE:.2f}."
    elif verdict.unlike:
        beside = f"It {_unlike(verdict)}."
    elif is_tie(verdict):
        beside = verdict.reason
    else:
        said, limit = told_apart(verdict.confidence, verdict.threshold)
        beside = f"Closest: {verdict.genre} with {said}, under the threshold of {limit}."
    mix = f" A mix: {verdict.mix}." if verdict.mix else ""
    return {
        "name": str(verdict.genre).upper() if is_sure else "NOT SURE",
        "share": f"{verdict.confidence:.2f}" if is_sure else "",
        "beside": beside + mix,
        "truth": truth,
        "colour": genre_colours(verdict.genres)[str(verdict.genre)] if is_sure else "",
        "isSure": is_sure,
    }


def _unlike(verdict: Prediction) -> str:
    said = UNLIKE[verdict.unlike]
    return {"silence": "is silent"}.get(verdict.unlike, said if said.startswith("sounds") else f"is {said}")


def _play(heard: Heard, item: Item, song: int, verdict: Prediction | None) -> None:
    """The player; without a verdict the waveform alone, and no name that gives the song away."""
    sound = heard.sound
    assert sound is not None
    player(
        sound,
        key=f"{PAGE}.lecture.player",
        panels=[] if verdict is None else [ribbon_of(verdict)],
        height=PLAYER_PIXELS,
        wave=WAVE_PIXELS if verdict is not None else None,
        title=f"Song {song}" if verdict is None else plain(item.title),
        span_seconds=sound.seconds,
        bars="" if verdict is None else ("Whole song" if heard.state == OVER else "So far"),
        magnified=MAGNIFIED,
    )

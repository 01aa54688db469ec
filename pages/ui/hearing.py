"""Hear what is left: parts of a sound, the same slower, and what a feature keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from genre_core import resynthesis
from genre_core.audio import Clip
from pages.ui import cached
from pages.ui.errors import spoken
from pages.ui.pictures import Sight
from pages.ui.player import Sound

MOST_SECONDS = 10.0
"""Of a sound that takes long to rebuild: the region, or as much from the start of what is visible."""

MOST_KEPT = 4

Progress = Callable[[int, int], None]


class Made(NamedTuple):
    """A sound that was made on this page."""

    of: str
    sound: Sound


class Rebuilding(NamedTuple):
    """A way to make another sound of a clip.

    Attributes
    ----------
    label : str
        On the button.
    words : str
        What will be heard, in a sentence.
    make : callable
        `make(clip, amount, feature, progress) -> Clip`.
    name : callable
        What the sound is called: `name(amount)`.
    amount : (str, tuple, value) or None
        Label, options and default of the one thing that is asked for.
    is_slow : bool
        It acts on the region.
    """

    label: str
    words: str
    make: Callable[[Clip, Any, Any, Progress], Clip]
    name: Callable[[Any], str]
    amount: tuple[str, tuple[Any, ...], Any] | None = None
    is_slow: bool = True


def _shared(feature: Any, *names: str) -> dict[str, Any]:
    """Parameters of the view that the rebuilding takes too."""
    return {name: getattr(feature, name) for name in names if hasattr(feature, name)}


REBUILDINGS: dict[str, Rebuilding] = {
    "mfcc": Rebuilding(
        "What MFCC keep",
        "The sound as the coefficients know it: its colour stays, its pitch goes.",
        lambda clip, n_mfcc, feature, progress: resynthesis.rebuild_from_mfcc(clip, n_mfcc=n_mfcc, progress=progress),
        lambda n_mfcc: f"{n_mfcc} MFCC",
        ("Coefficients", (3, 5, 8, 13, 20, 40, 80, 128), 13),
    ),
    "mel": Rebuilding(
        "What mel bands keep",
        "Neighbouring tones melt into one band: the fewer bands, the hoarser.",
        lambda clip, n_mels, feature, progress: resynthesis.rebuild_from_mel(clip, n_mels=n_mels, progress=progress),
        lambda n_mels: f"{n_mels} mel bands",
        ("Mel bands", (16, 32, 64, 96, 128, 256), 128),
    ),
    "magnitude": Rebuilding(
        "Without phase",
        "A spectrogram shows magnitudes only. The phase is guessed anew (Griffin-Lim): nearly the same, a little metallic.",
        lambda clip, _, feature, progress: resynthesis.rebuild_from_magnitude(
            clip, **_shared(feature, "n_fft", "hop_length"), progress=progress
        ),
        lambda _: "without phase",
    ),
    "harmonic": Rebuilding(
        "Harmonic part",
        "What lasts: voices, strings, held notes.",
        lambda clip, *_: resynthesis.harmonic(clip),
        lambda _: "harmonic",
        is_slow=False,
    ),
    "percussive": Rebuilding(
        "Percussive part",
        "What strikes: drums, plucks, consonants.",
        lambda clip, *_: resynthesis.percussive(clip),
        lambda _: "percussive",
        is_slow=False,
    ),
    "slow": Rebuilding(
        "Slower, same pitch",
        "The region stretched in time by a phase vocoder.",
        lambda clip, rate, *_: resynthesis.stretch(clip, rate=rate),
        lambda rate: f"{rate:g} × speed",
        ("Speed", (0.25, 0.5, 0.75), 0.5),
    ),
}
FITTING = {
    "mfcc": "mfcc",
    "mel": "mel",
    "log_mel": "mel",
    "harmonic": "harmonic",
    "percussive": "percussive",
    "spectrogram": "magnitude",
    "spectrogram_db": "magnitude",
}
"""What is offered first in a view."""


def hear(page: str, view: str, sight: Sight) -> dict[str, Any] | None:
    """The buttons; returns the sound to switch to, where one was made in this run."""
    kept = f"{page}.made"
    first = FITTING.get(view, "slow")
    order = [first, *(name for name in REBUILDINGS if name != first)]
    with st.popover("Hear what is left", icon=":material/hearing:", width="stretch"):
        name = st.radio(
            "What to hear",
            order,
            format_func=lambda name: REBUILDINGS[name].label,
            key=f"{page}.hear.{first}",
            label_visibility="collapsed",
        )
        entry = REBUILDINGS[name]
        st.caption(entry.words)
        amount = None
        if entry.amount:
            label, options, default = entry.amount
            amount = st.select_slider(label, options, value=default, key=f"{page}.hear.{name}.amount")
        start, stop = _stretch_of(sight, slow=entry.is_slow)
        st.caption(
            f"Of {start:.1f} to {stop:.1f} s" + ("" if sight.region or not entry.is_slow else ". Select a region to choose.")
        )
        st.caption(f"The last {MOST_KEPT} sounds that were made are kept.")
        line = st.empty()
        if st.button("Hear it", key=f"{page}.hear.go", type="primary", width="stretch"):
            with spoken():
                made = _make(name, entry, amount, sight, (start, stop), line)
                found = [one for one in st.session_state.get(kept, []) if one.sound.name != made.sound.name]
                st.session_state[kept] = [*found, made][-MOST_KEPT:]
                turn = st.session_state.get(f"{page}.made.turn", 0) + 1
                st.session_state[f"{page}.made.turn"] = turn
                st.session_state[f"{page}.choose"] = {"name": made.sound.name, "play": True, "turn": turn}
                st.caption(f"It plays: **{made.sound.name}**. The buttons below the picture switch back to the original.")
    return st.session_state.get(f"{page}.choose")


def sounds_of(page: str, view: str, sight: Sight) -> list[Sound]:
    """What can be heard in place of the clip: what was made of it, and clicks where beats are shown."""
    sounds = [one.sound for one in st.session_state.get(f"{page}.made", []) if one.of == sight.of]
    if view == "beats":
        clip = sight.clip
        _, times = cached.beats(clip)
        marked = cached.rebuilt(clip, "clicks", lambda: resynthesis.with_clicks(clip, times))
        sounds.insert(0, Sound("with clicks", marked, sight.start))
    return sounds


def _stretch_of(sight: Sight, *, slow: bool) -> tuple[float, float]:
    first, last = sight.start, sight.start + sight.clip.seconds
    if not slow:
        return first, last
    start, stop = sight.region or (sight.visible[0], sight.visible[0] + MOST_SECONDS)
    start, stop = max(first, start), min(last, stop)
    return start, min(stop, start + 3 * MOST_SECONDS)


def _make(name: str, entry: Rebuilding, amount: Any, sight: Sight, where: tuple[float, float], line: Any) -> Made:
    start, stop = where
    part = cached.part(sight.clip, start - sight.start, stop - sight.start)

    def progress(done: int, total: int) -> None:
        line.progress(done / total, text=f"{entry.label}: {100 * done // total} %")

    line.progress(0.0, text=f"{entry.label} ...")
    sound = entry.make(part, amount, sight.feature, progress)
    line.empty()
    rate = part.seconds / sound.seconds
    return Made(sight.of, Sound(entry.name(amount), sound, start, rate if name == "slow" else 1.0))

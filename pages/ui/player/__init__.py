"""The one door through which sound is heard: a player with a playhead, a region, zoom, and pictures that move with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from genre_core.audio import Clip
from genre_core.audio.recording import Recording
from pages.figures.scene import Axis, Panel, pack, panel_values, value_ticks
from pages.figures.theme import ACCENT, FAINT
from pages.ui import cached

HERE = Path(__file__).parent
SCRIPTS = ("sound.js", "pen.js", "scene.js", "shares.js", "stage.js", "player.js", "desk.js")
MAX_SPAN_SECONDS = 60.0
"""What one picture shows at most; in a longer sound the rest is a scroll away."""

PART_SECONDS, STRIDE_SECONDS = 300.0, 240.0
"""Of a long recording the browser has a part at a time; parts overlap, so that one plays on while the next is fetched."""

_OUTLINE_STEPS = 127.0

_component = st.components.v2.component(
    "genrescope_player",
    js="\n".join((HERE / "js" / name).read_text(encoding="utf-8") for name in SCRIPTS),
    css=(HERE / "player.css").read_text(encoding="utf-8"),
)


class Sound(NamedTuple):
    """Something to be heard on a clip's time axis.

    Attributes
    ----------
    name : str
        On its button, where there are several.
    clip : Clip
        The samples.
    start : float
        Where it begins [s].
    rate : float
        Seconds of the axis a second of sound: 0.5 where it was stretched to twice its length.
    """

    name: str
    clip: Clip
    start: float = 0.0
    rate: float = 1.0


class Names(NamedTuple):
    """What a player calls what is heard first, on its button beside others, and its axes."""

    original: str = "original"
    time: str = "Time"
    amplitude: str = "Amplitude"


ENGLISH = Names()


class Seen(NamedTuple):
    """What a visitor looks at: None for all time, no region, all frequencies; `at` is where a long recording is heard [s]."""

    visible: tuple[float, float] | None = None
    region: tuple[float, float] | None = None
    band: tuple[float, float] | None = None
    at: float | None = None


def player(
    clip: Clip | Recording,
    *,
    key: str,
    panels: Sequence[Panel] = (),
    height: int = 130,
    wave: int | None = None,
    seen: Seen | None = None,
    push: str = "",
    tells: bool = False,
    link: str = "",
    sounds: Sequence[Sound] = (),
    names: Names = ENGLISH,
    choose: dict[str, Any] | None = None,
    title: str = "",
    view: str = "",
    seconds: float | None = None,
    reach: float = 0.05,
    compact: bool = False,
    frame: str = "",
    span_seconds: float = MAX_SPAN_SECONDS,
    bars: str = "",
    magnified: float = 1.0,
) -> None:
    """Draw a clip's waveform and pictures, and play it.

    Parameters
    ----------
    clip : Clip or Recording
        What is heard first; of it the waveform is drawn.
    key : str
        Of the widget, unique on its page.
    panels : sequence of Panel
        Pictures below the waveform, on the same time axis.
    height : int
        Of all pictures together [pixels]; the bar with the buttons comes below.
    wave : int or None
        Of it the waveform's; None gives it all the room where there are no panels.
    seen : Seen or None
        What is shown at first, and again whenever `push` changes.
    tells : bool
        Run the page again when another part of the time, region or band is chosen.
    link : str
        Players with the same word here show the same time.
    sounds : sequence of Sound
        What else can be heard in its place.
    names : Names
        In another language, where its place is not in English.
    choose : dict or None
        `name` of the sound to switch to, `play` whether it sounds at once; acts when it changes.
    title : str
        For those who cannot see, and for the names of saved pictures.
    view : str
        What is shown of it, for these names.
    seconds : float or None
        Length of the time axis [s], where it is not the clip's: so that short and long clips share one.
    reach : float
        Amplitude that the waveform's axis shows at least.
    compact : bool
        The pictures alone: a click plays and stops.
    frame : str
        Colour of a line below a compact player.
    span_seconds : float
        What one picture shows at most [s].
    bars : str
        What the bars show at rest, "Whole song"; with it the `Shares` among the panels have bars beside the picture, which move
        with the playhead. A long recording is then fetched by where it is heard, not by what is visible.
    magnified : float
        How many times as large all of it is drawn, type included, as far as the window has room; `height` counts such pixels.
    """
    start = seen or Seen()
    heard = [_original(clip, start, names.original), *sounds]
    low, high = cached.outline(clip)
    reach = max(reach, float(max(-low.min(initial=0.0), high.max(initial=0.0))))
    height_of_wave = wave if wave is not None else (96 if panels else height - 62)
    header = {
        "clip": clip.sha256,
        "push": push,
        "title": title or clip.name,
        "time": names.time,
        "file": file_name(title or clip.name, view),
        "seconds": seconds or clip.seconds,
        "maxSpan": span_seconds,
        "bars": bars,
        "parts": {"stride": STRIDE_SECONDS, "seconds": clip.seconds} if bars and isinstance(clip, Recording) else None,
        "height": height,
        "magnified": magnified,
        "wave": None if compact or not height_of_wave else _wave_panel(height_of_wave, reach, names.amplitude),
        "panels": [panel_values(panel) for panel in panels],
        "outline": {
            "low": _steps(low / reach),
            "high": _steps(high / reach),
            "unit": reach / _OUTLINE_STEPS,
            "seconds": clip.seconds if isinstance(clip, Clip) else clip.outlined_seconds,
        },
        "sounds": [_address(sound, key) for sound in heard],
        "choose": choose,
        "visible": start.visible,
        "region": start.region,
        "band": start.band,
        "tells": tells,
        "link": link,
        "compact": compact,
        "frame": frame,
        "accent": ACCENT,
        "head": "#d1495b",
        "faint": FAINT,
    }
    _component(key=_safe(key), data=pack(header), on_seen_change=_nothing)


def seen_in(key: str, clip: Clip | Recording) -> Seen | None:
    """What a visitor looks at in the player of that key; None before anything was chosen in this clip."""
    told = (st.session_state.get(_safe(key)) or {}).get("seen")
    if not told or told.get("clip") != clip.sha256:
        return None
    return Seen(_pair(told["visible"]), _pair(told["region"]), _pair(told["band"]), told.get("at"))


def _safe(key: str) -> str:
    """The key as Streamlit takes it: two underscores, as file names have them, are its own mark."""
    return key.replace("_", "\u02cd")


def _original(clip: Clip | Recording, seen: Seen, name: str) -> Sound:
    """The clip itself; of a long recording the part around what is visible, which moves on with it."""
    if isinstance(clip, Clip):
        return Sound(name, clip)
    first = seen.at if seen.at is not None else seen.visible[0] if seen.visible else 0.0
    start = STRIDE_SECONDS * (first // STRIDE_SECONDS)
    return Sound(name, cached.part(clip, start, start + PART_SECONDS), start)


def _nothing() -> None:
    """Streamlit keeps a value only where somebody listens for its changes."""


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return (float(values[0]), float(values[1])) if values else None


def _wave_panel(height: int, reach: float, title: str) -> dict[str, Any]:
    top = 1.08 * reach
    axis = Axis(title, -top, top, ticks=[tick for tick in value_ticks(-top, top) if abs(tick[0]) < top])
    return {"axis": asdict(axis), "height": height}


def _steps(values: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(values, -1, 1) * _OUTLINE_STEPS).astype(np.int8)


def _address(sound: Sound, key: str) -> dict[str, Any]:
    url = cached.media(cached.wav(sound.clip), "audio/wav", place=f"{key}.{sound.name}")
    return {
        "name": sound.name,
        "url": url,
        "sr": sound.clip.sr,
        "samples": sound.clip.n_samples,
        "start": sound.start,
        "rate": sound.rate,
    }


def file_name(title: str, *further: str) -> str:
    """A file's name without its ending, of a title with any signs in it and further words: `demo-blues-00-mfcc`."""
    stem = "".join(letter if letter.isalnum() else "-" for letter in title).strip("-")[:60] or "genrescope"
    return "-".join([stem, *(word for word in further if word)])

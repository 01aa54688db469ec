"""Trainings of a lesson before the reader's eyes: a slice of time each, so that sliders and Stop answer in between.

What was trained is kept for the visit by its settings: nothing is trained twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import streamlit as st

from genre_core.errors import TrainingError
from genre_core.teaching.curing import Cure, Epoch, Lesson, train
from genre_core.teaching.following import Following
from pages.lessons.lesson import Stage

SLICE_SECONDS = 0.2
"""So long a training goes on before the page answers again."""
WAIT_SECONDS = 0.05
FIRST_WORDS_SECONDS = 0.5
"""Of a training that takes longer its end is foretold."""

Key = tuple[str, int, str]
"""Data set, number of tracks, settings."""


@dataclass
class Bench:
    """Where a visitor's trainings are kept: those that were, by their settings, and the one that goes on."""

    found: dict[Key, Following] = field(default_factory=dict)
    going: Key | None = None
    epochs: Iterator[Epoch] | None = None
    began: float = 0.0

    def begin(self, key: Key, tracks: Lesson, cure: Cure) -> None:
        """Train, unless that was trained already; what goes on ends where it is."""
        known = self.found.get(key)
        if known is not None and known.is_over:
            self.found[key] = self.found.pop(key)  # the latest that was asked for stands last
            return
        self.stop()
        self.found.pop(key, None)
        self.found[key] = Following(cure, len(tracks.y_train))
        self.going, self.epochs, self.began = key, train(tracks, cure), time.monotonic()

    def go_on(self, seconds: float) -> None:
        """Train for so long, and an epoch at least."""
        if self.going is None or self.epochs is None:
            return
        following, end = self.found[self.going], time.monotonic() + seconds
        try:
            for epoch in self.epochs:
                following.add(epoch)
                if time.monotonic() >= end:
                    return
        except TrainingError as error:
            following.failure = str(error)
        following.is_over = True
        self.going = self.epochs = None

    def stop(self) -> None:
        """End what goes on; what it did so far stays in sight."""
        if self.going is not None:
            following = self.found[self.going]
            if following.n_epochs < 0:
                del self.found[self.going]
        self.going = self.epochs = None


def bench(stage: Stage) -> Bench:
    """The bench of this lesson in this visit."""
    return st.session_state.setdefault(stage.key("bench"), Bench())


def watch(stage: Stage, at: Bench, draw: Callable[[], None]) -> None:
    """Draw a step's picture, anew while a training goes on, with a line that says how far it is, and Stop."""
    every = WAIT_SECONDS if at.going else None
    with stage.picture:
        st.fragment(_watch, run_every=every)(stage, at, draw, every is not None)


def _watch(stage: Stage, at: Bench, draw: Callable[[], None], is_live: bool) -> None:
    if is_live and at.going is None:
        st.rerun()  # what stands beside the picture is told anew, and nobody asks any more
    key = at.going
    at.go_on(SLICE_SECONDS)
    draw()
    if key is None or at.going is None:
        return
    following, seconds = at.found[key], time.monotonic() - at.began
    done, total = following.n_epochs, following.cure.epochs
    words = f"Epoch {done} of {total}"
    if seconds > FIRST_WORDS_SECONDS and done > 0:
        words += f", about {max(1, round(seconds / done * (total - done)))} s left"
    line, stop = st.columns([5, 1], vertical_alignment="center")
    line.progress(min(1.0, max(0, done) / total), text=words)
    stop.button("Stop", key=stage.key("stop"), on_click=at.stop, width="stretch")

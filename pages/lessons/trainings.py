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

SLICE_SECONDS = 0.4
"""So long a training goes on before the page answers again."""
WAIT_SECONDS = 0.05
FIRST_WORDS_SECONDS = 0.5
"""Of a training that takes longer its end is foretold."""

Key = tuple[str, int, str]
"""Data set, number of tracks, settings."""


@dataclass
class Bench:
    """Where a visitor's trainings are kept: those that were, by their settings, the one that goes on, and one that waits."""

    found: dict[Key, Following] = field(default_factory=dict)
    going: Key | None = None
    epochs: Iterator[Epoch] | None = None
    waiting: tuple[Key, Lesson, Cure] | None = None
    began: float = 0.0

    def begin(self, key: Key, tracks: Lesson, cure: Cure) -> None:
        """Train, unless that was trained already; after what goes on, and in the place of what waits."""
        known = self.found.get(key)
        if known is not None and known.is_over:
            self.found[key] = self.found.pop(key)  # the latest that was asked for stands last
            return
        if self.going is not None:
            self.waiting = None if key == self.going else (key, tracks, cure)
            return
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
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            self.begin(*waiting)

    def stop(self) -> None:
        """End what goes on, and nothing else begins; what it did so far stays in sight."""
        if self.going is not None:
            following = self.found[self.going]
            if following.n_epochs < 0:
                del self.found[self.going]
        self.going = self.epochs = self.waiting = None


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
        st.rerun()  # it was stopped: nobody needs to ask any more
    draw()
    if at.going is None:
        return
    _line(stage, at, at.found[at.going])
    before = len(at.found)
    at.go_on(SLICE_SECONDS)
    if at.going is None or len(at.found) > before:
        st.rerun()  # what stands beside the picture is told anew


def _line(stage: Stage, at: Bench, following: Following) -> None:
    """How far a training is, and Stop."""
    seconds, total = time.monotonic() - at.began, following.cure.epochs
    done = max(0, following.n_epochs)
    words = stage.words("Epoch {done} of {total}", done=done, total=total)
    if seconds > FIRST_WORDS_SECONDS and done:
        left = max(1, round(seconds / done * (total - done)))
        words = stage.words("Epoch {done} of {total}, about {left} s left", done=done, total=total, left=left)
    line, stop = st.columns([5, 1], vertical_alignment="center")
    line.progress(min(1.0, done / total), text=words)
    stop.button(stage.words("Stop"), key=stage.key("stop"), on_click=at.stop, width="stretch")

"""A sound that is listened to block by block: how long and how loud it is, in pieces after which something can be said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from genre_core.audio.clip import Clip
from genre_core.errors import AudioError

MIN_SECONDS = 0.5
"""Shorter sounds are refused: no beat and hardly a note fits into less."""

MAX_HOURS = 12
"""Longer sounds are refused, or a small file of endless silence would keep the machine busy for days."""

_FIRST_SECONDS, _STEP_SECONDS = 7.0, 30.0
"""Sound that is heard before something is said of it for the first time, and from one time to the next [s]."""


class Heard:
    """Passes blocks on and remembers what the verdict needs: peak and length."""

    def __init__(self) -> None:
        self.peak = 0.0
        self.seconds = 0.0

    def listen(self, sound: Iterable[Clip]) -> Iterator[Clip]:
        # A short sound arrives as one block, so it is refused before anything is computed.
        held: list[Clip] = []
        name = ""
        for clip in sound:
            name = clip.name or name
            self.peak = max(self.peak, clip.peak)
            self.seconds += clip.seconds
            said = clip.facts.seconds if clip.facts and clip.facts.seconds else 0.0
            if max(self.seconds, said) > 3600 * MAX_HOURS:
                raise AudioError(
                    f"Expected up to {MAX_HOURS} h of sound. Received: more"
                    f"{f', {said / 3600:.0f} h by its header' if said > self.seconds else ''}. Cut it into parts.",
                    kind="too_long",
                )
            held.append(clip)
            if self.seconds >= MIN_SECONDS:
                yield from held
                held.clear()
        if self.seconds < MIN_SECONDS:
            raise AudioError(
                f"Expected at least {MIN_SECONDS:g} s of sound. Received: {self.seconds:.2f} s{f' in {name!r}' if name else ''}. "
                "Give a longer clip.",
                kind="too_short",
            )


def in_steps(sound: Iterable[Clip]) -> Iterator[Clip]:
    """The same samples in pieces short enough that something can be said after each."""
    most = _FIRST_SECONDS
    for clip in sound:
        first = 0
        while first < clip.n_samples:
            stop = min(clip.n_samples, first + round(most * clip.sr))
            yield clip if stop - first == clip.n_samples else replace(clip, y=clip.y[first:stop])
            first, most = stop, _STEP_SECONDS


class Growing:
    """Rows that come piece by piece and are read as one array after each, copied a few times in all."""

    def __init__(self) -> None:
        self._rows = np.empty(0)
        self._count = 0

    def add(self, rows: np.ndarray) -> None:
        needed = self._count + len(rows)
        if needed > len(self._rows):
            grown = np.empty((max(needed, 2 * len(self._rows)), *rows.shape[1:]), rows.dtype)
            grown[: self._count] = self._rows[: self._count] if self._count else 0
            self._rows = grown
        self._rows[self._count : needed] = rows
        self._count = needed

    @property
    def values(self) -> np.ndarray:
        """All rows so far."""
        return self._rows[: self._count]

"""What one visitor's microphone brings: parcels of samples, each taken once, however often it is sent."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np

from genre_core.audio import Clip
from genre_core.errors import AudioError
from genre_core.inference import Predictor
from genre_core.live import RATES, Listener

MOST_SECONDS = 35.0
"""The browser holds half a minute back at most; a longer parcel is not from our page."""


class Parcel(NamedTuple):
    """Samples on their way.

    Attributes
    ----------
    session : str
        Tells this press of Start from all others.
    first : int
        Place of the first sample since then.
    sr : int
        Sample rate [Hz].
    y : np.ndarray
        float32, shape (n_samples,).
    """

    session: str
    first: int
    sr: int
    y: np.ndarray


def parcel_of(told: Mapping[str, Any]) -> Parcel:
    """What the browser sent, looked at before anything is done with it; raises `AudioError` where it is no sound."""
    session, first, sr, pcm = (told.get(name) for name in ("session", "first", "sr", "pcm"))
    is_sound = isinstance(session, str) and isinstance(pcm, str) and _is_whole(first) and _is_whole(sr)
    if not is_sound or len(session) > 64 or first < 0 or not RATES[0] <= sr <= RATES[1] or len(pcm) > 2.7 * sr * MOST_SECONDS:
        raise AudioError("Expected samples of a microphone. Received something else. Load the page again.")
    try:
        content = base64.b64decode(pcm, validate=True)
    except binascii.Error as error:
        raise AudioError("The microphone's samples arrived damaged. Load the page again.") from error
    y = np.frombuffer(content[: len(content) // 2 * 2], "<i2").astype(np.float32) / 32768
    return Parcel(session, int(first), int(sr), y)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer()


class Ear:
    """Hears for one visitor by one model; another model hears the last half minute again.

    Attributes
    ----------
    session : str
        Of the parcels that are taken now; empty before the first.
    taken : int
        Samples since its beginning that need not be sent again.
    listener : Listener or None
        What has been heard; None before anything was.
    lock : RLock
        Held while it hears, and to be held by who reads what it heard: a page that runs again begins in a thread of its own while
        the run before, which is to end, still hears.
    """

    def __init__(self) -> None:
        self.session, self.taken, self.sr = "", 0, 0
        self.listener: Listener | None = None
        self.lock = threading.RLock()
        self._model: Hashable = None

    def ask(self, model: Hashable, predictor: Predictor) -> None:
        """From now on this model is asked, of what was just heard too."""
        with self.lock:
            if model == self._model:
                return
            before, self.listener = self.listener, Listener(predictor)
            self._model = model
            if before is not None and before.recent is not None:
                self.listener.push(before.recent)

    def take(self, parcel: Parcel) -> bool:
        """Hear what is new of a parcel; returns whether something new can be said.

        Raises
        ------
        AudioError, RunError
            As `Listener.push`.
        """
        with self.lock:
            return self._take(parcel)

    def _take(self, parcel: Parcel) -> bool:
        assert self.listener is not None, "ask a model first"
        if parcel.session != self.session:
            self.session, self.taken, self.sr = parcel.session, 0, parcel.sr
            self.listener = Listener(self.listener.predictor)
        missing, known = max(0, parcel.first - self.taken), max(0, self.taken - parcel.first)
        self.taken = max(self.taken, parcel.first + parcel.y.size)  # also of what turns out to be no sound: it would come again
        self.listener.skip(missing, parcel.sr)
        return self.listener.push(Clip(parcel.y[known:], parcel.sr)) if parcel.y.size > known else False

    @property
    def now_seconds(self) -> float:
        """Up to where the verdicts reach, on the microphone's clock [s]."""
        if self.listener is None or not self.listener.moments or not self.sr:
            return 0.0
        behind = self.listener.seconds - self.listener.moments[-1].end_seconds
        return max(0.0, self.taken / self.sr - behind)

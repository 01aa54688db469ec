"""Songs that are heard for one visitor: in a thread beside the page, which looks at what is known so far whenever it likes."""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

from genre_core.audio import Clip, probe
from genre_core.audio.recording import Opening, Recording
from genre_core.errors import AudioError, GenreError
from genre_core.inference import Predictor
from genre_core.prediction import Prediction

WHOLE_SECONDS = 120.0
"""Longer songs are judged while they are decoded, and heard part by part."""

MOST_KEPT = 64
"""What has been said of so many songs stays at hand: going back to one hears nothing anew."""

WAITING, HEARING, OVER, STOPPED, BROKEN = "waiting", "hearing", "over", "stopped", "broken"


@dataclass(frozen=True, eq=False)
class Song:
    """Something that is to be named.

    Attributes
    ----------
    key : hashable
        Tells it from all others of this visitor.
    name : str
        To show.
    source : bytes or Path
        The file.
    read : callable
        Gives its sound in whatever thread, where it is no longer than WHOLE_SECONDS.
    sha256 : str
        Of the file, or of what else stands for it.
    is_own : bool
        The visitor brought it: it is forgotten as soon as it is taken away.
    """

    key: Hashable
    name: str
    source: bytes | Path
    read: Callable[[], Clip]
    sha256: str
    is_own: bool = False


class Heard:
    """What one model has said of one song by now; written by one thread, read by any.

    Attributes
    ----------
    state : str
        WAITING, HEARING, OVER, STOPPED (by the visitor) or BROKEN (by something that nobody expected; the log tells it).
    sound : Clip or Recording or None
        What can be played, as soon as that is known.
    prediction : Prediction or None
        Of the song from its start to `seconds`.
    error : GenreError or None
        Why nothing more is said.
    """

    def __init__(self, song: Song, predictor: Predictor) -> None:
        self.song, self._predictor = song, predictor
        self.state = WAITING
        self.sound: Clip | Recording | None = None
        self.prediction: Prediction | None = None
        self.error: GenreError | None = None
        self._began = 0.0
        self._is_stopped = threading.Event()
        self._is_over = threading.Event()

    @property
    def is_over(self) -> bool:
        """Nothing more comes."""
        return self._is_over.is_set()

    @property
    def seconds(self) -> float:
        """How much of it has been judged [s]."""
        return 0.0 if self.prediction is None else self.prediction.seconds

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes [s]; None while nobody knows."""
        if self.sound is None or not self.seconds:
            return None
        rest = max(0.0, self.sound.seconds - self.seconds)
        return (time.monotonic() - self._began) * rest / self.seconds

    def stop(self) -> None:
        """Hear no more of it; what is known stays."""
        self._is_stopped.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; whether it is over."""
        return self._is_over.wait(max(0.0, seconds))

    def hear(self, is_wanted: Callable[[], bool]) -> None:
        """Hear it to its end, or until it is stopped or `is_wanted` says no."""
        self._began, self.state, ended = time.monotonic(), HEARING, BROKEN
        try:
            ended = self._hear(is_wanted)
        except GenreError as error:
            self.error, ended = error, OVER
        finally:
            self.state = ended
            self._is_over.set()

    def _hear(self, is_wanted: Callable[[], bool]) -> str:
        if self._is_stopped.is_set():
            return STOPPED
        for prediction in self._predictor.listen(self._sound(), name=self.song.name):
            self.prediction = prediction
            if self._is_stopped.is_set() or not is_wanted():
                return STOPPED
        return OVER

    def _sound(self) -> Iterator[Clip]:
        """Its samples; of a long song block by block, so that outline and verdict come from one pass."""
        song = self.song
        if (probe(song.source, name=song.name).seconds or 0.0) <= WHOLE_SECONDS:
            try:
                clip = song.read()
            except AudioError as error:  # it was longer than its header said
                if error.kind != "too_long":
                    raise
            else:
                self.sound = clip
                yield clip
                return
        opening = Opening(song.source, name=song.name, file_sha256=song.sha256)
        for block in opening.blocks():
            self.sound = opening.recording()
            yield block
        self.sound = opening.recording()


class Listener:
    """All that is heard for one visitor, song after song in the order asked for; it goes with the visitor's session."""

    def __init__(self) -> None:
        self._heard: OrderedDict[Hashable, Heard] = OrderedDict()
        self._queue: deque[Heard] = deque()
        self._lock = threading.Lock()
        self._is_working = False

    def ask(self, song: Song, model: Hashable, predictor: Predictor) -> Heard:
        """What a model says of a song: begun where it was not yet, or where what was known of it is gone."""
        key = (song.key, model)
        with self._lock:
            heard = self._heard.get(key)
            if heard is None:
                heard = self._heard[key] = Heard(song, predictor)
                self._queue.append(heard)
                self._begin()
            self._heard.move_to_end(key)
            return heard

    def again(self, song: Song, model: Hashable) -> None:
        """Forget what was said, so that it is heard anew."""
        with self._lock:
            self._heard.pop((song.key, model), None)

    def keep(self, wanted: Collection[tuple[Hashable, Hashable]]) -> None:
        """Stop and forget what is not wanted, by song and model; of songs that are no visitor's own the last verdicts stay."""
        songs = {song for song, _ in wanted}
        with self._lock:
            for key, heard in list(self._heard.items()):
                gone = heard.song.key not in songs and heard.song.is_own
                if key not in wanted and (gone or not heard.is_over or len(self._heard) > MOST_KEPT):
                    heard.stop()
                    del self._heard[key]

    def _begin(self) -> None:
        if not self._is_working:
            self._is_working = True
            threading.Thread(target=_work, args=(weakref.ref(self),), daemon=True, name="classify").start()

    def next(self) -> Heard | None:
        """What is to be heard now; None ends the thread, and the next question begins another."""
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._is_working = False
            return None

    def broken(self) -> None:
        """The thread ends with an error: what waits goes on in another."""
        with self._lock:
            self._is_working = False
            if self._queue:
                self._begin()


def wait_for(all_heard: Collection[Heard], seconds: float) -> bool:
    """Wait so long at most until all are over; whether they are."""
    until = time.monotonic() + seconds
    return all(heard.wait(until - time.monotonic()) for heard in all_heard)


def _work(visitor: weakref.ref[Listener]) -> None:
    """Hear song after song; ends when nothing waits, or when the visitor has left."""
    while (listener := visitor()) is not None and (heard := listener.next()) is not None:
        del listener  # only the session holds it: when that ends, so does this
        try:
            heard.hear(lambda: visitor() is not None)
        finally:
            if heard.state == BROKEN and (listener := visitor()) is not None:
                listener.broken()

"""Sound that goes on: each second a verdict over what was heard last, from memory that does not grow."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from genre_core.audio.clip import SILENCE_PEAK, Clip
from genre_core.errors import ParameterError
from genre_core.evaluation.predictions import checked_posterior
from genre_core.features.base import described
from genre_core.features.hearing import Ears
from genre_core.inference import Predictor
from genre_core.live.samples import Recent, Stream
from genre_core.prediction import Prediction

WINDOWS = (3.0, 10.0, 30.0)
"""Of the sound up to now these parts are judged [s]."""

STEP_SECONDS = 1
"""A segment ends each full second."""

FIRST_SECONDS = 3.0
"""A model that hears longer segments at once says something of what there is after so much sound [s]."""

LONG_SECONDS = 10.0
"""Of sound that comes late all segments are heard where they are shorter than this [s]; of longer ones the newest, which
overlaps those before it nearly whole."""

HISTORY_SECONDS = 60.0
"""What was said is kept for this long."""


class Moment(NamedTuple):
    """What a model says of one segment.

    Attributes
    ----------
    start_seconds, end_seconds : float
        Of the segment, since listening began.
    posterior, embedding : np.ndarray
        Shapes (n_genres,) and (n_embedding,).
    peak : float
        Of its samples; 1.0 is full scale.
    music : float or None
        Log-odds that it is music.
    tags : tuple
        Pairs of the pretrained net's tag and probability.
    is_whole : bool
        It is as long as the model wants it; else silence follows it.
    """

    start_seconds: float
    end_seconds: float
    posterior: np.ndarray
    embedding: np.ndarray
    peak: float
    music: float | None
    tags: tuple[tuple[str, float], ...]
    is_whole: bool

    @property
    def is_silent(self) -> bool:
        return self.peak < SILENCE_PEAK


class Listener:
    """Hears one sound as it comes, each segment once, and says each second what the last seconds are.

    Segments are as long as the model's and begin a second apart, whatever the run's own hop. A window holds the segments that
    lie in it wholly, so a model cannot say anything of a window shorter than its segment: `windows` leaves these out.

    Parameters
    ----------
    predictor : Predictor
    windows : sequence of float
        What is asked for [s].

    Examples
    --------
    Say each second what the last ten seconds are::

        listener = Listener(Predictor.from_run(run))
        for clip in microphone:
            if listener.push(clip):
                print(listener.verdicts[10.0].genre)
    """

    def __init__(self, predictor: Predictor, windows: Sequence[float] = WINDOWS) -> None:
        self.predictor = predictor
        segment = predictor.segments.segment_seconds
        self.windows = tuple(window for window in windows if window >= segment) or (segment,)
        self.moments: deque[Moment] = deque()
        self.verdicts: dict[float, Prediction] = {}
        self._streams = {feature.sr: Stream(feature.sr) for feature in predictor.features}
        self._recent = Recent()
        self._steps = 0
        self._missed = 0

    @property
    def seconds(self) -> float:
        """Sound so far, with what was missed of it [s]."""
        return self._recent.stop / self._recent.sr if self._recent.sr else 0.0

    @property
    def missed_seconds(self) -> float:
        """Sound that did not arrive [s]."""
        return self._missed / self._recent.sr if self._recent.sr else 0.0

    @property
    def recent(self) -> Clip | None:
        """The last seconds of the sound, at most `KEPT_SECONDS`, nothing from before a gap; None before there is any."""
        return Clip(self._recent.y, self._recent.sr) if self._recent.y.size else None

    def push(self, clip: Clip) -> bool:
        """Take the next samples, of any length; every call has the same rate.

        Returns
        -------
        bool
            Whether `verdicts` and `moments` are new.

        Raises
        ------
        AudioError
            If the rate is none of a microphone, or another than before.
        RunError
            If the model is damaged or gives no finite posterior.
        """
        self._recent.check(clip.sr)
        start = time.perf_counter()
        self._recent.add(clip.y)
        for stream in self._streams.values():
            stream.add(clip.y, clip.sr)
        ready = min(stream.stop // (stream.sr * STEP_SECONDS) for stream in self._streams.values())
        steps = range(self._steps + 1, ready + 1)
        if self.predictor.segments.segment_seconds > LONG_SECONDS:
            steps = steps[-1:]
        heard = [moment for step in steps if (moment := self._hear(step * STEP_SECONDS)) is not None]
        self._steps = max(ready, self._steps)
        for stream in self._streams.values():
            stream.forget((self._steps + 1) * STEP_SECONDS - self._reach)
        if not heard:
            return False
        self._keep(heard)
        now = heard[-1].end_seconds
        self.verdicts = {window: self._verdict(window, now, time.perf_counter() - start) for window in self.windows}
        return True

    def skip(self, n_samples: int, sr: int) -> None:
        """Say that so many samples, at the rate of the others, are missing before the next: no segment will span the gap.

        Raises
        ------
        ParameterError
            If they are less than none.
        AudioError
            As `push`.
        """
        if n_samples < 0:
            raise ParameterError(f"n_samples must not be negative. Received: n_samples={n_samples}.")
        self._recent.check(sr)
        if not n_samples:
            return
        self._missed += n_samples
        self._recent.skip(n_samples)
        for stream in self._streams.values():
            stream.begin(round(self._recent.stop * stream.sr / sr))
        self._steps = int(self.seconds // STEP_SECONDS)

    @property
    def _reach(self) -> float:
        """How far back a segment and what is described with it lie [s]."""
        contexts = [feature.context_seconds for feature in self.predictor.features]
        return max(self.predictor.segments.segment_seconds, *contexts)

    def _hear(self, end_seconds: int) -> Moment | None:
        """The segment that ends there; None where too little sound is there."""
        predictor, values, starts = self.predictor, [], []
        peak, is_whole = 0.0, True
        for feature in predictor.features:
            stream, length = self._streams[feature.sr], predictor.segments.length(feature.sr)
            stop = end_seconds * feature.sr
            start = max(stream.first, stop - length)
            if stop - start < min(length, round(FIRST_SECONDS * feature.sr)):
                return None
            y = stream.cut(start, stop)
            peak, is_whole = max(peak, float(np.abs(y).max())), is_whole and stop - start == length
            if feature.context_seconds:  # a song that went on up to here would be described by its last stretch
                y = stream.cut(max(stream.first, stop - round(feature.context_seconds * feature.sr)), stop)
            values.append(described(y, feature, padding=length - (stop - start))[None])  # (1, *feature shape)
            starts.append(start / feature.sr)
        scores, ears = predictor.classifier(*values), Ears(predictor.features)
        ears.listen(values)
        posterior = checked_posterior(scores.posterior, len(predictor.genres))[0]  # (n_genres,)
        return Moment(starts[0], float(end_seconds), posterior, scores.embedding[0], peak, ears.music, ears.tags, is_whole)

    def _keep(self, heard: list[Moment]) -> None:
        for moment in heard:
            if self.moments and not self.moments[-1].is_whole:
                self.moments.pop()  # the beginning of a segment gives way to more of it
            self.moments.append(moment)
        while self.moments[0].end_seconds <= self.moments[-1].end_seconds - max(HISTORY_SECONDS, *self.windows):
            self.moments.popleft()

    def _verdict(self, window: float, now: float, elapsed_seconds: float) -> Prediction:
        """What the segments within the window up to `now` say together."""
        least = now - window - 1e-6
        inside = [moment for moment in self.moments if moment.start_seconds >= least and moment.is_whole]
        inside = inside or [self.moments[-1]]
        music = [moment.music for moment in inside if moment.music is not None]
        return self.predictor.conclude(
            np.stack([moment.posterior for moment in inside]),
            np.array([moment.start_seconds for moment in inside]),
            np.array([moment.end_seconds for moment in inside]),
            embedding=np.stack([moment.embedding for moment in inside]).mean(axis=0, dtype=np.float64),
            silent=all(moment.is_silent for moment in inside),
            music=np.array(music) if music else None,
            tags=_mean_tags(inside),
            elapsed_seconds=elapsed_seconds,
        )


def _mean_tags(moments: Sequence[Moment]) -> tuple[tuple[str, float], ...]:
    """Mean probability of each tag, most probable first."""
    sums: dict[str, float] = {}
    for moment in moments:
        for tag, share in moment.tags:
            sums[tag] = sums.get(tag, 0.0) + share / len(moments)
    return tuple(sorted(sums.items(), key=lambda entry: -entry[1]))
